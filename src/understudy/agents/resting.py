"""Waits until all that goes on in a world has come to rest."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from understudy.state.clock import give_way, pause

if TYPE_CHECKING:
    from collections.abc import Callable

    from understudy.state.world import World

PATIENCE = 5.0
"""Real seconds for which what takes real time is waited for."""

_QUIET = 12
"""Turns of the event loop without a move, after which nothing moves but what takes real time."""

_RESTLESS = 1_000
"""Turns of the event loop that a world gets to come to rest even if there is no time left to wait for it."""

_NAP = 0.002


def at_rest(world: World) -> bool:
    """Return whether every run is held or lets time pass, and neither a run nor a webhook is on its way."""
    stage = world.computer_agents.stage
    if world.sending or any(one.runs.starting for one in stages(world)):
        return False
    if stage is not None and len(world.computer_agents.executions) > len(stage.runs.playing):
        # One is about to be played, or its end to be told.
        return False
    return all(playing.held or playing.waits for one in stages(world) for playing in one.runs.playing.values())


async def settle(world: World, deadline: float, rests: Callable[[], bool] | None = None) -> bool:
    """Return when a world is at rest, or at the deadline, which is one of `monotonic`; with whether it is.

    What has begun is played then, and its events have reached whoever reads them. Real time is taken by an agent's own
    code, and by webhooks. What is asked whether it `rests` is `at_rest`, unless something else is told.
    """
    turns, quiet, moves = 0, 0, -1
    while True:
        await give_way()
        turns += 1
        made = sum(one.runs.moves for one in stages(world))
        quiet, moves = (quiet + 1 if moves == made else 0), made
        is_quiet = quiet >= _QUIET
        if is_quiet and (rests() if rests else at_rest(world)):
            return True
        if (is_quiet or turns > _RESTLESS) and monotonic() > deadline:
            return False
        if is_quiet:
            await pause(_NAP)


def stages(world: World) -> list[World]:
    """Return where runs of a world are played: in itself, and where executions of the Computer Agents API are."""
    stage = world.computer_agents.stage
    return [world] if stage is None else [world, stage]
