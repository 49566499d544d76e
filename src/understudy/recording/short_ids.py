"""Ids that people can tell apart, in the place of those that were drawn by chance."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID

from understudy.state.ids import assistant_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from understudy.recording.captured import Captured
    from understudy.wire import Json, JsonObject

_KINDS = ("thread", "checkpoint", "task", "interrupt", "run", "assistant", "cron", "message")
"""Told by the second part of an id, from 0001."""

ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{32}\b")


def short_ids(captured: Captured) -> dict[str, str]:
    """Return for each id that the server drew a short one: `00000000-0001-4000-8000-000000000001` is the first thread.

    Ids of checkpoints keep their order, which is that of time. What comes from the name of a graph stays as it is.
    """
    of_graphs = {assistant_of(row["graph_id"]) for row in captured.assistants}
    found: dict[str, dict[str, None]] = {kind: {} for kind in _KINDS}
    for kind, told in _ids(captured):
        if told not in of_graphs and ID.fullmatch(told):
            found[kind].setdefault(told)
    found["checkpoint"] = dict.fromkeys(sorted(found["checkpoint"]))
    short: dict[str, str] = {}
    for number, kind in enumerate(_KINDS, start=1):
        for at, told in enumerate(found[kind], start=1):
            made = str(UUID(f"00000000-{number:04x}-4000-8000-{at:012d}"))
            short.setdefault(told, made if "-" in told else made.replace("-", ""))
    return short


def replaced(value: Json, ids: dict[str, str]) -> Json:
    """Return a value with other ids, wherever they occur in texts and in the names of keys."""
    if isinstance(value, str):
        return ID.sub(lambda found: ids.get(found[0], found[0]), value)
    if isinstance(value, list):
        return [replaced(each, ids) for each in value]
    if isinstance(value, dict):
        return {replaced(key, ids): replaced(each, ids) for key, each in value.items()}
    return value


def _ids(captured: Captured) -> Iterator[tuple[str, str]]:
    for row in captured.assistants:
        yield "assistant", row["assistant_id"]
    for row in sorted(captured.threads, key=lambda row: str(row.get("created_at"))):
        yield "thread", row["thread_id"]
        for state in row["history"] or ():
            yield from _of_state(state)
    for run in captured.runs:
        yield "run", run.row["run_id"]
    for row in captured.crons:
        yield "cron", row["cron_id"]


def _of_state(state: JsonObject) -> Iterator[tuple[str, str]]:
    yield "checkpoint", state["checkpoint"]["checkpoint_id"]
    run_id = (state["metadata"] or {}).get("run_id")
    if isinstance(run_id, str):
        yield "run", run_id
    for task in state["tasks"]:
        yield "task", task["id"]
        for interrupt in task.get("interrupts") or ():
            if isinstance(interrupt.get("id"), str):
                yield "interrupt", interrupt["id"]
    if isinstance(state["values"], dict):
        yield from _of_messages(state["values"].values())


def _of_messages(channels: Iterable[Json]) -> Iterator[tuple[str, str]]:
    """Yield the ids of chat messages, which servers draw where nobody gives one."""
    for value in channels:
        for message in value if isinstance(value, list) else ():
            if isinstance(message, dict) and "type" in message and isinstance(message.get("id"), str):
                yield "message", message["id"]
