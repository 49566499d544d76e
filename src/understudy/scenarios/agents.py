"""Agents between a scenario and a world."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from understudy.paths import quoted
from understudy.scenarios.references import known
from understudy.state.agents import END, START, Agent, Edge, Schemas

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from understudy.paths import Path
    from understudy.scenarios.references import Complain
    from understudy.scenarios.scenario import Scenario
    from understudy.wire import Json, JsonObject

SCHEMAS = ("input", "output", "state", "config", "context")


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
        nodes = tuple(row["nodes"])
        subgraphs = {}
        for node, told in row.get("subgraphs", {}).items():
            place: Path = (*path, "subgraphs", node)
            known("node", node, nodes, place, self._complain)
            inner = self._subgraph(node, told, place)
            if inner:
                subgraphs[node] = inner
        return Agent(
            graph_id=graph_id,
            description=row.get("description"),
            channels=row.get("channels", {}),
            nodes=nodes,
            edges=self._edges(row.get("edges"), nodes, (*path, "edges")),
            subgraphs=subgraphs,
            schemas=Schemas(**row.get("schemas", {})),
        )

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

    def _edges(self, rows: list[Json] | None, nodes: tuple[str, ...], path: Path) -> tuple[Edge, ...]:
        if rows is None:
            return tuple(Edge(source, target) for source, target in pairwise((START, *nodes, END)))
        edges = []
        for at, row in enumerate(rows):
            edge = _edge(row)
            is_pair = isinstance(row, list)
            known("node", edge.source, [START, *nodes], (*path, at, 0 if is_pair else "from"), self._complain)
            known("node", edge.target, [*nodes, END], (*path, at, 1 if is_pair else "to"), self._complain)
            edges.append(edge)
        return tuple(edges)


def _edge(row: Json) -> Edge:
    if isinstance(row, list):
        return Edge(row[0], row[1])
    return Edge(row["from"], row["to"], row.get("conditional", False), row.get("label"))


def agent_row(agent: Agent, agents: Iterable[Agent]) -> JsonObject:
    """Return an agent as a scenario tells it; a subgraph that is one of `agents` is told by its id."""
    others = list(agents)
    schemas = {name: getattr(agent.schemas, name) for name in SCHEMAS if getattr(agent.schemas, name) is not None}
    row: JsonObject = {"description": agent.description, "channels": dict(agent.channels), "nodes": list(agent.nodes)}
    row["edges"] = [_edge_row(edge) for edge in agent.edges]
    if agent.subgraphs:
        row["subgraphs"] = {
            node: inner.graph_id if inner in others else agent_row(inner, others)
            for node, inner in agent.subgraphs.items()
        }
    if schemas:
        row["schemas"] = schemas
    return row


def _edge_row(edge: Edge) -> Json:
    if not edge.conditional and edge.label is None:
        return [edge.source, edge.target]
    row: JsonObject = {"from": edge.source, "to": edge.target, "conditional": edge.conditional}
    return row if edge.label is None else {**row, "label": edge.label}
