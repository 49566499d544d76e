"""Threads between a scenario and a world, as the Computer Agents API tells them: rows filled in and checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.paths import quoted
from understudy.scenarios.computer_agents import messages
from understudy.scenarios.computer_agents.messages import TICK
from understudy.scenarios.computer_agents.rows import dated, is_whole, own_ids, timed
from understudy.scenarios.computer_agents.steps import Steps
from understudy.state.clock import brief_timestamp, moment
from understudy.state.computer_agents.threads import following

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from understudy.paths import Path
    from understudy.scenarios.computer_agents.known import Known
    from understudy.scenarios.references import Complain
    from understudy.state.computer_agents.threads import Threads
    from understudy.wire import JsonObject

_APART = ("messages", "steps", "kept", "changed")
"""What is told with the row of a thread, and is not in it."""

_REFERENCES = (("project", "projectId"), ("computer", "environmentId"), ("agent", "agentId"))


@dataclass(frozen=True, slots=True)
class Conversation:
    """The row of a thread as the API answers it, its messages and its steps."""

    row: JsonObject
    messages: list[JsonObject]
    steps: list[JsonObject]


def complete(
    told: JsonObject,
    row_id: str,
    path: Path,
    threads: Threads,
    now: datetime,
    known: Known,
    complain: Complain,
) -> Conversation:
    """Return a thread with everything that was left out.

    What is made up for its messages and steps is the same every time for the same thread.
    """
    row = timed({name: value for name, value in told.items() if name not in _APART}, path, complain)
    said = told.get("messages", [])
    ids = own_ids(row_id)
    start = _start(row, said, path, now)
    conversation = messages.complete(said, row_id, start, ids, (*path, "messages"), complain)
    if not is_whole("Thread", row):
        for kind, name in _REFERENCES:
            known.refer(kind, row.get(name), (*path, name))
        row = _filled_in(row, row_id, conversation, start, threads, known)
    steps = Steps(row, conversation, known.first_snapshot(row["environmentId"]), ids, known, complain)
    for at, step in enumerate(told.get("steps", ())):
        steps.add(step, (*path, "steps", at))
    names = known.names(row["environmentId"], row["agentId"])
    for name, value in following(row, conversation, *names).items():
        if name in row and row[name] != value:
            complain((*path, name), f"follows from all else, and would be {quoted(value)}; leave it out")
        row = {**row, name: value}
    return Conversation(row, conversation, steps.rows)


def _filled_in(
    row: JsonObject, row_id: str, said: Sequence[JsonObject], start: str, threads: Threads, known: Known
) -> JsonObject:
    drafted = threads.drafted(
        {
            "id": row_id,
            "environmentId": known.default_computer(),
            "agentId": known.default_agent(),
            "status": "completed" if said else "active",
        }
    )
    created_at = row.get("createdAt", start)
    updated_at = max(said[-1]["createdAt"], created_at) if said else created_at
    return dated({**drafted, "createdAt": created_at}, {"updatedAt": updated_at, **row, "id": row_id})


def _start(row: JsonObject, said: Sequence[JsonObject], path: Path, now: datetime) -> str:
    """Return when the first message was said: as it is told, or so that the last one comes out right."""
    for at, one in enumerate([row, *said]):
        # Where a time is no time is told elsewhere.
        if text := timed(one, path, lambda *_: None).get("createdAt"):
            return brief_timestamp(moment(text) - max(at - 1, 0) * TICK)
    end = moment(row["updatedAt"]) if "updatedAt" in row else now
    return brief_timestamp(end - max(len(said) - 1, 0) * TICK)
