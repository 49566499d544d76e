"""What `make interleavings` found, each as the shortest way to it: requests that meet runs at an unlucky moment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.interleavings.stage import Call, Stage

THREAD = "00000000-0000-4000-8000-000000000000"
PATH = f"/threads/{THREAD}"


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A world on an event loop that only the test turns; its agents wait at gates."""
    stage = Stage()
    yield stage
    stage.close()
    assert not stage.troubles


def start(stage: Stage, kind: str = "", *, turns: int | None = None, **body: Any) -> Call:
    """Start a run of the agent that has two nodes at once; node `a` waits unless something else is planned."""
    plan = body.pop("plan", {"a": ["wait"]})
    told = {"assistant_id": "wide", "if_not_exists": "create", "input": {"plan": plan}, **body}
    call = stage.send("POST", f"{PATH}/runs{kind}", told)
    stage.run(turns)
    return call


def status(stage: Stage, run: Call) -> str:
    found: str = stage.ask("GET", f"{PATH}/runs/{run.json()['run_id']}").json()["status"]
    return found


def thread(stage: Stage) -> Any:
    return stage.ask("GET", PATH).json()


@pytest.mark.parametrize("kind", ["/stream", "/wait"])
def test_a_client_who_follows_a_run_that_has_not_begun_is_let_go_when_its_thread_is_deleted(
    stage: Stage, kind: str
) -> None:
    following = start(stage, kind, after_seconds=60)

    stage.ask("DELETE", PATH)

    assert following.over


@pytest.mark.parametrize("turns", range(6))
def test_a_client_who_follows_a_run_that_is_about_to_begin_is_let_go_when_its_thread_is_deleted(
    stage: Stage, turns: int
) -> None:
    following = start(stage, "/stream", turns=turns)
    stage.ask("DELETE", PATH)

    assert following.over
    assert not stage.world.runs.playing


def test_a_stream_of_a_run_whose_thread_is_deleted_says_that_it_is_gone_and_no_other_error(stage: Stage) -> None:
    following = start(stage, "/stream")

    stage.ask("DELETE", PATH)

    assert following.over
    errors = [data for name, data, _ in following.frames() if name == "error"]
    assert errors == [b'{"error":"HTTPException","message":"404: Run not found"}']


def test_a_run_that_interrupts_another_begins_when_that_one_has_ended(stage: Stage) -> None:
    first = start(stage, plan={"a": ["linger"]})
    second = start(stage, multitask_strategy="interrupt")
    assert (status(stage, first), status(stage, second)) == ("interrupted", "pending")

    stage.open(stage.gates[0])
    stage.run()

    assert status(stage, second) == "running"


def test_a_run_of_a_deleted_thread_that_ends_late_does_not_touch_a_new_thread_of_the_same_id(stage: Stage) -> None:
    start(stage, plan={"a": ["linger"]})
    stage.ask("DELETE", PATH)
    new = stage.ask("POST", "/threads", {"thread_id": THREAD, "metadata": {"is": "new"}}).json()

    stage.open(stage.gates[0])
    stage.run()

    assert thread(stage) == new


def test_a_run_that_waits_for_one_of_a_deleted_thread_leaves_its_thread_idle_when_it_is_cancelled(stage: Stage) -> None:
    start(stage, plan={"a": ["linger"]})
    stage.ask("DELETE", PATH)
    run = start(stage)

    stage.ask("POST", f"{PATH}/runs/{run.json()['run_id']}/cancel")

    assert thread(stage)["status"] == "idle"


def test_a_run_that_is_stopped_and_not_over_is_deleted_when_it_is(stage: Stage) -> None:
    run = start(stage, plan={"a": ["linger"]})
    stage.send("POST", f"{PATH}/runs/{run.json()['run_id']}/cancel")
    stage.run()

    deletion = stage.ask("DELETE", f"{PATH}/runs/{run.json()['run_id']}")
    assert not deletion.over
    stage.open(stage.gates[0])
    stage.run()

    assert deletion.status == 204
    assert stage.ask("GET", f"{PATH}/history").json() == []


def test_supersteps_are_refused_on_a_thread_on_which_a_run_is_under_way(stage: Stage) -> None:
    stage.ask("POST", "/threads", {"thread_id": THREAD, "metadata": {"graph_id": "wide"}})
    start(stage)
    supersteps = [{"updates": [{"values": {"log": ["made"]}, "as_node": "a"}]}]

    again = stage.ask("POST", "/threads", {"thread_id": THREAD, "if_exists": "do_nothing", "supersteps": supersteps})

    assert again.status == 409
    assert thread(stage)["status"] == "busy"


@pytest.mark.parametrize("turns", range(10))
def test_nothing_of_a_deleted_thread_is_remembered(stage: Stage, turns: int) -> None:
    start(stage, command={"update": {"log": ["told"]}, "goto": "d"}, turns=turns)
    stage.ask("DELETE", PATH)

    assert not stage.world.runs.visits


@pytest.mark.parametrize("runs", ["/runs", f"{PATH}/runs"])
def test_nothing_is_kept_for_clients_who_have_left_a_thread_that_is_gone(stage: Stage, runs: str) -> None:
    body = {"assistant_id": "wide", "input": {"plan": {}}, "if_not_exists": "create"}
    stage.ask("POST", f"{runs}/stream", body)
    follower = stage.ask("GET", f"{PATH}/stream")

    if PATH in runs:
        stage.ask("DELETE", PATH)
    stage.leave(follower)
    stage.run()

    assert not stage.world.feeds._feeds


def test_a_node_that_a_command_sends_to_can_ask_while_others_still_wait(stage: Stage) -> None:
    start(stage, plan={"a": ["wait"], "d": ["ask"]})
    stage.ask("POST", "/runs/cancel", {"status": "all"})
    start(stage, input=None, command={"goto": "d"})
    stage.open(stage.gates[0])
    stage.run()

    state = stage.ask("GET", f"{PATH}/state").json()
    assert state["next"] == ["d"]
    assert [asked["value"] for asked in state["interrupts"]] == [{"asks": "d"}]

    start(stage, input=None, command={"resume": "yes"})

    assert thread(stage)["values"]["log"].count("d heard yes") == 1
