"""A world told as a scenario."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

import orjson

from understudy.errors import Conflict
from understudy.scenarios.agents import agent_row
from understudy.scenarios.core_yaml import render
from understudy.state.checkpoints import ran_before, thread_state
from understudy.state.clock import timestamp
from understudy.state.ids import assistant_of
from understudy.wire import dumps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understudy.state.agents import Agent
    from understudy.state.checkpoints import Checkpoint, History
    from understudy.state.world import World
    from understudy.wire import JsonObject

_ALL = 1_000_000_000

_OUTCOME = {"values", "error", "interrupts"}
"""What the row of a thread says of how its last run ended."""


def dump(world: World) -> JsonObject:
    """Return a scenario that, loaded, makes a world like this one, with the same agents and the same rows.

    Not told are faults, journal, events of runs, and what ids are drawn from. Conflict while runs are being played:
    they cannot go on in another world. A world that was changed meanwhile does not change what was returned.
    """
    if world.runs.playing:
        playing = ", ".join(world.runs.playing)
        raise Conflict(f"runs are being played, which no scenario can tell: {playing}; wait for them, or cancel them")
    runs: dict[str, list[JsonObject]] = defaultdict(list)
    for run in world.runs:
        runs[run["thread_id"]].append(run)
    threads = list(world.threads)
    changed = _changed("thread_id", threads, world.threads.find(order="asc").rows)
    told = {
        **({"clock": timestamp(world.clock.now())} if world.clock.frozen else {}),
        "agents": {agent.graph_id: _agent(world, agent) for agent in world.agents},
        "assistants": _assistants(world),
        "threads": [
            {**_thread(world, row, runs[row["thread_id"]]), **changed.get(row["thread_id"], {})} for row in threads
        ],
        "crons": list(world.crons),
        "store": [_item(world, item) for item in world.store],
    }
    copy: JsonObject = orjson.loads(dumps(told))
    return copy


def dump_text(world: World, description: str = "") -> str:
    """Return the YAML text of a scenario that makes a world like this one."""
    told = {section: rows for section, rows in dump(world).items() if rows}
    return render({"description": description, **told} if description else told)


def _changed(key: str, rows: Sequence[JsonObject], by_change: Sequence[JsonObject]) -> dict[str, JsonObject]:
    """Return, by id, what tells of rows with one `updated_at` which of them was changed later.

    Nothing need be said of those that were changed in the order in which they stand, before all that say something.
    """
    place = {row[key]: at for at, row in enumerate(rows)}
    told: dict[str, JsonObject] = {}
    for _, group in groupby(by_change, key=itemgetter("updated_at")):
        last, later = -1, 0
        for row in group:
            at = place[row[key]]
            if later or at < last:
                later += 1
                told[row[key]] = {"changed": later}
            last = at
    return told


def _agent(world: World, agent: Agent) -> JsonObject:
    row = agent_row(agent, world.agents)
    if assistant_of(agent.graph_id) not in world.assistants:
        row["assistant"] = False
    return row


def _assistants(world: World) -> list[JsonObject]:
    rows = list(world.assistants)
    changed = _changed("assistant_id", rows, world.assistants.search(sort_by="updated_at", order="asc").rows)
    return [{**_assistant(world, row), **changed.get(row["assistant_id"], {})} for row in rows]


def _assistant(world: World, row: JsonObject) -> JsonObject:
    versions = world.assistants.versions(row["assistant_id"], limit=_ALL)
    current = {name: row[name] for name in versions[0]} | {"created_at": row["updated_at"]}
    others = [version for version in reversed(versions) if version != current]
    return {**row, "versions": others} if others else row


def _thread(world: World, row: JsonObject, runs: list[JsonObject]) -> JsonObject:
    thread_id = row["thread_id"]
    ttl = world.threads.ttl(thread_id)
    history = world.threads.history(thread_id)
    told = {**row, "ttl": ttl} if ttl else {**row}
    if "values" not in row or (history and not row.keys() >= _OUTCOME):
        told["copied"] = True
    if history or row.get("values") is not None:
        told["history"] = _states(thread_id, history)
    if runs:
        told["runs"] = [{name: run[name] for name in run if name != "thread_id"} for run in runs]
    if world.runs.visits.get(thread_id):
        told["visits"] = world.runs.visits[thread_id]
    return told


def _states(thread_id: str, history: History) -> list[JsonObject]:
    """Return all states, each after the one that it was made from."""
    return [
        _state(thread_state(thread_id, history, checkpoint, namespace=namespace))
        | _not_shown(history, namespace, checkpoint)
        for namespace, checkpoints in history
        for checkpoint in checkpoints
    ]


def _not_shown(history: History, namespace: str, checkpoint: Checkpoint) -> JsonObject:
    """Return what answers do not show of a checkpoint, as far as it does not follow from its parent."""
    told: JsonObject = {}
    if checkpoint.ran != ran_before(history, namespace, checkpoint.parent, checkpoint.metadata):
        told["ran"] = checkpoint.ran
    if checkpoint.held:
        told["held"] = checkpoint.held
    return told


def _item(world: World, item: JsonObject) -> JsonObject:
    lifetime = world.store.lifetime(item)
    if lifetime is None:
        return item
    minutes, expires_at = lifetime
    return {**item, "ttl": minutes, "expires_at": timestamp(expires_at)}


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
