"""Where a graph goes on after a superstep."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from understudy.agents.steps import Send
from understudy.state.agents import END

if TYPE_CHECKING:
    from collections.abc import Iterable

    from understudy.agents.steps import Situation
    from understudy.state.agents import Agent
    from understudy.wire import JsonObject


@dataclass(slots=True)
class Following:
    """What is to run next: nodes with what triggers them, nodes that are sent an input, and joins under way."""

    triggers: dict[str, list[str]] = field(default_factory=dict)
    sends: list[Send] = field(default_factory=list)
    joins: JsonObject = field(default_factory=dict)

    def go(self, agent: Agent, targets: Iterable[str | Send]) -> None:
        """Go on at these targets; those that the graph does not have lead nowhere."""
        for target in targets:
            name = target.node if isinstance(target, Send) else target
            if name == END or name not in agent.nodes:
                continue
            if isinstance(target, Send):
                self.sends.append(target)
            else:
                self.trigger(name, f"branch:to:{name}")

    def trigger(self, node: str, trigger: str) -> None:
        """Let a node run, because of this trigger."""
        triggers = self.triggers.setdefault(node, [])
        if trigger not in triggers:
            triggers.append(trigger)


def following(agent: Agent, ran: Iterable[tuple[str, Iterable[str | Send]]], joins: JsonObject) -> Following:
    """Return what follows the nodes that ran, each with the targets that it chose itself.

    `joins` are the ones under way before: for each, the nodes that have run.
    """
    result = Following(joins=dict(joins))
    for node, chosen in ran:
        result.go(agent, plain(agent, node))
        result.go(agent, chosen)
        _join(agent, node, result)
    return result


def plain(agent: Agent, node: str) -> list[str]:
    """Return where the edges without a condition lead from a node.

    Where there is none, and the agent does not say which of its conditional edges to take, the first of them is taken.
    """
    leaving = [edge for edge in agent.edges if edge.source == node and not edge.joined]
    targets = [edge.target for edge in leaving if not edge.conditional]
    if not targets and leaving and node not in agent.routes:
        return [leaving[0].target]
    return targets


def chosen(agent: Agent, node: str, situation: Situation) -> list[str | Send]:
    """Return where the conditions of a node lead, given the state after it."""
    route = agent.routes.get(node)
    return list(route(situation)) if route is not None else []


def _join(agent: Agent, node: str, result: Following) -> None:
    for edge in agent.edges:
        if edge.source != node or not edge.joined:
            continue
        key = f"join:{'+'.join(edge.joined)}:{edge.target}"
        arrived = [*result.joins.get(key, ()), node]
        if set(arrived) >= set(edge.joined):
            result.joins.pop(key, None)
            if edge.target != END:
                result.trigger(edge.target, key)
        else:
            result.joins[key] = arrived
