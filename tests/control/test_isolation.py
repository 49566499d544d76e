"""Worlds share nothing: in each of many that are used at once, a program gets the answers that it gets alone.

All worlds draw their ids from one seed, so that what one of them lets slip has a place in the others. A longer run:

    UNDERSTUDY_ISOLATION=500,7 pytest tests/control/test_isolation.py

asks 500 requests of each world, in programs drawn from the seed 7.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import closing
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.conftest import Server
from tests.control import hosting
from tests.control.plays import ROWS, Play, parting
from understudy.config import Settings
from understudy.scenarios import find, read
from understudy.scenarios.beginnings import Beginning

if TYPE_CHECKING:
    from collections.abc import Iterator

WORLDS, CLIENTS = 64, 8
REQUESTS, SEED = map(int, os.environ.get("UNDERSTUDY_ISOLATION", "20,1").split(","))

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def begun() -> Iterator[Server]:
    with closing(Server(Settings())) as server:
        # All worlds are copies of one, and so would share with each other what a copy shares with it.
        server.worlds.begin = Beginning([read(find("reference")), read(ROWS)], NOON, seed=7)
        yield server


@pytest.fixture(scope="module")
def crowded() -> Iterator[Server]:
    """A server on which everything happens at once."""
    yield from begun()


@pytest.fixture(scope="module")
def plays(crowded: Server) -> list[Play]:
    """Many programs that were played on the crowded server."""
    return asyncio.run(together(crowded, Random(SEED)))


@pytest.fixture(scope="module")
def quiet() -> Iterator[Server]:
    """Another one, on which one thing happens after the other."""
    yield from begun()


def opened(server: Server) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=server.url, timeout=30)


async def alone(server: Server, number: int) -> Play:
    """Play a program in a new world, with nothing else going on."""
    play = Play(number, SEED, f"alone-{number}")
    async with opened(server) as client:
        for _ in range(REQUESTS):
            await play.ask(client)
        (await client.delete(f"{hosting.WORLDS}/{play.name}")).raise_for_status()
    return play


async def together(server: Server, chance: Random) -> list[Play]:
    """Play many programs, each in a world of its own, whose requests are sent by several clients as it happens.

    Meanwhile other worlds come to be and go.
    """
    plays = [Play(number, SEED, f"world-{number}") for number in range(WORLDS)]
    free = list(plays)

    async def work() -> None:
        async with opened(server) as client:
            while free:
                play = free.pop(chance.randrange(len(free)))
                await play.ask(client)
                if len(play.answers) < REQUESTS:
                    free.append(play)

    async def come_and_go() -> None:
        body = {"assistant_id": "steps", "input": {"n": 1, "sleep": 1}, "if_not_exists": "create"}
        async with opened(server) as client:
            while free:
                headers = {"X-Understudy-World": "bystander"}
                path = f"/threads/{ROWS['threads'][0]['thread_id']}/runs"
                (await client.post(path, json=body, headers=headers)).raise_for_status()
                await client.request("DELETE", f"{hosting.WORLDS}/bystander")

    await asyncio.gather(come_and_go(), *(work() for _ in range(CLIENTS)))
    return plays


def test_many_worlds_that_are_used_at_once_answer_as_if_each_were_alone(plays: list[Play], quiet: Server) -> None:
    partings = [parting(play, asyncio.run(alone(quiet, number))) for number, play in enumerate(plays)]

    assert [text for text in partings if text] == []


@pytest.mark.usefixtures("plays")
def test_a_new_world_knows_nothing_of_those_before(crowded: Server, quiet: Server) -> None:
    assert parting(asyncio.run(alone(crowded, WORLDS)), asyncio.run(alone(quiet, WORLDS))) is None


def test_programs_do_something(quiet: Server) -> None:
    plays = [asyncio.run(alone(quiet, number)) for number in range(10)]

    answers = [answer for play in plays for answer in play.answers]
    assert len({(ask.method, ask.path) for ask, *_ in answers}) > 2 * REQUESTS
    assert sum(status < 300 for _, status, *_ in answers) > len(answers) / 2
