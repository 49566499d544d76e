"""The picture of an agent: nodes and edges as a drawing program wants them, subgraphs in place of their nodes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from understudy.state.agents import END, START, Edge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from understudy.state.agents import Agent
    from understudy.wire import JsonObject


def draw(agent: Agent, *, levels: int | None = 0) -> JsonObject:
    """Return the nodes and edges of an agent, as LangGraph draws a compiled graph.

    So many `levels` of subgraphs take the place of the nodes that run them, every level for None.
    """
    picture = _picture(agent, levels)
    return {
        "nodes": [_node(name) for name in picture.nodes],
        "edges": [_edge(edge) for edge in picture.edges],
    }


def _node(name: str) -> JsonObject:
    # The end runs nothing, so it has no type.
    if name.rpartition(":")[2] == END:
        return {"id": name}
    return {"id": name, "type": "runnable", "data": {"name": name}}


def _edge(edge: Edge) -> JsonObject:
    drawn: JsonObject = {"source": edge.source, "target": edge.target}
    if edge.label is not None:
        drawn["data"] = edge.label
    if edge.conditional:
        drawn["conditional"] = True
    return drawn


@dataclass(slots=True)
class _Picture:
    nodes: list[str]
    edges: list[Edge]

    def first(self, *, without: str | None = None) -> str | None:
        """Return the only node that no edge leads to; `without` a node, as if it and its edges were not there."""
        reached = {edge.target for edge in self.edges if edge.source != without}
        return _only(name for name in self.nodes if name != without and name not in reached)

    def last(self, *, without: str | None = None) -> str | None:
        """Return the only node that no edge leads from; `without` a node, as if it and its edges were not there."""
        left = {edge.source for edge in self.edges if edge.target != without}
        return _only(name for name in self.nodes if name != without and name not in left)

    def trim(self) -> None:
        """Remove start and end where one edge leads from or to them and the next node can stand in their place."""
        first = self.first()
        if first and self.first(without=first) and sum(edge.source == first for edge in self.edges) == 1:
            self._remove(first)
        last = self.last()
        if last and self.last(without=last) and sum(edge.target == last for edge in self.edges) == 1:
            self._remove(last)

    def expand(self, name: str, inner: _Picture) -> None:
        """Put a trimmed picture in the place of a node; its own nodes bear the node's name before theirs."""
        ways = {"source": f"{name}:{inner.last()}", "target": f"{name}:{inner.first()}"}
        self.nodes.remove(name)
        self.nodes += [f"{name}:{node}" for node in inner.nodes]
        self.edges = [
            replace(
                edge,
                source=ways["source"] if edge.source == name else edge.source,
                target=ways["target"] if edge.target == name else edge.target,
            )
            for edge in self.edges
        ]
        self.edges += [
            replace(edge, source=f"{name}:{edge.source}", target=f"{name}:{edge.target}") for edge in inner.edges
        ]

    def _remove(self, name: str) -> None:
        self.nodes.remove(name)
        self.edges = [edge for edge in self.edges if name not in (edge.source, edge.target)]


def _picture(agent: Agent, levels: int | None) -> _Picture:
    edges = _edges(agent)
    ends = [END] if any(edge.target == END for edge in edges) else []
    picture = _Picture([START, *agent.nodes, *ends], edges)
    if levels == 0:
        return picture
    for name in agent.nodes:
        if name in agent.subgraphs:
            inner = _picture(agent.subgraphs[name], None if levels is None else levels - 1)
            if len(inner.nodes) > 1 and inner.first() and inner.last():
                inner.trim()
                picture.expand(name, inner)
    return picture


def _edges(agent: Agent) -> list[Edge]:
    """Return the edges in the order in which they are drawn, one for each pair of nodes.

    Those that always lead to the end come last; a node that nothing leaves leads there too. What cannot be reached
    from the start has no edges, and a label that only repeats its target is left out.
    """
    edges = _reachable(agent.edges)
    inner = [edge for edge in edges if edge.target != END or edge.conditional]
    left = {edge.source for edge in edges}
    last = {edge.source for edge in edges if edge.target == END and not edge.conditional}
    last |= {edge.target for edge in inner if edge.target != END and edge.target not in left}
    drawn: dict[tuple[str, str], Edge] = {}
    for edge in sorted(inner, key=lambda edge: (edge.source, edge.target, edge.conditional, edge.label or "")):
        label = None if edge.label == edge.target else edge.label
        drawn.setdefault((edge.source, edge.target), replace(edge, label=label))
    for name in sorted(last):
        drawn.setdefault((name, END), Edge(name, END))
    return list(drawn.values())


def _reachable(edges: Iterable[Edge]) -> list[Edge]:
    """Return the edges that a way from the start leads along."""
    leaving: dict[str, list[Edge]] = {}
    for edge in edges:
        leaving.setdefault(edge.source, []).append(edge)
    found: list[Edge] = []
    ahead = [START]
    while ahead:
        found += (ways := leaving.pop(ahead.pop(), []))
        ahead += [edge.target for edge in ways]
    return found


def _only(names: Iterable[str]) -> str | None:
    found = list(names)
    return found[0] if len(found) == 1 else None
