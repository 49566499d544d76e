"""What a world knows for the Computer Agents API, told as a section of a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents.computer_agents.staging import places
from understudy.errors import Conflict
from understudy.scenarios.computer_agents.snapshots import told_files
from understudy.scenarios.telling import changed, item_row, thread_row
from understudy.state.computer_agents import files
from understudy.state.computer_agents.agents import DEFAULT, Agents
from understudy.state.computer_agents.environments import Container

if TYPE_CHECKING:
    from understudy.state.computer_agents.platform import ComputerAgents
    from understudy.state.world import World
    from understudy.wire import JsonObject


def dump_platform(world: World, *, is_served: bool) -> JsonObject:
    """Return the section of a scenario that makes all this anew.

    It is empty where there is nothing but the agents of a new world, unless the API `is_served`.
    Conflict while something is being executed: it cannot go on in another world.
    """
    platform = world.computer_agents
    stage = platform.stage
    executed = [execution.thread_id for execution in platform.executions]
    if stage is not None:
        # What is cancelled goes on for a moment.
        rows = [stage.threads.seek(playing.thread_id) for playing in stage.runs.playing.values()]
        executed += [row["metadata"]["conversation"] for row in rows if row is not None]
    if executed:
        named = ", ".join(dict.fromkeys(executed))
        raise Conflict(f"something is executed, which no scenario can tell, in {named}; wait for its end, or cancel it")
    told = {
        "projects": platform.projects.find(),
        "agents": _agents(world) if is_served or not _is_new(world) else [],
        "environments": _computers(platform),
        "threads": _threads(world),
        "store": [] if stage is None else [item_row(stage, item) for item in stage.store],
    }
    return {section: rows for section, rows in told.items() if rows}


def _is_new(world: World) -> bool:
    """Return whether there are no other agents than in every new world with these scripts."""
    fresh = Agents(world.agents, clock=world.clock, ids=world.ids)
    one, other = ([_undated(row) for row in agents.find()] for agents in (world.computer_agents.agents, fresh))
    return one == other


def _undated(row: JsonObject) -> JsonObject:
    """Return a row without when it was made; an agent that was changed since is none of a new world."""
    return {**row, "createdAt": None, "updatedAt": None if row["updatedAt"] == row["createdAt"] else row["updatedAt"]}


def _agents(world: World) -> list[JsonObject]:
    agents = world.computer_agents.agents
    own = [DEFAULT, *(script.graph_id for script in world.agents)]
    return [*agents.find(), *({"id": agent_id, "deleted": True} for agent_id in own if agent_id not in agents)]


def _computers(platform: ComputerAgents) -> list[JsonObject]:
    """Return the computers, those that are gone as well, as far as anything is left of them."""
    environments = platform.environments
    snapshots: dict[str, list[JsonObject]] = {}
    for row in platform.snapshots:
        snapshots.setdefault(row["environmentId"], []).append(row)
    rows = [
        *({**row, **_container(environments.container(row["id"]))} for row in environments.find()),
        *({**row, "deleted": "soft"} for row in environments.deleted()),
    ]
    there = {row["id"] for row in rows}
    rows += [{"id": environment_id, "deleted": "hard"} for environment_id in snapshots if environment_id not in there]
    return [
        {**row, "snapshots": _snapshots(platform, snapshots[row["id"]])} if row["id"] in snapshots else row
        for row in rows
    ]


def _container(container: Container) -> JsonObject:
    if container == Container():
        return {}
    told = {
        "containerId": container.id,
        "startedAt": container.started_at,
        "lastUsedAt": container.last_used_at,
        "executionCount": container.executions,
    }
    return {"container": {name: value for name, value in told.items() if value is not None}}


def _snapshots(platform: ComputerAgents, rows: list[JsonObject]) -> list[JsonObject]:
    told = []
    before = files.EMPTY
    for row in rows:
        tree = platform.snapshots.files(row["id"])
        told.append({**row, "files": told_files(tree, before, row["createdAt"])})
        before = tree
    return told


def _threads(world: World) -> list[JsonObject]:
    platform = world.computer_agents
    rows = list(platform.threads)
    turns = changed("id", rows, platform.threads.find().rows[::-1], "updatedAt")
    return [
        {
            **row,
            "messages": list(platform.messages.of(row["id"])),
            "steps": list(platform.steps.of(row["id"])),
            **_kept(platform.stage, row["id"]),
            **turns.get(row["id"], {}),
        }
        for row in rows
    ]


def _kept(stage: World | None, thread_id: str) -> JsonObject:
    """Return what agents remember of a conversation. One that was cancelled before it began has nothing to remember."""
    if stage is None:
        return {}
    kept = {}
    for place in places(stage, thread_id):
        told = thread_row(stage, stage.threads.get(place))
        agent_id = told["metadata"].get("graph_id")
        if agent_id is not None:
            kept[agent_id] = {name: value for name, value in told.items() if name != "thread_id"}
    return {"kept": kept} if kept else {}
