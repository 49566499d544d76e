"""runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.errors import NotImitated

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject


async def find() -> Json:
    """List the runs that are being played."""
    raise NotImitated("runs.find")


async def hold(body: JsonObject) -> Json:
    """Let runs stop before each step, or let them all go on."""
    raise NotImitated("runs.hold")


async def step(run_id: Json, body: JsonObject) -> Json:
    """Let a held run go on by some steps."""
    raise NotImitated("runs.step")
