"""worlds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.errors import NotImitated

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject


async def find() -> Json:
    """List the worlds."""
    raise NotImitated("worlds.find")


async def create(body: JsonObject) -> Json:
    """Create a world."""
    raise NotImitated("worlds.create")


async def drop(body: JsonObject) -> Json:
    """Drop worlds that nobody has used for a while."""
    raise NotImitated("worlds.drop")


async def get(name: Json) -> Json:
    """Look at a world."""
    raise NotImitated("worlds.get")


async def delete(name: Json) -> Json:
    """Delete a world."""
    raise NotImitated("worlds.delete")


async def reset(name: Json) -> Json:
    """Let a world begin anew."""
    raise NotImitated("worlds.reset")


async def snapshot(name: Json, format: Json) -> Json:
    """Tell a world as a scenario."""
    raise NotImitated("worlds.snapshot")


async def restore(name: Json, body: JsonObject) -> Json:
    """Let a world be as a scenario says."""
    raise NotImitated("worlds.restore")
