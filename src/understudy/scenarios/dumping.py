"""A world told as a scenario."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import orjson

from understudy.errors import Conflict
from understudy.scenarios.agents import agent_row
from understudy.scenarios.computer_agents.dumping import dump_platform
from understudy.scenarios.computer_agents.rows import API
from understudy.scenarios.core_yaml import render
from understudy.scenarios.telling import changed, item_row, thread_row
from understudy.state.clock import timestamp
from understudy.state.ids import assistant_of
from understudy.wire import dumps

if TYPE_CHECKING:
    from collections.abc import Collection

    from understudy.state.agents import Agent
    from understudy.state.world import World
    from understudy.wire import JsonObject

_ALL = 1_000_000_000


def dump(world: World, apis: Collection[str] = ()) -> JsonObject:
    """Return a scenario that, loaded, makes a world like this one, with the same agents and the same rows.

    Not told are faults, journal, events of runs, and what ids are drawn from. Conflict while runs are being played:
    they cannot go on in another world. A world that was changed meanwhile does not change what was returned.

    `apis` are those by which the world is asked: by that of computer-agents it shows when its agents were made.
    """
    if world.runs.playing:
        playing = ", ".join(world.runs.playing)
        raise Conflict(f"runs are being played, which no scenario can tell: {playing}; wait for them, or cancel them")
    runs: dict[str, list[JsonObject]] = defaultdict(list)
    for run in world.runs:
        runs[run["thread_id"]].append(run)
    threads = list(world.threads)
    turns = changed("thread_id", threads, world.threads.find(order="asc").rows)
    told = {
        **({"clock": timestamp(world.clock.now())} if world.clock.frozen else {}),
        "agents": {agent.graph_id: _agent(world, agent) for agent in world.agents},
        "assistants": _assistants(world),
        "threads": [
            {**thread_row(world, row, runs[row["thread_id"]]), **turns.get(row["thread_id"], {})} for row in threads
        ],
        "crons": list(world.crons),
        "store": [item_row(world, item) for item in world.store],
        **({"computer_agents": platform} if (platform := dump_platform(world, is_served=API in apis)) else {}),
    }
    copy: JsonObject = orjson.loads(dumps(told))
    return copy


def dump_text(world: World, description: str = "", apis: Collection[str] = ()) -> str:
    """Return the YAML text of a scenario that makes a world like this one; see `dump`."""
    told = {section: rows for section, rows in dump(world, apis).items() if rows}
    return render({"description": description, **told} if description else told)


def _agent(world: World, agent: Agent) -> JsonObject:
    row = agent_row(agent, world.agents)
    if assistant_of(agent.graph_id) not in world.assistants:
        row["assistant"] = False
    return row


def _assistants(world: World) -> list[JsonObject]:
    rows = list(world.assistants)
    turns = changed("assistant_id", rows, world.assistants.search(sort_by="updated_at", order="asc").rows)
    return [{**_assistant(world, row), **turns.get(row["assistant_id"], {})} for row in rows]


def _assistant(world: World, row: JsonObject) -> JsonObject:
    versions = world.assistants.versions(row["assistant_id"], limit=_ALL)
    current = {name: row[name] for name in versions[0]} | {"created_at": row["updated_at"]}
    others = [version for version in reversed(versions) if version != current]
    return {**row, "versions": others} if others else row
