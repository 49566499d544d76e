"""Worlds told as scenarios, and made of them again."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from understudy.agents.resting import PATIENCE, settle
from understudy.agents.scheduler import attend
from understudy.exchange import Answer
from understudy.scenarios import clock_of, dump, dump_text
from understudy.scenarios.beginnings import instead

from .given import refusing, scenarios_of
from .worlds import told

if TYPE_CHECKING:
    from understudy.state.worlds import Worlds
    from understudy.wire import Json, JsonObject


async def get(worlds: Worlds, apis: tuple[str, ...], name: str, format: str) -> Json | Answer:
    """Tell a world as a scenario: as data, or as the text of a file."""
    world = worlds.get(name).world
    # What was cancelled goes on for a moment.
    await settle(world, monotonic() + PATIENCE)
    if format == "yaml":
        return Answer(dump_text(world, apis=apis).encode(), media_type="application/yaml")
    return dump(world, apis)


async def restore(worlds: Worlds, apis: tuple[str, ...], name: str, body: JsonObject) -> Json:
    """Let a world be as a scenario says; where that tells no time, its clock is that of the server's worlds."""
    given = scenarios_of(body, apis)
    with refusing():
        begin = instead(worlds.begin, given, clock=clock_of(given))
    hosted = worlds.replace(name, begin)
    attend(hosted.world)
    return told(hosted)
