"""How the server is, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx

from understudy.state.clock import Clock
from understudy.state.world import World

if TYPE_CHECKING:
    from tests.conftest import Server


def test_health_tells_the_time_and_the_seconds_of_the_worlds_clock(server: Server) -> None:
    clock = Clock(datetime(2026, 1, 31, 8, tzinfo=UTC))
    server.begin(lambda: World(clock=clock))
    server.world  # noqa: B018  # the world begins now
    clock.advance(timedelta(minutes=1, milliseconds=1500))

    assert server.get("/v1/health").json() == {
        "status": "healthy",
        "timestamp": "2026-01-31T08:01:01.500Z",
        "uptime": 61,
    }


def test_a_clock_that_is_put_back_makes_no_negative_uptime(server: Server) -> None:
    clock = Clock(datetime(2026, 1, 31, 8, tzinfo=UTC))
    server.begin(lambda: World(clock=clock))
    clock.advance(timedelta(days=-1))

    assert server.get("/v1/health").json()["uptime"] == 0


def test_health_is_told_without_a_key(server: Server) -> None:
    assert httpx.get(f"{server.url}/v1/health").status_code == 200
