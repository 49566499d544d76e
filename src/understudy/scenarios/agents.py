"""Agents between a scenario and a world."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from understudy.agents.echo import echo
from understudy.agents.script import Graph, Spot, behaviour
from understudy.paths import quoted
from understudy.scenarios.edges import Edges, edge_row, is_script
from understudy.scenarios.references import known
from understudy.state.agents import Agent, Schemas

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from understudy.agents.steps import Behaviour
    from understudy.paths import Path
    from understudy.scenarios.references import Complain
    from understudy.scenarios.scenario import Scenario
    from understudy.wire import Json, JsonObject

SCHEMAS = ("input", "output", "state", "config", "context")

STOPS = ("interrupt_before", "interrupt_after")

NODE = "agent"
"""The only node of an agent that names none."""

CONVERSATION = {"messages": "messages"}
"""The channels of an agent that names none, unless it is one of which nothing is known but the names of its nodes."""


class AgentReader:
    """Makes the agents of one scenario. `others` are agents that are there already and may run in nodes of these."""

    def __init__(self, scenario: Scenario, others: Mapping[str, Agent], complain: Complain) -> None:
        self._scenario = scenario
        self._others = others
        self._complain = complain
        self._made: dict[str, Agent] = {}
        self._open: list[str] = []

    def agents(self) -> dict[str, Agent]:
        """Return the agents whose shape is right, by graph id."""
        for graph_id in self._scenario.agents:
            self._named(graph_id)
        return {graph_id: self._made[graph_id] for graph_id in self._scenario.agents if graph_id in self._made}

    def _named(self, graph_id: str) -> Agent | None:
        path: Path = ("agents", graph_id)
        if graph_id not in self._made and self._scenario.is_sound(path):
            self._open.append(graph_id)
            self._made[graph_id] = self._agent(graph_id, self._scenario.agents[graph_id], path)
            self._open.pop()
        return self._made.get(graph_id)

    def _agent(self, graph_id: str, row: JsonObject, path: Path) -> Agent:
        told = row.get("nodes", [NODE])
        nodes = tuple(told)
        default = {} if isinstance(row.get("nodes"), list) else CONVERSATION
        schemas = Schemas(**row.get("schemas", {}))
        spot = Spot(Graph(row.get("channels", default), nodes, _settings(schemas)), path, self._complain)
        subgraphs = {}
        for node, inner_row in row.get("subgraphs", {}).items():
            place: Path = (*path, "subgraphs", node)
            known("node", node, nodes, place, self._complain)
            if isinstance(told, dict) and told.get(node) is not None:
                self._complain((*path, "nodes", node), "runs a subgraph and can have no steps of its own")
            inner = self._subgraph(node, inner_row, place)
            if inner:
                subgraphs[node] = inner
        # Nodes are read before edges: whether they say themselves where to go on decides what edges mean.
        behaviours = _behaviours(told, spot, subgraphs)
        edges = Edges(row.get("edges"), spot.at("edges"))
        return Agent(
            graph_id=graph_id,
            description=row.get("description"),
            channels=row.get("channels", default),
            nodes=nodes,
            edges=edges.all,
            subgraphs=subgraphs,
            schemas=schemas,
            interrupt_before=self._stops("interrupt_before", row, nodes, path),
            interrupt_after=self._stops("interrupt_after", row, nodes, path),
            script=_script(row),
            behaviours=behaviours,
            routes=edges.routes,
        )

    def _stops(self, key: str, row: JsonObject, nodes: tuple[str, ...], path: Path) -> tuple[str, ...]:
        """Return the nodes at which every run stops; `*` are all."""
        told = row.get(key, [])
        if told == "*":
            return nodes
        for at, node in enumerate(told):
            known("node", node, nodes, (*path, key, at), self._complain)
        return tuple(told)

    def _subgraph(self, node: str, told: Json, path: Path) -> Agent | None:
        if not isinstance(told, str):
            return self._agent(node, told, path)
        if told in self._open:
            self._complain(path, f"the agent {quoted(told)} would run inside itself")
            return None
        if told in self._scenario.agents:
            return self._named(told)
        known("agent", told, [*self._scenario.agents, *self._others], path, self._complain)
        return self._others.get(told)


def _behaviours(told: list[str] | JsonObject, spot: Spot, subgraphs: Mapping[str, Agent]) -> dict[str, Behaviour]:
    """Return what the nodes do: what is told of each or, if only their names are, the first one's echo."""
    channel = spot.graph.conversation
    built_in = {"echo": echo(channel) if channel else None}
    if isinstance(told, list):
        first = built_in["echo"] if told[0] not in subgraphs else None
        return {told[0]: first} if first else {}
    made = {
        node: behaviour(Spot(spot.graph, (*spot.path, "nodes", node), spot.complain, node), raw, built_in)
        for node, raw in told.items()
    }
    return {node: does for node, does in made.items() if does is not None}


def _settings(schemas: Schemas) -> tuple[str, ...]:
    """Return the names that the schemas of context and configuration have."""
    declared = [schema.get("properties") for schema in (schemas.context, schemas.config) if schema]
    return tuple(dict.fromkeys(name for properties in declared if isinstance(properties, dict) for name in properties))


def _script(row: JsonObject) -> JsonObject:
    """Return those parts of an agent that are played."""
    script: JsonObject = {}
    if isinstance(row.get("nodes"), dict):
        script["nodes"] = row["nodes"]
    if is_script(row.get("edges", [])):
        script["edges"] = row["edges"]
    return script


def with_inside(fresh: Mapping[str, Agent], agents: Mapping[str, Agent]) -> Iterator[Agent]:
    """Yield the agents that stay but run one inside that is replaced, with the one that replaces it."""
    replaced = {id(agents[graph_id]): agent for graph_id, agent in fresh.items() if graph_id in agents}

    def renewed(agent: Agent) -> Agent:
        inside = {node: replaced.get(id(inner)) or renewed(inner) for node, inner in agent.subgraphs.items()}
        same = all(inside[node] is inner for node, inner in agent.subgraphs.items())
        return agent if same else replace(agent, subgraphs=inside)

    for graph_id, agent in agents.items():
        if graph_id not in fresh and (again := renewed(agent)) is not agent:
            yield again


def agent_row(agent: Agent, agents: Iterable[Agent]) -> JsonObject:
    """Return an agent as a scenario tells it; a subgraph that is one of `agents` is told by its id."""
    others = list(agents)
    schemas = {name: getattr(agent.schemas, name) for name in SCHEMAS if getattr(agent.schemas, name) is not None}
    row: JsonObject = {"description": agent.description, "channels": dict(agent.channels), "nodes": list(agent.nodes)}
    row["edges"] = [edge_row(edge) for edge in agent.edges]
    row |= agent.script
    row |= {name: list(getattr(agent, name)) for name in STOPS if getattr(agent, name)}
    if agent.subgraphs:
        row["subgraphs"] = {
            node: inner.graph_id if inner in others else agent_row(inner, others)
            for node, inner in agent.subgraphs.items()
        }
    if schemas:
        row["schemas"] = schemas
    return row
