"""scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.errors import NotImitated

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject


async def find() -> Json:
    """List the scenarios that ship with the server."""
    raise NotImitated("scenarios.find")


async def load(body: JsonObject) -> Json:
    """Put a scenario into the world."""
    raise NotImitated("scenarios.load")
