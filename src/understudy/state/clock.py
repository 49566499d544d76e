"""The world's time: real, or frozen until it is told otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Tells the time to a world."""

    def now(self) -> datetime:
        """Return the present moment, in UTC."""


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        """Return the machine's time, in UTC."""
        return datetime.now(UTC)


class FrozenClock:
    """A time that stands still, so that whole test runs repeat byte for byte."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment at which the clock stands."""
        return self._moment

    def set(self, moment: datetime) -> None:
        """Put the clock to `moment`."""
        self._moment = moment.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Put the clock forward."""
        self._moment += by


def microseconds(moment: datetime) -> int:
    """Return the microseconds from 1970 to `moment`, exactly."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def timestamp(moment: datetime) -> str:
    """Return `moment` as the Agent Server writes it: `2026-01-31T08:00:00.000001+00:00`, no fraction when zero.

    Texts made by this function sort as the moments do.
    """
    return moment.isoformat()


def moment(text: str) -> datetime:
    """Return the moment that an ISO 8601 text names, in UTC; a text without an offset is UTC. ValueError if none."""
    parsed = datetime.fromisoformat(text)
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
