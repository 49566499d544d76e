"""Alarms of a world's clock: while it runs, while it stands still, and when it changes from one to the other."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest

from understudy.state.clock import Clock, pause

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


async def settle() -> None:
    """Let the event loop do what is waiting to be done."""
    for _ in range(3):
        await asyncio.sleep(0)


def test_a_frozen_clock_rings_when_it_comes_to_the_moment_and_not_before() -> None:
    async def scene() -> None:
        clock, rung = Clock(NOON), list[datetime]()
        clock.alarm(NOON + 2 * SECOND, lambda: rung.append(clock.now()))

        clock.advance(SECOND)
        await settle()
        assert rung == []

        clock.advance(SECOND)
        await settle()
        clock.advance(SECOND)
        await settle()
        assert rung == [NOON + 2 * SECOND]

    asyncio.run(scene())


def test_what_a_jump_passes_over_rings_in_the_order_of_its_moments() -> None:
    async def scene() -> None:
        clock, rung = Clock(NOON), list[int]()
        for seconds in (3, 1, 2, 9):
            clock.alarm(NOON + seconds * SECOND, lambda seconds=seconds: rung.append(seconds))  # type: ignore[misc]  # mypy knows no types of defaults

        clock.set(NOON + 5 * SECOND)
        await settle()

        assert rung == [1, 2, 3]

    asyncio.run(scene())


@pytest.mark.parametrize("clock", [Clock(NOON), Clock()])
def test_a_moment_that_is_past_rings_at_once(clock: Clock) -> None:
    async def scene() -> None:
        rung = asyncio.Event()
        clock.alarm(clock.now() - SECOND, rung.set)

        async with asyncio.timeout(10):
            await rung.wait()

    asyncio.run(scene())


@pytest.mark.parametrize("clock", [Clock(NOON), Clock()])
def test_a_cancelled_alarm_does_not_ring(clock: Clock) -> None:
    async def scene() -> None:
        rung, last = list[str](), asyncio.Event()
        clock.alarm(clock.now() - SECOND, lambda: rung.append("cancelled")).cancel()
        clock.alarm(clock.now(), last.set)

        async with asyncio.timeout(10):
            await last.wait()

        assert rung == []

    asyncio.run(scene())


def test_an_alarm_that_is_rung_may_still_be_cancelled_before_it_acts() -> None:
    async def scene() -> None:
        clock, rung = Clock(NOON), list[str]()
        alarm = clock.alarm(NOON + SECOND, lambda: rung.append("too late"))

        clock.advance(SECOND)
        alarm.cancel()
        await settle()

        assert rung == []

    asyncio.run(scene())


def test_a_frozen_clock_may_be_moved_from_another_thread() -> None:
    async def scene() -> None:
        clock = Clock(NOON)
        mover = threading.Thread(target=clock.advance, args=(SECOND,))

        mover.start()
        async with asyncio.timeout(10):
            await clock.reach(NOON + SECOND)
        mover.join()

        assert clock.now() == NOON + SECOND

    asyncio.run(scene())


def test_an_alarm_of_a_loop_that_has_ended_is_forgotten() -> None:
    clock, rung = Clock(NOON), list[str]()

    async def scene() -> None:
        clock.alarm(NOON + SECOND, lambda: rung.append("nobody is here"))

    asyncio.run(scene())
    clock.advance(SECOND)

    assert rung == []


def test_the_machines_clock_reaches_a_moment_and_not_before_it() -> None:
    async def scene() -> None:
        clock = Clock()
        moment = clock.now() + timedelta(milliseconds=20)

        await clock.reach(moment)

        assert moment <= clock.now() < moment + 5 * SECOND

    asyncio.run(scene())


def test_waiting_for_the_past_returns_at_once() -> None:
    asyncio.run(Clock().reach(NOON - timedelta(days=36500)))
    asyncio.run(Clock(NOON).reach(NOON))


def test_who_gives_up_waiting_leaves_nothing_behind() -> None:
    async def scene() -> None:
        clock = Clock(NOON)
        waiting = asyncio.create_task(clock.reach(NOON + SECOND))
        await settle()

        waiting.cancel()
        await settle()

        assert waiting.cancelled()
        assert clock._alarms == {}

    asyncio.run(scene())


def test_a_clock_that_was_put_back_rings_only_when_it_comes_there_again() -> None:
    async def scene() -> None:
        clock = Clock(NOON)
        waiting = asyncio.create_task(clock.reach(NOON + SECOND))
        await settle()

        clock.set(NOON - SECOND)
        await settle()
        assert not waiting.done()

        clock.set(NOON + SECOND)
        await settle()
        assert waiting.done()

    asyncio.run(scene())


@pytest.mark.parametrize("clock", [Clock(NOON), Clock()])
def test_alarms_outlive_a_change_of_how_the_clock_goes(clock: Clock) -> None:
    async def scene() -> None:
        begun, rung = clock.now(), list[str]()
        clock.alarm(begun + timedelta(hours=1), lambda: rung.append("first"))
        clock.alarm(begun + timedelta(hours=2), lambda: rung.append("second"))

        clock.freeze()
        clock.thaw()
        clock.freeze()
        clock.set(begun + timedelta(hours=1))
        await settle()
        assert rung == ["first"]

        clock.thaw()
        clock.set(begun + timedelta(hours=2) - timedelta(milliseconds=20))
        await clock.reach(begun + timedelta(hours=2))
        await settle()
        assert rung == ["first", "second"]

    asyncio.run(scene())


def test_a_running_clock_that_is_frozen_before_the_moment_does_not_ring() -> None:
    async def scene() -> None:
        clock, rung = Clock(), list[str]()
        begun = clock.now()
        clock.alarm(begun + timedelta(milliseconds=20), lambda: rung.append("too early"))

        clock.freeze()
        clock.set(begun)
        await pause(0.04)

        assert rung == []
        assert clock.due() == begun + timedelta(milliseconds=20)

    asyncio.run(scene())


def test_a_running_clock_may_be_moved_past_a_moment() -> None:
    async def scene() -> None:
        clock = Clock()
        waiting = asyncio.create_task(clock.reach(clock.now() + timedelta(days=1)))
        await settle()

        clock.advance(timedelta(days=1))
        async with asyncio.timeout(10):
            await waiting

    asyncio.run(scene())


def test_a_running_clock_that_was_put_back_rings_later() -> None:
    async def scene() -> None:
        clock, rung = Clock(), list[str]()
        moment = clock.now() + timedelta(milliseconds=20)
        clock.alarm(moment, lambda: rung.append("too early"))

        clock.advance(-timedelta(days=1))
        await pause(0.04)

        assert rung == []

    asyncio.run(scene())


@pytest.mark.parametrize("clock", [Clock(NOON), Clock()])
def test_a_pause_takes_real_time_however_the_clock_goes(clock: Clock) -> None:
    async def scene() -> None:
        begun = perf_counter()

        await clock.pause(0.02)

        assert 0.015 < perf_counter() - begun < 5

    asyncio.run(scene())
    assert clock.due() is None


@pytest.mark.parametrize("clock", [Clock(NOON), Clock()])
def test_a_pause_ends_when_the_clock_is_moved_past_it(clock: Clock) -> None:
    async def scene() -> None:
        waiting = asyncio.create_task(clock.pause(3600))
        await settle()

        clock.advance(timedelta(hours=1))
        async with asyncio.timeout(10):
            await waiting

    asyncio.run(scene())


@pytest.mark.parametrize("seconds", [1e300, float("inf")])
def test_a_pause_beyond_all_time_ends_when_who_waits_gives_up(seconds: float) -> None:
    async def scene() -> None:
        clock = Clock(NOON)
        waiting = asyncio.create_task(clock.pause(seconds))
        await settle()

        clock.advance(timedelta(days=300_000))
        await settle()
        assert not waiting.done()

        waiting.cancel()
        await settle()
        assert clock.due() is None

    asyncio.run(scene())


@pytest.mark.parametrize("seconds", [0, -1])
def test_a_pause_of_no_time_gives_way_to_others(seconds: float) -> None:
    async def scene() -> None:
        done = list[str]()
        other = asyncio.create_task(_note(done))

        await Clock(NOON).pause(seconds)

        assert done == ["other"]
        await other

    asyncio.run(scene())


async def _note(done: list[str]) -> None:
    done.append("other")


def test_a_clock_tells_when_something_is_due_next() -> None:
    async def scene() -> None:
        clock = Clock(NOON)
        assert clock.due() is None
        later = clock.alarm(NOON + 2 * SECOND, list)
        clock.alarm(NOON + SECOND, list, tacit=True)

        assert clock.due() == NOON + SECOND
        assert clock.due(tacit=False) == NOON + 2 * SECOND
        later.cancel()
        assert clock.due(tacit=False) is None

    asyncio.run(scene())
