"""Rows put as they are told, and worlds whose clock stands still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from understudy.state.agents import Agent
from understudy.state.clock import Clock
from understudy.state.world import World

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


def assistant(**columns: Any) -> dict[str, Any]:
    return {
        "assistant_id": "00000000-0000-4000-8000-000000000001",
        "graph_id": "agent",
        "config": {},
        "context": {},
        "metadata": {"team": "blue"},
        "name": "told",
        "created_at": "2025-01-01T00:00:00+00:00",
        "updated_at": "2025-02-01T00:00:00+00:00",
        "version": 3,
        "description": None,
        **columns,
    }


def world() -> World:
    return World([Agent("agent"), Agent("steps", description="Counts.")], clock=Clock(BEGINNING), seed=1)


def test_agents_bring_their_assistants_in_their_order_with_their_description() -> None:
    rows = list(world().assistants)

    assert [(row["name"], row["description"]) for row in rows] == [("agent", None), ("steps", "Counts.")]
    assert {row["created_at"] for row in rows} == {"2026-01-01T00:00:00+00:00"}


def test_the_newest_comes_first_also_while_the_clock_stands_still() -> None:
    assistants = world().assistants
    assistants.create("agent", name="third")

    assert [row["name"] for row in assistants.search().rows] == ["third", "steps", "agent"]
    assert [row["name"] for row in assistants.search(order="asc").rows] == ["agent", "steps", "third"]


def test_a_restored_assistant_keeps_its_times_and_goes_on_from_its_version() -> None:
    assistants = world().assistants
    row = assistant()

    assistants.restore(row)

    assert assistants.get(row["assistant_id"]) == row
    assert [version["version"] for version in assistants.versions(row["assistant_id"])] == [3]
    assert assistants.versions(row["assistant_id"])[0]["created_at"] == row["updated_at"]
    assert assistants.patch(row["assistant_id"], {})["version"] == 4
    assert assistants.count(metadata={"team": "blue"}) == 1


def test_restored_versions_can_be_gone_back_to() -> None:
    assistants = world().assistants
    row = assistant()
    first = {key: value for key, value in row.items() if key != "updated_at"} | {"version": 1, "name": "first"}

    assistants.restore(row, [first])

    assert [version["version"] for version in assistants.versions(row["assistant_id"])] == [3, 1]
    assert assistants.set_latest(row["assistant_id"], 1)["name"] == "first"


def test_a_restored_assistant_takes_the_place_of_the_one_with_its_id() -> None:
    assistants = world().assistants
    [mine] = [row for row in assistants if row["graph_id"] == "agent"]

    assistants.restore(assistant(assistant_id=mine["assistant_id"], name="other"))

    assert [row["name"] for row in assistants] == ["other", "steps"]
    assert len(assistants) == 2


def test_a_restored_item_keeps_its_times_and_its_life_begins_now() -> None:
    told = {
        "namespace": ["notes"],
        "key": "k",
        "value": {"a": 1},
        "created_at": "2025-01-01T00:00:00+00:00",
        "updated_at": "2025-02-01T00:00:00+00:00",
    }
    clock = Clock(BEGINNING)
    store = World(clock=clock).store

    store.restore(told, ttl=1)

    assert list(store) == [told]
    assert store.namespaces() == [["notes"]]
    clock.advance(timedelta(minutes=1))
    assert list(store) == []


def test_times_of_items_come_from_the_clock() -> None:
    clock = Clock(BEGINNING)
    store = World(clock=clock).store
    store.put(["u"], "a", {})
    clock.advance(timedelta(seconds=1))

    store.put(["u"], "a", {})

    [item] = store
    assert item["created_at"] == "2026-01-01T00:00:00+00:00"
    assert item["updated_at"] == "2026-01-01T00:00:01+00:00"
