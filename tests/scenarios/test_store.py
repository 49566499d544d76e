"""Items of a scenario are found in the store."""

from __future__ import annotations

from datetime import timedelta

from tests.scenarios.worlds import NOON, world_of
from understudy.scenarios import build, read
from understudy.state.clock import Clock


def test_an_item_is_there_from_the_start() -> None:
    world = world_of("store: [{namespace: [users, ada], key: k, value: {a: 1}}]")

    assert world.store.get(["users", "ada"], "k") == {
        "namespace": ["users", "ada"],
        "key": "k",
        "value": {"a": 1},
        "created_at": "2026-01-01T12:00:00+00:00",
        "updated_at": "2026-01-01T12:00:00+00:00",
    }


def test_an_item_keeps_its_times() -> None:
    world = world_of(
        "store: [{namespace: [a], key: k, value: {}, created_at: 2025-01-01T00:00Z, updated_at: 2025-06-01T00:00Z}]"
    )
    item = world.store.get(["a"], "k")

    assert item
    assert (item["created_at"], item["updated_at"]) == ("2025-01-01T00:00:00+00:00", "2025-06-01T00:00:00+00:00")


def test_an_item_lives_as_long_as_its_ttl_says() -> None:
    clock = Clock(NOON)
    world = build([read({"store": [{"namespace": ["a"], "key": "k", "value": {}, "ttl": 5}]})], clock)

    clock.advance(timedelta(minutes=6))

    assert world.store.get(["a"], "k") is None
