"""Puts a world's time forward, from one moment at which something is due to the next."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from understudy.agents.resting import PATIENCE, settle
from understudy.errors import Invalid
from understudy.state.clock import timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from understudy.state.world import World

MOST = 5_000
"""Moments at which something may be due on the way, so that the way has an end."""


def due(world: World) -> datetime | None:
    """Return the next moment at which something waits for the time in a world; None if nothing does."""
    moments = [world.clock.due(tacit=False), world.crons.upcoming()]
    return min((moment for moment in moments if moment is not None), default=None)


async def advance(world: World, to: datetime) -> bool:
    """Put a world's clock forward to a moment. Return whether what happened on the way has come to rest.

    At each moment the clock stands until what is due there, and what follows from it, is done or waits for a later
    one; `PATIENCE` bounds the real time that all of this is waited for. Invalid if more is due than `MOST`: then the
    clock stays where it has come to.
    """
    clock = world.clock
    deadline = monotonic() + PATIENCE
    ran = not clock.frozen
    clock.freeze()
    try:
        await settle(world, deadline)
        for _ in range(MOST):
            moment = clock.due()
            if moment is None or moment > to:
                break
            clock.set(moment)
            await settle(world, deadline)
        else:
            raise Invalid(
                f"there are more than {MOST} moments at which something is due before {timestamp(to)}: the clock has "
                f"come to {timestamp(clock.now())}; advance it in smaller parts"
            )
        clock.set(max(to, clock.now()))
        return await settle(world, deadline)
    finally:
        if ran:
            clock.thaw()
