"""Threads: conversations with an agent in a computer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from understudy.state.clock import moment
from understudy.state.computer_agents.messages import PREVIEW
from understudy.state.computer_agents.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from understudy.state.clock import Clock
    from understudy.state.computer_agents.messages import Messages
    from understudy.state.ids import Ids
    from understudy.wire import Json, JsonObject

FILTERS = ("projectId", "environmentId", "agentId", "appId", "scheduleId", "status")
"""The columns by which threads are found."""

FOLLOWING = (
    "messageCount",
    "lastMessageAt",
    "lastMessagePreview",
    "totalTokens",
    "duration",
    "environmentName",
    "agentName",
)
"""What is told of a thread that follows from all else, and is not kept."""


class Found(NamedTuple):
    """One page of the rows that were found, and how many there are on all pages."""

    rows: list[JsonObject]
    total: int


class Threads(Rows):
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
        super().__init__("Thread", indexed=FILTERS, clock=clock)
        self._messages = messages
        self._ids = ids
        self._environment_name = environment_name
        self._agent_name = agent_name

    def __iter__(self) -> Iterator[JsonObject]:
        """Yield the rows in order of creation."""
        return iter(list(self._table))

    def __len__(self) -> int:
        return len(self._table)

    def shown(self, row: JsonObject) -> JsonObject:
        """Return what the API tells of a thread, with what follows from its messages, its computer and its agent."""
        names = (self._environment_name(row["environmentId"]), self._agent_name(row["agentId"]))
        return {**row, **following(row, self._messages.of(row["id"]), *names)}

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
        return self._put(self.drafted({"id": self._ids.named("thread"), **given}))

    def drafted(self, given: JsonObject) -> JsonObject:
        """Return the row of a thread that is made now; nothing is kept. Its `id` is needed besides."""
        now = self._now()
        return {
            "id": given["id"],
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

    def update(self, thread_id: str, **changes: Json) -> JsonObject:
        """Return the row with the changes in it, among which a `projectId` of None takes that away.

        NotFound if there is no such thread.
        """
        row = {**self.get(thread_id), **changes, "updatedAt": self._now()}
        if row.get("projectId", "") is None:
            del row["projectId"]
        return self._put(row)

    def restore(self, row: JsonObject) -> None:
        """Put a row, complete as the API answers it, in the place of the one with its id."""
        super().restore({name: value for name, value in row.items() if name not in FOLLOWING})

    def touch(self, thread_id: str) -> None:
        """Let a thread count as the one changed last among those that were changed at its time."""
        self._table.update(thread_id)


def following(
    row: JsonObject, messages: Sequence[JsonObject], environment_name: str | None, agent_name: str | None
) -> JsonObject:
    """Return what is told of a thread that follows from all else: `FOLLOWING`."""
    last = messages[-1] if messages else None
    return {
        "messageCount": len(messages),
        "lastMessageAt": last and last["createdAt"],
        "lastMessagePreview": last and last["content"][:PREVIEW],
        "totalTokens": row["inputTokens"] + row["outputTokens"],
        "duration": _duration(row["startedAt"], row["completedAt"]),
        "environmentName": environment_name,
        "agentName": agent_name,
    }


def _duration(started_at: str | None, completed_at: str | None) -> str | None:
    """Return how long an execution took that has ended: `1.5s`."""
    if started_at is None or completed_at is None:
        return None
    seconds = (moment(completed_at) - moment(started_at)).total_seconds()
    return f"{seconds:.3f}".rstrip("0").rstrip(".") + "s"
