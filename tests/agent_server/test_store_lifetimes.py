"""Lifetimes of items in the store: told in minutes, starting anew when the item is read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from understudy.state.clock import Clock
from understudy.state.world import World

if TYPE_CHECKING:
    from tests.conftest import Server


@pytest.fixture
def clock(server: Server) -> Clock:
    """The clock of a world that stands still."""
    clock = Clock(datetime(2026, 1, 1, tzinfo=UTC))
    server.world = World(clock=clock, seed=1)
    return clock


def put(server: Server, key: str, **ttl: float) -> None:
    server.put("/store/items", {"namespace": ["u"], "key": key, "value": {}, **ttl}).raise_for_status()


def get(server: Server, key: str, **more: str) -> Any:
    return server.get("/store/items", params={"namespace": "u", "key": key, **more}).json()


def found(server: Server, **more: Any) -> list[str]:
    answer = server.post("/store/items/search", {"namespace_prefix": ["u"], **more})
    return [item["key"] for item in answer.json()["items"]]


def test_an_item_is_gone_when_its_time_is_over(server: Server, clock: Clock) -> None:
    put(server, "short", ttl=0.5)
    put(server, "long")

    clock.advance(timedelta(seconds=29))
    assert found(server, refresh_ttl=False) == ["short", "long"]
    clock.advance(timedelta(seconds=1))

    assert get(server, "short") is None
    assert found(server) == ["long"]


def test_the_last_item_takes_its_namespace_along(server: Server, clock: Clock) -> None:
    put(server, "a", ttl=1)

    clock.advance(timedelta(minutes=1))

    assert server.post("/store/namespaces", {}).json()["namespaces"] == []


@pytest.mark.parametrize("how", ["get", "search"])
@pytest.mark.parametrize("refresh", [None, True, False])
def test_reading_starts_the_time_anew_unless_asked_not_to(
    server: Server, clock: Clock, how: str, refresh: bool | None
) -> None:
    put(server, "a", ttl=1)
    clock.advance(timedelta(seconds=40))

    if how == "get":
        get(server, "a", **({} if refresh is None else {"refresh_ttl": str(refresh).lower()}))
    else:
        found(server, refresh_ttl=refresh)
    clock.advance(timedelta(seconds=40))

    assert found(server) == ([] if refresh is False else ["a"])


def test_only_items_on_the_page_are_read(server: Server, clock: Clock) -> None:
    put(server, "a", ttl=1)
    put(server, "b", ttl=1)
    clock.advance(timedelta(seconds=40))

    found(server, limit=1)
    clock.advance(timedelta(seconds=40))

    assert found(server) == ["a"]


def test_a_put_without_a_time_makes_an_item_stay(server: Server, clock: Clock) -> None:
    put(server, "a", ttl=1)
    put(server, "a")

    clock.advance(timedelta(days=1))

    assert found(server) == ["a"]


@pytest.mark.parametrize("ttl", [0, -1, -1e300])
def test_a_time_that_is_over_before_it_begins_is_refused(server: Server, clock: Clock, ttl: float) -> None:
    refused = server.put("/store/items", {"namespace": ["n"], "key": "a", "value": {}, "ttl": ttl})

    assert refused.status_code == 422
    assert "is less than or equal to the minimum of 0" in refused.json()["detail"]
    assert found(server) == []


def test_a_time_beyond_all_calendars_is_long(server: Server, clock: Clock) -> None:
    put(server, "a", ttl=1e300)

    clock.advance(timedelta(days=36500))

    assert found(server) == ["a"]
