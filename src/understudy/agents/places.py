"""Where in a thread's state something happens, and in which graph that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.errors import Unacceptable
from understudy.state.checkpoints import ROOT

if TYPE_CHECKING:
    from understudy.state.agents import Agent
    from understudy.state.world import World
    from understudy.wire import JsonObject


@dataclass(frozen=True, slots=True)
class Place:
    """Where updates go: a namespace, and the checkpoint to go on from (None: the latest)."""

    namespace: str = ROOT
    checkpoint_id: str | None = None


def agent_of(world: World, row: JsonObject) -> Agent:
    """Return the agent that a thread runs, by `metadata.graph_id` of its row.

    Unacceptable when the thread has none; NotFound when the world does not know it.
    """
    graph_id = row["metadata"].get("graph_id")
    if not graph_id:
        raise Unacceptable(
            f"Thread '{row['thread_id']}' has no assigned graph ID. This usually occurs when no runs have been made "
            "on this particular thread. This operation requires a graph ID. Please ensure a run has been made for "
            "the thread or manually update the thread metadata (by setting the 'graph_id' field) before running "
            "this operation."
        )
    return world.agents.get(str(graph_id))


def subgraph_of(agent: Agent, namespace: str) -> Agent:
    """Return the graph whose checkpoints a namespace holds. Unacceptable when the agent has no such subgraph."""
    for level in namespace.split("|") if namespace else ():
        node = level.split(":")[0]
        inner = agent.subgraphs.get(node)
        if inner is None:
            raise Unacceptable(f"Subgraph {'|'.join(part.split(':')[0] for part in namespace.split('|'))} not found")
        agent = inner
    return agent
