"""journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.errors import NotImitated

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject


async def find(
    operation: Json, path: Json, status: Json, thread_id: Json, verdict: Json, after: Json, limit: Json
) -> Json:
    """Read the journal."""
    raise NotImitated("journal.find")


async def clear() -> Json:
    """Begin the journal anew."""
    raise NotImitated("journal.clear")


async def verify(body: JsonObject) -> Json:
    """Say what should have been asked, and be told whether it was."""
    raise NotImitated("journal.verify")


async def coverage(of: Json) -> Json:
    """Tell which operations and stream modes were used."""
    raise NotImitated("journal.coverage")
