"""What becomes of a run whose client has left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents.launching import start_next, stop
from understudy.state.life_cycle import ACTIVE
from understudy.state.runs import Stop

if TYPE_CHECKING:
    from understudy.state.world import World
    from understudy.wire import JsonObject

DISCONNECTED = "client disconnected from the run stream (on_disconnect=cancel)"


def leave(world: World, row: JsonObject) -> None:
    """Cancel a run, if it is not over: the client that wanted this has left."""
    now = world.runs.get(row["thread_id"], row["run_id"])
    if now is not None and now["status"] in ACTIVE:
        stop(world, now, Stop("interrupt", DISCONNECTED))
        start_next(world, now["thread_id"])
