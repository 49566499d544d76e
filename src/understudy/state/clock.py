"""The world's time: real, or frozen until it is told otherwise; and what is to happen when it comes to a moment."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_MICROSECOND = timedelta(microseconds=1)

_LONGEST_NAP = 3600.0
"""Seconds after which a real alarm looks at the machine's time again, which may have been set meanwhile."""


class Alarm(Protocol):
    """Something that a clock does at a moment, once."""

    def cancel(self) -> None:
        """Let it not happen; nothing changes if it has happened."""


class Clock(Protocol):
    """Tells the time to a world, and lets things happen at a moment of this time."""

    def now(self) -> datetime:
        """Return the present moment, in UTC."""

    def alarm(self, moment: datetime, action: Callable[[], object]) -> Alarm:
        """Call `action` from the running event loop as soon as it is `moment`, or at once if that is past."""

    async def reach(self, moment: datetime) -> None:
        """Return as soon as it is `moment`; at once if that is past."""
        if self.now() >= moment:
            return
        reached = asyncio.get_running_loop().create_future()

        def arrive() -> None:
            if not reached.done():
                reached.set_result(None)

        alarm = self.alarm(moment, arrive)
        try:
            await reached
        finally:
            alarm.cancel()


class SystemClock(Clock):
    """The machine's time."""

    def now(self) -> datetime:
        """Return the machine's time, in UTC."""
        return datetime.now(UTC)

    def alarm(self, moment: datetime, action: Callable[[], object]) -> Alarm:
        """Call `action` from the running event loop as soon as it is `moment`, or at once if that is past."""
        return _Timer(self, moment, action)


class FrozenClock(Clock):
    """A time that stands still, so that whole test runs repeat byte for byte.

    It may be moved from any thread. What becomes due by it is handed to the event loop before the call returns, the
    earliest first: a request that is sent afterwards finds it done.
    """

    def __init__(self, moment: datetime) -> None:
        self._moment = moment.astimezone(UTC)
        self._alarms: dict[_Frozen, None] = {}
        self._lock = Lock()

    def now(self) -> datetime:
        """Return the moment at which the clock stands."""
        return self._moment

    def alarm(self, moment: datetime, action: Callable[[], object]) -> Alarm:
        """Call `action` from the running event loop as soon as it is `moment`, or at once if that is past."""
        alarm = _Frozen(self, moment, action)
        with self._lock:
            self._alarms[alarm] = None
        self._ring()
        return alarm

    def set(self, moment: datetime) -> None:
        """Put the clock to `moment`."""
        self._moment = moment.astimezone(UTC)
        self._ring()

    def advance(self, by: timedelta) -> None:
        """Put the clock forward."""
        self.set(self._moment + by)

    def forget(self, alarm: _Frozen) -> None:
        """Do not let this alarm ring."""
        with self._lock:
            self._alarms.pop(alarm, None)

    def _ring(self) -> None:
        with self._lock:
            due = sorted((alarm for alarm in self._alarms if alarm.moment <= self._moment), key=lambda a: a.moment)
            for alarm in due:
                del self._alarms[alarm]
        for alarm in due:
            alarm.ring()


class _Timer:
    """An alarm by the machine's time."""

    def __init__(self, clock: SystemClock, moment: datetime, action: Callable[[], object]) -> None:
        self._clock = clock
        self._moment = moment
        self._action = action
        self._loop = asyncio.get_running_loop()
        self._handle = self._wound()

    def cancel(self) -> None:
        """Let it not happen."""
        self._handle.cancel()

    def _wound(self) -> asyncio.TimerHandle:
        left = (self._moment - self._clock.now()).total_seconds()
        return self._loop.call_later(min(max(left, 0), _LONGEST_NAP), self._look)

    def _look(self) -> None:
        if self._clock.now() < self._moment:
            self._handle = self._wound()
        else:
            self._action()


class _Frozen:
    """An alarm that rings when a frozen clock is moved past its moment."""

    def __init__(self, clock: FrozenClock, moment: datetime, action: Callable[[], object]) -> None:
        self.moment = moment
        self._clock = clock
        self._action: Callable[[], object] | None = action
        self._loop = asyncio.get_running_loop()

    def cancel(self) -> None:
        """Let it not happen."""
        self._action = None
        self._clock.forget(self)

    def ring(self) -> None:
        """Hand the action to the event loop; nothing happens if that has ended."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._act)

    def _act(self) -> None:
        action, self._action = self._action, None
        if action is not None:
            action()


def microseconds(moment: datetime) -> int:
    """Return the microseconds from 1970 to `moment`, exactly."""
    return (moment - EPOCH) // _MICROSECOND


def timestamp(moment: datetime) -> str:
    """Return `moment` as the Agent Server writes it: `2026-01-31T08:00:00.000001+00:00`, no fraction when zero.

    Texts made by this function sort as the moments do.
    """
    return moment.isoformat()


def moment(text: str) -> datetime:
    """Return the moment that an ISO 8601 text names, in UTC; a text without an offset is UTC. ValueError if none."""
    parsed = datetime.fromisoformat(text)
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


async def give_way() -> None:
    """Let everything else that is ready have its turn."""
    await asyncio.sleep(0)


async def pause(seconds: float) -> None:
    """Let so many seconds of real time pass: what an agent takes to play is not time of its world."""
    await asyncio.sleep(max(seconds, 0))
