"""Several scenarios make one world; a scenario can be put into a world that is there."""

from __future__ import annotations

import pytest

from tests.scenarios.worlds import NOON, T1, T2, only_thread, world_of
from understudy.scenarios import ScenarioError, Source, build, dump, find, load, read
from understudy.scenarios.beginnings import Beginning
from understudy.state.clock import Clock

BOT = "agents: {bot: {channels: {n: last}, nodes: [act]}}\n"


def test_an_empty_file_is_an_empty_scenario() -> None:
    world = world_of("")

    assert (len(world.threads), len(world.assistants), list(world.store)) == (0, 0, [])


def test_sections_may_be_empty() -> None:
    assert len(world_of("agents:\nassistants:\nthreads:\nstore:\ngenerate:\n").threads) == 0


def test_scenarios_are_put_together() -> None:
    world = world_of(BOT, f"threads: [{{thread_id: {T1}, metadata: {{graph_id: bot}}, values: {{n: 1}}}}]")

    assert [agent.graph_id for agent in world.agents] == ["bot"]
    assert only_thread(world)["values"] == {"n": 1}


def test_a_subgraph_may_be_an_agent_of_another_scenario() -> None:
    world = world_of(BOT, "agents: {outer: {nodes: [a], subgraphs: {a: bot}}}")

    assert world.agents.get("outer").subgraphs["a"] is world.agents.get("bot")


def test_the_same_agent_may_be_told_twice_another_of_the_same_name_not() -> None:
    assert len(list(world_of(BOT, BOT).agents)) == 1

    with pytest.raises(ScenarioError, match=r"^b\.yaml:1: agents\.bot: a\.yaml has another agent of this name$"):
        build([read(Source("a.yaml", BOT)), read(Source("b.yaml", "agents: {bot: {nodes: [plan]}}"))])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"threads: [{{}}, {{thread_id: {T1}}}]", f"threads[1]: the thread {T1}"),
        (
            BOT + f"assistants: [{{graph_id: bot}}, {{graph_id: bot, assistant_id: {T1}}}]",
            f"assistants[1]: the assistant {T1}",
        ),
        ("store: [{namespace: [a], key: x, value: {}}, {namespace: [a], key: k, value: {}}]", "store[1]: the item a/k"),
    ],
)
def test_an_id_that_two_scenarios_have_is_told_with_both(text: str, told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        build([read(Source("a.yaml", text)), read(Source("b.yaml", text))])

    where, what = told.split(": ")
    line = 2 if text.startswith("agents") else 1
    assert str(caught.value).splitlines()[-1] == f"b.yaml:{line}: {told} is told twice, first by a.yaml, {where}"
    assert what in str(caught.value)


def test_ids_and_times_repeat_with_a_seed_and_a_clock() -> None:
    text = BOT + "assistants: [{graph_id: bot}]\nthreads: [{}, {metadata: {graph_id: bot}, values: {n: 1}}]"

    assert dump(world_of(text)) == dump(world_of(text))


def test_what_is_loaded_takes_the_place_of_what_has_its_id() -> None:
    world = world_of(BOT + f"threads: [{{thread_id: {T1}, metadata: {{a: 1}}}}, {{thread_id: {T2}}}]")

    load(read({"threads": [{"thread_id": T1, "metadata": {"graph_id": "bot"}, "values": {"n": 2}}]}), world)

    assert len(world.threads) == 2
    assert world.threads.get(T1)["metadata"] == {"graph_id": "bot"}
    assert world.threads.get(T1)["values"] == {"n": 2}


def test_nothing_is_loaded_when_anything_is_wrong() -> None:
    world = world_of(BOT)

    with pytest.raises(ScenarioError, match="no agent"):
        load(read({"threads": [{}, {"metadata": {"graph_id": "bat"}}], "store": []}), world)

    assert len(world.threads) == 0


def test_agents_may_be_new_or_changed_later() -> None:
    world = world_of("agents: {bot: {nodes: [act]}, outer: {nodes: [a], subgraphs: {a: bot}}, other: {}}")

    load(read({"agents": {"bot": {"nodes": ["plan"]}, "new": {}, "quiet": {"assistant": False}}}), world)

    assert [agent.graph_id for agent in world.agents] == ["bot", "outer", "other", "new", "quiet"]
    assert world.agents.get("bot").nodes == ("plan",)
    assert world.agents.get("outer").subgraphs["a"] is world.agents.get("bot")
    assert [row["graph_id"] for row in world.assistants] == ["bot", "outer", "other", "new"]


def test_a_thread_that_is_replaced_loses_its_runs_and_keeps_its_crons() -> None:
    cron = "{assistant_id: bot, schedule: '@daily', thread_id: " + T1 + "}"
    thread = f"{{thread_id: {T1}, metadata: {{graph_id: bot}}, runs: [{{}}]}}"
    world = world_of(BOT + f"threads: [{thread}]\ncrons: [{cron}]\n")

    load(read({"threads": [{"thread_id": T1}]}), world)

    assert world.runs.of(T1) == []
    assert len(world.crons) == 1


def test_a_run_of_another_thread_is_not_replaced() -> None:
    run = {"run_id": "aaaaaaaa-1111-4111-8111-111111111111", "assistant_id": "bot"}
    world = world_of(BOT)
    load(read({"threads": [{"thread_id": T1, "runs": [run]}]}), world)

    with pytest.raises(ScenarioError, match=r"threads\[0\]\.runs\[0\]\.run_id: the run .* is there on another thread"):
        load(read({"threads": [{"thread_id": T2, "runs": [run]}]}), world)


def test_time_stands_still_where_the_last_scenario_says_so() -> None:
    one, other = (read(Source("f.yaml", f"clock: 2026-0{month}-01T00:00:00Z")) for month in (1, 2))

    assert build([one, other, read(Source("g.yaml", ""))]).clock.now().month == 2
    assert build([one], Clock(NOON)).clock.now() == NOON


def test_worlds_begin_where_their_scenario_lets_time_stand_still_unless_they_are_told() -> None:
    scenario = read(Source("f.yaml", "clock: 2026-02-01T00:00:00Z"))

    worlds = [Beginning((scenario,))(), Beginning((scenario,), clock=NOON)()]

    assert [world.clock.now().month for world in worlds] == [2, 1]
    assert all(world.clock.frozen for world in worlds)


def test_a_clock_at_no_moment_is_told() -> None:
    with pytest.raises(ScenarioError, match=r'f\.yaml:1: clock: "noon" is no time, like 2026-01-31T08:00:00Z'):
        build([read(Source("f.yaml", "clock: noon"))])


def test_two_worlds_of_one_scenario_share_nothing_that_changes() -> None:
    scenario = read(find("demo"))
    one, other = build([scenario]), build([scenario])
    before = dump(other)

    for row in list(one.threads.find().rows):
        one.threads.delete(row["thread_id"])
    one.store.put(["users", "ada"], "profile", {"changed": True})

    assert dump(other) == before
