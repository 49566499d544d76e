"""Runs that are held stop before each step of their graph, and go on as they are told over HTTP."""

from __future__ import annotations

import asyncio
import threading
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from langgraph_sdk import get_sync_client

from understudy.agents.steps import Write
from understudy.scenarios import Source, build, read
from understudy.state.agents import END, START, Agent, Edge
from understudy.state.clock import Clock
from understudy.state.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.conftest import Server
    from understudy.agents.steps import Situation

CLOCK = "/_understudy/clock"
RUNS = "/_understudy/runs"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

AGENTS = """
agents:
  walker:
    channels: {log: append}
    nodes:
      a:
        write: {log: [a]}
      b:
        write: {log: [b]}
      c:
        write: {log: [c]}
    edges: [[__start__, a], [a, b], [a, c], [b, __end__], [c, __end__]]
  endless:
    channels: {n: sum}
    nodes:
      add:
        write: {n: 1}
    edges: [[__start__, add], [add, add]]
  sleeper:
    channels: {log: append}
    nodes:
      sleep:
        - wait: 90
        - write: {log: [awake]}
      rise:
        - write: {log: [up]}
    edges: [[__start__, sleep], [sleep, rise], [rise, __end__]]
  asking:
    channels: {log: append}
    nodes:
      ask:
        - interrupt: Really?
        - write: {log: ["{{ resume }}"]}
      thank:
        - write: {log: [thanks]}
    edges: [[__start__, ask], [ask, thank], [thank, __end__]]
  outer:
    channels: {log: append}
    nodes:
      inner: null
      last:
        write: {log: [last]}
    edges: [[__start__, inner], [inner, last], [last, __end__]]
    subgraphs: {inner: walker}
"""


def world_at_noon() -> World:
    return build([read(Source("agents.yaml", AGENTS))], Clock(NOON), seed=1)


@pytest.fixture(autouse=True)
def at_noon(server: Server) -> None:
    server.world = world_at_noon()


def hold(server: Server, *, held: bool = True) -> list[dict[str, Any]]:
    return list(server.patch(RUNS, {"held": held}).raise_for_status().json())


def playing(server: Server) -> list[dict[str, Any]]:
    return list(server.get(RUNS).raise_for_status().json())


def step(server: Server, run: str, **body: int) -> dict[str, Any]:
    answer = server.post(f"{RUNS}/{run}/step", body or None)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def begin(server: Server, agent: str, **body: Any) -> tuple[str, str]:
    """Return the ids of a new thread and of a run that is begun on it."""
    thread = server.create_thread()
    given = {"assistant_id": agent, "input": {}, **body}
    answer = server.post(f"/threads/{thread}/runs", given).raise_for_status()
    return thread, answer.json()["run_id"]


def status(server: Server, thread: str, run: str) -> str:
    return str(server.get(f"/threads/{thread}/runs/{run}").json()["status"])


def values(server: Server, thread: str) -> Any:
    return server.get(f"/threads/{thread}/state").json()["values"]


def test_nothing_is_played_at_first(server: Server) -> None:
    assert playing(server) == []


def test_a_held_run_stops_before_its_first_node(server: Server) -> None:
    hold(server)

    thread, run = begin(server, "walker")

    (told,) = playing(server)
    assert told == {
        "run_id": run,
        "thread_id": thread,
        "held": True,
        "waiting": False,
        "over": False,
        "next": ["a"],
    }
    assert status(server, thread, run) == "running"
    assert server.get(f"/threads/{thread}/state").json()["next"] == ["a"]


def test_a_held_run_takes_one_step_after_the_other_and_is_over(server: Server) -> None:
    hold(server)
    thread, run = begin(server, "walker")

    first, so_far = step(server, run), values(server, thread)
    second = step(server, run)

    assert (first["held"], first["over"], first["next"], so_far) == (True, False, ["b", "c"], {"log": ["a"]})
    assert (second["held"], second["over"], second["next"]) == (False, True, [])
    assert values(server, thread) == {"log": ["a", "b", "c"]}
    assert status(server, thread, run) == "success"
    assert playing(server) == []


def test_a_held_run_takes_as_many_steps_as_it_is_told(server: Server) -> None:
    hold(server)
    thread, run = begin(server, "endless")

    told = step(server, run, steps=100)

    assert (told["held"], told["next"]) == (True, ["add"])
    assert values(server, thread) == {"n": 100}
    assert step(server, run)["held"]
    assert values(server, thread) == {"n": 101}
    server.delete(f"/threads/{thread}")


def test_what_a_run_does_beyond_its_end_is_nothing(server: Server) -> None:
    hold(server)
    thread, run = begin(server, "walker")

    assert step(server, run, steps=10000)["over"]
    assert status(server, thread, run) == "success"


def test_a_run_under_way_stops_before_its_next_step(server: Server) -> None:
    thread, run = begin(server, "sleeper")

    (told,) = hold(server)
    assert (told["run_id"], told["held"], told["waiting"], told["next"]) == (run, False, True, [])

    server.post(f"{CLOCK}/advance", {"seconds": 90})
    (told,) = playing(server)
    assert (told["run_id"], told["held"], told["waiting"], told["next"]) == (run, True, False, ["rise"])
    assert values(server, thread) == {"log": ["awake"]}


def test_runs_go_on_when_they_are_let_go(server: Server) -> None:
    hold(server)
    begun = [begin(server, "walker") for _ in range(3)]
    assert [one["held"] for one in playing(server)] == [True] * 3

    hold(server, held=False)

    for thread, run in begun:
        server.get(f"/threads/{thread}/runs/{run}/join").raise_for_status()
        assert values(server, thread) == {"log": ["a", "b", "c"]}


def test_only_the_steps_of_a_runs_own_graph_count(server: Server) -> None:
    hold(server)
    thread, run = begin(server, "outer")
    assert playing(server)[0]["next"] == ["inner"]

    told = step(server, run)

    assert told["next"] == ["last"]
    assert values(server, thread) == {"log": ["a", "b", "c"]}


def test_events_of_a_step_have_been_streamed_when_it_is_over(server: Server) -> None:
    hold(server)
    with closing(get_sync_client(url=server.url)) as client:
        thread = client.threads.create()["thread_id"]
        stream = client.runs.stream(thread, "walker", input={}, stream_mode=["updates"])
        run = next(stream).data["run_id"]

        told = []
        for names in (["a"], ["b", "c"]):
            step(server, run)
            told.append([list(next(stream).data) for _ in names])

        assert told == [[["a"]], [["b"], ["c"]]]
        assert list(stream) == []


def test_a_run_that_asks_is_over_until_it_is_resumed(server: Server) -> None:
    hold(server)
    thread, run = begin(server, "asking")
    assert step(server, run)["over"]
    assert server.get(f"/threads/{thread}").json()["status"] == "interrupted"

    resumed = server.post(f"/threads/{thread}/runs", {"assistant_id": "asking", "command": {"resume": "yes"}}).json()

    assert playing(server)[0]["next"] == ["ask"]
    assert step(server, resumed["run_id"])["next"] == ["thank"]
    assert step(server, resumed["run_id"])["over"]
    assert values(server, thread) == {"log": ["yes", "thanks"]}


def test_a_step_that_lets_time_pass_says_so_and_goes_on_with_the_clock(server: Server) -> None:
    hold(server)
    thread, run = begin(server, "sleeper")

    waiting = step(server, run)
    assert (waiting["held"], waiting["waiting"], waiting["over"]) == (False, True, False)
    assert step(server, run)["waiting"]

    told = server.post(f"{CLOCK}/advance", {"seconds": 90}).json()
    assert (told["due"], told["settled"]) == (None, True)
    assert (playing(server)[0]["held"], playing(server)[0]["next"]) == (True, ["rise"])
    assert values(server, thread) == {"log": ["awake"]}


def test_a_step_that_takes_real_time_is_waited_for(server: Server) -> None:
    server.world = build([read(Source("agents.yaml", AGENTS.replace("wait: 90", "wait: 0.05")))])
    hold(server)
    _, run = begin(server, "sleeper")

    assert step(server, run)["next"] == ["rise"]


def test_a_step_that_does_not_end_is_not_waited_for_for_ever(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("understudy.agents.holding.PATIENCE", 0.1)
    begun, done = threading.Event(), asyncio.Event()

    async def busy(situation: Situation) -> AsyncGenerator[Write, Any]:
        begun.set()
        await done.wait()
        yield Write({"n": 1})

    edges = (Edge(START, "busy"), Edge("busy", END))
    agent = Agent("own", channels={"n": "sum"}, nodes=("busy",), edges=edges, behaviours={"busy": busy})
    server.world = World([agent], clock=Clock(NOON))
    hold(server)
    thread, run = begin(server, "own", input={"n": 0})

    told = step(server, run)

    assert begun.is_set()
    assert (told["held"], told["waiting"], told["over"]) == (False, False, False)
    server.delete(f"/threads/{thread}")
    assert playing(server) == []


def test_time_is_advanced_past_runs_that_are_held(server: Server) -> None:
    hold(server)
    thread, run = begin(server, "walker")
    delayed, _ = begin(server, "walker", after_seconds=60)

    told = server.post(f"{CLOCK}/advance", {"seconds": 3600}).json()

    assert told == {"now": "2026-01-01T13:00:00+00:00", "frozen": True, "due": None, "settled": True}
    assert [one["thread_id"] for one in playing(server)] == [thread, delayed]
    assert status(server, thread, run) == "running"


@pytest.mark.parametrize(("action", "left"), [("interrupt", {"log": ["a"]}), ("rollback", {})])
def test_a_held_run_is_cancelled(server: Server, action: str, left: dict[str, Any]) -> None:
    hold(server)
    thread, run = begin(server, "walker")
    step(server, run)

    answer = server.post(f"/threads/{thread}/runs/{run}/cancel", params={"wait": "true", "action": action})

    assert answer.status_code < 300
    assert playing(server) == []
    assert (values(server, thread) or {}) == left
    assert server.get(f"/threads/{thread}/runs/{run}").status_code == (200 if action == "interrupt" else 404)


def test_a_held_run_is_deleted(server: Server) -> None:
    hold(server)
    thread, run = begin(server, "walker")

    assert server.delete(f"/threads/{thread}/runs/{run}").status_code < 300
    assert playing(server) == []
    assert server.get(f"/threads/{thread}/runs").json() == []


def test_the_thread_of_a_held_run_is_deleted(server: Server) -> None:
    hold(server)
    thread, _ = begin(server, "walker")

    assert server.delete(f"/threads/{thread}").status_code < 300
    assert playing(server) == []


def test_a_run_that_waits_for_its_turn_is_held_when_that_comes(server: Server) -> None:
    hold(server)
    thread, first = begin(server, "walker")
    given = {"assistant_id": "walker", "input": {}, "multitask_strategy": "enqueue"}
    second = server.post(f"/threads/{thread}/runs", given).json()["run_id"]
    assert [one["run_id"] for one in playing(server)] == [first]
    assert server.post(f"{RUNS}/{second}/step").status_code == 404

    step(server, first, steps=2)

    assert [one["run_id"] for one in playing(server)] == [second]


def test_a_world_that_begins_anew_lets_its_held_runs_go(server: Server) -> None:
    server.worlds.replace("other", world_at_noon)
    other = {"X-Understudy-World": "other"}
    server.patch(RUNS, {"held": True}, headers=other)
    with closing(get_sync_client(url=server.url, headers=other)) as client:
        thread = client.threads.create()["thread_id"]
        stream = client.runs.stream(thread, "walker", input={}, stream_mode=["updates"])
        next(stream)

        server.post("/_understudy/worlds/other/reset").raise_for_status()

        assert list(stream) == []
        assert server.get(RUNS, headers=other).json() == []


def test_worlds_hold_their_own_runs(server: Server) -> None:
    server.patch(RUNS, {"held": True}, headers={"X-Understudy-World": "other"})

    thread, run = begin(server, "walker")

    server.get(f"/threads/{thread}/runs/{run}/join").raise_for_status()
    assert status(server, thread, run) == "success"


def test_runs_that_are_not_held_cannot_be_stepped(server: Server) -> None:
    thread, run = begin(server, "sleeper")

    answer = server.post(f"{RUNS}/{run}/step", {"steps": 1})

    assert answer.status_code == 409
    assert "PATCH /_understudy/runs" in answer.json()["detail"]
    server.delete(f"/threads/{thread}")


def test_a_run_that_is_not_played_cannot_be_stepped(server: Server) -> None:
    hold(server)

    answer = server.post(f"{RUNS}/nobody/step")

    assert answer.status_code == 404
    assert answer.json() == {"detail": 'no run "nobody" is being played'}


@pytest.mark.parametrize("steps", [0, -1, 10001, 1.5, "1", None, True])
def test_a_number_of_steps_that_cannot_be_is_refused(server: Server, steps: Any) -> None:
    hold(server)
    thread, run = begin(server, "walker")

    answer = server.post(f"{RUNS}/{run}/step", {"steps": steps})

    assert answer.status_code == 422
    assert values(server, thread) == {"log": []}


@pytest.mark.parametrize("body", [{}, {"held": 1}, {"held": True, "more": 1}, []])
def test_what_does_not_say_whether_to_hold_is_refused(server: Server, body: Any) -> None:
    assert server.patch(RUNS, body).status_code == 422
    assert playing(server) == []
