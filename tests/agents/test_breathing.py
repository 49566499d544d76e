"""A run that does much lets others have their turn, and does not run away from those who read it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from understudy.agents.output import Output
from understudy.state.clock import Clock, give_way
from understudy.state.feeds import Feed

if TYPE_CHECKING:
    from understudy.state.feeds import Reader

CLOCK = Clock(datetime(2026, 1, 1, tzinfo=UTC))
KWARGS = {"resumable": False, "config": {"configurable": {}}, "stream_mode": ["custom"], "subgraphs": False}
MUCH = 20_000
FAR = 5_000


def begun() -> tuple[Output, Feed]:
    feed = Feed(CLOCK)
    return Output(feed, CLOCK, "run", KWARGS), feed


async def tell(output: Output, events: int) -> None:
    for number in range(events):
        output.show("custom", (), {"progress": number})
        await output.breathe()


def test_others_have_their_turn_while_a_run_does_much() -> None:
    async def turns_of_another() -> int:
        output, _ = begun()
        telling = asyncio.ensure_future(tell(output, 1_000))
        turns = 0
        while not telling.done():
            await give_way()
            turns += 1
        return turns

    assert asyncio.run(turns_of_another()) > 20


def test_a_run_that_does_little_is_not_interrupted() -> None:
    async def turns_of_another() -> int:
        output, _ = begun()
        telling = asyncio.ensure_future(tell(output, 10))
        turns = 0
        while not telling.done():
            await give_way()
            turns += 1
        return turns

    assert asyncio.run(turns_of_another()) == 1


def test_a_run_waits_for_a_reader_who_is_slow() -> None:
    async def furthest_behind() -> tuple[int, int]:
        output, feed = begun()
        reader = feed.read(lambda event: True)
        telling = asyncio.ensure_future(tell(output, MUCH))
        behind = taken = 0
        while not telling.done() or reader.unread:
            for _ in range(200):
                await give_way()
            behind = max(behind, reader.unread)
            taken += len(await reader.batch(0.01))
        return behind, taken

    behind, taken = asyncio.run(furthest_behind())

    assert behind < FAR
    assert taken == MUCH


def test_a_reader_who_reads_no_further_does_not_stop_a_run() -> None:
    async def unread() -> Reader:
        output, feed = begun()
        reader = feed.read(lambda event: True)
        await tell(output, FAR)
        return reader

    assert asyncio.run(unread()).unread == FAR
