"""The streaming protocol over WebSockets, beyond what the recorded conversations show."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.sync.client import connect

from tests.agent_server.conversation import conversation, new_thread, over, said, start, told

if TYPE_CHECKING:
    from tests.conftest import Server


def address(server: Server, path: str) -> str:
    return server.url.replace("http", "ws", 1) + path


def test_a_run_is_started_and_followed(server: Server) -> None:
    with conversation(server, new_thread(), "values", "lifecycle") as talk:
        answer = talk.ask("run.start", assistant_id="steps", input={"n": 1})
        events = talk.until()

    assert answer["type"] == "success"
    assert events[0]["event_id"] == f"synth:{answer['result']['run_id']}:lc||running"
    assert [event["params"]["data"] for event in events[1:-1]] == [
        {"n": 1, "log": []},
        {"n": 2, "log": ["a"]},
        {"n": 3, "log": ["a", "b"]},
    ]


def test_runs_that_others_start_are_followed(server: Server) -> None:
    thread = new_thread()

    with conversation(server, thread, "lifecycle") as talk:
        start(server, thread, "agent", said("hi"))

        assert [event["seq"] for event in talk.until()] == [1, 4]


def test_whoever_comes_later_is_told_the_last_run(server: Server) -> None:
    thread = new_thread()
    for _ in range(2):
        start(server, thread, "agent", said("hi"))
    told(server, thread, "lifecycle", times=2)

    with conversation(server, thread) as talk:
        talk.socket.send(
            json.dumps({"id": 7, "method": "subscription.subscribe", "params": {"channels": ["lifecycle"]}})
        )
        events, answer = talk.until(), talk.hear()

    assert [event["seq"] for event in events] == [5, 8]
    assert answer["result"]["replayed_events"] == 2
    assert answer["meta"] == {"applied_through_seq": 0}


def test_an_event_that_two_subscriptions_want_is_told_once(server: Server) -> None:
    with conversation(server, new_thread(), "lifecycle") as talk:
        talk.ask("subscription.subscribe", channels=["lifecycle", "values"])
        talk.ask("run.start", assistant_id="steps", input={"n": 1})

        assert [event["seq"] for event in talk.until()] == [1, 2, 3, 4, 5]


def test_nothing_is_told_once_it_is_not_subscribed_to(server: Server) -> None:
    with conversation(server, new_thread()) as talk:
        values = talk.ask("subscription.subscribe", channels=["values"])["result"]["subscription_id"]
        talk.ask("subscription.subscribe", channels=["lifecycle"])

        talk.ask("subscription.unsubscribe", subscription_id=values)

        talk.ask("run.start", assistant_id="steps", input={"n": 1})
        assert [event["method"] for event in talk.until()] == ["lifecycle", "lifecycle"]


def test_an_answer_names_the_place_of_its_question(server: Server) -> None:
    with conversation(server, new_thread(), "lifecycle", "input") as talk:
        talk.ask("run.start", assistant_id="parent", input={"v": "x", "ask": True})
        question = talk.until(lambda event: event["method"] == "input.requested")[-1]["params"]
        asked = question["data"]["interrupt_id"]

        elsewhere = talk.ask("input.respond", interrupt_id=asked, namespace=[], response="a")
        there = talk.ask("input.respond", interrupt_id=asked, namespace=question["namespace"], response="a")
        events = talk.until(lambda event: over(event) and event["params"]["data"]["event"] == "completed")

    assert elsewhere["error"] == "no_such_interrupt"
    assert elsewhere["message"] == "Interrupt namespace does not match the pending interrupt."
    assert there["type"] == "success"
    assert events[-1]["method"] == "lifecycle"


def test_the_tree_shows_subgraphs(server: Server) -> None:
    with conversation(server, new_thread(), "lifecycle") as talk:
        talk.ask("run.start", assistant_id="parent", input={"v": "x"})
        talk.until()

        tree = talk.ask("agent.getTree")["result"]["tree"]

    (child,) = tree["children"]
    assert (tree["namespace"], tree["status"], tree["graph_name"]) == ([], "completed", "parent")
    assert (child["status"], child["graph_name"]) == ("completed", "child")
    assert child["namespace"][0].startswith("child:")


@pytest.mark.parametrize(
    "path",
    [
        "/threads/{id}/stream",
        "/threads/{id}/runs/{id}/protocol",
        "/threads/{id}/commands",
        "/nope",
        "/",
    ],
)
def test_other_paths_take_no_sockets(server: Server, path: str) -> None:
    with pytest.raises(InvalidStatus) as refused, connect(address(server, path.format(id=uuid4()))):
        pass

    answer = refused.value.response
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.body == b""


def test_a_thread_id_that_is_none_ends_the_connection(server: Server) -> None:
    with conversation(server, "bad") as talk, pytest.raises(ConnectionClosedError) as closed:
        talk.hear()

    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1011, "thread stream ended")


@pytest.mark.parametrize("frame", ['{"id":1,', "nan", b"\xff"])
def test_what_is_no_json_is_told_so(server: Server, frame: str | bytes) -> None:
    with conversation(server, new_thread()) as talk:
        talk.socket.send(frame)

        assert talk.hear() == {
            "type": "error",
            "id": None,
            "error": "invalid_argument",
            "message": "Protocol commands must be valid JSON.",
        }


def test_a_reader_that_leaves_is_forgotten(server: Server) -> None:
    thread = new_thread()
    with conversation(server, thread, "values"):
        readers = server.world.feeds.of(thread)._readers
        assert len(readers) == 1

    asked = iter(range(1000))
    while readers and next(asked, None) is not None:
        server.get("/ok")
    assert not readers


def test_fifty_sockets_hear_the_same(server: Server) -> None:
    thread = new_thread()
    talks = [conversation(server, thread, "values", "lifecycle") for _ in range(50)]
    opened = [talk.__enter__() for talk in talks]

    start(server, thread, "steps", {"n": 1})

    heard = [[event["event_id"] for event in talk.until()] for talk in opened]
    assert all(each == heard[0] for each in heard)
    for talk in talks:
        talk.__exit__(None, None, None)
