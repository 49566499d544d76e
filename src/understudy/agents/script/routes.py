"""Edges with conditions: which of them is taken from a node, and what is sent along."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from understudy.agents.failures import Failed, Failure
from understudy.agents.script.errors import ScriptError
from understudy.agents.script.scopes import Scope
from understudy.agents.script.targets import ITEM, Targets, each

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from understudy.agents.script.expressions import Value
    from understudy.agents.script.spots import Spot
    from understudy.agents.steps import Route, Send, Situation
    from understudy.wire import JsonObject


@dataclass(frozen=True, slots=True)
class Way:
    """A conditional edge, or several that are taken together."""

    spot: Spot
    targets: tuple[str, ...]
    told: JsonObject = field(default_factory=dict)
    """What the scenario says of it: `when` it is taken, and for `each` of what."""


@dataclass(frozen=True, slots=True)
class _Choice:
    spot: Spot
    holds: Value | None
    targets: Targets


def ways(leaving: Mapping[str, Sequence[Way]]) -> dict[str, Route]:
    """Return the route of each node that conditional edges leave.

    The first edge whose `when` holds is taken, otherwise the first that has none. Where a node says itself where to go
    on, edges that say nothing are there to be drawn only.
    """
    routes = {}
    for node, told in leaving.items():
        graph = told[0].spot.graph
        choices = [_choice(way) for way in told]
        if node in graph.leaping:
            choices = [choice for choice, way in zip(choices, told, strict=True) if {"when", "each"} & way.told.keys()]
        choices.sort(key=lambda choice: choice.holds is None)
        routes[node] = _route(choices)
    return routes


def _choice(way: Way) -> _Choice:
    spot, told = way.spot, way.told
    holds = spot.at("when").expression(told["when"]) if "when" in told else None
    if "each" in told:
        name = told.get("as", ITEM)
        targets = each(spot, told["each"], name, list(way.targets), told.get("input"), spot.at("to"))
    else:
        for key in ("as", "input"):
            if key in told:
                spot.at(key).wrong("goes with `each`; there is none")
        targets = _always(way.targets)
    return _Choice(spot, holds, targets)


def _always(targets: tuple[str, ...]) -> Targets:
    return lambda _: targets


def _route(choices: Sequence[_Choice]) -> Route:
    def route(situation: Situation) -> Sequence[str | Send]:
        for choice in choices:
            scope = Scope(situation, choice.spot.graph)
            try:
                if choice.holds is None or choice.holds(scope):
                    return choice.targets(scope)
            except ScriptError as error:
                raise Failed(Failure(ScriptError.__name__, f"{choice.spot}: {error}")) from None
        return ()

    return route
