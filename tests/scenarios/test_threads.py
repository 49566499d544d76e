"""What a thread leaves out is worked out as a run would have made it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.worlds import T1, only_thread, states, world_of
from understudy.scenarios import ScenarioError, build, read

AGENT = """\
agents:
  bot: {channels: {chat: messages, notes: append, sum: sum, mood: last}, nodes: [plan, act]}
threads:
- thread_id: 11111111-1111-4111-8111-111111111111
  metadata: {graph_id: bot}
"""
TURN = """\
  history:
  - next: [__start__]
  - {values: {chat: [hi], notes: [a], sum: 2}, next: [plan]}
  - {values: {chat: [hi, [ai, hello]], notes: [a, b], sum: 5, mood: good}, next: [act]}
"""


WHOLE: dict[str, Any] = {
    "thread_id": T1,
    "created_at": "2026-01-01T00:00:00+00:00",
    "updated_at": "2026-01-01T00:00:00+00:00",
    "state_updated_at": "2026-01-01T00:00:00+00:00",
    "metadata": {"graph_id": "gone"},
    "status": "interrupted",
    "config": {},
    "history": [
        {
            "checkpoint_id": "1f0ea0f1-1f4a-6000-8000-000000000001",
            "parent_checkpoint_id": "1f0ea0f1-1f4a-6000-8000-000000000000",
            "values": {"n": 1},
            "next": ["gone"],
            "tasks": [
                {
                    "id": "t",
                    "name": "gone",
                    "path": ["__pregel_pull", "gone"],
                    "error": None,
                    "interrupts": [],
                    "checkpoint": None,
                    "result": None,
                }
            ],
            "metadata": {"source": "loop", "step": 1},
            "created_at": "2026-01-01T00:00:00+00:00",
        }
    ],
}
"""A thread that leaves nothing out."""


def test_a_thread_that_says_nothing_is_new() -> None:
    row = only_thread(world_of("threads: [{}]"))

    assert row.pop("thread_id")
    assert row == {
        "created_at": "2026-01-01T12:00:00+00:00",
        "updated_at": "2026-01-01T12:00:00+00:00",
        "state_updated_at": "2026-01-01T12:00:00+00:00",
        "metadata": {},
        "status": "idle",
        "config": {},
        "values": None,
    }


def test_ids_and_times_come_in_their_canonical_dress() -> None:
    row = only_thread(world_of(f"threads: [{{thread_id: '{{{T1.upper()}}}', created_at: 2026-01-31T08:00+01:00}}]"))

    assert row["thread_id"] == T1
    assert row["created_at"] == "2026-01-31T07:00:00+00:00"


def test_states_follow_one_another() -> None:
    told = states(world_of(AGENT + TURN + "  - {}\n"))

    assert [state["metadata"]["step"] for state in told] == [-1, 0, 1, 2]
    assert [state["metadata"]["source"] for state in told] == ["input", "loop", "loop", "loop"]
    ids = [state["checkpoint_id"] for state in told]
    assert [state["parent_checkpoint_id"] for state in told] == [None, *ids[:-1]]
    assert ids == sorted(ids)
    assert [checkpoint_id[19:23] for checkpoint_id in ids] == ["bfff", "8000", "8001", "8002"]


def test_values_that_are_left_out_are_those_of_the_state_before() -> None:
    told = states(world_of(AGENT + TURN + "  - {}\n"))

    assert told[0]["values"] == {"chat": [], "notes": [], "sum": 0}
    assert told[3]["values"] == told[2]["values"]


def test_a_task_wrote_what_the_next_state_has_more() -> None:
    told = states(world_of(AGENT + TURN))

    results = [task["result"] for state in told for task in state["tasks"]]
    assert results[0] == {"chat": ["hi"], "notes": ["a"], "sum": 2}
    assert results[1] == {"chat": [told[2]["values"]["chat"][1]], "notes": ["b"], "sum": 3, "mood": "good"}
    assert results[2] is None


def test_a_message_keeps_its_made_up_id_through_the_history() -> None:
    told = states(world_of(AGENT + TURN))

    assert told[1]["values"]["chat"][0] == told[2]["values"]["chat"][0]
    assert told[1]["values"]["chat"][0]["content"] == "hi"
    assert told[1]["values"]["chat"][0]["type"] == "human"


def test_what_is_made_up_is_the_same_every_time() -> None:
    times = "  created_at: 2026-01-01T00:00:00Z\n"

    assert states(world_of(AGENT + times + TURN)) == states(world_of("threads: [{}]", AGENT + times + TURN), T1)


def test_times_go_on_from_the_state_before() -> None:
    text = AGENT + "  history: [{}, {created_at: 2025-12-24T18:00:00Z}, {}]"
    world = world_of(text)

    assert [state["created_at"] for state in states(world)] == [
        "2025-12-24T17:59:59.999000+00:00",
        "2025-12-24T18:00:00+00:00",
        "2025-12-24T18:00:00.001000+00:00",
    ]
    assert only_thread(world)["created_at"] == "2025-12-24T17:59:59.999000+00:00"
    assert only_thread(world)["updated_at"] == "2025-12-24T18:00:00.001000+00:00"


def test_without_any_time_the_last_state_is_of_now() -> None:
    world = world_of(AGENT + "  history: [{}, {}]")

    assert states(world)[-1]["created_at"] == "2026-01-01T12:00:00+00:00"
    assert only_thread(world)["created_at"] == "2026-01-01T11:59:59.999000+00:00"


ENDS = {
    "  - {}": ("idle", None, {}),
    "  - next: [act]": ("interrupted", None, {}),
    "  - {next: [act], interrupts: [{id: i1, value: sure?}]}": (
        "interrupted",
        None,
        {"act": [{"id": "i1", "value": "sure?"}]},
    ),
    "  - tasks: [{name: act, error: ValueError('boom')}]": ("error", {"error": "ValueError", "message": "boom"}, {}),
    "  - tasks: [{name: act, error: KeyError()}]": ("error", {"error": "KeyError", "message": ""}, {}),
    "  - tasks: [{name: act, error: went wrong}]": ("error", {"error": "Exception", "message": "went wrong"}, {}),
}


@pytest.mark.parametrize(("last", "outcome"), ENDS.items())
def test_a_thread_is_what_its_last_state_left(last: str, outcome: tuple[str, Any, Any]) -> None:
    world = world_of(AGENT + TURN + last)
    row, state = only_thread(world), states(world)[-1]

    names = {task["id"]: task["name"] for task in state["tasks"]}
    waiting = {names[task_id]: interrupts for task_id, interrupts in row["interrupts"].items()}
    assert (row["status"], row["error"], waiting) == outcome
    assert row["values"] == state["values"]


def test_what_the_row_says_counts_more_than_what_follows_from_the_states() -> None:
    row = only_thread(
        world_of(AGENT + "  status: idle\n  values: {mood: odd}\n  error: {error: E, message: m}\n" + TURN)
    )

    assert (row["status"], row["values"], row["error"]) == ("idle", {"mood": "odd"}, {"error": "E", "message": "m"})


def test_a_busy_thread_shows_what_its_last_run_left() -> None:
    first = only_thread(world_of(AGENT + "  status: busy\n" + TURN))
    later = only_thread(world_of(AGENT + "  status: busy\n" + TURN + "  - {}\n  - next: [__start__]\n"))

    assert first["values"] is None
    assert first.keys().isdisjoint({"error", "interrupts"})
    assert later["values"]["mood"] == "good"
    assert (later["error"], later["interrupts"]) == (None, {})


def test_values_without_a_history_are_a_state_put_there() -> None:
    world = world_of(AGENT + "  values: {mood: good}\n")
    (state,) = states(world)

    assert state["values"] == only_thread(world)["values"] == {"chat": [], "notes": [], "sum": 0, "mood": "good"}
    assert state["metadata"] == {"graph_id": "bot", "thread_id": T1, "source": "update", "step": 0, "parents": {}}


def test_a_thread_may_have_values_and_no_state() -> None:
    assert states(world_of(AGENT + "  values: {mood: good}\n  history: []\n")) == []


def test_a_copy_has_no_values_of_its_own() -> None:
    row = only_thread(world_of(AGENT + "  copied: true\n  status: idle\n" + TURN))

    assert row.keys().isdisjoint({"values", "error", "interrupts"})


def test_metadata_with_source_and_step_is_complete() -> None:
    (state,) = states(world_of(AGENT + "  history: [{metadata: {source: fork, step: 4, parents: {}}}]"))

    assert state["metadata"] == {"source": "fork", "step": 4, "parents": {}}


def test_a_run_notes_thread_and_assistant_in_its_checkpoints() -> None:
    text = AGENT.replace("{graph_id: bot}", "{graph_id: bot, assistant_id: aaaaaaaa-0000-4000-8000-000000000001}")
    text += TURN + "assistants: [{graph_id: bot, assistant_id: aaaaaaaa-0000-4000-8000-000000000001, metadata: {a: 1}}]"

    metadata = states(world_of(text))[0]["metadata"]

    assert metadata.keys() >= {"run_id", "user_id", "run_attempt"}
    assert (metadata["a"], metadata["graph_id"], metadata["thread_id"]) == (1, "bot", T1)


def test_every_input_and_every_answer_to_an_interrupt_is_a_run_of_its_own() -> None:
    text = (
        AGENT + TURN.replace("next: [act]}", "next: [act], interrupts: [{value: 1}]}") + "  - {}\n  - next: [__start__]"
    )

    runs = [state["metadata"]["run_id"] for state in states(world_of(text))]

    assert [runs.index(run) for run in runs] == [0, 0, 0, 3, 4]


def test_a_fork_goes_on_from_an_earlier_state() -> None:
    text = (
        AGENT
        + """\
  history:
  - {checkpoint_id: 1f1e53ab-4134-6dac-8000-19b59a567227, values: {mood: good}}
  - values: {mood: better}
  - {values: {mood: bad}, parent_checkpoint_id: 1f1e53ab-4134-6dac-8000-19b59a567227, metadata: {source: update}}
  - {checkpoint: {checkpoint_id: 2f1e53ab-4134-6dac-8000-19b59a567227}, parent_checkpoint: null}
"""
    )
    told = states(world_of(text))

    assert told[2]["parent_checkpoint"]["checkpoint_id"] == told[0]["checkpoint_id"]
    assert told[3]["parent_checkpoint"] is None


def test_a_thread_lives_as_long_as_its_ttl_says() -> None:
    world = world_of("threads: [{ttl: {ttl_minutes: 5}}]")

    assert world.threads.ttl(only_thread(world)["thread_id"]) == {
        "strategy": "delete",
        "ttl_minutes": 5,
        "expires_at": "2026-01-01T12:05:00+00:00",
    }


def test_what_is_held_of_a_state_and_what_ran_before_it_can_be_told() -> None:
    held = {"joins": {"join:a+b:c": ["a"]}, "tasks": {"t": {"answers": ["yes"], "goto": ["a"]}}}
    row = {"metadata": {"graph_id": "bot"}, "history": [{"values": {}, "ran": ["a"], "held": held}]}
    world = build([read({"agents": {"bot": {"nodes": ["a", "b", "c"]}}, "threads": [row]})])

    checkpoint = world.threads.history(only_thread(world)["thread_id"]).latest()

    assert checkpoint is not None
    assert (checkpoint.ran, checkpoint.held) == (("a",), held)


@pytest.mark.parametrize(
    ("held", "problem"),
    [
        ({"join": {}}, 'held: unknown key "join". Did you mean "joins"?'),
        ({"joins": []}, "held.joins: must be an object, not []"),
        ({"tasks": {"t": {"goto": [{"node": "a"}]}}}, "held.tasks.t.goto[0]: input is missing"),
        ({"beside": {"values": {}}}, "held.beside: tasks is missing"),
    ],
)
def test_a_mistake_in_what_is_held_is_told_with_its_place(held: dict[str, Any], problem: str) -> None:
    rows = [{"metadata": {"graph_id": "bot"}, "history": [{"held": held}]}]

    with pytest.raises(ScenarioError) as caught:
        build([read({"agents": {"bot": {"nodes": ["a"]}}, "threads": rows})])

    assert str(caught.value) == f"scenario: threads[0].history[0].{problem}"


def test_a_thread_that_leaves_nothing_out_may_name_agents_and_nodes_that_there_are_not() -> None:
    world = build([read({"agents": {"bot": {"nodes": ["a"]}}, "threads": [WHOLE]})])

    assert states(world)[0]["next"] == ["gone"]
    assert only_thread(world)["metadata"] == {"graph_id": "gone"}


@pytest.mark.parametrize("left_out", ["created_at", "config"])
def test_a_thread_that_leaves_anything_out_may_not(left_out: str) -> None:
    row = {name: value for name, value in WHOLE.items() if name != left_out}

    with pytest.raises(ScenarioError, match=r'threads\[0\]\.metadata\.graph_id: no agent "gone"'):
        build([read({"agents": {"bot": {"nodes": ["a"]}}, "threads": [row]})])


@pytest.mark.parametrize("left_out", ["tasks", "parent_checkpoint_id", "checkpoint_id"])
def test_a_state_that_leaves_anything_out_may_not_name_other_nodes(left_out: str) -> None:
    state = {name: value for name, value in WHOLE["history"][0].items() if name != left_out}
    row = {**WHOLE, "metadata": {"graph_id": "bot"}, "history": [state]}

    with pytest.raises(ScenarioError, match=r'no node "gone"'):
        build([read({"agents": {"bot": {"nodes": ["a"]}}, "threads": [row]})])
