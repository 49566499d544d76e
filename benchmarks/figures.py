"""What is measured, and the figures of a run: by measure and server, round by round."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from statistics import median
from typing import TYPE_CHECKING, Literal

from .errors import BenchError

if TYPE_CHECKING:
    from collections.abc import Iterable

Unit = Literal["s", "MB", "1/s", "ms", "events/s", "kB", "streams", "cases/s"]
"""Of times and memory less is better, of all others more."""

SMALL, LARGE = 1_000, 100_000

STREAMS = 1_000
"""Streams that are held at once."""

MEASURES: dict[str, tuple[str, Unit]] = {
    "start": ("from start to the first 200", "s"),
    "start-in-process": ("understudy.start() to the first 200", "ms"),
    "start-in-process-again": ("the same once more in a process", "ms"),
    "idle": ("memory, idle", "MB"),
    "growth": ("memory for 10,000 threads of 5 checkpoints", "MB"),
    "ok": ("GET /ok", "1/s"),
    "create": ("POST /threads", "1/s"),
    "get": ("GET /threads/{id}", "1/s"),
    "state": ("GET /threads/{id}/state", "1/s"),
    "search-0": ("search, no threads", "1/s"),
    "search-1000-all": ("search 1,000 threads, no filter", "1/s"),
    "search-1000-ticket": ("search 1,000 threads, metadata of 10", "1/s"),
    "search-1000-team": ("search 1,000 threads, metadata of 1 %", "1/s"),
    "search-100000-all": ("search 100,000 threads, no filter", "1/s"),
    "search-100000-ticket": ("search 100,000 threads, metadata of 10", "1/s"),
    "search-100000-team": ("search 100,000 threads, metadata of 1 %", "1/s"),
    "wait-thread": ("runs/wait on a thread, three steps", "ms"),
    "wait-stateless": ("runs/wait without a thread, three steps", "ms"),
    "first-event": ("to the first event of a stream", "ms"),
    "first-token": ("to the first token of a stream", "ms"),
    "first-token-of-many": ("to the first token of thousands", "ms"),
    "events-tokens": ("tokens, messages-tuple", "events/s"),
    "events-custom": ("custom", "events/s"),
    "events-values": ("values, one superstep each", "events/s"),
    "events-several": ("tokens, 8 streams at once", "events/s"),
    "streams-open": ("open at once", "streams"),
    "streams-complete": ("complete and in order", "streams"),
    "streams-memory": ("memory of each while it is open", "kB"),
    "worlds-made": ("a request to a world that is not there yet", "ms"),
    "worlds-memory": ("memory of an idle world of demo", "kB"),
    "check": ("understudy check, Schemathesis' part", "cases/s"),
    "check-plain": ("schemathesis run", "cases/s"),
    "check-whole": ("understudy check, start to end", "cases/s"),
    "check-plain-whole": ("schemathesis run, start to end", "cases/s"),
}

FILTERS = ("all", "ticket", "team")
SEARCHES = {size: {f"search-{size}-{filtered}" for filtered in FILTERS} for size in (SMALL, LARGE)}


def chosen(names: Iterable[str]) -> set[str]:
    """Return the measures that the names stand for: `search-1000` stands for all that begin with `search-1000-`.

    No names stand for all measures. BenchError if a name stands for none.
    """
    measures: set[str] = set()
    for name in names:
        meant = {measure for measure in MEASURES if measure == name or measure.startswith(f"{name}-")}
        if not meant:
            near = get_close_matches(name, [*MEASURES, "search", f"search-{SMALL}", f"search-{LARGE}"], n=1)
            hint = f'Did you mean "{near[0]}"?' if near else f"There are: {', '.join(MEASURES)}."
            raise BenchError(f'there is no measure "{name}". {hint}')
        measures |= meant
    return measures or set(MEASURES)


@dataclass(slots=True)
class Figure:
    """One measure on one server: a value per round, and for answers their mean size and the load's own share."""

    values: list[float] = field(default_factory=list)
    bytes_per_answer: float | None = None
    load_busy: float | None = None

    @property
    def median(self) -> float:
        """The median of the rounds."""
        return median(self.values)


@dataclass(slots=True)
class Figures:
    """Everything a run has measured so far, and what is to be said about it."""

    table: dict[str, dict[str, Figure]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, measure: str, server: str, value: float) -> Figure:
        """Add the value of a round; return the figure it belongs to."""
        figure = self.table.setdefault(measure, {}).setdefault(server, Figure())
        figure.values.append(value)
        return figure

    def note(self, text: str) -> None:
        """Have something said below the figures, once."""
        if text not in self.notes:
            self.notes.append(text)

    def get(self, measure: str, server: str) -> float | None:
        """Return the median, or None if it was not measured."""
        figure = self.table.get(measure, {}).get(server)
        return figure.median if figure else None

    def ratio(self, measure: str, server: str, other: str) -> float | None:
        """Return the server's figure in terms of the other's, or None if one of them was not measured."""
        mine, theirs = self.get(measure, server), self.get(measure, other)
        return mine / theirs if mine is not None and theirs else None
