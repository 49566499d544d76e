"""The world's ids: real, or drawn from a seed so that they repeat."""

from __future__ import annotations

from random import Random
from string import ascii_letters, digits
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from understudy.state.clock import microseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from understudy.state.clock import Clock

# 1582-10-15 to 1970-01-01 in steps of 100 ns, the epoch of time-based UUIDs (RFC 9562, section 5.1).
GREGORIAN = 0x01B21DD213814000

# The namespace in which the Agent Server names the assistants it makes by itself.
GRAPHS = UUID("6ba7b821-9dad-11d1-80b4-00c04fd430c8")

_ALPHANUMERIC = ascii_letters + digits
_NAME_LENGTH = 21

# Under a clock that stands still, ids count on into the time that is to come; not further than this, to be sure.
_A_SECOND = 1_000_000


class Ids:
    """Makes every id of a world: UUIDs in the versions that the Agent Server uses (RFC 9562), and ids with names.

    Time-ordered ids and checkpoint ids always grow, also while the clock stands still.
    """

    def __init__(self, clock: Clock, *, seed: int | None = None) -> None:
        self._clock = clock
        self._random = Random(seed)
        self._bits = self._random.getrandbits
        self._last_v7 = 0
        self._last_v6 = 0

    def adopt(self, other: Ids) -> None:
        """Make the ids that another source is about to make."""
        self._random.setstate(other._random.getstate())
        self.follow(other)

    def follow(self, other: Ids) -> None:
        """Make only ids from now on that are greater than those that another source has made."""
        self._last_v7, self._last_v6 = other._last_v7, other._last_v6

    def random(self) -> str:
        """Return a UUID of version 4."""
        return _dashed(self._bits(128), version=4)

    def time_ordered(self) -> str:
        """Return a UUID of version 7; it is greater than the one before."""
        # Milliseconds in the first 48 bits, then 12 bits that count within the millisecond.
        tick = (microseconds(self._clock.now()) // 1000) << 12
        self._last_v7 = tick = max(tick, self._last_v7 + 1)
        head, count = tick >> 12, tick & 0xFFF
        return _dashed(head << 80 | count << 64 | self._bits(62), version=7)

    def checkpoint(self, step: int) -> str:
        """Return a UUID of version 6 whose clock sequence is the step; it is greater than the one before."""
        tick = microseconds(self._clock.now()) * 10 + GREGORIAN
        self._last_v6 = tick = max(tick, self._last_v6 + 1)
        high, low = tick >> 12, tick & 0xFFF
        return _dashed(high << 80 | low << 64 | (step & 0x3FFF) << 48 | self._bits(48), version=6)

    def outgrow(self, known: str) -> None:
        """Make only ids from now on that are greater than this one of their version, unless it is of a later time."""
        bits = UUID(known).int
        tick, version = bits >> 80 << 12 | bits >> 64 & 0xFFF, bits >> 76 & 0xF
        soon = microseconds(self._clock.now()) + _A_SECOND
        if version == 7 and tick <= soon // 1000 << 12:
            self._last_v7 = max(self._last_v7, tick)
        elif version == 6 and tick <= soon * 10 + GREGORIAN:
            self._last_v6 = max(self._last_v6, tick)

    def avoid(self, known: Iterable[str]) -> None:
        """Draw other ids from now on than those that are known may have been drawn as, from the same seed."""
        self._random.seed("\n".join([str(self._bits(64)), *known]))

    def digest(self) -> str:
        """Return 128 bits in the dress of a UUID without a version, as task ids are."""
        return str(UUID(int=self._bits(128)))

    def seed(self) -> int:
        """Return what a chance of its own can be drawn from."""
        return self._bits(32)

    def interrupt(self) -> str:
        """Return 32 hexadecimal digits without dashes, as interrupt ids are."""
        return f"{self._bits(128):032x}"

    def named(self, noun: str) -> str:
        """Return an id that says what it is of, as the Computer Agents API has them: `thread_` and 21 characters."""
        return f"{noun}_{''.join(self._random.choices(_ALPHANUMERIC, k=_NAME_LENGTH))}"


def chance(seed: int) -> Callable[[], float]:
    """Return what draws numbers from 0 up to 1, the same ones for the same seed."""
    return Random(seed).random


def assistant_of(graph_id: str) -> str:
    """Return the id of the assistant that every server has for a graph (UUID version 5 of the graph's name)."""
    return str(uuid5(GRAPHS, graph_id))


def _dashed(bits: int, *, version: int) -> str:
    bits = bits & ~(0xF000 << 64) & ~(0xC000 << 48) | version << 76 | 0x8000 << 48
    text = f"{bits:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
