"""A world, told as a scenario and made anew, is the same world."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.scenarios.worlds import NOON, checkpoints
from understudy.agents.places import Place
from understudy.agents.updates import apply
from understudy.agents.writes import Update
from understudy.scenarios import Source, build, bundled, dump, dump_text, find, read
from understudy.state.clock import Clock
from understudy.state.ids import assistant_of
from understudy.state.world import World


def saved_and_loaded(world: World) -> World:
    return build([read(Source("saved.yaml", dump_text(world)))])


def assert_same(one: World, other: World) -> None:
    assert list(one.agents) == list(other.agents)
    assert one.threads.find().rows == other.threads.find().rows
    assert checkpoints(one) == checkpoints(other)
    assert one.assistants.search().rows == other.assistants.search().rows
    for row in one.assistants:
        assistant_id = row["assistant_id"]
        assert one.assistants.versions(assistant_id) == other.assistants.versions(assistant_id)
    assert list(one.store) == list(other.store)
    assert dump(one) == dump(other)


@pytest.mark.parametrize("name", bundled())
def test_a_bundled_scenario_survives(name: str) -> None:
    world = build([read(find(name))], Clock(NOON))

    assert_same(world, saved_and_loaded(world))


def test_a_world_in_which_much_happened_survives() -> None:
    clock = Clock(NOON)
    world = build([read(find("reference"))], clock, seed=1)
    _, patched, updated, gone = (world.threads.create()["thread_id"] for _ in range(4))
    world.threads.patch(patched, metadata={"a": {"b": [1, None, "no"]}}, ttl={"ttl": 5})
    world.threads.patch(updated, metadata={"graph_id": "steps"}, ttl=None)
    agent = world.agents.get("steps")
    for update in (
        Update({"n": 1, "log": ["x"]}),
        Update({"n": 2}, as_node="a"),
        Update({"n": 1}),
        Update(None, as_node="__copy__"),
    ):
        clock.advance(timedelta(seconds=1))
        apply(world, updated, agent, [[update]], Place())
    first = world.threads.history(updated).newest_first()
    apply(world, updated, agent, [[Update({"log": ["fork"]}, as_node="b")]], Place(checkpoint_id=list(first)[-1].id))
    world.threads.copy(updated)
    world.threads.delete(gone)
    mine = world.assistants.create("ctx", context={"color": "red"})["assistant_id"]
    world.assistants.patch(mine, {"name": "Mine", "context": {"color": "blue"}})
    world.assistants.set_latest(mine, 1)
    world.assistants.patch(assistant_of("chat"), {"metadata": {"a": 1}})
    world.assistants.delete(assistant_of("cfg"))
    world.store.put(["a", "b"], "k", {"text": "no\n\x00\u2028 …", "number": 1e300})

    again = saved_and_loaded(world)

    assert len(again.threads) == 4
    assert "values" not in again.threads.get(world.threads.find().rows[0]["thread_id"])
    assert_same(world, again)


def test_an_update_goes_on_in_the_loaded_world_as_in_the_saved_one() -> None:
    world = build([read(find("reference"))], Clock(NOON), seed=1)
    thread_id = world.threads.create(metadata={"graph_id": "steps"})["thread_id"]
    agent = world.agents.get("steps")
    apply(world, thread_id, agent, [[Update({"n": 1}, as_node="a")]], Place())
    again = saved_and_loaded(world)

    for one in (world, again):
        apply(one, thread_id, agent, [[Update({"n": 1})]], Place())

    assert again.threads.history(thread_id).latest().next == world.threads.history(thread_id).latest().next  # type: ignore[union-attr]  # both have states


def test_what_was_told_stays_when_the_world_goes_on() -> None:
    world = build([read(find("demo"))])
    told = dump(world)
    before = dump_text(world)

    world.threads.patch("11111111-1111-4111-8111-111111111111", metadata={"user": "other"}, ttl=None)
    told["threads"][0]["metadata"]["user"] = "another"

    assert dump_text(world) != before
    assert [row["metadata"]["user"] for row in world.threads.find().rows].count("another") == 0


def test_the_text_can_begin_with_a_description() -> None:
    text = dump_text(build([read(find("empty"))]), "What was there on Monday.")

    assert read(Source("saved.yaml", text)).description == "What was there on Monday."
