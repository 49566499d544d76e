"""When things that live for a limited time are due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from understudy.state.clock import Clock

K = TypeVar("K")

_SLACK = 64

_LAST = datetime.max.replace(tzinfo=UTC)


class Expiry(Generic[K]):
    """Deadlines by key. A key has one deadline at most; setting it again replaces it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._deadlines: dict[K, datetime] = {}
        self._fixed: set[K] = set()
        self._queue: list[tuple[datetime, int, K]] = []
        self._serial = 0

    def adopt(self, other: Expiry[K]) -> None:
        """Let everything live as long from now on as it has left there, by the clock of the other.

        What was put at a moment is due at that moment.
        """
        now, begun = self._clock.now(), other._clock.now()
        self._fixed = other._fixed.copy()
        self._deadlines = {
            key: deadline if key in self._fixed else _after(now, deadline - begun)
            for key, deadline in other._deadlines.items()
        }
        self._queue_anew()

    def set(self, key: K, *, minutes: float) -> datetime:
        """Let `key` be due in so many minutes from now; return when. Times past the year 9999 are cut there."""
        now = self._clock.now()
        try:
            deadline = _after(now, timedelta(minutes=minutes))
        except OverflowError:
            deadline = _LAST
        self._fixed.discard(key)
        self._put(key, deadline)
        return deadline

    def put(self, key: K, deadline: datetime) -> None:
        """Let `key` be due at this moment, which may be past."""
        self._fixed.add(key)
        self._put(key, deadline)

    def _put(self, key: K, deadline: datetime) -> None:
        queued = self._deadlines.get(key)
        self._deadlines[key] = deadline
        # A later deadline is queued when the earlier one comes up, so that renewing it often costs nothing.
        if queued is None or deadline < queued:
            self._queue_up(key, deadline)

    def deadline(self, key: K) -> datetime | None:
        """Return when `key` is due, None if it never is."""
        return self._deadlines.get(key)

    def forget(self, key: K) -> None:
        """Let `key` live on; nothing happens if it has no deadline."""
        self._deadlines.pop(key, None)
        self._fixed.discard(key)

    def due(self) -> list[K]:
        """Return the keys that are due by now, in order of their deadlines, and forget them."""
        if not self._queue:
            return []
        now = self._clock.now()
        keys = []
        while self._queue and self._queue[0][0] <= now:
            _, _, key = heappop(self._queue)
            deadline = self._deadlines.get(key)
            if deadline is None:
                continue
            if deadline > now:
                self._queue_up(key, deadline)
                continue
            self.forget(key)
            keys.append(key)
        return keys

    def _queue_up(self, key: K, deadline: datetime) -> None:
        if len(self._queue) > 2 * len(self._deadlines) + _SLACK:
            # Most of what is queued was forgotten or renewed since: begin anew with what still counts.
            self._queue_anew()
            return
        self._serial += 1
        heappush(self._queue, (deadline, self._serial, key))

    def _queue_anew(self) -> None:
        self._queue = [(due, at, queued) for at, (queued, due) in enumerate(self._deadlines.items())]
        heapify(self._queue)
        self._serial = len(self._queue)


def _after(moment: datetime, by: timedelta) -> datetime:
    try:
        return moment + by
    except OverflowError:
        return _LAST
