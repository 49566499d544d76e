"""Runs between a scenario and a world: rows filled in and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.scenarios.references import assistant, time, uuid
from understudy.scenarios.whole import is_whole_run
from understudy.state.ids import assistant_of

if TYPE_CHECKING:
    from understudy.paths import Path
    from understudy.scenarios.references import Around, Complain
    from understudy.wire import JsonObject

_KWARGS: JsonObject = {
    "input": None,
    "command": None,
    "config": {},
    "context": {},
    "stream_mode": ["values"],
    "interrupt_before": None,
    "interrupt_after": None,
    "webhook": None,
    "feedback_keys": None,
    "temporary": False,
    "subgraphs": False,
    "resumable": False,
    "checkpoint_during": True,
    "durability": "async",
}
"""What a run is started with where nothing is said."""


def complete(row: JsonObject, thread: JsonObject, path: Path, around: Around, complain: Complain) -> JsonObject:
    """Return the row of a run with everything that was left out; `thread` is the complete row of its thread."""
    thread_id = thread["thread_id"]
    if row.get("thread_id", thread_id) != thread_id:
        complain((*path, "thread_id"), f"not that of the thread, {thread_id}")
    told_id = row.get("run_id")
    run_id = around.world.ids.time_ordered() if told_id is None else uuid(told_id, (*path, "run_id"), complain)
    if around.world.runs.thread_of(run_id) not in (None, thread_id):
        complain((*path, "run_id"), f"the run {run_id} is there on another thread")
    created_at = time(row, "created_at", path, complain) or thread["updated_at"]
    whole: JsonObject = {
        "run_id": run_id,
        "thread_id": thread_id,
        "assistant_id": _assistant(row, thread, path, around, complain),
        "metadata": row.get("metadata", thread["metadata"]),
        "status": row.get("status", "success"),
        "kwargs": row.get("kwargs", {}),
        "multitask_strategy": row.get("multitask_strategy", "enqueue"),
        "created_at": created_at,
        "updated_at": time(row, "updated_at", path, complain) or created_at,
        "langsmith_session_name": row.get("langsmith_session_name"),
    }
    whole["kwargs"] = _with(_KWARGS, {**whole["kwargs"], "config": _config(whole, around)})
    return whole


def _assistant(row: JsonObject, thread: JsonObject, path: Path, around: Around, complain: Complain) -> str:
    """Return the id of the assistant that ran; one that has gone since is told by a row that tells everything."""
    if is_whole_run(row) and row["assistant_id"] not in around.graphs:
        return uuid(row["assistant_id"], (*path, "assistant_id"), complain)
    if "assistant_id" in row:
        return assistant(row["assistant_id"], (*path, "assistant_id"), around, complain)
    metadata = thread["metadata"]
    if isinstance(metadata.get("assistant_id"), str):
        return assistant(metadata["assistant_id"], path, around, complain)
    if isinstance(metadata.get("graph_id"), str):
        return assistant_of(metadata["graph_id"])
    complain(path, "assistant_id is missing")
    return str(thread["thread_id"])


def _config(run: JsonObject, around: Around) -> JsonObject:
    """Return a run's configuration with what the server knows of it, as far as it does not say so itself."""
    config: JsonObject = run["kwargs"].get("config", {})
    played = around.assistants.get(run["assistant_id"], {})
    known = {
        **{name: run[name] for name in ("run_id", "thread_id", "assistant_id")},
        **({"graph_id": played["graph_id"]} if "graph_id" in played else {}),
        "user_id": "",
    }
    configurable = _with(known, config.get("configurable", {}))
    return _with({"metadata": run["metadata"]}, {**config, "configurable": configurable})


def _with(defaults: JsonObject, told: JsonObject) -> JsonObject:
    """Return what is told, and after it what is left out."""
    return told | {name: value for name, value in defaults.items() if name not in told}
