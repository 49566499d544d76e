"""Runs of threads: what may be left out, and what is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.worlds import NOON, T1, world_of
from understudy.scenarios import Source, build, dump, load, read
from understudy.scenarios.problems import ScenarioError
from understudy.state.clock import Clock, timestamp
from understudy.state.ids import assistant_of

BOT = "agents: {bot: {channels: {n: last}, nodes: [act]}}\n"
RUN = "aaaaaaaa-1111-4111-8111-111111111111"


def runs_of(row: str, thread: str = "metadata: {graph_id: bot, user: ada}") -> list[dict[str, Any]]:
    """Return the runs of a thread of which one is told so."""
    return world_of(BOT + f"threads: [{{thread_id: {T1}, {thread}, runs: [{row}]}}]").runs.of(T1)


def problems(row: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        runs_of(row)
    return str(caught.value).splitlines()


def test_a_run_of_which_nothing_is_told_is_a_success_of_the_threads_assistant() -> None:
    (run,) = runs_of("{}")

    assert (run["thread_id"], run["assistant_id"], run["status"]) == (T1, assistant_of("bot"), "success")
    assert run["metadata"] == {"graph_id": "bot", "user": "ada"}
    assert run["created_at"] == run["updated_at"] == timestamp(NOON)
    assert run["kwargs"]["stream_mode"] == ["values"]
    assert run["kwargs"]["config"]["configurable"]["graph_id"] == "bot"


def test_the_assistant_of_a_run_is_that_of_its_thread_unless_it_says_so() -> None:
    assistants = f"assistants: [{{graph_id: bot, assistant_id: {RUN}}}]\n"
    thread = f"{{thread_id: {T1}, metadata: {{assistant_id: {RUN}}}, runs: [{{}}, {{assistant_id: bot}}]}}"

    runs = world_of(BOT + assistants + f"threads: [{thread}]").runs.of(T1)

    assert [run["assistant_id"] for run in runs] == [assistant_of("bot"), RUN]


def test_a_thread_with_a_pending_run_is_busy() -> None:
    world = world_of(BOT + f"threads: [{{thread_id: {T1}, metadata: {{graph_id: bot}}, runs: [{{status: pending}}]}}]")

    assert world.threads.get(T1)["status"] == "busy"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("{status: running}", 'status: "running" is none of the words that may stand here.'),
        ("{status: sucess}", 'status: "sucess" is none of the words that may stand here. Did you mean "success"?'),
        ("{assistant_id: bat}", 'assistant_id: no assistant "bat". Did you mean "bot"?'),
        ("{run_id: x}", 'run_id: "x" is no UUID, like 11111111-1111-4111-8111-111111111111'),
        (f"{{thread_id: {RUN}}}", f"thread_id: not that of the thread, {T1}"),
        ("{created_at: 1815-12-10}", 'created_at: "1815-12-10" is not from 1970 to 5000'),
        ("{kwargs: {config: 5}}", "kwargs.config: must be an object, not 5"),
        ("{kwargs: {interrupt_before: x}}", 'kwargs.interrupt_before: "x" is none of the words that may stand here.'),
        ("{inputs: {}}", 'unknown key "inputs".'),
    ],
)
def test_a_mistake_is_told_with_its_place(row: str, problem: str) -> None:
    (told,) = problems(row)

    place = "f.yaml:2: threads[0].runs[0]"
    assert told.startswith(f"{place}: {problem}" if problem.startswith("unknown") else f"{place}.{problem}")


def test_a_run_of_nothing_is_told() -> None:
    with pytest.raises(ScenarioError, match=r"threads\[0\]\.runs\[0\]: assistant_id is missing"):
        world_of("threads: [{runs: [{}]}]")


def test_a_run_is_told_once() -> None:
    (told,) = problems(f"{{run_id: {RUN}}}, {{run_id: {RUN}}}")

    assert f"threads[0].runs[1]: the run {RUN} is told twice, first by threads[0].runs[0]" in told


def test_a_record_of_an_assistant_that_is_gone_can_be_put_in_again() -> None:
    assistant = f"assistants: [{{graph_id: bot, assistant_id: {RUN}}}]\n"
    world = world_of(BOT + assistant + f"threads: [{{runs: [{{assistant_id: {RUN}}}]}}]")
    world.assistants.delete(RUN)

    again = build([read(dump(world))])

    assert list(again.runs) == list(world.runs)


def test_visits_are_kept_by_node() -> None:
    world = world_of(BOT + f"threads: [{{thread_id: {T1}, visits: {{act: 2}}}}]")

    assert (world.runs.visits_of(T1, "act"), world.runs.visits_of(T1, "other")) == (2, 0)


def test_rows_that_were_changed_at_one_moment_keep_their_order() -> None:
    world = build([read(Source("f.yaml", BOT))], Clock(NOON))
    first, second, third = (world.threads.create()["thread_id"] for _ in range(3))
    world.threads.patch(first, metadata={"a": 1}, ttl=None)
    world.threads.patch(second, metadata={"a": 1}, ttl=None)

    again = build([read(dump(world))])

    assert [row["thread_id"] for row in again.threads.find().rows] == [second, first, third]
    assert [row["thread_id"] for row in again.threads.find(sort_by="created_at").rows] == [third, second, first]


def test_what_is_told_of_rows_lies_in_the_years_that_ids_can_tell() -> None:
    world = world_of(BOT)

    with pytest.raises(ScenarioError, match=r'threads\[0\]\.created_at: "0001-01-01" is not from 1970 to 5000'):
        load(read({"threads": [{"created_at": "0001-01-01"}]}), world)
