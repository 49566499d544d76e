"""Rows that leave nothing out: they are taken as they are, also where they name agents or nodes that there are not.

So is what a world tells of itself: an agent may have changed since, a run that a state came from may be deleted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from understudy.wire import JsonObject

_THREAD = ("thread_id", "created_at", "updated_at", "state_updated_at", "metadata", "status", "config")
_STATE = ("values", "next", "tasks", "created_at")
_TASK = ("id", "name", "path", "error", "interrupts", "checkpoint", "result")
RUN = (
    "run_id",
    "assistant_id",
    "metadata",
    "status",
    "kwargs",
    "multitask_strategy",
    "created_at",
    "updated_at",
    "langsmith_session_name",
)


def is_whole_thread(row: JsonObject) -> bool:
    """Return whether a thread tells everything that does not belong to its state."""
    return all(name in row for name in _THREAD)


def is_whole_state(row: JsonObject) -> bool:
    """Return whether a state tells everything; one with the state of a subgraph inside does not."""
    metadata = row.get("metadata") or {}
    return (
        all(name in row for name in _STATE)
        and "source" in metadata
        and "step" in metadata
        and ("checkpoint_id" in row or "checkpoint_id" in row.get("checkpoint", {}))
        and ("parent_checkpoint_id" in row or "parent_checkpoint" in row)
        and all(_is_whole_task(task) for task in row["tasks"])
    )


def is_whole_run(row: JsonObject) -> bool:
    """Return whether a run tells everything."""
    return all(name in row for name in RUN)


def _is_whole_task(row: JsonObject) -> bool:
    return all(name in row for name in _TASK) and not row.get("state") and all("id" in one for one in row["interrupts"])
