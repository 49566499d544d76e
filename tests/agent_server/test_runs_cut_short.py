"""Runs that are stopped on their way: what stays of them, whatever they make of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from tests.conftest import Server
from understudy.agents.steps import Situation
from understudy.scenarios import Source, build, read

MODULE = __name__

SCENARIO = f"""\
agents:
  slow:
    channels: {{log: append}}
    nodes: {{first: {{write: {{log: [first]}}}}, second: [{{emit: here}}, {{wait: 60}}]}}
    edges: [[__start__, first], [first, second]]
  around: {{channels: {{log: append}}, nodes: {{inner: null}}, subgraphs: {{inner: slow}}}}
  stubborn: {{channels: {{log: append}}, nodes: {{stay: {{python: "{MODULE}:staying"}}}}}}
  clumsy: {{channels: {{log: append}}, nodes: {{fall: {{python: "{MODULE}:falling"}}}}}}
"""


async def staying(_: Situation) -> AsyncGenerator[Any, Any]:
    yield {"emit": "here"}
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        yield {"write": {"log": ["stayed"]}}


async def falling(_: Situation) -> AsyncGenerator[Any, Any]:
    yield {"emit": "here"}
    try:
        await asyncio.sleep(60)
    finally:
        raise ValueError("fell")


def stopped(server: Server, agent: str, action: str = "interrupt", **body: Any) -> str:
    """Return the thread on which a run was stopped when it was where it says `here`."""
    server.world = build([read(Source("f.yaml", SCENARIO))])
    thread_id = server.create_thread()
    told = {"assistant_id": agent, "input": {"log": []}, "stream_mode": "custom", "stream_subgraphs": True, **body}
    with server.client.stream("POST", f"/threads/{thread_id}/runs/stream", json=told) as answer:
        lines = answer.iter_lines()
        next(line for line in lines if "here" in line)
        path = f"/threads/{thread_id}/runs/{answer.headers['content-location'].rpartition('/')[2]}"
        assert server.post(f"{path}/cancel", params={"wait": "1", "action": action}).status_code == 200
    return thread_id


@pytest.mark.parametrize("durability", ["sync", "async", "exit"])
def test_a_run_that_is_stopped_leaves_what_is_next(server: Server, durability: str) -> None:
    thread_id = stopped(server, "slow", durability=durability)

    state = server.get(f"/threads/{thread_id}/state").json()
    assert (state["values"], state["next"]) == ({"log": ["first"]}, ["second"])
    assert server.get(f"/threads/{thread_id}").json()["status"] == "interrupted"


@pytest.mark.parametrize("durability", ["sync", "async", "exit"])
def test_so_does_a_graph_inside_it(server: Server, durability: str) -> None:
    thread_id = stopped(server, "around", durability=durability)

    state = server.get(f"/threads/{thread_id}/state", params={"subgraphs": "true"}).json()
    assert state["next"] == ["inner"]
    assert state["tasks"][0]["state"]["next"] == ["second"]


def test_nothing_stays_of_one_that_keeps_its_state_for_the_end_and_is_rolled_back(server: Server) -> None:
    thread_id = stopped(server, "around", "rollback", durability="exit")

    assert server.post(f"/threads/{thread_id}/history", {}).json() == []


@pytest.mark.parametrize("agent", ["stubborn", "clumsy"])
def test_a_run_is_rolled_back_whatever_its_nodes_make_of_being_stopped(server: Server, agent: str) -> None:
    thread_id = stopped(server, agent, "rollback")

    assert server.get(f"/threads/{thread_id}/runs").json() == []
    assert server.get(f"/threads/{thread_id}/state").json()["values"] == {}
    assert server.get(f"/threads/{thread_id}").json()["status"] == "idle"


@pytest.mark.parametrize("agent", ["stubborn", "clumsy"])
def test_a_run_is_interrupted_whatever_its_nodes_make_of_being_stopped(server: Server, agent: str) -> None:
    thread_id = stopped(server, agent)

    assert [run["status"] for run in server.get(f"/threads/{thread_id}/runs").json()] == ["interrupted"]
    assert server.get(f"/threads/{thread_id}").json()["status"] in ("idle", "interrupted")


@pytest.mark.parametrize("waits", [False, True])
@pytest.mark.parametrize("deleted", ["/threads/{thread}", "/threads/{thread}/runs/{run}"])
def test_whoever_follows_a_run_is_told_that_it_was_deleted(server: Server, deleted: str, *, waits: bool) -> None:
    server.world = build([read(Source("f.yaml", SCENARIO))])
    thread, body = server.create_thread(), {"assistant_id": "slow", "input": {"log": []}}
    if waits:
        server.post(f"/threads/{thread}/runs", body).raise_for_status()
    gone = {"error": "HTTPException", "message": "404: Run not found"}

    with (
        server.client.stream("POST", f"/threads/{thread}/runs/wait", json=body) as waiting,
        server.client.stream("GET", f"{waiting.headers['content-location']}/stream") as following,
    ):
        run = waiting.headers["content-location"].rpartition("/")[2]
        assert server.delete(deleted.format(thread=thread, run=run)).status_code == 204
        result, events = json.loads(waiting.read()), following.read().decode()

    assert result == {"__error__": gone}
    assert events.endswith(f"event: error\r\ndata: {json.dumps(gone, separators=(',', ':'))}\r\n\r\n")
