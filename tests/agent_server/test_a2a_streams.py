"""Streams of A2A: what is told of a run as it goes on, in bytes and in order, and what becomes of who leaves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.agent_server.a2a_messages import MISSING, ask, data, declare, message, post, stream, texts, told
from understudy.state.ids import assistant_of

if TYPE_CHECKING:
    from tests.conftest import Server


def shape(event: dict[str, Any]) -> str:
    """Return what kind of result an event has, and how the task stands by it."""
    state = event.get("status", {}).get("state", "")
    return f"{event['kind']} {state}".strip()


def test_a_stream_is_framed_as_the_real_one_is(server: Server) -> None:
    answer = post(server, {"jsonrpc": "2.0", "id": "s", "method": "message/stream", "params": message("hi")})

    headers = {name: answer.headers.get(name) for name in ("content-type", "cache-control", "x-accel-buffering")}
    assert headers == {"content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no"}
    *events, end = answer.text.split("\r\n\r\n")
    assert end == ""
    assert len(events) == 4
    for event in events:
        name, line = event.split("\r\n")
        assert name == "event: message"
        assert json.loads(line.removeprefix("data: "))["id"] == "s"


@pytest.mark.parametrize(
    ("graph", "part", "expected"),
    [
        ("agent", "hi", ["task submitted", "status-update working", "artifact-update", "status-update completed"]),
        ("agent", "boom", ["task submitted", "status-update failed"]),
        ("agent", "ask", ["task submitted", "artifact-update", "status-update input-required"]),
        ("steps", data(n=1), ["task submitted", "artifact-update", "status-update completed"]),
        ("steps", data(mode="boom"), ["task submitted", "status-update failed"]),
    ],
)
def test_a_run_is_told_from_its_beginning_to_its_end(server: Server, graph: str, part: Any, expected: Any) -> None:
    events = stream(server, part, graph=graph)

    assert [shape(event) for event in events] == expected
    assert [event.get("final") for event in events[1:]] == [
        None if "artifact" in event else event is events[-1] for event in events[1:]
    ]
    assert {(event.get("taskId") or event["id"], event["contextId"]) for event in events} == {
        (events[0]["id"], events[0]["contextId"])
    }


def test_what_is_said_grows_until_it_is_whole(server: Server) -> None:
    _, *words, artifact, _ = stream(server, "hi", graph="chat")

    said = [texts([event["status"]["message"]])[0] for event in words]
    assert said == ["Hello", "Hello ", "Hello big", "Hello big ", "Hello big world"]
    assert texts([artifact["artifact"]]) == ["Hello big world"]
    assert (artifact["append"], artifact["lastChunk"]) == (False, True)


def test_the_task_repeats_the_message_as_it_was_sent(server: Server) -> None:
    task, *_ = stream(server, "hi", metadata={"a": 1}, extra=[1])

    (said,) = task["history"]
    assert said == {
        "kind": "message",
        **message("hi", metadata={"a": 1}, extra=[1])["message"],
        "taskId": task["id"],
        "contextId": task["contextId"],
    }


def test_an_answer_to_a_question_is_told_as_part_of_its_task(server: Server) -> None:
    task, *_ = stream(server, "ask")

    again, *_, artifact, last = stream(server, "yes", messageId="m2", taskId=task["id"], contextId=task["contextId"])

    assert again["id"] == task["id"]
    assert texts([artifact["artifact"]]) == ["answer yes"]
    assert shape(last) == "status-update completed"


def test_version_1_wraps_the_task_and_nothing_else(server: Server) -> None:
    params = message({"text": "hi"}, role="ROLE_USER")
    answer = post(server, {"jsonrpc": "2.0", "id": 1, "method": "SendStreamingMessage", "params": params})

    first, *others = told(answer.text.split("\r\n"))

    assert list(first) == ["task"]
    assert first["task"]["status"]["state"] == "TASK_STATE_SUBMITTED"
    assert [shape(event) for event in others] == [
        "status-update TASK_STATE_WORKING",
        "artifact-update",
        "status-update TASK_STATE_COMPLETED",
    ]


def test_no_reader_of_lines_finds_an_end_within_an_event(server: Server) -> None:
    answer = post(
        server, {"jsonrpc": "2.0", "id": 1, "method": "message/stream", "params": message("a\u2028b\u2029c\u0085d\0")}
    )

    assert len(answer.text.splitlines()) == 4 * 3
    assert r"a\u2028b\u2029c\u0085d\ufffd" in answer.text


def test_a_run_that_is_cancelled_tells_what_there_was(server: Server) -> None:
    request = {"jsonrpc": "2.0", "id": 1, "method": "message/stream", "params": message(data(sleep=60))}
    path = f"/a2a/{assistant_of('steps')}"

    with server.client.stream("POST", path, json=request, headers={"accept": "*/*"}) as answer:
        events = iter(told(answer.iter_lines()))
        task_id = next(events)["id"]
        ask(server, "tasks/cancel", {"id": task_id}, graph="steps")
        artifact, last = events

    assert texts([artifact["artifact"]]) == ["{'n': 0, 'log': [], 'sleep': 60}"]
    assert shape(last) == "status-update completed"
    assert ask(server, "tasks/get", {"id": task_id}, graph="steps")["status"]["state"] == "canceled"


def test_a_run_goes_on_when_its_reader_leaves(server: Server) -> None:
    request = {"jsonrpc": "2.0", "id": 1, "method": "message/stream", "params": message(data(sleep=0.05))}
    path = f"/a2a/{assistant_of('steps')}"

    with server.client.stream("POST", path, json=request, headers={"accept": "*/*"}) as answer:
        task = next(iter(told(answer.iter_lines())))

    joined = server.get(f"/threads/{task['contextId']}/runs/{task['id'].partition(':')[2]}/join")
    assert joined.json()["log"] == ["a", "b"]
    assert ask(server, "tasks/get", {"id": task["id"]}, graph="steps")["status"]["state"] == "completed"


def test_a_run_that_is_cancelled_before_it_begins_is_a_failure_of_the_server(server: Server) -> None:
    body = {"assistant_id": "steps", "input": {"sleep": 60}, "if_not_exists": "create"}
    server.post(f"/threads/{MISSING}/runs", body).raise_for_status()
    request = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "message/stream",
        "params": message(data(sleep=0), contextId=MISSING),
    }

    with server.client.stream(
        "POST", f"/a2a/{assistant_of('steps')}", json=request, headers={"accept": "*/*"}
    ) as answer:
        waiting = server.get(f"/threads/{MISSING}/runs").json()[0]["run_id"]
        server.post(f"/threads/{MISSING}/runs/{waiting}/cancel").raise_for_status()
        events = list(told(answer.iter_lines()))

    assert events == [{"code": -32603, "message": "Internal server error"}]


@pytest.mark.parametrize(
    ("end", "last"),
    [
        ("DELETE /threads/{thread}/runs/{run}", "404: Run not found"),
        ("DELETE /threads/{thread}", "404: Run not found"),
        ("POST /_understudy/worlds/default/reset", "Internal server error"),
    ],
)
def test_a_run_that_is_gone_before_its_end_is_not_told_as_completed(server: Server, end: str, last: str) -> None:
    request = {"jsonrpc": "2.0", "id": 1, "method": "message/stream", "params": message(data(sleep=60))}
    path = f"/a2a/{assistant_of('steps')}"

    with server.client.stream("POST", path, json=request, headers={"accept": "*/*"}) as answer:
        events = iter(told(answer.iter_lines()))
        thread, _, run = next(events)["id"].partition(":")
        method, target = end.format(thread=thread, run=run).split()
        server.client.request(method, target).raise_for_status()
        *_, final = events

    assert final.get("message") == last or texts([final["status"]["message"]]) == [last]
    assert "completed" not in str(final)


def test_what_was_told_before_an_answer_that_cannot_be_is_not_lost(server: Server) -> None:
    nothing = {"messages": [{"role": "assistant", "content": [{"type": "image"}]}]}
    declare(server, "painter", {"nodes": {"draw": {"write": nothing}}})

    events = stream(server, "draw", graph="painter")

    assert shape(events[0]) == "task submitted"
    assert events[-1]["code"] == -32006
