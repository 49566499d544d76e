"""What the document that a deployment serves has that ours has not, and the other way round."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from understudy import __version__
from understudy.contract.differences import BrokenReference, Difference, differences, operation_count
from understudy.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from understudy.conformance.documents import Document
    from understudy.wire import Json, JsonObject

_SHOWN_OPERATIONS = 3
_SHOWN_TEXT = 160

OWN: dict[str, tuple[tuple[str, str, str], ...]] = {
    "agent-server": (("*graph_id", "enum", "the graphs that are deployed there"),),
}
"""What each deployment of an API has added to its document: a pattern of places, what is added there, what it is."""


@dataclass(frozen=True, slots=True)
class Drift:
    """How the document of a deployment differs from ours."""

    deployment: str
    """Its address or file, without credentials."""
    contract: str
    """What it is compared with, in words."""
    operations: int
    """How many operations the deployment has."""
    differences: tuple[Difference, ...]
    own: tuple[tuple[Difference, str], ...]
    """Differences that every deployment has, each with what it is; they do not count."""
    ignored: tuple[Difference, ...]

    @property
    def breaking(self) -> tuple[Difference, ...]:
        """The differences that break clients written by our document."""
        return tuple(difference for difference in self.differences if difference.breaking)


def drift(ours: Document, theirs: Document, *, own_to: str | None = None, ignore: Iterable[str] = ()) -> Drift:
    """Compare the document of a deployment with ours.

    `own_to` is the API whose deployments have something of their own to leave aside (`OWN`); `ignore` are patterns of
    places or operations. SetupError if a reference of a document leads nowhere.
    """
    for document in (ours, theirs):
        try:
            differences(document.content, document.content)
        except BrokenReference as error:
            raise SetupError(f"{document.source} is broken: {error}") from None
        except (RecursionError, ValueError):
            raise SetupError(f"{document.source} cannot be compared: it is nested too deeply, or in itself") from None
    counted: list[Difference] = []
    own: list[tuple[Difference, str]] = []
    ignored: list[Difference] = []
    patterns = list(ignore)
    for difference in differences(ours.content, theirs.content):
        reason = _own(difference, own_to)
        if reason:
            own.append((difference, reason))
        elif any(_matches(difference, pattern) for pattern in patterns):
            ignored.append(difference)
        else:
            counted.append(difference)
    count = operation_count(theirs.content)
    return Drift(theirs.source, ours.source, count, tuple(counted), tuple(own), tuple(ignored))


def unmatched(found: Drift, ignore: Iterable[str]) -> list[str]:
    """Return the patterns that fit none of the differences."""
    return [pattern for pattern in ignore if not any(_matches(difference, pattern) for difference in found.ignored)]


def as_json(found: Drift, *, breaking_only: bool = False) -> str:
    """Return a drift for programs: one JSON object."""
    shown = found.breaking if breaking_only else found.differences
    return json.dumps(
        {
            "understudy": __version__,
            "deployment": found.deployment,
            "contract": found.contract,
            "operations": found.operations,
            "breaking": len(found.breaking),
            "other": len(found.differences) - len(found.breaking),
            "differences": [_row(difference) for difference in shown],
            "own": [{**_row(difference), "reason": reason} for difference, reason in found.own],
            "ignored": [_row(difference) for difference in found.ignored],
        },
        indent=2,
        ensure_ascii=False,
        default=str,
    )


def as_text(found: Drift, *, breaking_only: bool = False) -> str:
    """Return a drift for people: what there is in a line, then what breaks clients, then the rest."""
    others = [difference for difference in found.differences if not difference.breaking]
    lines = [_summary(found)]
    if found.breaking:
        lines += ["", f"breaking ({len(found.breaking)})", *_listed(found.breaking)]
    if others and not breaking_only:
        lines += ["", f"not breaking ({len(others)})", *_listed(others)]
    for reason in dict.fromkeys(reason for _, reason in found.own):
        places = [difference.where for difference, its in found.own if its == reason]
        lines += ["", f"not counted, as every deployment has its own: {reason}", f"  {_several(places, '; ')}"]
    if found.ignored:
        lines += ["", f"ignored: {_several((difference.where for difference in found.ignored), '; ')}"]
    return "\n".join(lines)


def _own(difference: Difference, api: str | None) -> str | None:
    return next(
        (
            reason
            for pattern, what, reason in OWN.get(api or "", ())
            if (difference.what, difference.kind) == (what, "added") and fnmatchcase(difference.where, pattern)
        ),
        None,
    )


def _matches(difference: Difference, pattern: str) -> bool:
    """Return whether a pattern fits the place, the line as it is shown, or all operations."""
    lines = (difference.where, f"{difference.where}: {difference.what} {difference.kind}")
    return any(fnmatchcase(line, pattern) for line in lines) or all(
        fnmatchcase(operation, pattern) for operation in difference.operations
    )


def _row(difference: Difference) -> JsonObject:
    return {"breaking": difference.breaking, **asdict(difference)}


def _summary(found: Drift) -> str:
    number, breaking = len(found.differences), len(found.breaking)
    counted = {0: "no difference", 1: "1 difference"}.get(number, f"{number:,} differences")
    words = f"{found.deployment}: {counted} from {found.contract} in {found.operations} operations"
    return f"{words}, {breaking:,} breaking" if number else words


def _listed(found: Iterable[Difference]) -> Iterator[str]:
    """Yield lines: operations, and below them what differs there."""
    by_operations: dict[tuple[str, ...], list[Difference]] = {}
    for difference in found:
        by_operations.setdefault(difference.operations, []).append(difference)
    for operations, group in by_operations.items():
        yield f"  {_several(operations)}"
        for difference in group:
            place = difference.where.removeprefix(f"{operations[0]}").removeprefix(", ")
            line = ": ".join(filter(None, (place, _change(difference))))
            yield f"    {line}{f'  ({difference.why})' if difference.why else ''}"


def _change(difference: Difference) -> str:
    if difference.kind == "changed":
        return f"{difference.what} {_shown(difference.before)} -> {_shown(difference.after)}"
    value = difference.after if difference.kind == "added" else difference.before
    words = f"{difference.what} {difference.kind}"
    return words if difference.what == "operation" else f"{words}: {_shown(value)}"


def _shown(value: Json) -> str:
    if isinstance(value, list):
        text = ", ".join(map(_shown, value))
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN_TEXT else f"{text[: _SHOWN_TEXT - 1]}…"


def _several(names: Iterable[str], between: str = ", ") -> str:
    every = list(dict.fromkeys(names))
    more = len(every) - _SHOWN_OPERATIONS
    return between.join(every[:_SHOWN_OPERATIONS]) + (f" and {more} more" if more > 0 else "")
