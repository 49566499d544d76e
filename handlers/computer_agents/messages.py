"""Messages: what was said in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from .pages import listed, page

if TYPE_CHECKING:
    from understudy.state.world import World
    from understudy.wire import JsonObject

MOST = 200
"""How many messages a page has at most."""


async def find(world: World, thread_id: str, limit: int, offset: int, order: Literal["asc", "desc"]) -> JsonObject:
    """Return a page of the messages of a thread."""
    platform = world.computer_agents
    platform.threads.get(thread_id)
    rows = platform.messages.of(thread_id)
    if order == "desc":
        rows = rows[::-1]
    return listed(page(rows, offset=offset, limit=limit, most=MOST), offset=offset, total=len(rows))
