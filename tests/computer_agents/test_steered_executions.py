"""Executions are runs for whoever steers the server: counted, held and stepped, and the clock waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.computer_agents.conversing import MORNING, ended, read_thread, said, thread
from tests.computer_agents.making import play
from understudy.state.clock import Clock, timestamp
from understudy.state.world import World

if TYPE_CHECKING:
    from tests.conftest import Server

CLOCK = "/_understudy/clock"
RUNS = "/_understudy/runs"
SNAPSHOT = "/_understudy/worlds/default"

AGENTS = """
agents:
  walker:
    channels: {messages: messages}
    nodes:
      a: {say: First.}
      b: {say: Second.}
  sleeper:
    channels: {messages: messages}
    nodes:
      sleep: [{wait: 90}, {say: Awake.}]
"""


@pytest.fixture(autouse=True)
def in_the_morning(server: Server) -> None:
    """A world in which time stands still, with the agents."""
    server.begin(lambda: World(clock=Clock(MORNING)))
    server.post("/_understudy/scenarios", {"text": AGENTS}).raise_for_status()


def hold(server: Server, *, held: bool = True) -> list[dict[str, Any]]:
    return list(server.patch(RUNS, {"held": held}).raise_for_status().json())


def playing(server: Server) -> list[dict[str, Any]]:
    return list(server.get(RUNS).raise_for_status().json())


def step(server: Server, run: str, **body: int) -> dict[str, Any]:
    return dict(server.post(f"{RUNS}/{run}/step", body or None).raise_for_status().json())


def begin(server: Server, agent: str) -> dict[str, Any]:
    """Return a thread in which an agent has come as far as it can without the clock."""
    begun = thread(server, agentId=agent, content="Go", stream=False)
    assert server.post(f"{CLOCK}/advance", {"seconds": 0}).raise_for_status().json()["settled"]
    return begun


def counts(server: Server) -> tuple[int, int]:
    told = server.get("/_understudy/worlds/default").raise_for_status().json()
    return told["threads"], told["runs"]


def test_threads_and_executions_are_counted(server: Server) -> None:
    thread(server)
    assert counts(server) == (1, 0)

    begin(server, "sleeper")

    assert counts(server) == (2, 1)
    server.post(f"{CLOCK}/advance", {"seconds": 90}).raise_for_status()
    assert counts(server) == (2, 0)


def test_an_execution_is_listed_with_the_ids_that_its_api_has(server: Server) -> None:
    hold(server)

    begun = begin(server, "walker")

    (told,) = playing(server)
    assert told["run_id"].startswith("run_")
    assert {name: told[name] for name in told if name != "run_id"} == {
        "thread_id": begun["id"],
        "held": True,
        "waiting": False,
        "over": False,
        "next": ["a"],
    }


def test_what_was_held_before_anything_was_executed_holds(server: Server) -> None:
    hold(server)
    begun = begin(server, "walker")
    run = playing(server)[0]["run_id"]

    first = step(server, run)
    so_far = said(server, begun)
    second = step(server, run)

    assert (first["held"], first["over"], first["next"]) == (True, False, ["b"])
    assert so_far == [("user", "Go")]
    assert (second["held"], second["over"]) == (False, True)
    assert read_thread(server, begun)["status"] == "completed"
    assert said(server, begun)[1] == ("assistant", "First.\n\nSecond.")
    assert playing(server) == []


def test_executions_go_on_when_they_are_let_go(server: Server) -> None:
    hold(server)
    begun = [begin(server, "walker") for _ in range(3)]
    assert [one["thread_id"] for one in playing(server)] == [one["id"] for one in begun]

    hold(server, held=False)

    assert [ended(server, one)["status"] for one in begun] == ["completed"] * 3


def test_a_held_execution_is_cancelled(server: Server) -> None:
    hold(server)
    begun = begin(server, "walker")

    server.post(f"/v1/threads/{begun['id']}/cancel").raise_for_status()

    assert playing(server) == []
    assert read_thread(server, begun)["status"] == "cancelled"


def test_an_execution_that_is_not_there_cannot_be_stepped(server: Server) -> None:
    hold(server)

    answer = server.post(f"{RUNS}/run_nobody/step")

    assert (answer.status_code, answer.json()) == (404, {"detail": 'no run "run_nobody" is being played'})


def test_time_that_is_advanced_takes_an_agent_along_to_its_end(server: Server) -> None:
    begun = begin(server, "sleeper")
    (told,) = playing(server)
    assert (told["waiting"], told["held"]) == (True, False)
    assert server.get(CLOCK).json()["due"] == timestamp(MORNING).replace("08:00:00", "08:01:30")

    told = server.post(f"{CLOCK}/advance", {"seconds": 3600}).raise_for_status().json()

    assert (told["settled"], told["due"]) == (True, None)
    row = read_thread(server, begun)
    assert (row["status"], row["duration"]) == ("completed", "90s")


def test_a_clock_that_is_set_past_an_agents_work_is_answered_when_that_is_done(server: Server) -> None:
    begun = begin(server, "sleeper")

    told = server.patch(CLOCK, {"now": "2026-01-31T09:00:00Z"}).raise_for_status().json()

    assert told["settled"]
    assert read_thread(server, begun)["status"] == "completed"


def test_an_agent_without_pauses_has_answered_when_all_has_come_to_rest(server: Server) -> None:
    file = {"type": "file_change", "path": "a", "content": "b"}
    play(server, chatty=[{"say": {"content": "word " * 500}}, {"emit": file}])

    begun = begin(server, "chatty")

    assert read_thread(server, begun)["status"] == "completed"
