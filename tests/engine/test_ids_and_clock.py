"""Ids and times of a world: in the versions and forms of the real server, growing, and repeatable."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.state.clock import Clock, brief_timestamp, microseconds, moment, timestamp
from understudy.state.ids import Ids, assistant_of

if TYPE_CHECKING:
    from collections.abc import Callable

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)

moments = st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
# The times of version 6 end in the year 5236.
near_moments = st.datetimes(datetime(1970, 1, 1), datetime(5236, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
moments_of_a_second = st.sampled_from([0, 1, 10, 500000, 999999, 1000000]).map(
    lambda count: BEGINNING + timedelta(microseconds=count)
)
steps = st.integers(-1, 40000)


@pytest.mark.parametrize(
    ("graph_id", "assistant_id"),
    [("agent", "fe096781-5601-53d2-b2f6-0d3403f7e9ca"), ("steps", "01d10e59-d4b4-51ec-8e94-9b2716b34de8")],
)
def test_the_assistant_of_a_graph_has_the_id_that_every_server_gives_it(graph_id: str, assistant_id: str) -> None:
    assert assistant_of(graph_id) == assistant_id


@pytest.mark.parametrize(
    ("make", "version"), [(Ids.random, 4), (Ids.time_ordered, 7), (lambda ids: ids.checkpoint(3), 6)]
)
def test_ids_are_of_their_version_and_variant(make: Callable[[Ids], str], version: int) -> None:
    for seed in range(50):
        text = make(Ids(Clock(BEGINNING), seed=seed))
        assert str(UUID(text)) == text
        assert UUID(text).version == version


def test_task_ids_are_uuids_and_interrupt_ids_their_digits() -> None:
    ids = Ids(Clock(BEGINNING), seed=1)

    digest, interrupt = ids.digest(), ids.interrupt()

    assert str(UUID(digest)) == digest
    assert len(interrupt) == 32
    assert UUID(interrupt).hex == interrupt


@given(moment=moments)
@settings(max_examples=50)
def test_an_id_ordered_by_time_tells_its_millisecond(moment: datetime) -> None:
    made = UUID(Ids(Clock(moment), seed=1).time_ordered())

    assert made.int >> 80 == microseconds(moment) // 1000


@given(moment=near_moments, step=steps)
@settings(max_examples=50)
def test_the_id_of_a_checkpoint_tells_its_time_and_its_step(moment: datetime, step: int) -> None:
    text = Ids(Clock(moment), seed=1).checkpoint(step)

    high, middle, low = (int(part, 16) for part in text.split("-")[:3])
    ticks = high << 28 | middle << 12 | low & 0xFFF
    assert ticks - 0x01B21DD213814000 == microseconds(moment) * 10
    assert int(text.split("-")[3], 16) & 0x3FFF == step % 16384


@given(jumps=st.lists(st.integers(-(10**7), 10**7), min_size=1, max_size=20))
@settings(max_examples=50)
def test_ids_ordered_by_time_grow_also_while_the_clock_stands_or_goes_back(jumps: list[int]) -> None:
    clock = Clock(BEGINNING)
    ids = Ids(clock, seed=1)
    threads, checkpoints = [], []
    for jump in jumps:
        clock.advance(timedelta(microseconds=jump))
        for _ in range(3):
            threads.append(ids.time_ordered())
            checkpoints.append(ids.checkpoint(0))

    for made in (threads, checkpoints):
        assert all(earlier < later for earlier, later in pairwise(made))


def test_more_ids_than_fit_into_a_millisecond_go_over_into_the_next() -> None:
    ids = Ids(Clock(BEGINNING), seed=1)

    made = [ids.time_ordered() for _ in range(5000)]

    assert made == sorted(set(made))
    assert (UUID(made[-1]).int >> 80) - (UUID(made[0]).int >> 80) == 1


def test_an_id_with_a_name_has_letters_and_digits_after_it() -> None:
    drawn = {Ids(Clock(), seed=7).named("thread"), Ids(Clock(), seed=8).named("thread")}

    assert len(drawn) == 2
    assert all(re.fullmatch("thread_[A-Za-z0-9]{21}", each) for each in drawn)
    assert Ids(Clock(), seed=7).named("thread") in drawn


def test_ids_repeat_with_the_seed_and_the_clock_and_differ_otherwise() -> None:
    def made(seed: int | None) -> list[str]:
        ids = Ids(Clock(BEGINNING), seed=seed)
        return [ids.random(), ids.time_ordered(), ids.checkpoint(1), ids.digest(), ids.interrupt()]

    assert made(1) == made(1)
    assert not set(made(1)) & set(made(2))
    assert not set(made(None)) & set(made(None))


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (BEGINNING, "2026-01-01T00:00:00+00:00"),
        (BEGINNING + timedelta(microseconds=1), "2026-01-01T00:00:00.000001+00:00"),
        (BEGINNING + timedelta(milliseconds=500), "2026-01-01T00:00:00.500000+00:00"),
    ],
)
def test_times_are_written_with_microseconds_or_without_a_fraction(moment: datetime, text: str) -> None:
    assert timestamp(moment) == text


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (BEGINNING, "2026-01-01T00:00:00.000Z"),
        (BEGINNING + timedelta(microseconds=1_999), "2026-01-01T00:00:00.001Z"),
        (BEGINNING.astimezone(timezone(timedelta(hours=2))), "2026-01-01T00:00:00.000Z"),
    ],
)
def test_brief_times_are_written_in_utc_with_milliseconds(moment: datetime, text: str) -> None:
    assert brief_timestamp(moment) == text


@given(earlier=moments | moments_of_a_second, later=moments | moments_of_a_second)
@settings(max_examples=100)
def test_written_times_sort_as_the_times_do(earlier: datetime, later: datetime) -> None:
    assert (timestamp(earlier) < timestamp(later)) == (earlier < later)


@pytest.mark.parametrize(
    "text", ["2026-01-01T00:00:00+00:00", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", "2026-01-01"]
)
def test_times_are_read_in_any_zone_and_without_one_are_utc(text: str) -> None:
    read = moment(text)

    assert read == BEGINNING
    assert read.tzinfo is UTC


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        moment(text)


def test_a_frozen_clock_stands_until_it_is_moved() -> None:
    clock = Clock(datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))))
    assert timestamp(clock.now()) == timestamp(clock.now()) == "2026-01-01T00:00:00+00:00"

    clock.advance(timedelta(seconds=1))
    assert timestamp(clock.now()) == "2026-01-01T00:00:01+00:00"
    clock.set(BEGINNING)

    assert clock.now() == BEGINNING


def test_a_clock_changes_how_it_goes_while_others_hold_it() -> None:
    clock = Clock()
    ids = Ids(clock, seed=1)

    clock.freeze()
    clock.set(BEGINNING)
    assert (clock.frozen, clock.now(), clock.now()) == (True, BEGINNING, BEGINNING)
    assert UUID(ids.time_ordered()).int >> 80 == 1767225600000

    clock.thaw()
    assert clock.frozen is False
    assert BEGINNING <= clock.now() < BEGINNING + timedelta(minutes=1)


def test_a_running_clock_goes_on_from_where_it_is_set() -> None:
    clock = Clock()

    clock.set(BEGINNING)
    clock.advance(timedelta(days=1))

    earlier, later = clock.now(), clock.now()
    assert BEGINNING + timedelta(days=1) <= earlier <= later < BEGINNING + timedelta(days=1, minutes=1)


def test_the_machines_clock_tells_utc() -> None:
    before = datetime.now(UTC)

    assert before <= Clock().now() <= datetime.now(UTC)
    assert Clock().now().tzinfo is UTC
