"""faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.errors import NotImitated

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject


async def find() -> Json:
    """List the faults."""
    raise NotImitated("faults.find")


async def add(body: JsonObject) -> Json:
    """Let requests fail."""
    raise NotImitated("faults.add")


async def clear() -> Json:
    """Remove all faults."""
    raise NotImitated("faults.clear")


async def get(fault_id: Json) -> Json:
    """Look at a fault."""
    raise NotImitated("faults.get")


async def remove(fault_id: Json) -> Json:
    """Remove a fault."""
    raise NotImitated("faults.remove")
