"""What several graphs leave on one thread: each goes on from its own, and keeps what is the others' beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from understudy.agents.channels import empty
from understudy.agents.tasks import PULL
from understudy.state.agents import START

if TYPE_CHECKING:
    from understudy.state.agents import Agent
    from understudy.state.checkpoints import Checkpoint
    from understudy.state.ids import Ids
    from understudy.wire import JsonObject


def seen_by(agent: Agent, checkpoint: Checkpoint) -> Checkpoint:
    """Return a checkpoint as this graph sees it: its own channels and tasks, all others are held `beside` them."""
    if not isinstance(checkpoint.values, dict):
        return checkpoint
    beside = checkpoint.held.get("beside", {})
    values = {**beside.get("values", {}), **checkpoint.values}
    rows = [*checkpoint.tasks, *beside.get("tasks", ())]
    own = [row for row in rows if _is_own(agent, row)]
    others: JsonObject = {
        "values": {name: value for name, value in values.items() if name not in agent.channels},
        "tasks": [row for row in rows if not _is_own(agent, row)],
    }
    held = {name: value for name, value in checkpoint.held.items() if name != "beside"}
    return replace(
        checkpoint,
        values=empty(agent) | {name: value for name, value in values.items() if name in agent.channels},
        next=tuple(row["name"] for row in own),
        tasks=tuple(own),
        held=held | ({"beside": others} if any(others.values()) else {}),
    )


def is_of_another(agent: Agent, checkpoint: Checkpoint) -> bool:
    """Return whether another graph made a checkpoint, or left anything in it."""
    return checkpoint.metadata.get("graph_id", agent.graph_id) != agent.graph_id or "beside" in checkpoint.held


def left_behind(agent: Agent, checkpoint: Checkpoint) -> set[str]:
    """Return the ids of the tasks that a graph has left to do, but no run takes up: another graph has run since.

    As in LangGraph, they are next, and stay so until an input drops them or the state is updated from outside.
    """
    metadata = checkpoint.metadata
    if metadata.get("graph_id") == agent.graph_id or metadata.get("source") == "update":
        return set()
    return {row["id"] for row in checkpoint.held.get("beside", {}).get("tasks", ())}


def carried_over(checkpoint: Checkpoint | None, ids: Ids) -> JsonObject:
    """Return what the next checkpoint holds beside its own: tasks to be done anew, without those that were sent."""
    beside = checkpoint.held.get("beside", {}) if checkpoint else {}
    tasks = [_anew(row, ids) for row in beside.get("tasks", ()) if row["path"][0] == PULL]
    return {"values": beside["values"], "tasks": tasks} if tasks or beside.get("values") else {}


def _is_own(agent: Agent, row: JsonObject) -> bool:
    return row["name"] == START or row["name"] in agent.nodes


def _anew(row: JsonObject, ids: Ids) -> JsonObject:
    task_id = ids.digest()
    place = row["checkpoint"] and {**row["checkpoint"], "checkpoint_ns": f"{row['name']}:{task_id}"}
    return {**row, "id": task_id, "checkpoint": place, "error": None, "interrupts": [], "result": None}
