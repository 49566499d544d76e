"""Commands of the streaming protocol that cannot be carried out, or are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from tests.agent_server.conversation import command, new_thread, said

if TYPE_CHECKING:
    from tests.conftest import Server

Json = dict[str, Any]


NO_COMMAND = "Protocol commands must include an integer id and string method."


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


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"metadata": 5}, "'int' object is not a mapping"),
        ({"metadata": []}, "'list' object is not a mapping"),
        ({"config": {"metadata": "x"}}, "'str' object is not a mapping"),
        ({"config": {"configurable": [1]}}, "'list' object is not a mapping"),
    ],
)
def test_settings_that_are_no_objects_are_refused(server: Server, params: Json, message: str) -> None:
    answer = command(server, new_thread(), "run.start", assistant_id="agent", **params)

    assert (answer["error"], answer["message"]) == ("unknown_error", message)


def test_an_answer_on_a_thread_that_does_not_exist_finds_no_run(server: Server) -> None:
    answer = command(server, new_thread(), "input.respond", interrupt_id="x", response=1)

    assert answer["error"] == "no_such_run"
    assert answer["message"] == "No interrupted run is bound to this thread."


def test_a_thread_id_that_is_none_is_told_in_an_answer(server: Server) -> None:
    answer = command(server, "bad", "run.start", assistant_id="agent", input=said("x"))

    assert (answer["error"], answer["message"]) == ("unknown_error", "422: Invalid thread ID")


@pytest.mark.parametrize("command_id", [True, False, 0, -1, 10**12, 565.0])
def test_any_whole_number_is_an_id(server: Server, command_id: float) -> None:
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
        ({"id": 2**64, "method": "nope"}, float(2**64)),
        ({"id": -(2**63) - 1, "method": "nope"}, float(-(2**63))),
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
