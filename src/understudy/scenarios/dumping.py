"""A world told as a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from understudy.scenarios.agents import agent_row
from understudy.scenarios.core_yaml import render
from understudy.state.checkpoints import thread_state
from understudy.state.ids import assistant_of
from understudy.wire import dumps

if TYPE_CHECKING:
    from understudy.state.agents import Agent
    from understudy.state.world import World
    from understudy.wire import JsonObject

_ALL = 1_000_000_000


def dump(world: World) -> JsonObject:
    """Return a scenario that, loaded, makes a world like this one, with the same agents and the same rows.

    Lifetimes count from the load. A world that was changed meanwhile does not change what was returned.
    """
    told = {
        "agents": {agent.graph_id: _agent(world, agent) for agent in world.agents},
        "assistants": [
            _assistant(world, row) for row in world.assistants.search(sort_by="updated_at", order="asc").rows
        ],
        "threads": [_thread(world, row) for row in world.threads.find(order="asc").rows],
        "crons": list(world.crons),
        "store": list(world.store),
    }
    copy: JsonObject = orjson.loads(dumps(told))
    return copy


def dump_text(world: World, description: str = "") -> str:
    """Return the YAML text of a scenario that makes a world like this one."""
    told = {section: rows for section, rows in dump(world).items() if rows}
    return render({"description": description, **told} if description else told)


def _agent(world: World, agent: Agent) -> JsonObject:
    row = agent_row(agent, world.agents)
    if not any(assistant["assistant_id"] == assistant_of(agent.graph_id) for assistant in world.assistants):
        row["assistant"] = False
    return row


def _assistant(world: World, row: JsonObject) -> JsonObject:
    versions = world.assistants.versions(row["assistant_id"], limit=_ALL)
    current = {name: row[name] for name in versions[0]} | {"created_at": row["updated_at"]}
    others = [version for version in reversed(versions) if version != current]
    return {**row, "versions": others} if others else row


def _thread(world: World, row: JsonObject) -> JsonObject:
    thread_id = row["thread_id"]
    told = {**row, "ttl": world.threads.ttl(thread_id)} if world.threads.ttl(thread_id) else {**row}
    history = [
        _state(thread_state(thread_id, states, checkpoint, namespace=namespace))
        for states in [world.threads.history(thread_id)]
        for namespace, checkpoints in states
        for checkpoint in checkpoints
    ]
    if "values" not in row:
        told["copied"] = True
    if history or row.get("values") is not None:
        told["history"] = history
    return told


def _state(state: JsonObject) -> JsonObject:
    """Return a state without what it says twice."""
    ref = state["checkpoint"]
    place = {"checkpoint_id": ref["checkpoint_id"]}
    if ref["checkpoint_ns"]:
        place["checkpoint_ns"] = ref["checkpoint_ns"]
    return {
        "values": state["values"],
        "next": state["next"],
        "tasks": state["tasks"],
        "metadata": state["metadata"],
        "created_at": state["created_at"],
        "checkpoint": place,
        "parent_checkpoint_id": state["parent_checkpoint_id"],
    }
