"""Steps: what agents did in threads, one act at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.errors import NotFound
from understudy.state.clock import brief_timestamp

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from understudy.state.clock import Clock
    from understudy.state.ids import Ids
    from understudy.wire import JsonObject


class Steps:
    """The steps of a world, by the ids of their threads. Rows are what the API answers; none is ever edited."""

    def __init__(self, *, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self._steps: dict[str, tuple[JsonObject, ...]] = {}

    def adopt(self, other: Steps) -> None:
        """Hold the steps that another world has."""
        self._steps = other._steps.copy()

    def new_id(self) -> str:
        """Return the id for a step that is to be added."""
        return self._ids.named("step")

    def of(self, thread_id: str) -> tuple[JsonObject, ...]:
        """Return the steps of a thread, in the order in which they were done."""
        return self._steps.get(thread_id, ())

    def get(self, thread_id: str, step_id: str) -> JsonObject:
        """Return a step of a thread. NotFound if it has no such step."""
        for row in self.of(thread_id):
            if row["id"] == step_id:
                return row
        raise NotFound(f"Step {step_id} not found")

    def add(
        self,
        thread_id: str,
        environment_id: str,
        kind: str,
        title: str,
        *,
        step_id: str | None = None,
        message_id: str | None = None,
        event: str | None = None,
        before: str | None = None,
        after: str | None = None,
        metadata: JsonObject | None = None,
    ) -> JsonObject:
        """Return the row of a new step, done for a message; `before` and `after` are the snapshots around it."""
        steps = self.of(thread_id)
        row = {
            "id": step_id or self.new_id(),
            "threadId": thread_id,
            "environmentId": environment_id,
            "sequence": steps[-1]["sequence"] + 1 if steps else 1,
            "sourceMessageId": message_id,
            "stepKind": kind,
            "eventType": event,
            "title": title,
            "snapshotBeforeId": before,
            "snapshotAfterId": after,
            "metadata": metadata or {},
            "createdAt": brief_timestamp(self._clock.now()),
        }
        self._steps[thread_id] = (*steps, row)
        return row

    def forget(self, thread_id: str, message_ids: Collection[str]) -> None:
        """Remove the steps of a thread that were done for these messages."""
        self._steps[thread_id] = tuple(row for row in self.of(thread_id) if row["sourceMessageId"] not in message_ids)

    def forget_thread(self, thread_id: str) -> None:
        """Remove the steps of a thread."""
        self._steps.pop(thread_id, None)

    def restore(self, thread_id: str, rows: Iterable[JsonObject]) -> None:
        """Let these be the steps of a thread, complete as the API answers them."""
        self._steps[thread_id] = tuple(rows)
