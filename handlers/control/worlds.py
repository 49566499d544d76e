"""The worlds of the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents.scheduler import attend
from understudy.exchange import Answer
from understudy.scenarios.beginnings import instead
from understudy.state.clock import timestamp

from .clock import moment_of
from .given import refusing, scenarios_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from understudy.state.world import World
    from understudy.state.worlds import Hosted, Worlds
    from understudy.wire import Json, JsonObject


async def find(worlds: Worlds) -> Json:
    """List the worlds."""
    return [told(hosted) for hosted in worlds]


async def create(worlds: Worlds, apis: tuple[str, ...], body: JsonObject) -> Json | Answer:
    """Create a world, or begin anew or keep the one of this name."""
    name, if_exists = body.get("name"), body.get("if_exists", "refuse")
    if name is None:
        name = worlds.unused_name()
    there = name in worlds
    if there and if_exists == "keep":
        return Answer(told(worlds.get(name)), status=200)
    begin = _begin(worlds, apis, body)
    if there and if_exists == "reset":
        return Answer(_begun(worlds.replace(name, begin)), status=200)
    return Answer(_begun(worlds.create(name, begin)), status=201)


async def drop(worlds: Worlds, body: JsonObject) -> Json:
    """Drop worlds that nobody has used for a while."""
    return {"dropped": worlds.drop(body["idle_seconds"])}


async def get(worlds: Worlds, name: str) -> Json:
    """Look at a world."""
    return told(worlds.get(name))


async def delete(worlds: Worlds, name: str) -> None:
    """Delete a world."""
    worlds.delete(name)


async def reset(worlds: Worlds, name: str) -> Json:
    """Let a world begin anew."""
    return _begun(worlds.reset(name))


def told(hosted: Hosted) -> JsonObject:
    """Return what the API tells of a world."""
    world = hosted.world
    return {
        "name": hosted.name,
        "created_at": timestamp(hosted.created_at),
        "idle_seconds": hosted.idle_seconds,
        "requests": hosted.requests,
        "threads": len(world.threads) + len(world.computer_agents.threads),
        "runs": len(world.runs.active()) + len(world.computer_agents.executions),
        "now": timestamp(world.clock.now()),
        "frozen": world.clock.frozen,
    }


def _begun(hosted: Hosted) -> JsonObject:
    """Let a new world's crons start runs, before anybody asks it for anything, and return what is told of it."""
    attend(hosted.world)
    return told(hosted)


def _begin(worlds: Worlds, apis: tuple[str, ...], body: JsonObject) -> Callable[[], World] | None:
    """Return what a world is to begin with, None for the server's scenario. A Refusal says what is wrong with it."""
    if not body.keys() & {"begin", "seed", "clock"}:
        return None
    given = body.get("begin")
    scenarios = None
    if given is not None:
        scenarios = [each for at, one in enumerate(given) for each in scenarios_of(one, apis, f"begin[{at}]")]
    clock = moment_of("clock", body["clock"]) if "clock" in body else None
    with refusing():
        return instead(worlds.begin, scenarios, clock=clock, seed=body.get("seed"))
