"""Executions: what is being done in threads, and how it can end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from understudy.errors import Conflict, Unacceptable
from understudy.state.feeds import Feed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from understudy.state.clock import Clock
    from understudy.state.ids import Ids

Ending = Literal["finished", "asks", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of an execution: the status of its run, and that of its thread."""

    run: Literal["success", "failed", "cancelled"]
    thread: Literal["completed", "permission_asked", "failed", "cancelled"]


ENDINGS: dict[Ending, Left] = {
    "finished": Left(run="success", thread="completed"),
    "asks": Left(run="success", thread="permission_asked"),
    "failed": Left(run="failed", thread="failed"),
    "cancelled": Left(run="cancelled", thread="cancelled"),
}
"""How executions end. One that ends with a question is finished: the next message brings the answer."""

REOPENED = frozenset({"cancelled", "failed", "archived"})
"""The statuses of threads that can be opened again."""


class NothingToCancel(Unacceptable):
    """Nothing is being executed that could be cancelled."""

    def __init__(self, thread_id: str) -> None:
        super().__init__(f"There is no active execution on thread {thread_id}")


@dataclass(slots=True)
class Execution:
    """One execution: the id of its run, its thread, and its events, all of which are kept in `feed`.

    `cancel` ends it at once.
    """

    id: str
    thread_id: str
    feed: Feed
    cancel: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Made:
    """What a request made that may come again: a thread, and the execution in it, if there is one."""

    thread_id: str
    execution: Execution | None


class Executions:
    """The executions of a world: those that go on, by thread; and what requests made, by their idempotency keys.

    A key is one of its operation, and of its thread where there is one.
    """

    def __init__(self, *, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self._at_work: dict[str, Execution] = {}
        self._made: dict[tuple[str | None, str], Made] = {}

    def __iter__(self) -> Iterator[Execution]:
        """Yield what goes on."""
        return iter(list(self._at_work.values()))

    def __len__(self) -> int:
        return len(self._at_work)

    def at_work(self, thread_id: str) -> Execution | None:
        """Return what is being executed in a thread, or None."""
        return self._at_work.get(thread_id)

    def refuse_busy(self, thread_id: str) -> None:
        """Raise Conflict if something is being executed in a thread."""
        if thread_id in self._at_work:
            raise Conflict(f"Thread {thread_id} is being executed; wait for the end of that, or cancel it")

    def begin(self, thread_id: str) -> Execution:
        """Return a new execution, which is at work from now on. Conflict if there is one."""
        self.refuse_busy(thread_id)
        execution = Execution(self._ids.named("run"), thread_id, Feed(self._clock))
        self._at_work[thread_id] = execution
        return execution

    def end(self, execution: Execution) -> None:
        """Say that an execution is at work no more."""
        self._at_work.pop(execution.thread_id, None)

    def remember(self, key: str | None, made: Made, *, thread_id: str | None = None) -> Made:
        """Keep what a request with this key made in a thread, or by making one; an empty key is none."""
        if key:
            self._made[thread_id, key] = made
        return made

    def made(self, key: str | None, *, thread_id: str | None = None) -> Made | None:
        """Return what the first request with this key made, None if there was none."""
        return self._made.get((thread_id, key)) if key else None

    def forget(self, thread_id: str) -> None:
        """Cancel what goes on in a thread, and forget what was made in it."""
        execution = self._at_work.get(thread_id)
        if execution is not None:
            execution.cancel()
        self._made = {place: made for place, made in self._made.items() if made.thread_id != thread_id}

    def close(self) -> None:
        """Cancel everything that goes on."""
        for execution in self:
            execution.cancel()
