"""Commands of the streaming protocol, sent over HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.agent_server.conversation import command, new_thread, said, start, told
from understudy.scenarios import build, find, read
from understudy.state.clock import Clock

if TYPE_CHECKING:
    from tests.conftest import Server

Json = dict[str, Any]


def settled(server: Server, thread: str) -> Json:
    """Return a thread once its runs are over."""
    told(server, thread, "lifecycle", times=len(server.get(f"/threads/{thread}/runs").json()))
    row: Json = server.get(f"/threads/{thread}").json()
    return row


def asked(server: Server, thread: str) -> list[str]:
    """Return the ids of the questions at which a thread waits."""
    return [one["id"] for each in settled(server, thread)["interrupts"].values() for one in each]


def test_a_run_starts_on_a_thread_that_it_makes(server: Server) -> None:
    thread = new_thread()

    run = start(server, thread, "agent", said("hi"), metadata={"who": "ada"})

    assert settled(server, thread)["values"]["messages"][1]["content"] == "echo hi"
    row = server.get(f"/threads/{thread}/runs/{run}").json()
    assert row["metadata"]["who"] == "ada"
    assert row["kwargs"]["config"]["configurable"]["__event_streaming_v2"] is True
    assert row["kwargs"]["resumable"] is row["kwargs"]["subgraphs"] is True
    assert row["kwargs"]["stream_mode"] == [
        "values",
        "updates",
        "messages",
        "tools",
        "lifecycle",
        "custom",
        "tasks",
        "checkpoints",
    ]


def test_the_stream_of_such_a_run_shows_envelopes(server: Server) -> None:
    thread = new_thread()
    run = start(server, thread, "custom", {"x": "a"})
    settled(server, thread)

    stream = server.get(f"/threads/{thread}/runs/{run}/stream", headers={"last-event-id": "-1"}).text

    assert [line for line in stream.splitlines() if line.startswith("event")] == [
        "event: metadata",
        "event: values",
        "event: values",
    ]
    assert '"data":{"x":"a!"},"interrupts":[]},"seq":2}' in stream


@pytest.mark.parametrize("strategy", ["reject", "interrupt", "rollback", "enqueue"])
def test_a_run_says_what_becomes_of_the_others(server: Server, strategy: str) -> None:
    thread = new_thread()

    run = start(server, thread, "steps", {"n": 1}, multitaskStrategy=strategy)

    assert server.get(f"/threads/{thread}/runs/{run}").json()["multitask_strategy"] == strategy


def test_an_unknown_strategy_means_to_wait(server: Server) -> None:
    thread = new_thread()

    run = start(server, thread, "steps", {"n": 1}, multitaskStrategy="hurry")

    assert server.get(f"/threads/{thread}/runs/{run}").json()["multitask_strategy"] == "enqueue"


def test_input_waits_until_it_is_known_whether_it_is_an_answer(server: Server) -> None:
    thread = new_thread()
    start(server, thread, "agent", said("ask"))

    run = start(server, thread, "agent", "yes")

    assert settled(server, thread)["values"]["messages"][-1]["content"] == "answer yes"
    kwargs = server.get(f"/threads/{thread}/runs/{run}").json()["kwargs"]
    assert (kwargs["input"], kwargs["command"]) == (None, {"resume": "yes"})


def test_a_run_starts_from_a_checkpoint(server: Server) -> None:
    thread = new_thread()
    start(server, thread, "steps", {"n": 1})
    settled(server, thread)
    history = server.get(f"/threads/{thread}/history?limit=10").json()
    before_b = next(state for state in history if state["next"] == ["b"])

    start(server, thread, "steps", config={"configurable": {"checkpoint_id": before_b["checkpoint"]["checkpoint_id"]}})

    assert [event["params"]["data"] for event in told(server, thread, "values", "lifecycle", times=2)[-3:-1]] == [
        {"n": 2, "log": ["a"]},
        {"n": 3, "log": ["a", "b"]},
    ]


def test_an_answer_lets_the_run_go_on(server: Server) -> None:
    thread = new_thread()
    start(server, thread, "agent", said("ask"))
    (question,) = asked(server, thread)

    answer = command(server, thread, "input.respond", interrupt_id=question, namespace=[], response="yes")

    assert answer == {"type": "success", "id": 1, "result": {}, "meta": {"applied_through_seq": 0}}
    assert settled(server, thread)["values"]["messages"][-1]["content"] == "answer yes"


def test_several_questions_are_answered_at_once(server: Server) -> None:
    thread = new_thread()
    start(server, thread, "par", {"out": []})
    one, two = asked(server, thread)

    responses = [{"interrupt_id": one, "response": 1}, {"interrupt_id": two, "response": 2, "namespace": []}]
    command(server, thread, "input.respond", responses=responses)

    assert settled(server, thread)["values"] == {"out": ["q1:1", "q2:2"]}


def test_one_of_several_questions_is_answered(server: Server) -> None:
    thread = new_thread()
    start(server, thread, "par", {"out": []})
    one, two = asked(server, thread)

    command(server, thread, "input.respond", interrupt_id=two, response="r")

    assert asked(server, thread) == [one]


def test_what_was_answered_cannot_be_answered_again(server: Server) -> None:
    thread = new_thread()
    start(server, thread, "agent", said("ask"))
    (question,) = asked(server, thread)
    command(server, thread, "input.respond", interrupt_id=question, response="yes")

    answer = command(server, thread, "input.respond", interrupt_id=question, response="yes")

    assert answer["error"] == "no_such_interrupt"
    assert answer["message"] == f"Unknown or already-consumed interrupt: {question}"


@pytest.mark.parametrize(
    ("checkpoint", "message"),
    [
        (" ", "config.configurable.checkpoint_id must be a non-empty string."),
        (5, "config.configurable.checkpoint_id must be a non-empty string."),
        ("x", "422: Invalid checkpoint ID"),
    ],
)
def test_an_answer_can_name_a_checkpoint_as_badly_as_a_start(server: Server, checkpoint: Any, message: str) -> None:
    thread = new_thread()
    start(server, thread, "agent", said("ask"))
    (question,) = asked(server, thread)

    config = {"configurable": {"checkpoint_id": checkpoint}}
    answer = command(server, thread, "input.respond", interrupt_id=question, config=config)

    assert (answer["error"], answer["message"]) == ("unknown_error", message)
    assert asked(server, thread) == [question]


def test_a_busy_thread_is_waited_for_five_seconds(server: Server) -> None:
    clock = Clock(datetime(2026, 1, 1, tzinfo=UTC))
    server.world = build([read(find("reference"))], clock)
    thread = new_thread()
    start(server, thread, "steps", {"n": 1, "sleep": 60})
    readers = server.world.feeds.of(thread)._readers

    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(
            command, server, thread, "run.start", assistant_id="steps", input={"n": 1}, multitaskStrategy="reject"
        )
        while not readers:
            server.get("/ok")
        clock.advance(timedelta(seconds=5))
        answer = waiting.result(5)

    assert (answer["error"], answer["message"].partition(".")[0]) == (
        "unknown_error",
        "409: Thread is already running a task",
    )


def test_a_subscription_over_http_dies_with_its_request(server: Server) -> None:
    thread = server.create_thread()

    name = command(server, thread, "subscription.subscribe", channels=["values", "custom:x"])["result"]

    assert name["replayed_events"] == 0
    assert command(server, thread, "subscription.unsubscribe", **name)["error"] == "no_such_subscription"
