"""The world's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING

from understudy.agents import advancing
from understudy.agents.resting import PATIENCE, at_rest, settle
from understudy.errors import Invalid
from understudy.paths import quoted
from understudy.state.clock import moment, timestamp

if TYPE_CHECKING:
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject

# Ids have room for these years.
_FIRST, _END = datetime(1970, 1, 1, tzinfo=UTC), datetime(5001, 1, 1, tzinfo=UTC)


async def get(world: World) -> Json:
    """Tell the world's time."""
    return _row(world, settled=at_rest(world))


async def change(world: World, body: JsonObject) -> Json:
    """Set the time, let it stand still, or let it run."""
    clock = world.clock
    now = moment_of("now", body["now"]) if "now" in body else None
    async with clock.moving:
        if body.get("frozen"):
            clock.freeze()
        if now is not None:
            clock.set(now)
        if body.get("frozen") is False:
            clock.thaw()
        settled = await settle(world, monotonic() + PATIENCE)
    return _row(world, settled=settled)


async def advance(world: World, body: JsonObject) -> Json:
    """Put the time forward."""
    clock = world.clock
    given = moment_of("to", body["to"]) if "to" in body else None
    async with clock.moving:
        now = clock.now()
        to = given or _later(now, body["seconds"])
        if to < now:
            raise Invalid(f"to must not be before {timestamp(now)}, which it is now, but is {timestamp(to)}")
        settled = await advancing.advance(world, to)
    return _row(world, settled=settled)


def moment_of(name: str, text: str) -> datetime:
    """Return the time that a text tells. Invalid if it tells none, or one for which there are no ids."""
    try:
        told = moment(text)
    except (ValueError, OverflowError):
        raise Invalid(f"{name} must be a time such as 2026-01-31T08:00:00Z, not {quoted(text)}") from None
    return _possible(name, told)


def _later(now: datetime, seconds: float) -> datetime:
    try:
        later = now + timedelta(seconds=seconds)
    except (ValueError, OverflowError):
        later = _END
    return _possible("the time that is advanced to", later)


def _possible(name: str, told: datetime) -> datetime:
    if not _FIRST <= told < _END:
        raise Invalid(f"{name} must be in the years from {_FIRST.year} to {_END.year - 1}")
    return told


def _row(world: World, *, settled: bool) -> Json:
    due = advancing.due(world)
    return {
        "now": timestamp(world.clock.now()),
        "frozen": world.clock.frozen,
        "due": due and timestamp(due),
        "settled": settled,
    }
