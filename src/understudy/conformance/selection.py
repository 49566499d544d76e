"""What of a document is to be checked: operations by what includes and excludes them, and the laws about these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.conformance import apis
from understudy.conformance.contracts import endless
from understudy.conformance.laws.all import LAWS
from understudy.conformance.settings import GENERATED
from understudy.contract.documents import load_contract
from understudy.contract.operations import operations
from understudy.errors import SetupError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from understudy.conformance.laws.law import Law
    from understudy.conformance.settings import Settings
    from understudy.contract.operations import Operation
    from understudy.wire import JsonObject

_NAMED: dict[str, Callable[[Operation], tuple[str, ...]]] = {
    "tag": lambda operation: operation.tags,
    "operation": lambda operation: (operation.id, str(operation)),
    "path": lambda operation: (operation.path,),
}
"""What an operation is called, by each kind of filter."""


def included_in(settings: Settings, known: Sequence[Operation]) -> list[str]:
    """Return the operations that filters leave, as in `POST /threads`. SetupError for a filter that fits none."""
    for option, filters in (("--include", settings.include), ("--exclude", settings.exclude)):
        for kind, values in filters.items():
            names = {name for operation in known for name in _NAMED[kind](operation)}
            for value in values:
                if value not in names:
                    raise SetupError(f'{option}-{kind}: the document has no "{value}".{did_you_mean(value, names)}')
    return [
        str(operation)
        for operation in known
        if (not settings.include or _fits(operation, settings.include)) and not _fits(operation, settings.exclude)
    ]


def excluded_from(settings: Settings, known: Sequence[Operation]) -> list[Operation]:
    """Return the operations that are excluded by name: nothing asks them, not even a law about others."""
    return [operation for operation in known if _fits(operation, settings.exclude)]


def leave_out(document: JsonObject, excluded: Sequence[Operation]) -> None:
    """Take operations out of a document."""
    for operation in excluded:
        del document["paths"][operation.path][operation.method]


def generated_for(settings: Settings, included: Sequence[str]) -> list[str]:
    """Return the operations that Schemathesis is to make requests for.

    Streams without an end are left to the laws, which read them within bounds. What a document of one's own adds to the
    API is asked when it only reads, or is included by a filter: nobody knows what else it does.
    """
    if not any(phase in settings.phases for phase in GENERATED):
        return []
    observed = load_contract(settings.api).observed
    reads = apis.of(settings.api).reads
    without_end = endless(operations(observed), observed)
    tame = {str(each) for each in operations(observed)} if not settings.include else set(included)
    return [
        name
        for at, name in enumerate(included)
        if name not in without_end
        and settings.in_shard(at)
        and (reads(name) or (name in tame and not settings.read_only))
    ]


def laws_for(settings: Settings, included: Sequence[str]) -> list[type[Law]]:
    """Return the laws that are to be tried: those that ask operations which are checked. All of them write."""
    if settings.read_only:
        return []
    return [
        law
        for at, law in enumerate(LAWS[settings.api])
        if law.phase in settings.phases
        and settings.contract in law.contracts
        and settings.in_shard(at)
        and law.operations[0] in included
    ]


def _fits(operation: Operation, filters: Mapping[str, tuple[str, ...]]) -> bool:
    return any(name in values for kind, values in filters.items() for name in _NAMED[kind](operation))
