"""Runs that are being played, and held."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from understudy.agents import holding
from understudy.agents.resting import PATIENCE, settle

if TYPE_CHECKING:
    from understudy.state.runs import Playing
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject


async def find(world: World) -> Json:
    """List the runs that are being played."""
    if world.runs.held:
        await settle(world, monotonic() + PATIENCE)
    return [_row(world, run_id, playing) for run_id, playing in world.runs.playing.items()]


async def hold(world: World, body: JsonObject) -> Json:
    """Let runs stop before each step, or let them all go on."""
    holding.hold(world, holds=body["held"])
    return await find(world)


async def step(world: World, run_id: str, body: JsonObject | None) -> Json:
    """Let a held run go on by some steps."""
    playing = await holding.step(world, run_id, (body or {}).get("steps", 1))
    return _row(world, run_id, playing)


def _row(world: World, run_id: str, playing: Playing) -> JsonObject:
    over = world.runs.playing.get(run_id) is not playing
    return {
        "run_id": run_id,
        "thread_id": playing.thread_id,
        "held": playing.held,
        "waiting": playing.waits and not over,
        "over": over,
        "next": playing.next,
    }
