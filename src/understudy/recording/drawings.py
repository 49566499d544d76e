"""Drawings of graphs taken apart: what is on each level, the graphs inside nodes out of one drawing of everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from understudy.state.agents import END, START

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject

_Place: TypeAlias = tuple[str, ...]
"""The nodes around a node from the outermost inwards, and the node itself."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Nodes and edges, those inside other nodes too."""

    places: tuple[_Place, ...] = ()
    ways: tuple[tuple[_Place, _Place, JsonObject], ...] = ()

    @property
    def nodes(self) -> list[str]:
        """The nodes of the outermost level, in order, without start and end."""
        return list(dict.fromkeys(place[0] for place in self.places if place[0] not in (START, END)))

    @property
    def edges(self) -> list[Json]:
        """The edges of the outermost level, as a scenario has them."""
        rows: dict[tuple[str, str], Json] = {}
        for source, target, drawn in self.ways:
            if source[0] != target[0] or len(source) == len(target) == 1:
                rows.setdefault((source[0], target[0]), _edge(source[0], target[0], drawn))
        return list(rows.values())

    def inside(self, node: str) -> Drawing:
        """Return the drawing of the graph inside a node; ways from and to the node begin and end it."""
        places = tuple(place[1:] for place in self.places if place[0] == node and len(place) > 1)
        has_start = (START,) in places
        ways: list[tuple[_Place, _Place, JsonObject]] = []
        for source, target, drawn in self.ways:
            begins, ends = (end[0] == node and len(end) > 1 for end in (source, target))
            if begins and ends:
                ways.append((source[1:], target[1:], drawn))
            elif ends and not has_start:
                ways.append(((START,), target[1:], {}))
            elif begins and (END,) not in places:
                ways.append((source[1:], (END,), {}))
        return Drawing(places, tuple(ways))


def drawing(told: Json) -> Drawing:
    """Return a drawing as `GET /assistants/{id}/graph` answers it, an empty one for None."""
    if not isinstance(told, dict):
        return Drawing()
    places = (tuple(str(node["id"]).split(":")) for node in told.get("nodes", ()))
    ways = ((_place(edge["source"]), _place(edge["target"]), edge) for edge in told.get("edges", ()))
    return Drawing(tuple(places), tuple(ways))


def _place(told: Json) -> _Place:
    return tuple(str(told).split(":"))


def _edge(source: str, target: str, drawn: JsonObject) -> Json:
    label = drawn.get("data")
    if not drawn.get("conditional") and label is None:
        return [source, target]
    row: JsonObject = {"from": source, "to": target, "conditional": bool(drawn.get("conditional"))}
    return row if label is None else {**row, "label": str(label)}
