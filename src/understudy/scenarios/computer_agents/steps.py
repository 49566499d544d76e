"""Steps between a scenario and a world: rows filled in and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents.computer_agents.items import headline
from understudy.errors import did_you_mean
from understudy.paths import quoted
from understudy.scenarios.computer_agents.rows import is_whole, timed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understudy.paths import Path
    from understudy.scenarios.computer_agents.known import Known
    from understudy.scenarios.references import Complain
    from understudy.state.ids import Ids
    from understudy.wire import JsonObject

_DONE = "response.item.completed"
"""The event of a step that an agent did."""

_TURNS = {"user_message": "user", "turn_completed": "assistant"}
"""The steps with which a turn begins and ends, and who said the message of each."""


class Steps:
    """The steps of one thread, added in the order in which they were done.

    `thread` and `messages` are complete; `first` is the id of the first snapshot of the computer, if it has any.
    """

    def __init__(
        self,
        thread: JsonObject,
        messages: Sequence[JsonObject],
        first: str | None,
        ids: Ids,
        known: Known,
        complain: Complain,
    ) -> None:
        self._thread = thread
        self._said = messages
        self._places = {row["id"]: at for at, row in enumerate(messages)}
        self._message_id: str | None = None
        self._left = first
        self._ids = ids
        self._known = known
        self._complain = complain
        self._seen: set[str] = set()
        self.rows: list[JsonObject] = []

    def add(self, told: JsonObject, path: Path) -> None:
        """Take in the next step."""
        row = timed(told, path, self._complain)
        if row.get("threadId", self._thread["id"]) != self._thread["id"]:
            self._complain((*path, "threadId"), f"not that of the thread, {self._thread['id']}")
        if not is_whole("Step", row):
            row = self._filled_in(row, path)
        if row["id"] in self._seen:
            self._complain((*path, "id"), f"the step {row['id']} is there twice")
        self._seen.add(row["id"])
        self._message_id, self._left = row["sourceMessageId"], row["snapshotAfterId"]
        self.rows.append(row)

    def _filled_in(self, row: JsonObject, path: Path) -> JsonObject:
        kind, last = row["stepKind"], self.rows[-1] if self.rows else None
        message_id = row["sourceMessageId"] if "sourceMessageId" in row else self._message_of(kind)
        message = self._said[self._places[message_id]] if message_id in self._places else None
        if message_id is not None and message is None:
            hint = did_you_mean(message_id, self._places)
            self._complain((*path, "sourceMessageId"), f"no message {quoted(message_id)} in this thread.{hint}")
        self._known.refer("computer", row.get("environmentId"), (*path, "environmentId"))
        for name in ("snapshotBeforeId", "snapshotAfterId"):
            self._known.refer("snapshot", row.get(name), (*path, name))
        before = row.get("snapshotBeforeId", self._left)
        began = message["createdAt"] if message else self._thread["createdAt"]
        return {
            "id": self._ids.named("step"),
            "threadId": self._thread["id"],
            "environmentId": self._thread["environmentId"],
            "sequence": last["sequence"] + 1 if last else 1,
            "sourceMessageId": message_id,
            "stepKind": kind,
            "eventType": None if kind in _TURNS else _DONE,
            "title": headline(message["content"]) if kind == "user_message" and message else _words(kind),
            "snapshotBeforeId": before,
            "snapshotAfterId": before,
            "metadata": {},
            "createdAt": max(began, last["createdAt"]) if last else began,
            **row,
        }

    def _message_of(self, kind: str) -> str | None:
        """Return the id of the message for which a step was done that does not say it."""
        if kind not in _TURNS:
            return self._message_id
        rows = self._said
        later = range(self._places.get(self._message_id or "", -1) + 1, len(rows))
        said = (rows[at]["id"] for at in later if rows[at]["role"] == _TURNS[kind])
        return next(said, self._message_id)


def _words(kind: str) -> str:
    return kind.replace("_", " ").capitalize()
