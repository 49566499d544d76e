"""What becomes of a world that is deleted or begins anew, and of those who are still there."""

from __future__ import annotations

import gc
import json
import logging
import weakref
from typing import TYPE_CHECKING, Any

import pytest
from websockets.exceptions import ConnectionClosedOK
from websockets.sync.client import connect

from tests.control.hosting import KETTLE, WORLDS, create, eventually, threads, within

if TYPE_CHECKING:
    from tests.conftest import Server

LONG = {"assistant_id": "steps", "input": {"n": 1, "sleep": 600}}


def test_a_deleted_world_is_gone_and_whoever_names_it_again_gets_a_new_one(host: Server) -> None:
    thread = host.post("/threads", {}, **within("mine")).json()["thread_id"]

    assert host.delete(f"{WORLDS}/mine").status_code == 204
    assert host.get(WORLDS).json() == []
    assert host.get(f"/threads/{thread}", **within("mine")).status_code == 404
    assert len(threads(host, "mine")) == 5


def test_a_world_begins_anew_with_what_it_began_with(host: Server) -> None:
    create(host, name="mine", begin=[{"name": "empty"}], clock="2026-01-01T12:00:00Z", seed=7)
    first = host.post("/threads", {}, **within("mine")).content
    host.patch("/_understudy/clock", {"now": "2027-01-01T12:00:00Z"}, **within("mine")).raise_for_status()

    reset = host.post(f"{WORLDS}/mine/reset").json()

    assert (reset["threads"], reset["requests"], reset["now"]) == (0, 0, "2026-01-01T12:00:00+00:00")
    assert host.post("/threads", {}, **within("mine")).content == first


def test_other_worlds_stay_as_they_are(host: Server) -> None:
    made = {name: host.post("/threads", {}, **within(name)).json()["thread_id"] for name in ("mine", "other")}

    host.post(f"{WORLDS}/mine/reset").raise_for_status()

    assert made["mine"] not in threads(host, "mine")
    assert made["other"] in threads(host, "other")


def ended(server: Server, name: str, how: str) -> None:
    """Reset, delete or drop a world in which something goes on."""
    if how == "reset":
        server.post(f"{WORLDS}/{name}/reset").raise_for_status()
    else:
        server.delete(f"{WORLDS}/{name}").raise_for_status()


ENDS = pytest.mark.parametrize("how", ["reset", "delete"])


@pytest.fixture
def busy(host: Server) -> str:
    """The name of a world in which a run goes on, and another waits for it; its thread is KETTLE."""
    create(host, name="busy", begin=[{"name": "reference"}, {"scenario": {"threads": [{"thread_id": KETTLE}]}}])
    for _ in range(2):
        host.post(f"/threads/{KETTLE}/runs", LONG, **within("busy")).raise_for_status()
    return "busy"


@ENDS
def test_streams_of_runs_and_threads_end_with_their_world(
    host: Server, busy: str, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    run = host.get(f"/threads/{KETTLE}/runs", **within(busy)).json()[-1]["run_id"]
    told = {"channels": ["values", "lifecycle"]}
    opened: list[tuple[str, str, Any]] = [
        ("GET", f"/threads/{KETTLE}/stream", None),
        ("GET", f"/threads/{KETTLE}/runs/{run}/stream", None),
        ("GET", f"/threads/{KETTLE}/runs/{run}/join", None),
        ("POST", "/runs/stream", LONG | {"on_disconnect": "cancel"}),
        ("POST", "/runs/wait", LONG),
        ("POST", f"/threads/{KETTLE}/stream/events", told),
    ]
    requests = [host.client.build_request(method, path, json=body, **within(busy)) for method, path, body in opened]
    streams = [host.client.send(request, stream=True) for request in requests]

    ended(host, busy, how)

    for stream in streams:
        assert stream.status_code == 200
        stream.read()  # to its end, or this fails when its time is up
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


@ENDS
def test_whoever_waits_for_a_run_is_told_that_it_is_gone_with_its_world(host: Server, busy: str, how: str) -> None:
    run = host.get(f"/threads/{KETTLE}/runs", **within(busy)).json()[-1]["run_id"]
    requests = [
        host.client.build_request("GET", f"/threads/{KETTLE}/runs/{run}/join", **within(busy)),
        host.client.build_request("POST", "/runs/wait", json=LONG, **within(busy)),
    ]
    waiting = [host.client.send(request, stream=True) for request in requests]

    ended(host, busy, how)

    gone = {"__error__": {"error": "HTTPException", "message": "404: Run not found"}}
    assert [json.loads(answer.read()) for answer in waiting] == [gone, gone]


@ENDS
def test_websockets_are_closed_with_their_world(
    host: Server, busy: str, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"{host.url.replace('http', 'ws', 1)}/threads/{KETTLE}/stream/events"
    with connect(url, additional_headers={"X-Understudy-World": busy}) as socket:
        socket.send('{"id": 1, "method": "agent.getTree"}')
        socket.recv(10)

        ended(host, busy, how)

        with pytest.raises(ConnectionClosedOK) as closed:
            socket.recv(10)
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1001, "the world has ended")
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


@ENDS
def test_nothing_is_left_of_a_world_that_has_ended(host: Server, busy: str, how: str) -> None:
    cron = {"assistant_id": "steps", "schedule": "0 0 1 1 *", "input": LONG["input"]}
    host.post("/runs/crons", cron, **within(busy)).raise_for_status()
    host.post(f"/threads/{KETTLE}/runs", LONG | {"after_seconds": 600}, **within(busy)).raise_for_status()
    world = host.worlds.get(busy).world
    tasks = {*world.runs.queues.values(), *(playing.task for playing in world.runs.playing.values())}
    left: list[weakref.ref[Any]] = [weakref.ref(world), weakref.ref(world.clock)]
    assert tasks
    del world

    with host.client.stream("GET", f"/threads/{KETTLE}/stream", **within(busy)):
        ended(host, busy, how)

    def collected() -> bool:
        tasks.clear()
        gc.collect()
        return not any(ref() for ref in left)

    assert eventually(lambda: all(task.done() for task in tasks), host)
    assert eventually(collected, host)


def test_a_run_that_waits_for_its_turn_does_not_get_it_when_its_world_ends(host: Server, busy: str) -> None:
    world = host.worlds.get(busy).world

    ended(host, busy, "delete")

    assert eventually(lambda: not world.runs.playing, host)
    assert [row["status"] for row in world.runs] == ["running", "pending"]
