"""clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.errors import NotImitated

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject


async def get() -> Json:
    """Tell the world's time."""
    raise NotImitated("clock.get")


async def change(body: JsonObject) -> Json:
    """Set the time, let it stand still, or let it run."""
    raise NotImitated("clock.change")


async def advance(body: JsonObject) -> Json:
    """Put the time forward."""
    raise NotImitated("clock.advance")
