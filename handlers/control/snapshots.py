"""Worlds told as scenarios, and made of them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents.scheduler import attend
from understudy.exchange import Answer
from understudy.scenarios import clock_of, dump, dump_text
from understudy.scenarios.beginnings import instead

from .given import refusing, scenario_of
from .worlds import told

if TYPE_CHECKING:
    from understudy.state.worlds import Worlds
    from understudy.wire import Json, JsonObject


async def get(worlds: Worlds, name: str, format: str) -> Json | Answer:
    """Tell a world as a scenario: as data, or as the text of a file."""
    world = worlds.get(name).world
    if format == "yaml":
        return Answer(dump_text(world).encode(), media_type="application/yaml")
    return dump(world)


async def restore(worlds: Worlds, api: str, name: str, body: JsonObject) -> Json:
    """Let a world be as a scenario says; where that tells no time, its clock is that of the server's worlds."""
    scenario = scenario_of(body, api)
    with refusing():
        begin = instead(worlds.begin, [scenario], clock=clock_of([scenario]))
    hosted = worlds.replace(name, begin)
    attend(hosted.world)
    return told(hosted)
