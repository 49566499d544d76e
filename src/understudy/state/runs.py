"""Runs: their rows, which of them are being played, and how often nodes were visited."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from understudy.errors import NotFound
from understudy.state.life_cycle import ACTIVE
from understudy.state.tables import Table

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator

    from understudy.wire import Json, JsonObject

Action = Literal["interrupt", "rollback"]


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a run is to end before its time, and what is to become of what it did; or it is `deleted` at once."""

    action: Action
    reason: str
    deleted: bool = False


@dataclass(slots=True)
class Playing:
    """A run that is being played: its thread, the task that plays it, and why it is to stop, if it is.

    `cut` says that its thread is gone: then the run leaves nothing behind, even if there is a thread of this id again.
    `working` counts the nodes at work, `pausing` those among them that let time pass. A run that is held waits for
    its `gate`, with the nodes that are `next`, and has `steps` that it may take before it is held again.
    """

    thread_id: str
    task: asyncio.Task[None]
    stop: Stop | None = None
    cut: bool = False
    working: int = 0
    pausing: int = 0
    gate: asyncio.Future[None] | None = None
    next: list[str] = field(default_factory=list)
    steps: int = 0

    @property
    def held(self) -> bool:
        """Whether it has stopped and waits to be let go."""
        return self.gate is not None and not self.gate.done()

    @property
    def waits(self) -> bool:
        """Whether all that it does is let time pass."""
        return 0 < self.working == self.pausing


class Runs:
    """The runs of a world. Rows are what the API answers.

    `playing` are the runs at work, by id. `visits` counts how often nodes were begun, by thread and path of the
    node. `queues` are the tasks that wait to start a run later, by thread; `starting` those that start a run now that
    nobody asked for over HTTP. `held` says whether runs stop before each step. `moves` grows whenever a run does
    something.
    """

    def __init__(self) -> None:
        self._table = Table("run_id", indexed=("thread_id", "status"))
        self.playing: dict[str, Playing] = {}
        self.visits: dict[str, Counter[str]] = {}
        self.queues: dict[str, asyncio.Task[None]] = {}
        self.starting: set[asyncio.Task[None]] = set()
        self.held = False
        self.moves = 0

    def adopt(self, other: Runs) -> None:
        """Hold the runs that another world has, and how often nodes were visited; not those that are being played."""
        self._table.adopt(other._table)
        self.visits = {thread_id: visits.copy() for thread_id, visits in other.visits.items()}

    def __iter__(self) -> Iterator[JsonObject]:
        """Yield the rows in order of creation."""
        return iter(list(self._table))

    def add(self, row: JsonObject) -> None:
        """Keep a new run."""
        self._table.put(row)

    def get(self, thread_id: str, run_id: str) -> JsonObject | None:
        """Return the run, or None if the thread has no such run."""
        row = self._table.get(run_id)
        return row if row is not None and row["thread_id"] == thread_id else None

    def thread_of(self, run_id: str) -> str | None:
        """Return the id of a run's thread, None if there is no such run."""
        row = self._table.get(run_id)
        return None if row is None else str(row["thread_id"])

    def got(self, thread_id: str, run_id: str, complaint: str = "Run not found") -> JsonObject:
        """Return the run. NotFound if the thread has no such run."""
        row = self.get(thread_id, run_id)
        if row is None:
            raise NotFound(complaint)
        return row

    def of(self, thread_id: str, status: str | None = None) -> list[JsonObject]:
        """Return the runs of a thread, the newest first."""
        columns = {"thread_id": thread_id} if status is None else {"thread_id": thread_id, "status": status}
        return self._table.find(columns=columns, sort_by="created_at").rows

    def active(self, thread_id: str | None = None) -> list[JsonObject]:
        """Return the runs that are not over, of one thread or of all, in the order in which they are to start."""
        columns: JsonObject = {} if thread_id is None else {"thread_id": thread_id}
        rows = [row for status in ACTIVE for row in self._table.find(columns={**columns, "status": status}).rows]
        return sorted(rows, key=lambda row: (row["created_at"], row["run_id"]))

    def at_work(self, thread_id: str) -> Playing | None:
        """Return the run of this thread that is at work, be it one that is stopped and has not ended yet, or None."""
        return next((playing for playing in self.playing.values() if playing.thread_id == thread_id), None)

    def update(self, run_id: str, **changes: Json) -> JsonObject | None:
        """Return the run's row with the changes in it; None if it was deleted."""
        return self._table.update(run_id, **changes) if run_id in self._table else None

    def delete(self, run_id: str) -> None:
        """Remove a run's row, if there is one."""
        if run_id in self._table:
            self._table.delete(run_id)

    def forget(self, thread_id: str) -> None:
        """Remove all runs of a thread, and stop those that are at work."""
        for row in self.of(thread_id):
            self._table.delete(row["run_id"])
        for playing in self.playing.values():
            if playing.thread_id == thread_id:
                playing.cut = True
                playing.task.cancel()
        waiting = self.queues.pop(thread_id, None)
        if waiting is not None:
            waiting.cancel()
        self.forget_visits(thread_id)

    def visit(self, thread_id: str, path: str) -> None:
        """Count that a node was begun."""
        self.visits.setdefault(thread_id, Counter())[path] += 1

    def visits_of(self, thread_id: str, path: str) -> int:
        """Return how often a node was begun on a thread."""
        return self.visits[thread_id][path] if thread_id in self.visits else 0

    def forget_visits(self, thread_id: str) -> None:
        """Forget how often nodes were begun on a thread."""
        self.visits.pop(thread_id, None)
