"""Runs that stop before each superstep of their own graph, and go on when they are told."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING

from understudy.agents.resting import PATIENCE, settle, stages
from understudy.errors import Conflict, NotFound
from understudy.paths import quoted
from understudy.state.agents import START

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understudy.agents.tasks import Task
    from understudy.state.runs import Playing, Runs
    from understudy.state.world import World


async def held(runs: Runs, run_id: str, tasks: Sequence[Task]) -> None:
    """Return when a run may take the superstep that consists of these tasks. To take its input is no step."""
    playing = runs.playing[run_id]
    if tasks[0].name == START:
        return
    if playing.steps:
        playing.steps -= 1
        return
    playing.next = [task.name for task in tasks if task.writes is None]
    playing.gate = asyncio.get_running_loop().create_future()
    try:
        await playing.gate
    finally:
        playing.gate, playing.next = None, []
        runs.moves += 1


def hold(world: World, *, holds: bool) -> None:
    """Let the runs of a world stop before their next supersteps, or let them all go on."""
    for stage in stages(world):
        stage.runs.held = holds
        for playing in stage.runs.playing.values():
            playing.steps = 0
            if not holds:
                _open(playing)


async def step(world: World, run_id: str, steps: int) -> Playing:
    """Let a held run take so many supersteps; return what it is doing when it has stopped again, or is over.

    A superstep that is under way counts. It is not waited for where a frozen clock has to be moved first, and no longer
    than `PATIENCE` in any case. NotFound if this run is not being played, Conflict if runs are not held.
    """
    runs = next((stage.runs for stage in stages(world) if run_id in stage.runs.playing), None)
    if runs is None:
        raise NotFound(f"no run {quoted(run_id)} is being played")
    playing = runs.playing[run_id]
    if not runs.held:
        raise Conflict('runs are not held: PATCH /_understudy/runs with {"held": true} lets them stop before each step')

    def rests() -> bool:
        is_over = runs.playing.get(run_id) is not playing
        return is_over or playing.held or (playing.waits and world.clock.frozen)

    deadline = monotonic() + PATIENCE
    await settle(world, deadline, rests)
    playing.steps = steps - 1
    _open(playing)
    await settle(world, deadline, rests)
    return playing


def _open(playing: Playing) -> None:
    if playing.gate is not None and playing.held:
        playing.gate.set_result(None)
