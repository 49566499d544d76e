"""Where a script goes on: at nodes, perhaps with an input of their own, or at one node for each of many things."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from understudy.agents.script.errors import ScriptError
from understudy.agents.script.expressions import is_template
from understudy.agents.script.spots import shown
from understudy.agents.steps import Goto, Send, Step

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from understudy.agents.script.scopes import Scope
    from understudy.agents.script.spots import Spot
    from understudy.agents.script.words import Action
    from understudy.wire import Json

Targets: TypeAlias = Callable[["Scope"], "Sequence[str | Send]"]

ITEM = "item"
"""What each of many things is called if it is given no other name."""


def goto(spot: Spot, raw: Json) -> Action:
    """Go on at a node or at several, besides where the edges lead."""
    spot.graph.leaping.add(spot.node)
    parts = [_target(spot.at(at), one) for at, one in enumerate(raw)] if isinstance(raw, list) else [_target(spot, raw)]

    def act(scope: Scope) -> Generator[Step, Any, None]:
        yield Goto(tuple(target for part in parts for target in part(scope)))

    return act


def _target(spot: Spot, raw: Json) -> Targets:
    if isinstance(raw, str):
        return _node(spot, raw)
    told = spot.fields(raw, ("as", "each", "input", "node"), ("node",)) if isinstance(raw, dict) else None
    if told is None:
        if not isinstance(raw, dict):
            spot.wrong(f"must be a node, an object or a list of these, not {shown(raw)}")
        return lambda _: ()
    if "each" in told:
        return each(spot, told["each"], told.get("as", ITEM), [told["node"]], told.get("input"), spot.at("node"))
    if "as" in told:
        spot.at("as").wrong("names what `each` goes through; there is none")
    return _send(spot, told["node"], told)


def _node(spot: Spot, raw: str) -> Targets:
    """Return the nodes that are named: a template may give the name of one, or a list of names."""
    if spot.literal or not is_template(raw):
        target = spot.target(raw)
        return lambda scope: (target(scope),)
    value = spot.value(raw)

    def nodes(scope: Scope) -> list[str]:
        told = value(scope)
        return [spot.node_named(name) for name in (told if isinstance(told, list) else [told])]

    return nodes


def _send(spot: Spot, node: Json, told: dict[str, Json]) -> Targets:
    target = spot.at("node").target(node)
    if "input" not in told:
        return lambda scope: (target(scope),)
    value = spot.at("input").value(told["input"])
    return lambda scope: (Send(target(scope), value(scope)),)


def each(spot: Spot, source: Json, name: Json, nodes: Sequence[Json], given: Json, place: Spot) -> Targets:
    """Return what sends these nodes an input for each of the things that an expression lists."""
    things = spot.at("each").expression(source)
    called = spot.at("as").name(name) or ITEM
    targets = [place.knowing(called).target(node) for node in nodes]
    value = spot.at("input").knowing(called).value(given) if given is not None else None

    def sends(scope: Scope) -> list[str | Send]:
        listed = things(scope)
        if not isinstance(listed, (list, type(None))):
            raise ScriptError(f"each must be a list, not {shown(listed)}")
        found: list[str | Send] = []
        for thing in listed or ():
            inner = scope.within(**{called: thing})
            found += [Send(target(inner), value(inner) if value else thing) for target in targets]
        return found

    return sends
