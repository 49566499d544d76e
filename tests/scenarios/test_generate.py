"""Generated threads: as many as are wanted, the same ones every time, and as the document has them."""

from __future__ import annotations

import pytest

from tests.scenarios.worlds import states, world_of
from understudy.scenarios import build, dump, find, observed, read
from understudy.scenarios.problems import ScenarioError
from understudy.state.world import World

AGENTS = {"bot": {"channels": {"chat": "messages", "n": "sum"}, "nodes": ["plan", "act"]}}


def generated(**wanted: int | str) -> World:
    return build([read({"agents": AGENTS, "generate": wanted})])


def test_there_are_as_many_as_are_wanted() -> None:
    world = generated(threads=250, checkpoints=4, users=7)
    rows = world.threads.find().rows

    assert len(rows) == 250
    assert {row["metadata"]["user"] for row in rows} == {f"user-{number:04}" for number in range(7)}
    assert {len(states(world, row["thread_id"])) for row in rows} == {4}


@pytest.mark.parametrize("checkpoints", range(6))
def test_rows_and_states_agree_and_are_as_the_document_has_them(checkpoints: int) -> None:
    world = generated(threads=20, checkpoints=checkpoints)

    statuses = set()
    for row in world.threads.find().rows:
        told = states(world, row["thread_id"])
        assert observed.faults("Thread", row) == []
        assert [observed.faults("ThreadState", state) for state in told] == [[]] * checkpoints
        if told:
            assert row["values"] == told[-1]["values"]
            assert (row["status"] == "idle") == (told[-1]["next"] == [])
            assert (row["status"] == "interrupted") == bool(row["interrupts"])
            assert (row["status"] == "error") == any(task["error"] for task in told[-1]["tasks"])
        statuses.add(row["status"])
    assert statuses == ({"idle", "interrupted", "error"} if checkpoints else {"idle"})


def test_they_are_the_same_every_time_and_others_with_another_seed() -> None:
    one, same, other = (dump(generated(threads=9, seed=seed))["threads"] for seed in (1, 1, 2))

    assert one == same
    assert one != other


def test_options_count_more_than_the_file() -> None:
    assert len(build([read(find("large:threads=12,users=3"))]).threads) == 12
    assert len(build([read(find("large"), {"threads": "7"})]).threads) == 7


def test_they_can_be_found_by_what_they_are_about() -> None:
    world = build([read(find("large"))])

    assert world.threads.count() == 1000
    assert world.threads.count(metadata={"topic": "travel", "user": "user-0004"}) == 10
    assert world.threads.count(status="interrupted") == 100


def test_threads_that_share_a_conversation_share_its_memory() -> None:
    first, *_, last = generated(threads=11, checkpoints=3).threads.find(order="asc").rows

    assert first["values"] is last["values"]
    assert first["thread_id"] != last["thread_id"]


def test_there_must_be_an_agent_to_generate_for() -> None:
    with pytest.raises(ScenarioError, match=r"generate\.agent: no agent"):
        build([read({"generate": {"threads": 1}})])


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ("threads: 1000001", "generate.threads: must be at most 1000000, not 1000001"),
        ("threads: 1000000, checkpoints: 6", "generate: makes 6000000 states in all, and may make 5000000 at most"),
    ],
)
def test_more_than_there_is_room_for_is_not_made(wanted: str, problem: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        world_of(f"agents: {{bot: {{}}}}\ngenerate: {{{wanted}}}")

    assert str(caught.value) == f"f.yaml:2: {problem}"


def test_a_number_may_be_whole_in_any_spelling() -> None:
    assert len(world_of("agents: {bot: {}}\ngenerate: {threads: 3.0, checkpoints: 2.0, seed: 1.0}").threads) == 3
