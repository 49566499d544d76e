"""The scenarios that there are, and what is put into a world later."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from understudy import scenarios
from understudy.agents.scheduler import resume

from .given import refusing, scenarios_of
from .worlds import told

if TYPE_CHECKING:
    from understudy.state.world import World
    from understudy.state.worlds import Worlds
    from understudy.wire import Json, JsonObject


async def find(apis: tuple[str, ...]) -> Json:
    """List the scenarios that ship with the server for its APIs."""
    return [row for api in apis for row in _bundled(api)]


async def load(world: World, worlds: Worlds, apis: tuple[str, ...], body: JsonObject) -> Json:
    """Put a scenario into the world."""
    hosted = worlds.holding(world)
    with refusing():
        for scenario in scenarios_of(body, apis):
            scenarios.load(scenario, world)
    resume(world)
    return told(hosted)


@cache
def _bundled(api: str) -> list[JsonObject]:
    read = [scenarios.read(scenarios.find(name, api)) for name in scenarios.bundled(api)]
    return [
        {
            "name": scenario.name,
            "api": api,
            "description": scenario.description,
            "agents": scenario.count("agents"),
            "threads": scenario.count("threads"),
        }
        for scenario in read
    ]
