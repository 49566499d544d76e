"""A whole comparison: find out what there is, hunt, and leave both servers as they were found."""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis.configuration

from understudy.conformance.comparing import known as known_differences
from understudy.conformance.comparing.agent_server import VOCABULARY
from understudy.conformance.comparing.deployment import Address, Deployment, Unreachable
from understudy.conformance.comparing.hunt import Bounds, Hunt, Progress
from understudy.conformance.comparing.known import Known
from understudy.conformance.comparing.sequences import sequences
from understudy.conformance.comparing.survey import in_common, is_understudy, version
from understudy.contract.documents import load_contract
from understudy.contract.operations import operations
from understudy.errors import SetupError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from understudy.wire import JsonObject

VOCABULARIES = {"agent-server": VOCABULARY}
"""What sequences are made of, by API."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to compare and how. `known` is a file, `none`, or None for what is known of the two servers."""

    one: Address
    other: Address
    bounds: Bounds
    api: str = "agent-server"
    graph_ids: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    known: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a comparison found."""

    plan: Plan
    graph_ids: tuple[str, ...]
    progress: Progress
    known: Known
    left: tuple[tuple[str, str], ...] = field(default=())
    """What could not be removed: the server's address and what is there."""

    @property
    def same(self) -> bool:
        """Whether nothing differs but what is known."""
        return not self.progress.findings


def compare(plan: Plan, tell: Callable[[Progress], None] = lambda progress: None) -> Outcome:
    """Return where two servers differ. SetupError when they cannot be compared.

    Whatever happens, what was made on them is removed.
    """
    chosen = select(plan.api, plan.include, plan.exclude)
    vocabulary = VOCABULARIES[plan.api].only(chosen)
    check_id = f"{time.time_ns():x}{os.getpid():x}"
    one, other = Deployment(plan.one), Deployment(plan.other)
    try:
        graphs = in_common(one, other, plan.graph_ids)
        hunt = Hunt((one, other), check_id, _known(plan.known, one, other), chosen, tell)
        left: list[tuple[str, str]] = []
        try:
            with _own_home():
                hunt.run(sequences(vocabulary, graphs, max_steps=plan.bounds.max_steps), plan.bounds)
        finally:
            for side, deployment in enumerate((one, other)):
                with suppress(Unreachable):  # the other one is to be left as it was all the same
                    left += [(deployment.address.shown, name) for name in hunt.traces(side).sweep()]
        return Outcome(plan, tuple(graph.graph_id for graph in graphs), hunt.progress, hunt.known, tuple(left))
    finally:
        one.close()
        other.close()


@contextmanager
def _own_home() -> Iterator[None]:
    """Let Hypothesis write down what it likes in a folder that goes away, and not in the user's."""
    with tempfile.TemporaryDirectory(prefix="understudy-") as folder:
        hypothesis.configuration.set_hypothesis_home_dir(Path(folder))
        try:
            yield
        finally:
            hypothesis.configuration.set_hypothesis_home_dir(None)


def select(api: str, include: Sequence[str], exclude: Sequence[str]) -> set[str]:
    """Return the operations that sequences can name and that are asked for.

    Each word is a tag, an operationId, an operation as in `POST /threads`, or what a path begins with. SetupError for
    one that means nothing, when nothing is left, or for an API that nobody makes sequences for.
    """
    document = load_contract(api).observed
    if api not in VOCABULARIES:
        raise SetupError(
            f'no two servers of "{api}" can be compared, but of {" and of ".join(VOCABULARIES)}. '
            f"Hold each to its contract: understudy check URL --api {api}"
        )
    named = {str(each): _names(document, each.id, each.path, each.method) for each in operations(document)}
    for word in (*include, *exclude):
        if not any(_meant(word, operation, names) for operation, names in named.items()):
            words = {name for names in named.values() for name in names} | set(named)
            raise SetupError(f'nothing is called "{word}".{_near(word, words)}')

    def wanted(operation: str) -> bool:
        names = named[operation]
        return (not include or any(_meant(word, operation, names) for word in include)) and not any(
            _meant(word, operation, names) for word in exclude
        )

    chosen = {operation for operation in VOCABULARIES[api].operations if operation in named and wanted(operation)}
    if not chosen:
        raise SetupError("no operation that can be compared is left; see --include and --exclude")
    return chosen


def _names(document: JsonObject, operation_id: str, path: str, method: str) -> set[str]:
    return {operation_id, *document["paths"][path][method].get("tags", ())}


def _meant(word: str, operation: str, names: set[str]) -> bool:
    path = operation.partition(" ")[2]
    return word == operation or word in names or (word.startswith("/") and path.startswith(word))


def _near(word: str, words: set[str]) -> str:
    near = did_you_mean(word, words)
    return near if near.startswith(" Did") else ""


def _known(told: str | None, one: Deployment, other: Deployment) -> Known:
    """Return the differences that are known: those of a file, or of an understudy from the server that it imitates."""
    if told == "none":
        return Known()
    if told is not None:
        return known_differences.read(Path(told))
    imitated = [deployment for deployment in (one, other) if not is_understudy(deployment)]
    said = version(imitated[0]) if len(imitated) == 1 else None
    return known_differences.bundled(said) if said else Known()
