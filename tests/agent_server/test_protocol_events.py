"""Events of the streaming protocol, read over HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest

from tests.agent_server.conversation import command, is_lifecycle, new_thread, opened, over, said, start, told

if TYPE_CHECKING:
    from tests.conftest import Server

Json = dict[str, Any]

ALL = ("values", "updates", "messages", "tools", "custom", "lifecycle", "input", "tasks", "checkpoints")


def shown(events: list[Json]) -> list[str]:
    """Return the methods of events, those of life cycles with what they say."""
    return [
        f"{event['method']} {event['params']['data']['event']}" if event["method"] == "lifecycle" else event["method"]
        for event in events
    ]


def test_a_run_is_told_from_its_beginning_to_its_end(server: Server) -> None:
    thread = new_thread()
    start(server, thread, "steps", {"n": 1})

    events = told(server, thread, *ALL)

    assert shown(events) == ["lifecycle running", "values", "values", "values", "lifecycle completed"]
    assert [event["seq"] for event in events] == [1, 2, 3, 4, 5]
    assert [event["params"]["data"] for event in events[1:4]] == [
        {"n": 1, "log": []},
        {"n": 2, "log": ["a"]},
        {"n": 3, "log": ["a", "b"]},
    ]


def test_events_are_framed_as_by_the_reference(server: Server) -> None:
    thread = new_thread()
    run = start(server, thread, "steps", {"n": 1})
    told(server, thread, "lifecycle")

    body = {"channels": ["lifecycle"]}
    with server.client.stream("POST", f"/threads/{thread}/stream/events", json=body) as response:
        frame = b""
        for piece in response.iter_raw():
            frame += piece
            if b"completed" in frame:
                break

    first = frame.split(b"\r\n\r\n")[0].split(b"\r\n")
    data = json.loads(first[1].removeprefix(b"data: "))
    assert (first[0], first[2]) == (b"event: lifecycle", b"id: 1")
    assert data == {
        "type": "event",
        "event_id": f"synth:{run}:lc||running",
        "seq": 1,
        "method": "lifecycle",
        "params": {
            "namespace": [],
            "timestamp": data["params"]["timestamp"],
            "data": {"event": "running", "graph_name": "steps"},
        },
    }
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert "location" not in response.headers


def test_whoever_comes_later_is_told_the_same_under_the_same_ids(server: Server) -> None:
    thread = new_thread()
    start(server, thread, "parent", {"v": "x"})
    first = told(server, thread, *ALL)

    again = told(server, thread, *ALL)

    assert [(event["event_id"], event["seq"]) for event in again] == [
        (event["event_id"], event["seq"]) for event in first
    ]


def test_numbers_go_on_from_run_to_run(server: Server) -> None:
    thread = new_thread()
    start(server, thread, "agent", said("hi"))

    with opened(server, thread, *ALL) as stream:
        first = [next(stream) for _ in range(4)]
        start(server, thread, "agent", said("again"))
        second = [next(stream) for _ in range(4)]

    assert over(first[-1])
    assert over(second[-1])
    assert [event["seq"] for event in first + second] == list(range(1, 9))


def test_a_stream_waits_for_a_thread_that_does_not_exist_yet(server: Server) -> None:
    thread = new_thread()

    with opened(server, thread, "values") as stream:
        start(server, thread, "steps", {"n": 1})

        assert next(stream)["params"]["data"] == {"n": 1, "log": []}


def test_a_subgraph_begins_and_ends(server: Server) -> None:
    thread = new_thread()
    start(server, thread, "parent", {"v": "x"})

    events = told(server, thread, "lifecycle")

    begun, ended = events[1:3]
    (namespace,) = begun["params"]["namespace"]
    assert begun["params"]["data"] == {
        "event": "started",
        "namespace": [namespace],
        "graph_name": "child",
        "trigger_call_id": namespace.removeprefix("child:"),
    }
    assert ended["params"]["data"] == {"event": "completed", "graph_name": "child"}
    assert ended["event_id"].endswith(f":lc|{namespace}|completed")


def test_a_question_is_told_then_that_the_run_waits(server: Server) -> None:
    thread = new_thread()
    start(server, thread, "agent", said("ask"))

    events = told(server, thread, *ALL, until=lambda event: event["seq"] == 5)

    assert shown(events) == ["lifecycle running", "values", "input.requested", "lifecycle interrupted", "values"]
    question = events[2]
    assert question["params"]["data"]["payload"] == {"question": "ok?"}
    assert question["event_id"].endswith(f":input||{question['params']['data']['interrupt_id']}")


def test_a_question_in_a_subgraph_names_where_it_was_asked(server: Server) -> None:
    thread = new_thread()
    start(server, thread, "parent", {"v": "x", "ask": True})

    question = told(server, thread, "input", until=lambda event: True)[0]

    command(server, thread, "input.respond", response="a", **place_of(question))
    assert shown(told(server, thread, "lifecycle", times=2)) == [
        "lifecycle running",
        "lifecycle started",
        "lifecycle interrupted",
        "lifecycle interrupted",
        "lifecycle running",
        "lifecycle started",
        "lifecycle completed",
        "lifecycle completed",
    ]


def place_of(question: Json) -> Json:
    """Return what an answer says of the question."""
    params = question["params"]
    return {"interrupt_id": params["data"]["interrupt_id"], "namespace": params["namespace"]}


def test_a_message_is_told_as_it_is_spoken(server: Server) -> None:
    thread = new_thread()
    start(server, thread, "chat", said("hi"))

    events = told(server, thread, "messages", "lifecycle", "values")
    spoken = [event["params"]["data"] for event in events if event["method"] == "messages"]

    assert spoken[0] == {"event": "message-start", "role": "ai", "id": spoken[0]["id"]}
    assert spoken[0]["id"].startswith("lc_run--")
    assert [data["event"] for data in spoken[1:]] == [
        "content-block-start",
        *["content-block-delta"] * 5,
        "content-block-finish",
        "message-finish",
    ]
    assert "".join(data["delta"]["text"] for data in spoken if "delta" in data) == "Hello big world"
    assert events[-2]["params"]["data"]["messages"][-1] == {
        "type": "ai",
        "content": [{"type": "text", "text": "Hello big world", "index": 0}],
        "id": spoken[0]["id"],
        "response_metadata": {"output_version": "v1"},
    }


def test_a_run_that_fails_says_why_to_those_who_follow_it(server: Server) -> None:
    thread = new_thread()

    with opened(server, thread, "lifecycle") as stream:
        start(server, thread, "agent", said("boom"))
        live = [next(stream), next(stream)]
    later = told(server, thread, "lifecycle")

    assert live[1]["params"]["data"] == {"event": "failed", "graph_name": "agent", "error": "boom"}
    assert later[1]["params"]["data"] == {"event": "failed", "graph_name": "agent"}


def test_runs_without_the_protocol_tell_what_their_modes_show(server: Server) -> None:
    thread = server.create_thread()
    body = {"assistant_id": "custom", "input": {"x": "a"}, "stream_resumable": True}
    server.post(f"/threads/{thread}/runs/wait", {**body, "stream_mode": ["updates", "custom"]}).raise_for_status()

    events = told(server, thread, *ALL)

    assert shown(events) == ["lifecycle running", "custom", "custom", "custom", "updates", "lifecycle completed"]
    assert events[1]["params"]["data"] == {"payload": {"progress": 1}}
    assert events[4]["params"]["data"] == {"x": "a!"}
    assert events[4]["params"]["node"] == "writer"


def test_runs_that_are_not_kept_are_told_only_live(server: Server) -> None:
    thread = server.create_thread()
    body = {"assistant_id": "steps", "input": {"n": 1}, "stream_mode": "values"}

    with opened(server, thread, "lifecycle") as stream:
        server.post(f"/threads/{thread}/runs/wait", body).raise_for_status()
        assert [is_lifecycle(next(stream)) for _ in range(2)] == [True, True]
    start(server, thread, "agent")

    assert told(server, thread, "lifecycle")[0]["params"]["data"]["graph_name"] == "agent"


def test_a_deleted_run_is_told_no_more(server: Server) -> None:
    thread = new_thread()
    gone = start(server, thread, "steps", {"n": 1})
    told(server, thread, "lifecycle")
    kept = start(server, thread, "steps", {"n": 1})
    told(server, thread, "lifecycle", times=2)

    server.delete(f"/threads/{thread}/runs/{gone}").raise_for_status()

    assert told(server, thread, "lifecycle")[0]["event_id"] == f"synth:{kept}:lc||running"


def test_a_silent_stream_shows_that_it_is_alive(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("understudy.handlers.agent_server.protocol.BEAT", 0.01)

    with server.client.stream("POST", f"/threads/{uuid4()}/stream/events", json={"channels": ["values"]}) as response:
        assert next(response.iter_raw()) == b": heartbeat\r\n\r\n"


def test_a_thread_id_that_is_none_has_no_events(server: Server) -> None:
    answer = server.post("/threads/bad/stream/events", {"channels": ["values"]})

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"


def test_a_reader_that_leaves_is_forgotten(server: Server) -> None:
    thread = new_thread()
    start(server, thread, "steps", {"n": 1})

    told(server, thread, "lifecycle")

    readers = server.world.feeds.of(thread)._readers
    asked = iter(range(1000))
    while readers and next(asked, None) is not None:
        server.get("/ok")
    assert not readers


@pytest.mark.parametrize("path", ["commands", "stream/events"])
def test_nothing_of_this_can_be_fetched(server: Server, path: str) -> None:
    answer = server.get(f"/threads/{uuid4()}/{path}")

    assert answer.status_code == httpx.codes.METHOD_NOT_ALLOWED
