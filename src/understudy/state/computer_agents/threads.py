"""Threads: conversations with an agent in a computer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from understudy.errors import NotFound
from understudy.state.clock import brief_timestamp, moment
from understudy.state.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from understudy.state.clock import Clock
    from understudy.state.computer_agents.messages import Messages
    from understudy.state.ids import Ids
    from understudy.wire import Json, JsonObject

FILTERS = ("projectId", "environmentId", "agentId", "appId", "scheduleId", "status")
"""The columns by which threads are found."""

_TOLD = frozenset(
    {
        "messageCount",
        "lastMessageAt",
        "lastMessagePreview",
        "totalTokens",
        "duration",
        "environmentName",
        "agentName",
    }
)
"""What is told of a thread that follows from all else, and is not kept."""


class Found(NamedTuple):
    """One page of the rows that were found, and how many there are on all pages."""

    rows: list[JsonObject]
    total: int


class Threads:
    """The threads of a world. Rows are what the API answers, without what follows from all else: see `shown`.

    `messages` is what is said in them; the names of a computer and of an agent are asked for by id.
    """

    def __init__(
        self,
        messages: Messages,
        *,
        clock: Clock,
        ids: Ids,
        environment_name: Callable[[str], str | None],
        agent_name: Callable[[str], str | None],
    ) -> None:
        self._messages = messages
        self._clock = clock
        self._ids = ids
        self._environment_name = environment_name
        self._agent_name = agent_name
        self._table = Table("id", indexed=FILTERS, created="createdAt", changed="updatedAt")

    def adopt(self, other: Threads) -> None:
        """Hold the threads that another world has."""
        self._table.adopt(other._table)

    def __iter__(self) -> Iterator[JsonObject]:
        """Yield the rows in order of creation."""
        return iter(list(self._table))

    def __contains__(self, thread_id: str) -> bool:
        return thread_id in self._table

    def get(self, thread_id: str) -> JsonObject:
        """Return a thread's row. NotFound if there is none."""
        row = self._table.get(thread_id)
        if row is None:
            raise NotFound(f"Thread {thread_id} not found")
        return row

    def shown(self, row: JsonObject) -> JsonObject:
        """Return what the API tells of a thread, with what follows from its messages, its computer and its agent."""
        return {
            **row,
            **self._messages.last(row["id"]),
            "totalTokens": row["inputTokens"] + row["outputTokens"],
            "duration": _duration(row["startedAt"], row["completedAt"]),
            "environmentName": self._environment_name(row["environmentId"]),
            "agentName": self._agent_name(row["agentId"]),
        }

    def find(
        self,
        columns: JsonObject | None = None,
        *,
        created_after: datetime | None = None,
        offset: int = 0,
        limit: int | None = None,
    ) -> Found:
        """Return a page of the threads that have these values in the columns of `FILTERS`, the one changed last first.

        Of rows that are `created_after` a moment, that moment itself is none.
        """

        def younger(row: JsonObject) -> bool:
            return created_after is None or moment(row["createdAt"]) > created_after

        page = self._table.find(columns=columns, where=younger, offset=offset, limit=limit)
        total = self._table.count(columns=columns, where=younger)
        return Found(page.rows, total)

    def create(self, given: JsonObject) -> JsonObject:
        """Return the row of a new thread, which has what is given; `environmentId` and `agentId` are needed."""
        now = brief_timestamp(self._clock.now())
        row = {
            "id": self._ids.named("thread"),
            "title": "",
            "task": None,
            "appId": None,
            "status": "active",
            "inputTokens": 0,
            "outputTokens": 0,
            "totalCost": 0,
            "environmentMinutes": 0,
            "metadata": {},
            "startedAt": None,
            "completedAt": None,
            **given,
            "createdAt": now,
            "updatedAt": now,
        }
        self._table.put(row)
        return row

    def update(self, thread_id: str, **changes: Json) -> JsonObject:
        """Return the row with the changes in it, among which a `projectId` of None takes that away.

        NotFound if there is no such thread.
        """
        row = {**self.get(thread_id), **changes, "updatedAt": brief_timestamp(self._clock.now())}
        if row.get("projectId", "") is None:
            del row["projectId"]
        self._table.put(row)
        return row

    def delete(self, thread_id: str) -> None:
        """Remove a thread. NotFound if there is none."""
        self.get(thread_id)
        self._table.delete(thread_id)

    def restore(self, row: JsonObject) -> None:
        """Put a row, complete as the API answers it, in the place of the one with its id."""
        self._table.put({name: value for name, value in row.items() if name not in _TOLD})


def _duration(started_at: str | None, completed_at: str | None) -> str | None:
    """Return how long an execution took that has ended: `1.5s`."""
    if started_at is None or completed_at is None:
        return None
    seconds = (moment(completed_at) - moment(started_at)).total_seconds()
    return f"{seconds:.3f}".rstrip("0").rstrip(".") + "s"
