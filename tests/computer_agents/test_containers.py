"""Whether computers run, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.computer_agents.making import computer
from understudy.state.clock import Clock
from understudy.state.world import World

if TYPE_CHECKING:
    from tests.conftest import Server

BODIES: dict[str, list[Any]] = {
    "start": [None, {}, {"agentId": "agent_x", "enabledSkills": {"web": True}, "customSkills": [{}]}],
    "stop": [None, {}, {"all": True}, {"containerId": "container_x"}],
}


@pytest.fixture
def clock(server: Server) -> Clock:
    """The clock of a world in which it is 8 o'clock."""
    clock = Clock(datetime(2026, 1, 31, 8, tzinfo=UTC))
    server.begin(lambda: World(clock=clock))
    return clock


def test_a_computer_that_was_never_started_is_stopped(server: Server) -> None:
    path = f"/v1/environments/{computer(server)['id']}"

    assert server.get(f"{path}/status").json() == {
        "status": "stopped",
        "executionCount": 0,
        "message": "The computer is stopped",
    }


def test_a_started_computer_runs_at_once(server: Server, clock: Clock) -> None:
    path = f"/v1/environments/{computer(server)['id']}"

    started = server.post(f"{path}/start").json()

    assert started["containerId"].startswith("container_")
    assert started == {"status": "running", "containerId": started["containerId"], "message": "The computer is running"}
    assert server.get(f"{path}/status").json() == {
        **started,
        "startedAt": "2026-01-31T08:00:00.000Z",
        "executionCount": 0,
    }
    assert server.get(path).json()["environment"]["status"] == "running"


@pytest.mark.parametrize("body", BODIES["start"])
def test_a_computer_that_runs_goes_on_in_its_container_whatever_is_said(
    server: Server, clock: Clock, body: Any
) -> None:
    path = f"/v1/environments/{computer(server)['id']}"
    started = server.post(f"{path}/start").json()
    clock.advance(timedelta(hours=1))

    again = server.post(f"{path}/start", body)

    assert again.json() == started
    assert server.get(f"{path}/status").json()["startedAt"] == "2026-01-31T08:00:00.000Z"


@pytest.mark.parametrize("body", BODIES["stop"])
def test_a_computer_is_stopped_whatever_is_said(server: Server, body: Any) -> None:
    path = f"/v1/environments/{computer(server)['id']}"
    first = server.post(f"{path}/start").json()["containerId"]

    stopped = server.post(f"{path}/stop", body)

    assert stopped.json() == {"status": "stopped", "message": "The computer is stopped"}
    assert server.post(f"{path}/stop", body).json() == stopped.json()
    status = server.get(f"{path}/status").json()
    assert status["status"] == "stopped"
    assert not {"containerId", "startedAt"} & status.keys()
    assert server.get(path).json()["environment"]["status"] == "stopped"
    assert server.post(f"{path}/start").json()["containerId"] != first


@pytest.mark.parametrize(("verb", "body"), [("start", {"agent": 1}), ("stop", {"all": "yes"}), ("stop", [])])
def test_what_does_not_fit_starts_and_stops_nothing(server: Server, verb: str, body: Any) -> None:
    path = f"/v1/environments/{computer(server)['id']}"

    refused = server.post(f"{path}/{verb}", body)

    assert refused.status_code == 400
    assert refused.json()["code"] == "VALIDATION_FAILED"
    assert server.get(f"{path}/status").json()["status"] == "stopped"


def test_what_is_executed_in_a_computer_starts_it_and_is_counted(server: Server, clock: Clock) -> None:
    made = computer(server)
    path = f"/v1/environments/{made['id']}"
    computers = server.world.computer_agents.environments

    computers.use(made["id"])
    clock.advance(timedelta(minutes=1))
    computers.use(made["id"])

    status = server.get(f"{path}/status").json()
    assert status["status"] == "running"
    assert status["startedAt"] == "2026-01-31T08:00:00.000Z"
    assert status["lastUsedAt"] == "2026-01-31T08:01:00.000Z"
    assert status["executionCount"] == 2
    server.post(f"{path}/stop").raise_for_status()
    stopped = server.get(f"{path}/status").json()
    assert (stopped["executionCount"], stopped["lastUsedAt"]) == (2, "2026-01-31T08:01:00.000Z")


def test_what_is_executed_in_a_deleted_computer_does_not_bring_it_back(server: Server) -> None:
    made = computer(server)
    server.delete(f"/v1/environments/{made['id']}").raise_for_status()

    server.world.computer_agents.environments.use(made["id"])

    assert server.get("/v1/environments").json()["data"] == []
