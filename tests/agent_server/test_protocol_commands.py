"""Commands of the streaming protocol, sent over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from tests.agent_server.conversation import command, new_thread, said, start, told

if TYPE_CHECKING:
    from tests.conftest import Server

Json = dict[str, Any]

NO_COMMAND = "Protocol commands must include an integer id and string method."


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
    ("method", "params", "error", "message"),
    [
        ("nope", {}, "unknown_command", "Unknown protocol command: nope"),
        ("state.get", {}, "unknown_command", "Unknown protocol command: state.get"),
        ("run.start", {}, "invalid_argument", "run.start requires an assistant_id."),
        ("run.start", {"assistant_id": 1}, "invalid_argument", "run.start requires an assistant_id."),
        ("run.start", {"assistant_id": ""}, "invalid_argument", "run.start requires an assistant_id."),
        (
            "run.start",
            {"assistant_id": "agent", "config": {"configurable": {"checkpoint_id": "x"}}},
            "invalid_argument",
            "Invalid config.configurable.checkpoint_id: 'x'.",
        ),
        (
            "run.start",
            {"assistant_id": "agent", "config": {"configurable": {"checkpoint_id": 1}}},
            "invalid_argument",
            "config.configurable.checkpoint_id must be a non-empty string.",
        ),
        (
            "run.start",
            {"assistant_id": "agent", "langsmith_tracer": 1},
            "invalid_argument",
            "langsmith_tracer must be an object.",
        ),
        (
            "run.start",
            {"assistant_id": "agent", "langsmith_tracer": {"b": "", "a": ""}},
            "invalid_argument",
            "langsmith_tracer has unsupported fields: ['a', 'b'].",
        ),
        (
            "run.start",
            {"assistant_id": "agent", "langsmith_tracer": {"example_id": 1}},
            "invalid_argument",
            "langsmith_tracer.example_id must be a string.",
        ),
        (
            "run.start",
            {"assistant_id": "33333333-3333-4333-8333-333333333333"},
            "unknown_error",
            "404: Thread or assistant not found.",
        ),
        (
            "run.start",
            {"assistant_id": "nope"},
            "unknown_error",
            "422: Invalid assistant: 'nope'. Must be either:\n- A valid assistant UUID, or\n"
            "- One of the registered graphs: agent, steps, chat, custom, parent, par, ctx, cfg",
        ),
        ("input.respond", {}, "invalid_argument", "input.respond requires an interrupt_id."),
        (
            "input.respond",
            {"interrupt_id": "x", "namespace": "x"},
            "invalid_argument",
            "input.respond requires namespace to be a list of strings.",
        ),
        ("input.respond", {"responses": []}, "invalid_argument", "input.respond requires at least one response."),
        (
            "input.respond",
            {"responses": ["x"]},
            "invalid_argument",
            "input.respond responses entries must be objects.",
        ),
        (
            "input.respond",
            {"responses": [{}]},
            "invalid_argument",
            "input.respond responses entries require an interrupt_id.",
        ),
        (
            "input.respond",
            {"responses": [{"interrupt_id": "x", "namespace": [1]}]},
            "invalid_argument",
            "input.respond requires namespace to be a list of strings.",
        ),
        ("input.respond", {"interrupt_id": "x"}, "no_such_interrupt", "Unknown or already-consumed interrupt: x"),
        ("agent.getTree", {}, "no_such_run", "No active run is bound to this thread."),
        (
            "subscription.reconnect",
            {"channels": ["values"], "since": 0},
            "no_such_run",
            "No active run is bound to this thread.",
        ),
        (
            "subscription.subscribe",
            {"channels": "values"},
            "invalid_argument",
            "subscription.subscribe requires a non-empty channels array.",
        ),
        (
            "subscription.subscribe",
            {"channels": ["custom:"]},
            "invalid_argument",
            "subscription.subscribe received an unsupported channel.",
        ),
        (
            "subscription.unsubscribe",
            {},
            "invalid_argument",
            "subscription.unsubscribe requires a subscription_id.",
        ),
        (
            "subscription.unsubscribe",
            {"subscription_id": "x"},
            "no_such_subscription",
            "Unknown subscription: x",
        ),
    ],
)
def test_a_command_that_cannot_be_carried_out_says_why(
    server: Server, method: str, params: Json, error: str, message: str
) -> None:
    thread = server.create_thread()

    answer = command(server, thread, method, **params)

    assert answer == {"type": "error", "id": 1, "error": error, "message": message}
    assert server.get(f"/threads/{thread}/runs").json() == []


def test_an_answer_on_a_thread_that_does_not_exist_finds_no_run(server: Server) -> None:
    answer = command(server, new_thread(), "input.respond", interrupt_id="x", response=1)

    assert answer["error"] == "no_such_run"
    assert answer["message"] == "No interrupted run is bound to this thread."


def test_a_thread_id_that_is_none_is_told_in_an_answer(server: Server) -> None:
    answer = command(server, "bad", "run.start", assistant_id="agent", input=said("x"))

    assert (answer["error"], answer["message"]) == ("unknown_error", "422: Invalid thread ID")


def test_a_subscription_over_http_dies_with_its_request(server: Server) -> None:
    thread = server.create_thread()

    name = command(server, thread, "subscription.subscribe", channels=["values", "custom:x"])["result"]

    assert name["replayed_events"] == 0
    assert command(server, thread, "subscription.unsubscribe", **name)["error"] == "no_such_subscription"


@pytest.mark.parametrize("command_id", [True, False, 0, -1, 10**12])
def test_any_whole_number_is_an_id(server: Server, command_id: int) -> None:
    answer = server.post(f"/threads/{uuid4()}/commands", {"id": command_id, "method": "nope"})

    assert answer.status_code == 200
    assert answer.json()["id"] is command_id or answer.json()["id"] == command_id


@pytest.mark.parametrize(
    ("body", "command_id"),
    [
        ({}, None),
        ({"id": 1}, 1),
        ({"id": "1", "method": "run.start"}, "1"),
        ({"id": 1.5, "method": "nope"}, 1.5),
        ({"method": "nope"}, None),
        ({"id": 1, "method": 1}, 1),
        ([], None),
        ("run.start", None),
    ],
)
def test_what_is_no_command_is_refused(server: Server, body: Any, command_id: Any) -> None:
    answer = server.post(f"/threads/{uuid4()}/commands", body)

    assert answer.status_code == 400
    assert answer.json() == {
        "type": "error",
        "id": command_id,
        "error": "invalid_argument",
        "message": NO_COMMAND,
    }


@pytest.mark.parametrize("body", [b"", b"{", b"\xff"])
def test_what_is_no_json_is_refused(server: Server, body: bytes) -> None:
    answer = server.client.post(f"/threads/{uuid4()}/commands", content=body)

    assert answer.status_code == 400
    assert answer.json() == {"detail": "Invalid JSON body"}
