"""Nodes of scripted agents: turns of steps, of which the first whose condition holds is played."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from understudy.agents.script import callables
from understudy.agents.script.errors import ScriptError
from understudy.agents.script.scopes import Scope
from understudy.agents.script.spots import shown
from understudy.agents.script.words import step
from understudy.agents.steps import Behaviour, Fail
from understudy.errors import did_you_mean
from understudy.paths import StepAt, TurnAt, quoted

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from understudy.agents.script.expressions import Value
    from understudy.agents.script.spots import Graph, Spot
    from understudy.agents.script.words import Action
    from understudy.agents.steps import Situation, Step
    from understudy.wire import Json

_TURN = ("do", "when")


@dataclass(frozen=True, slots=True)
class _Turn:
    spot: Spot
    holds: Value | None
    steps: Sequence[tuple[Spot, Action]]


def behaviour(spot: Spot, raw: Json, built_in: Mapping[str, Behaviour | None]) -> Behaviour | None:
    """Return what a node does, None for nothing.

    There stands the name of something `built_in`, a step, a list of steps, a list of turns, or a Python callable.
    """
    if raw is None:
        return None
    if isinstance(raw, str):
        if raw not in built_in:
            spot.wrong(f"no built-in node {quoted(raw)}.{did_you_mean(raw, built_in)}")
        elif built_in[raw] is None:
            spot.wrong(f"{raw} needs a channel with the reducer messages")
        return built_in.get(raw)
    if isinstance(raw, dict) and "python" in raw:
        return callables.behaviour(spot, raw)
    return _played(spot.graph, _turns(spot, raw))


def _turns(spot: Spot, raw: Json) -> list[_Turn]:
    if isinstance(raw, list) and any(isinstance(one, dict) and "do" in one for one in raw):
        return [turn for at, one in enumerate(raw) if (turn := _turn(spot.at(TurnAt(at)), one))]
    if isinstance(raw, (list, dict)):
        return [_Turn(spot, None, _steps(spot, raw))]
    spot.wrong(f"must be steps, a list of turns or the name of a built-in node, not {shown(raw)}")
    return []


def _turn(spot: Spot, raw: Json) -> _Turn | None:
    if not isinstance(raw, dict):
        spot.wrong(f"must be a turn, with `do` and perhaps `when`, not {shown(raw)}")
        return None
    told = spot.fields(raw, _TURN, ("do",))
    if told is None:
        return None
    spot = spot.knowing()
    holds = spot.at("when").expression(told["when"]) if "when" in told else None
    return _Turn(spot, holds, _steps(spot.at("do"), told["do"]))


def _steps(spot: Spot, raw: Json) -> list[tuple[Spot, Action]]:
    """Return the steps of a list, or the one step that stands alone."""
    if isinstance(raw, dict):
        return [(spot, step(spot, raw))]
    if not isinstance(raw, list):
        spot.wrong(f"must be a step or a list of steps, not {shown(raw)}")
        return []
    spots = [spot.at(StepAt(at)) for at in range(len(raw))]
    return [(place, step(place, one)) for place, one in zip(spots, raw, strict=True)]


def _played(graph: Graph, turns: Sequence[_Turn]) -> Behaviour:
    def behave(situation: Situation) -> Generator[Step, Any, None]:
        scope = Scope(situation, graph)
        for turn in turns:
            spot = turn.spot
            try:
                if turn.holds is not None and not turn.holds(scope):
                    continue
                for spot, act in turn.steps:  # noqa: B007 - the spot where it failed
                    yield from act(scope)
            except ScriptError as error:
                yield Fail(ScriptError.__name__, f"{spot}: {error}")
            return

    return behave
