"""When things are due, and how much is kept to know it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from understudy.state.clock import Clock
from understudy.state.expiry import Expiry

START = datetime(2026, 1, 1, tzinfo=UTC)


def test_what_is_due_comes_in_order_of_its_deadline() -> None:
    clock = Clock(START)
    expiry: Expiry[str] = Expiry(clock)
    expiry.set("late", minutes=3)
    expiry.set("early", minutes=1)
    expiry.set("never", minutes=99)
    expiry.set("forgotten", minutes=2)
    expiry.forget("forgotten")

    clock.advance(timedelta(minutes=3))

    assert expiry.due() == ["early", "late"]
    assert expiry.due() == []


def test_a_renewed_deadline_counts_instead_of_the_former() -> None:
    clock = Clock(START)
    expiry: Expiry[str] = Expiry(clock)
    expiry.set("longer", minutes=1)
    expiry.set("longer", minutes=10)
    expiry.set("shorter", minutes=10)
    expiry.set("shorter", minutes=1)

    clock.advance(timedelta(minutes=5))
    assert expiry.due() == ["shorter"]

    clock.advance(timedelta(minutes=5))
    assert expiry.due() == ["longer"]


def test_what_was_forgotten_does_not_pile_up() -> None:
    expiry: Expiry[int] = Expiry(Clock(START))

    for key in range(10_000):
        expiry.set(key, minutes=60)
        expiry.forget(key)

    assert len(expiry._queue) < 200
