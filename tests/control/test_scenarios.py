"""Scenarios that are put into worlds of a running server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import Server
from tests.control.hosting import WORLDS, eventually, within

if TYPE_CHECKING:
    from collections.abc import Iterator

T1 = "11111111-1111-4111-8111-111111111111"
T2 = "22222222-2222-4222-8222-222222222222"
SLOW = "agents: {slow: {channels: {said: append}, nodes: {one: {write: {said: [old]}}, two: {write: {said: [old]}}}}}"


def load(server: Server, **given: Any) -> Any:
    return server.post("/_understudy/scenarios", given).raise_for_status().json()


def test_the_scenarios_that_ship_are_listed(server: Server) -> None:
    listed = {row["name"]: row for row in server.get("/_understudy/scenarios").json()}

    assert list(listed) == ["demo", "empty", "large", "reference"]
    assert (listed["demo"]["agents"], listed["demo"]["threads"]) == (2, 5)
    assert listed["large"]["threads"] == 1000
    assert listed["empty"]["description"].startswith("One agent")


def test_a_scenario_is_put_into_the_world_of_the_request_only(server: Server) -> None:
    before = len(server.worlds.use("other").threads)

    world = load(server, scenario={"threads": [{"thread_id": T1}]})

    assert (world["name"], world["threads"]) == ("default", 1)
    assert len(server.worlds.use("other").threads) == before
    server.worlds.delete("other")


def test_what_has_the_same_id_is_replaced_and_all_else_stays(server: Server) -> None:
    kept = server.create_thread(thread_id=T2, metadata={"kept": True})
    server.create_thread(thread_id=T1, metadata={"old": True})

    load(server, text=f"threads:\n- thread_id: {T1}\n  metadata: {{graph_id: steps}}\n  values: {{n: 3}}\n")

    assert server.get(f"/threads/{T1}").json()["metadata"] == {"graph_id": "steps"}
    assert server.get(f"/threads/{T1}/state").json()["values"]["n"] == 3
    assert server.get(f"/threads/{kept}").json()["metadata"] == {"kept": True}


def test_a_bundled_scenario_is_put_in_by_its_name(server: Server) -> None:
    load(server, name="large:threads=7")

    assert server.post("/threads/count", {}).json() == 7


def test_a_new_agent_can_be_run_at_once_and_has_an_assistant(server: Server) -> None:
    load(server, text="agents: {parrot: {nodes: {say: {say: 'You said {{ text }}'}}}, mute: {assistant: false}}")

    thread = server.create_thread()
    asked = {"assistant_id": "parrot", "input": {"messages": [{"role": "user", "content": "Hi"}]}}
    values = server.post(f"/threads/{thread}/runs/wait", asked).json()
    assert values["messages"][-1]["content"] == "You said Hi"
    assert len(server.post("/assistants/search", {"graph_id": "parrot"}).json()) == 1
    assert server.post("/assistants/search", {"graph_id": "mute"}).json() == []


def test_a_run_that_is_at_work_plays_on_with_the_agent_that_it_began_with(server: Server) -> None:
    load(server, text=SLOW)
    server.patch("/_understudy/runs", {"held": True}).raise_for_status()
    thread = server.create_thread()
    run = server.post(f"/threads/{thread}/runs", {"assistant_id": "slow", "input": {}}).json()
    server.post(f"/_understudy/runs/{run['run_id']}/step", {}).raise_for_status()

    load(server, text=SLOW.replace("old", "new"))

    server.patch("/_understudy/runs", {"held": False}).raise_for_status()
    assert server.get(f"/threads/{thread}/runs/{run['run_id']}/join").json()["said"] == ["old", "old"]
    again = server.post(f"/threads/{thread}/runs/wait", {"assistant_id": "slow", "input": {}}).json()
    assert again["said"] == ["old", "old", "new", "new"]


def test_a_pending_run_of_a_scenario_is_played(server: Server) -> None:
    run = {"status": "pending", "kwargs": {"input": {"n": 1}}}
    load(server, scenario={"threads": [{"thread_id": T1, "metadata": {"graph_id": "steps"}, "runs": [run]}]})

    (run,) = server.get(f"/threads/{T1}/runs").json()
    server.get(f"/threads/{T1}/runs/{run['run_id']}/join").raise_for_status()
    assert server.get(f"/threads/{T1}/runs").json()[0]["status"] == "success"
    assert server.get(f"/threads/{T1}").json()["status"] == "idle"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            {"text": "threads:\n- {}\n- status: idel\n"},
            {"path": "threads[1].status", "line": 3, "scenario": "scenario"},
        ),
        ({"scenario": {"threads": [{}, {"status": "idel"}]}}, {"path": "threads[1].status", "line": None}),
        ({"text": "threads: [{}, {metadata: {graph_id: step}}]"}, {"path": "threads[1].metadata.graph_id", "line": 1}),
        ({"text": "agents: {a: {nodes: {b: {sya: Hi}}}}"}, {"path": "agents.a.nodes.b", "line": 1}),
        ({"name": "large:threads=many"}, {"path": "generate.threads", "scenario": "large.yaml"}),
    ],
)
def test_a_mistake_is_told_with_its_place_and_nothing_is_put_in(
    server: Server, given: dict[str, Any], problem: dict[str, Any]
) -> None:
    refused = server.post("/_understudy/scenarios", given)

    assert refused.status_code == 422
    (told,) = refused.json()["problems"]
    assert told.items() >= problem.items()
    assert told["what"] in refused.json()["detail"]
    assert server.post("/threads/count", {}).json() == 0


@pytest.mark.parametrize("given", [{}, {"name": "demo", "text": ""}, {"name": "dmeo"}, {"scenario": []}, {"file": "x"}])
def test_what_is_no_scenario_is_refused(server: Server, given: dict[str, Any]) -> None:
    refused = server.post("/_understudy/scenarios", given)

    assert refused.status_code == 422


def test_no_file_of_the_server_can_be_named(server: Server) -> None:
    refused = server.post("/_understudy/scenarios", {"name": "fixtures/agent-server/demo.yaml"})

    assert refused.status_code == 422
    assert "no scenario" in refused.json()["detail"]


def test_a_world_that_ends_before_a_scenario_has_come_whole_takes_none(server: Server) -> None:
    def sent_slowly() -> Iterator[bytes]:
        yield b'{"name": '
        assert eventually(lambda: "short" in server.worlds, server)
        server.delete(f"{WORLDS}/short").raise_for_status()
        yield b'"empty"}'

    refused = server.client.post("/_understudy/scenarios", content=sent_slowly(), **within("short"))

    assert (refused.status_code, "short" in server.worlds) == (409, False)
    assert refused.json()["detail"] == "the world was deleted or began anew while this was asked of it"
