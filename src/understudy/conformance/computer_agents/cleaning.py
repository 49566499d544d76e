"""Remove what a check has made, by its ids and by its mark, and say what could not be removed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from understudy.conformance.computer_agents.listing import pages, rows_of
from understudy.conformance.computer_agents.marks import is_of, is_of_any
from understudy.conformance.leaks import Leak

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from understudy.conformance.asking import Answer, Asker
    from understudy.conformance.ledger import Ledger
    from understudy.wire import JsonObject

_NO_SUCH = 404


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that a check makes: where it is listed, and how it is removed for good."""

    find: str
    remove: str
    id: str
    """The parameter that names it."""
    query: dict[str, Any] = field(default_factory=dict)


_FOR_GOOD = {"hard": "true"}

# Threads before the computers that they work in and the agents that work on them; projects last, as all may be theirs.
KINDS = {
    "threads": Kind("GET /v1/threads", "DELETE /v1/threads/{threadId}", "threadId"),
    "environments": Kind("GET /v1/environments", "DELETE /v1/environments/{environmentId}", "environmentId", _FOR_GOOD),
    "agents": Kind("GET /v1/agents", "DELETE /v1/agents/{agentId}", "agentId", _FOR_GOOD),
    "projects": Kind("GET /v1/projects", "DELETE /v1/projects/{projectId}", "projectId"),
}


def clean(asker: Asker, ledger: Ledger) -> Iterator[Leak]:
    """Remove everything that a check has made. Yields what is still there after it was told to go."""
    for kind in KINDS:
        found = [name for _, name in _found(asker, kind, partial(is_of, ledger, kind))]
        names = dict.fromkeys([*ledger.of(kind), *found])
        leaks = {leak.name: leak for leak in _removed(asker, kind, names)}
        yield from leaks.values()
        for answer, name in _found(asker, kind, lambda row: True):
            if name in names and name not in leaks:
                yield Leak(kind, name, answer)
        for name in names:
            ledger.gone(kind, name)


def sweep(asker: Asker) -> Iterator[tuple[str, str, Leak | None]]:
    """Remove what checks have left behind, whichever they were. Yields kind, name, and what is still there."""
    for kind in KINDS:
        for _, name in list(_found(asker, kind, partial(is_of_any, kind))):
            yield kind, name, next(_removed(asker, kind, [name]), None)


def _found(asker: Asker, kind: str, fits: Callable[[JsonObject], bool]) -> Iterator[tuple[Answer, str]]:
    """Yield the ids of what fits, each with the page that lists it. No list can be asked for a mark alone."""
    for answer in pages(asker, KINDS[kind].find):
        yield from ((answer, str(row["id"])) for row in rows_of(answer) if fits(row))


def _removed(asker: Asker, kind: str, names: Iterable[str]) -> Iterator[Leak]:
    entry = KINDS[kind]
    for name in names:
        asker.begin()
        answer = asker.ask(entry.remove, path={entry.id: name}, query=entry.query)
        if not answer.ok and answer.status != _NO_SUCH:
            yield Leak(kind, name, answer)
