"""Messages: what was said in threads, in the order of the conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.state.clock import brief_timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from understudy.state.clock import Clock
    from understudy.state.ids import Ids
    from understudy.wire import Json, JsonObject

PREVIEW = 200
"""Characters of a message that are told where not all of it is."""


class Messages:
    """The conversations of a world, by the ids of their threads. Rows are what the API answers; none is ever edited."""

    def __init__(self, *, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self._conversations: dict[str, tuple[JsonObject, ...]] = {}

    def adopt(self, other: Messages) -> None:
        """Hold the messages that another world has."""
        self._conversations = other._conversations.copy()

    def of(self, thread_id: str) -> tuple[JsonObject, ...]:
        """Return the messages of a thread, the first one first."""
        return self._conversations.get(thread_id, ())

    def add(
        self, thread_id: str, role: str, content: str, metadata: JsonObject | None = None, **besides: Json
    ) -> JsonObject:
        """Return the row of a new message, which is the last one of its thread from now on."""
        row = {
            "id": self._ids.named("msg"),
            "threadId": thread_id,
            "role": role,
            "content": content,
            "metadata": metadata or {},
            "createdAt": brief_timestamp(self._clock.now()),
            **besides,
        }
        self._conversations[thread_id] = (*self.of(thread_id), row)
        return row

    def cut(self, thread_id: str, kept: int) -> tuple[JsonObject, ...]:
        """Keep only so many messages, counted from the first one; return those that went."""
        messages = self.of(thread_id)
        self._conversations[thread_id] = messages[:kept]
        return messages[kept:]

    def copy(self, thread_id: str, kept: int, target_id: str) -> int:
        """Give a thread so many messages of another one, with ids of their own; return how many these are."""
        copies = [{**row, "id": self._ids.named("msg"), "threadId": target_id} for row in self.of(thread_id)[:kept]]
        self._conversations[target_id] = tuple(copies)
        return len(copies)

    def forget(self, thread_id: str) -> None:
        """Remove the messages of a thread."""
        self._conversations.pop(thread_id, None)

    def restore(self, thread_id: str, rows: Iterable[JsonObject]) -> None:
        """Let these be the messages of a thread, complete as the API answers them."""
        self._conversations[thread_id] = tuple(rows)
