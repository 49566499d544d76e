"""Edges of agents between a scenario and a world."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from understudy.agents.script import Way, ways
from understudy.state.agents import END, START, Edge

if TYPE_CHECKING:
    from understudy.agents.script import Spot
    from understudy.agents.steps import Route
    from understudy.wire import Json, JsonObject

_OF_CONDITIONS = ("when", "each", "as", "input")


class Edges:
    """The edges of one agent: all of them as they are drawn, and the routes of those that are conditional.

    `spot` is where they stand in the scenario. Without rows the nodes run one after the other.
    """

    def __init__(self, rows: list[Json] | None, spot: Spot) -> None:
        self._spot = spot
        self.all: tuple[Edge, ...]
        self.routes: dict[str, Route] = {}
        if rows is None:
            self.all = tuple(Edge(source, target) for source, target in pairwise((START, *spot.graph.nodes, END)))
            return
        leaving: dict[str, list[Way]] = {}
        edges: list[Edge] = []
        for at, row in enumerate(rows):
            made = self._pair(row, spot.at(at)) if isinstance(row, list) else self._told(row, spot.at(at), leaving)
            edges += made
        self.all = tuple(edges)
        self.routes = ways(leaving)

    def _pair(self, row: list[Json], spot: Spot) -> list[Edge]:
        source, target = row
        spot.at(0).known("node", source, [START, *spot.graph.nodes])
        spot.at(1).known("node", target, [*spot.graph.nodes, END])
        return [Edge(source, target)]

    def _told(self, row: JsonObject, spot: Spot, leaving: dict[str, list[Way]]) -> list[Edge]:
        sources = _checked(row["from"], spot.at("from"), [START, *spot.graph.nodes])
        targets = _checked(row["to"], spot.at("to"), [*spot.graph.nodes, END])
        conditions = {key: row[key] for key in _OF_CONDITIONS if key in row}
        conditional = row.get("conditional", bool(conditions))
        if conditions and not conditional:
            spot.at("conditional").wrong(f"must be left out or true: there is {' and '.join(conditions)}")
        if conditional and len(sources) > 1:
            spot.at("from").wrong("an edge that waits for several nodes has no condition")
        if conditional:
            leaving.setdefault(sources[0], []).append(Way(spot, targets, conditions))
        joined = sources if len(sources) > 1 else ()
        label = row.get("label")
        return [Edge(source, target, conditional, label, joined) for target in targets for source in sources]


def _checked(told: Json, spot: Spot, names: list[str]) -> tuple[str, ...]:
    """Return the nodes that are told, one or a list of them; tell of those that there are not."""
    if not isinstance(told, list):
        spot.known("node", told, names)
        return (told,)
    for at, name in enumerate(told):
        spot.at(at).known("node", name, names)
    return tuple(told)


def is_script(rows: list[Json]) -> bool:
    """Return whether edges say more than can be drawn."""
    return any(
        isinstance(row, dict) and (set(_OF_CONDITIONS) & row.keys() or isinstance(row["from"], list)) for row in rows
    )


def edge_row(edge: Edge) -> Json:
    """Return an edge as a scenario tells it."""
    if not edge.conditional and edge.label is None:
        return [edge.source, edge.target]
    row: JsonObject = {"from": edge.source, "to": edge.target, "conditional": edge.conditional}
    return row if edge.label is None else {**row, "label": edge.label}
