"""The world's time: it runs or stands still, and may be moved; and what is to happen when it comes to a moment."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_MICROSECOND = timedelta(microseconds=1)

_LONGEST_NAP = 3600.0
"""Seconds after which an alarm looks at the machine's time again, which may have been set meanwhile."""

_NEVER = datetime.max.replace(tzinfo=UTC)


class Clock:
    """Tells the time to a world, and lets things happen at a moment of this time.

    It runs with the machine's time, or stands at `moment` until it is moved, so that whole test runs repeat byte for
    byte. It may be frozen, thawed and moved whenever and from any thread. What becomes due by that is handed to the
    event loop before the call returns, the earliest first: a request that is sent afterwards finds it done.

    `moving` is held by whoever moves it step by step.
    """

    def __init__(self, moment: datetime | None = None) -> None:
        self._moment = None if moment is None else moment.astimezone(UTC)
        self._ahead = timedelta()
        self._alarms: dict[Alarm, None] = {}
        self._lock = Lock()
        self.moving = asyncio.Lock()

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return self._moment is not None

    def now(self) -> datetime:
        """Return the present moment, in UTC."""
        return self._moment or datetime.now(UTC) + self._ahead

    def set(self, moment: datetime) -> None:
        """Put the clock to `moment`; one that runs goes on from there."""
        self._put(moment, frozen=self.frozen)

    def advance(self, by: timedelta) -> None:
        """Put the clock forward."""
        self.set(self.now() + by)

    def freeze(self) -> None:
        """Let it stand still."""
        self._put(self.now(), frozen=True)

    def thaw(self) -> None:
        """Let it run from where it is."""
        self._put(self.now(), frozen=False)

    def alarm(self, moment: datetime, action: Callable[[], object], *, tacit: bool = False) -> Alarm:
        """Call `action` from the running event loop as soon as it is `moment`, or at once if that is past.

        Nothing need happen by a `tacit` alarm: who sets it only looks whether there is something to do.
        """
        return self._set_off(Alarm(self, moment, action, tacit=tacit))

    def due(self, *, tacit: bool = True) -> datetime | None:
        """Return the next moment at which an alarm rings, with those that are tacit or without; None if none does."""
        with self._lock:
            return min((alarm.moment for alarm in self._alarms if tacit or not alarm.tacit), default=None)

    async def reach(self, moment: datetime) -> None:
        """Return as soon as it is `moment`; at once if that is past."""
        if self.now() < moment:
            await self._wait(moment)

    async def pause(self, seconds: float) -> None:
        """Let so many seconds pass: real ones, or of this clock if it is moved past them before."""
        if seconds <= 0:
            await give_way()
            return
        try:
            moment = self.now() + timedelta(seconds=seconds)
        except OverflowError:
            moment = _NEVER
        await self._wait(moment, seconds)

    def forget(self, alarm: Alarm) -> bool:
        """Do not let this alarm ring. Return whether it would have."""
        with self._lock:
            waited = alarm in self._alarms
            self._alarms.pop(alarm, None)
        return waited

    async def _wait(self, moment: datetime, seconds: float | None = None) -> None:
        reached = asyncio.get_running_loop().create_future()

        def arrive() -> None:
            if not reached.done():
                reached.set_result(None)

        alarm = self._set_off(Alarm(self, moment, arrive, seconds=seconds))
        try:
            await reached
        finally:
            alarm.cancel()

    def _set_off(self, alarm: Alarm) -> Alarm:
        with self._lock:
            self._alarms[alarm] = None
        # The clock may have been moved, from another thread, before it knew of this alarm.
        if alarm.moment <= self.now():
            self._ring()
        else:
            alarm.wind()
        return alarm

    def _put(self, moment: datetime, *, frozen: bool) -> None:
        if frozen:
            self._moment = moment.astimezone(UTC)
        else:
            self._ahead = moment - datetime.now(UTC)
            self._moment = None
        self._ring()
        with self._lock:
            left = list(self._alarms)
        for alarm in left:
            alarm.hand(alarm.wind)

    def _ring(self) -> None:
        now = self.now()
        with self._lock:
            due = sorted((alarm for alarm in self._alarms if alarm.moment <= now), key=lambda alarm: alarm.moment)
            for alarm in due:
                del self._alarms[alarm]
        for alarm in due:
            alarm.hand(alarm.act)


class Alarm:
    """Something that a clock does at a moment, once; or when so many real seconds have passed, if that is earlier."""

    def __init__(
        self,
        clock: Clock,
        moment: datetime,
        action: Callable[[], object],
        *,
        seconds: float | None = None,
        tacit: bool = False,
    ) -> None:
        self.moment = moment
        self.tacit = tacit
        self._clock = clock
        self._action: Callable[[], object] | None = action
        self._loop = asyncio.get_running_loop()
        self._lasts = seconds is not None
        self._timer = None if seconds is None else self._loop.call_later(seconds, self._ring)

    def cancel(self) -> None:
        """Let it not happen; nothing changes if it has happened."""
        self._action = None
        self._clock.forget(self)
        self._unwind()

    def hand(self, callback: Callable[[], object]) -> None:
        """Let the event loop call this; nothing happens if that has ended. This may be said from any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(callback)

    def wind(self) -> None:
        """Wait for the moment as the clock goes now."""
        if self._lasts:
            return
        self._unwind()
        if self._action is not None and not self._clock.frozen:
            left = (self.moment - self._clock.now()).total_seconds()
            self._timer = self._loop.call_later(min(max(left, 0), _LONGEST_NAP), self._look)

    def act(self) -> None:
        """Do it, unless it was cancelled meanwhile."""
        self._unwind()
        action, self._action = self._action, None
        if action is not None:
            action()

    def _look(self) -> None:
        if self._clock.now() < self.moment:
            self.wind()
        else:
            self._ring()

    def _ring(self) -> None:
        if self._clock.forget(self):
            self.act()

    def _unwind(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def microseconds(moment: datetime) -> int:
    """Return the microseconds from 1970 to `moment`, exactly."""
    return (moment - EPOCH) // _MICROSECOND


def timestamp(moment: datetime) -> str:
    """Return `moment` as the Agent Server writes it: `2026-01-31T08:00:00.000001+00:00`, no fraction when zero.

    Texts made by this function sort as the moments do.
    """
    return moment.isoformat()


def brief_timestamp(moment: datetime) -> str:
    """Return `moment` as the Computer Agents API writes it, to the millisecond: `2025-01-15T10:30:00.000Z`.

    What is finer is cut off. Texts made by this function sort as the moments do.
    """
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def moment(text: str) -> datetime:
    """Return the moment that an ISO 8601 text names, in UTC; a text without an offset is UTC. ValueError if none."""
    parsed = datetime.fromisoformat(text)
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


async def give_way() -> None:
    """Let everything else that is ready have its turn."""
    await asyncio.sleep(0)


async def pause(seconds: float) -> None:
    """Let so many seconds of real time pass, whatever a world's clock says."""
    await asyncio.sleep(max(seconds, 0))
