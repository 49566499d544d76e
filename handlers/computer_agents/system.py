"""How the server is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.state.clock import brief_timestamp

if TYPE_CHECKING:
    from understudy.state.world import World
    from understudy.wire import JsonObject


async def health(world: World) -> JsonObject:
    """Return that the server is well, and for how long its world is there by the world's clock."""
    now = world.clock.now()
    uptime = int((now - world.computer_agents.began).total_seconds())
    return {"status": "healthy", "timestamp": brief_timestamp(now), "uptime": max(uptime, 0)}
