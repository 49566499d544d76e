"""Runs that are being played, and held: those of the Agent Server, and executions of the Computer Agents API."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from understudy.agents import holding
from understudy.agents.computer_agents.staging import executed
from understudy.agents.resting import PATIENCE, settle
from understudy.errors import NotFound
from understudy.paths import quoted

if TYPE_CHECKING:
    from understudy.state.runs import Playing
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject


async def find(world: World) -> Json:
    """List the runs that are being played."""
    if world.runs.held:
        await settle(world, monotonic() + PATIENCE)
    return [_row(one, over=False) for one in _all(world)]


async def hold(world: World, body: JsonObject) -> Json:
    """Let runs stop before each step, or let them all go on."""
    holding.hold(world, holds=body["held"])
    return await find(world)


async def step(world: World, run_id: str, body: JsonObject | None) -> Json:
    """Let a held run go on by some steps."""
    one = next((one for one in _all(world) if one.run_id == run_id), None)
    if one is None:
        raise NotFound(f"no run {quoted(run_id)} is being played")
    await holding.step(world, one.played_as, (body or {}).get("steps", 1))
    return _row(one, over=all(other.playing is not one.playing for other in _all(world)))


class _Played(NamedTuple):
    """A run by the ids that its API has for it and for its thread, and by that with which it is played."""

    run_id: str
    thread_id: str
    played_as: str
    playing: Playing


def _all(world: World) -> list[_Played]:
    runs = [_Played(run_id, one.thread_id, run_id, one) for run_id, one in world.runs.playing.items()]
    stage = world.computer_agents.stage
    if stage is not None:
        runs += [_Played(one.id, one.thread_id, run, stage.runs.playing[run]) for one, run in executed(world)]
    return runs


def _row(one: _Played, *, over: bool) -> JsonObject:
    playing = one.playing
    return {
        "run_id": one.run_id,
        "thread_id": one.thread_id,
        "held": playing.held,
        "waiting": playing.waits and not over,
        "over": over,
        "next": playing.next,
    }
