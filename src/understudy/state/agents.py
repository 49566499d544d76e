"""The agents that a world knows: what a graph consists of, as far as the API shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from understudy.errors import NotFound

if TYPE_CHECKING:
    from understudy.wire import JsonObject

START = "__start__"
END = "__end__"

ReducerName = Literal["last", "append", "sum", "messages"]


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from one node to another; a conditional one is taken only when the agent's script says so."""

    source: str
    target: str
    conditional: bool = False
    label: str | None = None
    joined: tuple[str, ...] = ()
    """All the nodes that must have run before the target does, where it waits for more than one."""


@dataclass(frozen=True, slots=True)
class Schemas:
    """JSON Schemas of what goes into an agent and comes out of it; None where the agent declares none."""

    input: JsonObject | None = None
    output: JsonObject | None = None
    state: JsonObject | None = None
    config: JsonObject | None = None
    context: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class Agent:
    """A graph: channels with the reducer of each, nodes in order of declaration, edges, subgraphs by node.

    `behaviours` say what nodes do and `routes` where conditions lead, by node (`understudy.agents.steps` has their
    types); `script` is what both were made from. Every run stops before the nodes of `interrupt_before` and after those
    of `interrupt_after`.
    """

    graph_id: str
    description: str | None = None
    channels: Mapping[str, ReducerName] = field(default_factory=dict)
    nodes: tuple[str, ...] = ()
    edges: tuple[Edge, ...] = ()
    subgraphs: Mapping[str, Agent] = field(default_factory=dict)
    schemas: Schemas = field(default_factory=Schemas)
    interrupt_before: tuple[str, ...] = ()
    interrupt_after: tuple[str, ...] = ()
    script: JsonObject = field(default_factory=dict)
    behaviours: Mapping[str, Callable[..., Any]] = field(default_factory=dict, compare=False, repr=False)
    routes: Mapping[str, Callable[..., Any]] = field(default_factory=dict, compare=False, repr=False)


class Agents:
    """The agents of a world, by graph id, in order of registration."""

    def __init__(self, agents: Iterable[Agent] = ()) -> None:
        self._agents = {agent.graph_id: agent for agent in agents}

    def adopt(self, other: Agents) -> None:
        """Know the agents that another world knows."""
        self._agents = other._agents.copy()

    def __iter__(self) -> Iterator[Agent]:
        return iter(self._agents.values())

    def __contains__(self, graph_id: str) -> bool:
        return graph_id in self._agents

    def put(self, agent: Agent) -> None:
        """Add an agent, or put it in the place of the one of its name."""
        self._agents[agent.graph_id] = agent

    def get(self, graph_id: str) -> Agent:
        """Return the agent. NotFound names the graphs there are."""
        agent = self._agents.get(graph_id)
        if agent is None:
            raise NotFound(f"Graph '{graph_id}' not found. Expected one of: {sorted(self._agents)}")
        return agent
