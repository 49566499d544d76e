"""Tasks that are done while others of their step wait: what they wrote counts before there is a checkpoint of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from understudy.agents.reducers import merge

if TYPE_CHECKING:
    from understudy.state.agents import Agent, ReducerName
    from understudy.state.checkpoints import Checkpoint
    from understudy.state.ids import Ids
    from understudy.wire import Json, JsonObject


def done(checkpoint: Checkpoint) -> list[JsonObject]:
    """Return the tasks of a checkpoint that have a result."""
    return [task for task in checkpoint.tasks if task["result"] is not None]


def values_with_results(agent: Agent, checkpoint: Checkpoint, ids: Ids) -> Json:
    """Return the values of a checkpoint after its tasks that are done have written to them.

    Unacceptable when a channel cannot take what was written.
    """
    if not isinstance(checkpoint.values, dict):
        return checkpoint.values
    values = dict(checkpoint.values)
    for task in done(checkpoint):
        for name, new in task["result"].items():
            if name in agent.channels:
                values[name] = merged(agent.channels[name], values.get(name), new, ids)
    return values


def settled(agent: Agent, checkpoint: Checkpoint, ids: Ids) -> Checkpoint:
    """Return the latest checkpoint as it is read: only the tasks that are not done are next, and only they wait."""
    if not done(checkpoint):
        return checkpoint
    return replace(
        checkpoint,
        values=values_with_results(agent, checkpoint, ids),
        next=tuple(task["name"] for task in checkpoint.tasks if task["result"] is None),
        tasks=tuple({**task, "interrupts": []} if task["result"] is not None else task for task in checkpoint.tasks),
    )


def merged(reducer: ReducerName, old: Json, new: Json, ids: Ids) -> Json:
    """Return what `reducers.merge` does, but keep messages that are in the stored form as they are."""
    result = merge(reducer, old, new, ids)
    if reducer != "messages":
        return result
    # A task wrote messages in the form that is stored. Merging takes them for messages of a client, and rewrites them.
    stored = {
        message["id"]: message
        for message in (new if isinstance(new, list) else [new])
        if isinstance(message, dict) and "response_metadata" in message and isinstance(message.get("id"), str)
    }
    return [stored.get(message["id"], message) for message in result]
