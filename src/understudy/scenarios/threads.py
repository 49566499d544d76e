"""Threads between a scenario and a world: rows filled in from their histories and checked."""

from __future__ import annotations

import ast
import re
from datetime import MAXYEAR
from typing import TYPE_CHECKING

from understudy.scenarios.references import known, time, uuid
from understudy.scenarios.states import TICK, States
from understudy.scenarios.whole import is_whole_state, is_whole_thread
from understudy.state.clock import moment, timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from understudy.paths import Path
    from understudy.scenarios.references import Around, Complain
    from understudy.wire import JsonObject

_SYSTEM = {"created_by": "system"}
"""The metadata of an assistant that the server made itself."""

_ERROR = re.compile(r"(?P<error>\w+)\((?P<message>.*)\)", re.DOTALL)


def complete(row: JsonObject, path: Path, around: Around, complain: Complain) -> tuple[JsonObject, list[JsonObject]]:
    """Return the row of a thread and its states, oldest first, with everything that was left out."""
    told_id = row.get("thread_id")
    thread_id = around.world.ids.time_ordered() if told_id is None else uuid(told_id, (*path, "thread_id"), complain)
    metadata = row.get("metadata", {})
    graph_id = metadata.get("graph_id")
    history = _history(row)
    if graph_id is not None:
        if not is_whole_thread(row):
            known("agent", graph_id, around.graphs, (*path, "metadata", "graph_id"), complain)
    elif history and not all(map(is_whole_state, history)):
        complain(path, "metadata.graph_id is missing: it names the agent that the history is of")
    agent = around.agents.get(graph_id) if isinstance(graph_id, str) else None
    start = _start(row, history, around.world.clock.now())
    thread = {"thread_id": thread_id, "metadata": metadata}
    assistant = around.assistants.get(str(metadata.get("assistant_id")))
    noted = _SYSTEM if assistant is None else assistant["metadata"]
    states = States(thread, agent, noted, start, complain)
    for at, state in enumerate(history):
        place = (*path, "history", at) if row.get("history") else path
        states.add(state, place)
    told = states.settle()
    waits = any(run.get("status") == "pending" for run in row.get("runs", ()))
    status = row.get("status") or ("busy" if waits else _status(states))
    created_at = time(row, "created_at", path, complain) or timestamp(start)
    updated_at = time(row, "updated_at", path, complain) or (told[-1]["created_at"] if told else created_at)
    state_updated_at = updated_at
    if status == "busy":
        ended = states.finished()
        state_updated_at = ended["created_at"] if ended else created_at
    whole: JsonObject = {
        "thread_id": thread_id,
        "created_at": created_at,
        "updated_at": updated_at,
        "state_updated_at": time(row, "state_updated_at", path, complain) or state_updated_at,
        "metadata": metadata,
        "status": status,
        "config": row.get("config", {}),
        **(_as_told(row) if row.get("copied") else _outcome(row, states, status)),
    }
    if row.get("ttl"):
        whole["ttl"] = _lifetime(row["ttl"], (*path, "ttl"), complain)
    return whole, told


def _lifetime(ttl: JsonObject, path: Path, complain: Complain) -> JsonObject:
    expires_at = time(ttl, "expires_at", path, complain, last=MAXYEAR)
    return ttl if expires_at is None else {**ttl, "expires_at": expires_at}


def _history(row: JsonObject) -> list[JsonObject]:
    """Return the states as they were written; values without a history are one state, put there from outside."""
    history: list[JsonObject] | None = row.get("history")
    if history is None and row.get("values") is not None:
        return [{"values": row["values"], "metadata": {"source": "update"}}]
    return history or []


def _start(row: JsonObject, history: list[JsonObject], now: datetime) -> datetime:
    """Return the moment of the first state: as it is told, or so that the last state told of comes out right."""
    if moment_of := _moment(row, "created_at"):
        return moment_of
    for at, state in enumerate(history):
        if moment_of := _moment(state, "created_at"):
            return moment_of - at * TICK
    end = _moment(row, "updated_at") or now
    return end - max(sum(map(_count, history)) - 1, 0) * TICK


def _moment(row: JsonObject, name: str) -> datetime | None:
    text = time(row, name, (), lambda *_: None)
    return moment(text) if text else None


def _count(state: JsonObject) -> int:
    """Return how many states there are in a state: itself and those inside its tasks."""
    return 1 + sum(_count(task["state"]) for task in state.get("tasks", ()) if task.get("state"))


def _status(states: States) -> str:
    """Return how the last run ended, by the last state."""
    last = states.latest()
    if last is None or not last["next"]:
        return "idle"
    return "error" if any(task["error"] for task in last["tasks"]) else "interrupted"


def _as_told(row: JsonObject) -> JsonObject:
    """Return what a row itself says of how the last run ended."""
    return {name: row[name] for name in ("values", "error", "interrupts") if name in row}


def _outcome(row: JsonObject, states: States, status: str) -> JsonObject:
    """Return values, error and interrupts of a thread as the last run left them; the latter two are absent before one.

    They are read from the last state, of a busy thread from the last one with which a run ended.
    """
    last = states.finished() if status == "busy" else states.latest()
    told = _as_told(row)
    if last is None:
        return {"values": None, **told}
    if "history" not in row:
        told.pop("values", None)  # they are the state's now, in full
    return {
        "values": last["values"],
        "error": None if status == "busy" else _error(last),
        "interrupts": {} if status == "busy" else states.waiting(),
        **told,
    }


def _error(state: JsonObject) -> JsonObject | None:
    """Return the error of the first task that failed, as a thread tells it: `ValueError('boom')` taken apart."""
    text = next((task["error"] for task in state["tasks"] if task["error"]), None)
    if text is None:
        return None
    parts = _ERROR.fullmatch(text)
    if parts is None:
        return {"error": "Exception", "message": text}
    try:
        message = ast.literal_eval(parts["message"] or "''")
    except (SyntaxError, ValueError):
        message = parts["message"]
    return {"error": parts["error"], "message": str(message)}
