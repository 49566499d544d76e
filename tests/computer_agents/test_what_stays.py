"""What becomes of threads whose computer or agent is changed, stopped or deleted."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from tests.computer_agents.making import agent, computer, names, play, thread
from understudy.state.clock import Clock
from understudy.state.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

    from tests.conftest import Server


def get(server: Server, thread_id: str) -> dict[str, Any]:
    return dict(server.get(f"/v1/threads/{thread_id}").raise_for_status().json()["thread"])


def say(server: Server, thread_id: str, content: str) -> str:
    """Say something in a thread; return what the agent says."""
    answer = server.post(f"/v1/threads/{thread_id}/messages", {"content": content}).raise_for_status()
    assert "stream.completed" in answer.text
    return str(get(server, thread_id)["messages"][-1]["content"])


@pytest.fixture
def clock(server: Server) -> Clock:
    """The clock of a world with an agent that takes an hour."""
    clock = Clock(datetime(2026, 1, 31, 8, tzinfo=UTC))
    server.begin(lambda: World(clock=clock))
    play(server, slow=[{"wait": 3600}, {"say": "Done."}])
    return clock


@contextmanager
def working(server: Server, thread_id: str) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Say something in a thread; meanwhile its agent is at work. What comes returns the rest of the events."""
    with server.client.stream("POST", f"/v1/threads/{thread_id}/messages", json={"content": "Go"}) as answer:
        lines = data(answer)
        assert next(lines)["type"] == "response.started"
        yield lambda: list(lines)


def data(answer: httpx.Response) -> Iterator[dict[str, Any]]:
    for line in answer.iter_lines():
        if line:
            yield orjson.loads(line.removeprefix("data: "))


@pytest.mark.parametrize("hard", ["true", "false"])
def test_a_thread_whose_computer_is_deleted_stays_without_its_name_and_goes_on(server: Server, hard: str) -> None:
    kept = thread(server, environmentId=computer(server)["id"], content="Hello")
    assert kept["environmentName"] == "Sandbox"

    server.delete(f"/v1/environments/{kept['environmentId']}", params={"hard": hard}).raise_for_status()

    after = get(server, kept["id"])
    assert (after["environmentId"], after["environmentName"]) == (kept["environmentId"], None)
    assert "again" in say(server, kept["id"], "Hello again")
    copied = server.post(f"/v1/threads/{kept['id']}/copy")
    assert copied.status_code == 200
    assert (copied.json()["environmentId"], copied.json()["environmentName"]) == (kept["environmentId"], None)
    assert names(server, "environments") == []


def test_it_is_forked_into_a_new_computer_unless_the_old_one_is_gone_for_good(server: Server) -> None:
    target = {"environmentTarget": "new_forked_environment"}
    soft = thread(server, environmentId=computer(server, name="Soft")["id"])
    hard = thread(server, environmentId=computer(server, name="Hard")["id"])
    server.delete(f"/v1/environments/{soft['environmentId']}").raise_for_status()
    server.delete(f"/v1/environments/{hard['environmentId']}", params={"hard": "true"}).raise_for_status()

    forked = server.post(f"/v1/threads/{soft['id']}/copy", target)
    refused = server.post(f"/v1/threads/{hard['id']}/copy", target)

    assert (forked.status_code, forked.json()["environmentName"]) == (201, "Soft Fork")
    assert refused.status_code == 404
    assert refused.json()["message"] == f"Environment {hard['environmentId']} not found"
    assert names(server, "environments") == ["Soft Fork"]


def test_what_is_executed_goes_on_when_its_computer_is_stopped(server: Server, clock: Clock) -> None:
    made = thread(server, agentId="slow", environmentId=computer(server)["id"])
    path = f"/v1/environments/{made['environmentId']}"

    with working(server, made["id"]) as rest:
        assert server.get(f"{path}/status").json()["status"] == "running"
        server.post(f"{path}/stop").raise_for_status()
        clock.advance(timedelta(hours=1))
        events = rest()

    assert events[-1]["run"]["status"] == "success"
    assert get(server, made["id"])["messages"][-1]["content"] == "Done."
    assert server.get(f"{path}/status").json()["status"] == "stopped"


def test_what_is_executed_goes_on_as_it_began_when_its_agent_is_changed(server: Server, clock: Clock) -> None:
    made = thread(server, agentId="slow")

    with working(server, made["id"]) as rest:
        server.patch("/v1/agents/slow", {"name": "Other", "model": "other"}).raise_for_status()
        clock.advance(timedelta(hours=1))
        events = rest()

    assert events[-1]["run"]["status"] == "success"
    assert get(server, made["id"])["messages"][-1]["content"] == "Done."
    assert get(server, made["id"])["agentName"] == "Other"


def test_a_thread_whose_agent_is_deleted_stays_without_its_name_and_the_default_agent_works_on_it(
    server: Server,
) -> None:
    play(server, poet={"say": "A rose."}, clerk={"say": "Noted."})
    server.patch("/v1/agents/clerk", {"isDefault": True}).raise_for_status()
    made = thread(server, agentId="poet")
    assert say(server, made["id"], "Hello") == "A rose."

    server.delete("/v1/agents/poet").raise_for_status()

    assert say(server, made["id"], "Hello") == "Noted."
    after = get(server, made["id"])
    assert (after["agentId"], after["agentName"]) == ("poet", None)


def test_agent_default_comes_to_be_again_where_a_thread_needs_it(server: Server) -> None:
    made = thread(server, agentId=agent(server)["id"])
    for row in server.get("/v1/agents").json()["data"]:
        server.delete(f"/v1/agents/{row['id']}").raise_for_status()

    assert "Hello" in say(server, made["id"], "Hello")

    assert names(server, "agents") == ["Default agent"]
    assert thread(server)["agentId"] == "agent_default"


def test_an_agent_that_no_script_plays_repeats_what_it_is_told(server: Server) -> None:
    made = thread(server, agentId=agent(server)["id"])

    assert "Write hello.py" in say(server, made["id"], "Write hello.py")
