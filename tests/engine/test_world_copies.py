"""A world that is copied from another begins as that one is, and goes its own way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from understudy.scenarios import ScenarioError, build, bundled, find, read
from understudy.scenarios.beginnings import Beginning, instead
from understudy.state.clock import Clock
from understudy.state.worlds import Worlds
from understudy.wire import dumps

if TYPE_CHECKING:
    from understudy.state.world import World

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ADA, GRACE = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
CRON, DATED = "cccccccc-0000-4000-8000-000000000001", "cccccccc-0000-4000-8000-000000000002"

ROWS = {
    "agents": {"agent": {"nodes": {"say": {"say": "hello"}}}},
    "assistants": [{"assistant_id": "aaaaaaaa-0000-4000-8000-000000000001", "graph_id": "agent"}],
    "threads": [
        {
            "thread_id": ADA,
            "metadata": {"user": "ada", "graph_id": "agent"},
            "history": [{"next": ["__start__"]}, {"values": {"messages": []}, "next": ["say"]}],
        },
        {"thread_id": GRACE, "metadata": {"user": "grace"}, "ttl": {"ttl_minutes": 30}},
        {"metadata": {"user": "ada"}},
    ],
    "store": [
        {"namespace": ["users", "ada"], "key": "profile", "value": {"language": "en"}},
        {"namespace": ["users"], "key": "note", "value": {}, "ttl": 30},
    ],
    "crons": [
        {"cron_id": CRON, "assistant_id": "agent", "schedule": "*/5 * * * *"},
        {"cron_id": DATED, "assistant_id": "agent", "schedule": "*/5 * * * *", "next_run_date": "2026-01-01T12:17:00Z"},
    ],
}


def original(seed: int | None = None) -> World:
    return build([read(ROWS)], Clock(NOON), seed)


def told(world: World) -> bytes:
    """Return everything that a world would tell over HTTP, in its order."""
    threads = world.threads.find().rows
    histories = [
        [[namespace, *map(repr, steps)] for namespace, steps in world.threads.history(row["thread_id"])]
        for row in threads
    ]
    everything: dict[str, Any] = {
        "graphs": [agent.graph_id for agent in world.agents],
        "assistants": world.assistants.search().rows,
        "versions": [world.assistants.versions(row["assistant_id"]) for row in world.assistants],
        "threads": threads,
        "by user": [world.threads.find(metadata={"user": user}).rows for user in ("ada", "grace")],
        "idle": world.threads.find(status="idle", sort_by="created_at").rows,
        "lives": [world.threads.ttl(row["thread_id"]) for row in threads],
        "histories": histories,
        "crons": world.crons.find().rows,
        "items": list(world.store),
        "namespaces": world.store.namespaces(),
        "runs": list(world.runs),
    }
    return dumps(everything)


def use(world: World) -> None:
    """Change whatever a world has."""
    world.threads.create(metadata={"user": "ada"})
    world.threads.patch(ADA, metadata={"user": "linus"}, ttl={"ttl": 5})
    world.threads.copy(ADA)
    checkpoint = world.threads.history(ADA).latest()
    assert checkpoint is not None
    world.threads.record(ADA, checkpoint)
    world.threads.delete(GRACE)
    world.assistants.create("agent", name="another")
    world.assistants.patch("aaaaaaaa-0000-4000-8000-000000000001", {"metadata": {"is": "new"}})
    world.store.put(["users", "ada"], "profile", {"language": "de"})
    world.store.put(["users", "grace"], "profile", {}, ttl=1)
    world.store.delete(["users"], "note")
    world.crons.patch(CRON, {"enabled": False})
    world.crons.delete(DATED)
    world.ids.random()


@pytest.mark.parametrize("name", bundled())
def test_a_copy_is_as_what_it_was_copied_from(name: str) -> None:
    world = build([read(find(name))], Clock(NOON), 1)

    assert told(world.copy(Clock(NOON), same_ids=True)) == told(world)


def test_what_happens_in_a_copy_stays_there() -> None:
    world = original()
    before = told(world)

    use(world.copy(Clock(NOON), same_ids=False))

    assert told(world) == before


def test_what_happens_in_a_world_does_not_reach_its_copies() -> None:
    world = original()
    copy = world.copy(Clock(NOON), same_ids=False)
    before = told(copy)

    use(world)

    assert told(copy) == before != told(world)


def test_packed_histories_are_copied_too() -> None:
    world = build([read(find("large"), {"threads": "1100", "checkpoints": "1"})], Clock(NOON), 1)

    assert told(world.copy(Clock(NOON), same_ids=True)) == told(world)


def test_copies_draw_the_same_ids_from_a_seed() -> None:
    world = original(seed=7)

    first, second = (world.copy(Clock(NOON), same_ids=True) for _ in range(2))

    drawn = [[draw() for draw in (world.ids.random, world.ids.time_ordered)] for world in (first, second, world)]
    assert drawn[0] == drawn[1] == drawn[2]


def test_copies_draw_ids_of_their_own_without_a_seed() -> None:
    world = original(seed=7)

    first, second = (world.copy(Clock(NOON), same_ids=False) for _ in range(2))

    assert first.ids.random() != second.ids.random()


def test_times_to_live_begin_with_the_copy() -> None:
    clock = Clock(NOON + HOUR)
    copy = original().copy(clock, same_ids=False)

    assert copy.threads.ttl(GRACE) == {
        "strategy": "delete",
        "ttl_minutes": 30,
        "expires_at": "2026-01-01T13:30:00+00:00",
    }
    clock.advance(timedelta(minutes=29))
    assert (len(copy.threads), len(list(copy.store))) == (3, 2)
    clock.advance(timedelta(minutes=1))
    assert (len(copy.threads), len(list(copy.store))) == (2, 1)


def test_a_thread_may_live_to_the_end_of_time() -> None:
    world = build([read({"threads": [{"thread_id": ADA, "ttl": {"ttl_minutes": 1e12}}]})], Clock(NOON))

    copy = world.copy(Clock(NOON + HOUR), same_ids=False)

    assert copy.threads.get(ADA)["thread_id"] == ADA


def test_a_cron_that_waits_for_its_first_date_waits_for_the_one_after_the_copy() -> None:
    copy = original().copy(Clock(NOON + HOUR), same_ids=False)

    assert copy.crons.get(CRON)["next_run_date"] == "2026-01-01T13:05:00+00:00"


def test_a_cron_whose_date_was_told_is_due_then() -> None:
    copy = original().copy(Clock(NOON + HOUR), same_ids=False)

    assert [row["cron_id"] for row in copy.crons.due()] == [DATED]


# Beginnings


def test_worlds_of_one_beginning_are_alike() -> None:
    begin = Beginning([read(ROWS)], NOON, 7)

    first, second = begin(), begin()
    use(first)

    assert told(second) == told(begin()) == told(original(seed=7))


def test_a_world_has_a_clock_of_its_own() -> None:
    begin = Beginning([read(ROWS)], NOON)
    first, second = begin(), begin()

    assert first.clock.frozen
    first.clock.advance(HOUR)

    assert (second.clock.now(), begin().clock.now()) == (NOON, NOON)


def test_a_world_knows_what_its_server_says() -> None:
    begin = Beginning([read(ROWS)], address="http://127.0.0.1:5", allow_loopback_webhooks=True)

    for world in (begin(), begin.instead([])(), begin.instead(seed=7)()):
        assert (world.address, world.allow_loopback_webhooks) == ("http://127.0.0.1:5", True)


def test_another_beginning_differs_in_what_is_told() -> None:
    begin = Beginning([read(ROWS)])

    there = begin.instead(clock=NOON, seed=7)

    assert told(there()) == told(original(seed=7))
    assert not begin().clock.frozen
    assert len(begin.instead([])().threads) == 0


def test_agents_are_made_once() -> None:
    begin = Beginning([read(ROWS)])

    agents = [world.agents.get("agent") for world in (begin(), begin(), begin.instead(seed=7)())]

    assert agents[0] is agents[1] is agents[2]


def test_scenarios_that_are_wrong_are_told_at_once() -> None:
    with pytest.raises(ScenarioError, match="no uuid"):
        Beginning([read({"threads": [{"thread_id": "no uuid"}]})])


def test_worlds_that_begin_with_no_scenario_may_begin_with_one() -> None:
    worlds = Worlds(original)

    assert len(instead(worlds.begin, [])().threads) == 0
