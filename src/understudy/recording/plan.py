"""What is to be made of a scenario on a deployment, everything told in full; no deployment is asked for it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from understudy.errors import SetupError, did_you_mean
from understudy.recording.selection import KINDS
from understudy.recording.supersteps import own_states, supersteps
from understudy.scenarios import build, dump, find, read
from understudy.scenarios.store import name_of
from understudy.state.clock import Clock
from understudy.state.ids import assistant_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from understudy.recording.supersteps import Superstep
    from understudy.scenarios import Scenario
    from understudy.state.agents import Agent
    from understudy.wire import JsonObject

_LEFT_OUT = ("projects", "agents", "environments", "threads", "store")

_START = datetime(2026, 1, 1, tzinfo=UTC)
"""Stands for the times that a scenario does not tell. They are not kept anyway."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Rows by kind, as the API would answer them, with other names for graphs where they are called otherwise."""

    name: str
    assistants: list[JsonObject]
    threads: list[JsonObject]
    crons: list[JsonObject]
    store: list[JsonObject]
    steps: Mapping[str, list[Superstep]]
    """By thread what leads to its states."""
    of_graphs: Mapping[str, str]
    """The assistants that a server makes for its graphs: their ids here and there."""
    graphs: tuple[str, ...]
    """The graphs that are needed there."""
    left_out: Mapping[str, int]
    """How many rows there are of the Computer Agents API, by their section: none of them is made."""


def plan(scenario: str, kinds: Collection[str], renamed: Mapping[str, str]) -> Plan:
    """Return what is to be made of a scenario, a file or one by name. Its ids are the same every time.

    ScenarioError lists all that is wrong with it; a SetupError names a graph that it does not have.
    """
    source = find(scenario)
    seed = int.from_bytes(hashlib.sha256(source.name.encode()).digest()[:8])
    written = read(source)
    world = build([written], Clock(_START), seed)
    told = dump(world)
    for name in renamed:
        if name not in told["agents"]:
            raise SetupError(f'--map-graph: the scenario has no graph "{name}".{did_you_mean(name, told["agents"])}')
    agents = {agent.graph_id: agent for agent in world.agents}
    of_graphs = {assistant_of(name): assistant_of(renamed.get(name, name)) for name in agents}
    rows: JsonObject = {kind: told[kind] if kind in kinds else [] for kind in KINDS}
    threads: list[JsonObject] = [{"history": [], **row} for row in rows["threads"]]
    steps = {row["thread_id"]: _steps(row, agents, source.file) for row in threads if row["history"]}
    assistants = [row for row in rows["assistants"] if row["assistant_id"] not in of_graphs or _was_changed(row)]
    versions = [version for row in assistants for version in row.get("versions", ())]
    for row in [*assistants, *versions]:
        row["graph_id"] = renamed.get(row["graph_id"], row["graph_id"])
    for row in threads:
        graph_id = _graph_of(row)
        if graph_id in renamed:
            row["metadata"]["graph_id"] = renamed[graph_id]
    return Plan(
        name=source.name,
        assistants=assistants,
        threads=threads,
        crons=rows["crons"],
        store=rows["store"],
        steps=steps,
        of_graphs=of_graphs,
        left_out={section: count for section in _LEFT_OUT if (count := _count(written, section))},
        graphs=tuple(sorted(_needed(assistants, threads, rows["crons"], told["assistants"], renamed))),
    )


def _count(scenario: Scenario, section: str) -> int:
    """Return how many rows of the Computer Agents API a scenario has in one of its sections."""
    return sum(1 for _ in scenario.rows("computer_agents", section))


def _steps(thread: JsonObject, agents: Mapping[str, Agent], scenario: str) -> list[Superstep]:
    """Return what leads to the states of a thread. SetupError if the scenario does not have the agent that they are of.

    A thread that leaves nothing out may name one that there is not.
    """
    graph_id = _graph_of(thread)
    if graph_id not in agents:
        named = f'there is no agent "{graph_id}"' if graph_id else "metadata.graph_id names no agent"
        hint = did_you_mean(graph_id, agents)
        told = f"{scenario}: thread {thread['thread_id']}: {named}, without which its states cannot be made.{hint}"
        raise SetupError(f"{told} Write it into the scenario, or leave threads out with --without threads.")
    return supersteps(own_states(thread["history"]), agents[graph_id])


def _graph_of(thread: JsonObject) -> str:
    """Return the graph that a thread names, an empty text for none; its metadata may be anything."""
    graph_id = thread["metadata"].get("graph_id")
    return graph_id if isinstance(graph_id, str) else ""


def key_of(kind: str, row: JsonObject) -> str:
    """Return what a row is called: an id, or of an item its namespace and its key, as in `users/ada/profile`."""
    return name_of(row) if kind == "store" else str(row[f"{kind.removesuffix('s')}_id"])


def _was_changed(row: JsonObject) -> bool:
    """Return whether the assistant that a server makes for a graph is not as it makes it."""
    made = (row["name"], row["metadata"], row["config"], row["context"])
    return bool(row.get("versions")) or made != (row["graph_id"], {"created_by": "system"}, {}, {})


def _needed(
    assistants: Iterable[JsonObject],
    threads: Iterable[JsonObject],
    crons: Iterable[JsonObject],
    known: Iterable[JsonObject],
    renamed: Mapping[str, str],
) -> set[str]:
    graphs = {row["graph_id"] for row in assistants}
    graphs |= {graph_id for graph_id in map(_graph_of, threads) if graph_id}
    of = {row["assistant_id"]: row["graph_id"] for row in known}
    return graphs | {renamed.get(of[row["assistant_id"]], of[row["assistant_id"]]) for row in crons}
