"""Which events of the streaming protocol a reader asks for."""

from __future__ import annotations

import json
from itertools import takewhile
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from tests.agent_server.conversation import new_thread, start, told

if TYPE_CHECKING:
    from tests.conftest import Server

Json = dict[str, Any]

ALL = ("values", "updates", "messages", "tools", "custom", "lifecycle", "input", "tasks", "checkpoints")


def test_numbers_have_gaps_where_nothing_was_wanted(server: Server) -> None:
    thread = new_thread()
    start(server, thread, "steps", {"n": 1})

    assert [event["seq"] for event in told(server, thread, "lifecycle")] == [1, 5]


def test_what_was_seen_is_not_told_again(server: Server) -> None:
    thread = new_thread()
    start(server, thread, "steps", {"n": 1})

    assert [event["seq"] for event in told(server, thread, *ALL, since=3)] == [4, 5]


@pytest.mark.parametrize("since", [0, -1, True, "3", None, 2.5])
def test_all_is_told_to_whoever_names_no_number(server: Server, since: Any) -> None:
    thread = new_thread()
    start(server, thread, "steps", {"n": 1})

    assert [event["seq"] for event in told(server, thread, *ALL, since=since)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("asked", "values"),
    [
        ({}, ["x", "x-pre", "x-pre", "x-pre-inner", "x-pre-inner"]),
        ({"namespaces": [["child"]]}, ["x-pre", "x-pre-inner"]),
        ({"namespaces": [["child"], [1]]}, ["x-pre", "x-pre-inner"]),
        ({"namespaces": [["child", "deeper"]]}, []),
        ({"namespaces": [["child:another"]]}, []),
        ({"namespaces": [[]]}, ["x", "x-pre", "x-pre", "x-pre-inner", "x-pre-inner"]),
        ({"namespaces": [[]], "depth": 0}, ["x", "x-pre", "x-pre-inner"]),
        ({"namespaces": [[]], "depth": 1}, ["x", "x-pre", "x-pre", "x-pre-inner", "x-pre-inner"]),
        ({"namespaces": [[]], "depth": False}, ["x", "x-pre", "x-pre", "x-pre-inner", "x-pre-inner"]),
        ({"depth": 0}, ["x", "x-pre", "x-pre", "x-pre-inner", "x-pre-inner"]),
        ({"namespaces": []}, ["x", "x-pre", "x-pre", "x-pre-inner", "x-pre-inner"]),
        ({"namespaces": "child"}, ["x", "x-pre", "x-pre", "x-pre-inner", "x-pre-inner"]),
    ],
)
def test_events_are_chosen_by_namespace_and_depth(
    server: Server, monkeypatch: pytest.MonkeyPatch, asked: Json, values: list[str]
) -> None:
    monkeypatch.setattr("understudy.handlers.agent_server.protocol.BEAT", 0.01)
    thread = new_thread()
    start(server, thread, "parent", {"v": "x"})
    told(server, thread, "lifecycle")

    body = {"channels": ["values"], **asked}
    with server.client.stream("POST", f"/threads/{thread}/stream/events", json=body) as response:
        lines = list(takewhile(lambda line: line != ": heartbeat", response.iter_lines()))

    heard = [json.loads(line[6:]) for line in lines if line.startswith("data: ")]
    assert [event["params"]["data"]["v"] for event in heard] == values


def test_runs_of_the_protocol_tell_nothing_in_other_channels(server: Server) -> None:
    thread = new_thread()
    start(server, thread, "custom", {"x": "a"})

    events = told(server, thread, "updates", "custom", "tasks", "tools", "checkpoints", "lifecycle")

    assert [event["method"] for event in events] == ["lifecycle", "lifecycle"]


NO_CHANNELS = "channels is required and must be a non-empty array"


ALLOWED = "values, updates, messages, tools, custom, lifecycle, input, tasks, or any `custom:<name>`."


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, NO_CHANNELS),
        ({"channels": []}, NO_CHANNELS),
        ({"channels": "values"}, NO_CHANNELS),
        ([], NO_CHANNELS),
        ({"channels": ["nope"]}, f"channels contains unsupported entries: nope. Allowed: {ALLOWED}"),
        ({"channels": ["values", 1]}, f"channels contains unsupported entries: 1. Allowed: {ALLOWED}"),
        ({"channels": ["custom:"]}, f"channels contains unsupported entries: custom:. Allowed: {ALLOWED}"),
        ({"channels": list("abcdefg")}, f"channels contains unsupported entries: a, b, c, d, e. Allowed: {ALLOWED}"),
    ],
)
def test_a_request_that_names_no_channel_is_refused(server: Server, body: Any, detail: str) -> None:
    answer = server.post(f"/threads/{uuid4()}/stream/events", body)

    assert answer.status_code == 400
    assert answer.json() == {"detail": detail}


def test_a_request_that_is_no_json_is_refused(server: Server) -> None:
    answer = server.client.post(f"/threads/{uuid4()}/stream/events", content=b"{")

    assert (answer.status_code, answer.json()) == (400, {"detail": "Invalid JSON body"})
