"""Updates of a state that go elsewhere than forward over HTTP: back to a checkpoint, to the end, to the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.agent_server.changes import update
from tests.agent_server.ran import thread_that_ran

if TYPE_CHECKING:
    from tests.conftest import Server

UNKNOWN = "33333333-3333-4333-8333-333333333333"


def state(server: Server, thread: str, query: str = "") -> Any:
    return server.get(f"/threads/{thread}/state{query}").json()


def history(server: Server, thread: str) -> Any:
    return server.get(f"/threads/{thread}/history?limit=100").json()


@pytest.fixture
def thread(server: Server) -> str:
    """A thread of two nodes before the second: n is 1, then 11."""
    made = server.create_thread(metadata={"graph_id": "steps"})
    update(server, made, {"n": 1}, "__start__")
    update(server, made, {"n": 10}, "a")
    return made


@pytest.mark.parametrize("how", ["checkpoint_id", "checkpoint", "whole checkpoint"])
def test_a_fork_goes_on_from_the_checkpoint_it_names(server: Server, thread: str, how: str) -> None:
    latest, old = history(server, thread)
    named: dict[str, Any] = {
        "checkpoint_id": {"checkpoint_id": old["checkpoint_id"]},
        "checkpoint": {"checkpoint": {"checkpoint_id": old["checkpoint_id"]}},
        "whole checkpoint": {"checkpoint": old["checkpoint"]},
    }[how]

    made = update(server, thread, {"n": 100}, "a", **named)

    forked, *rest = history(server, thread)
    assert forked["checkpoint_id"] == made
    assert (forked["values"]["n"], forked["next"], forked["metadata"]["step"]) == (101, ["b"], 1)
    assert forked["parent_checkpoint_id"] == forked["metadata"]["checkpoint_id"] == old["checkpoint_id"]
    assert [each["values"] for each in rest] == [latest["values"], old["values"]]
    assert state(server, thread)["checkpoint_id"] == made
    assert update(server, thread, {}, "b") > made


def test_a_fork_of_another_thread_stays_in_this_one(server: Server, thread: str) -> None:
    other = server.create_thread(metadata={"graph_id": "steps"})
    old = history(server, thread)[1]["checkpoint"]

    update(server, thread, {"n": 100}, "a", checkpoint={**old, "thread_id": other})

    assert state(server, thread)["values"]["n"] == 101
    assert history(server, other) == []


def test_a_fork_of_what_does_not_exist_begins_with_nothing(server: Server, thread: str) -> None:
    update(server, thread, {"n": 100}, "a", checkpoint_id=UNKNOWN)

    latest = state(server, thread)
    assert latest["values"] == {"n": 100, "log": []}
    assert (latest["metadata"]["step"], latest["metadata"]["checkpoint_id"]) == (0, UNKNOWN)
    assert latest["parent_checkpoint_id"] == UNKNOWN
    assert len(history(server, thread)) == 3


def test_a_fork_shows_in_the_task_that_it_goes_off_from_unless_that_has_a_result(server: Server, thread: str) -> None:
    for old in history(server, thread):
        update(server, thread, {"n": 100}, old["next"][0], checkpoint_id=old["checkpoint_id"])

    assert [old["tasks"][0]["result"] for old in history(server, thread)[2:]] == [{"n": 100}, {"n": 10}]


def test_the_end_leaves_nothing_to_do(server: Server, thread: str) -> None:
    update(server, thread, None, "__end__")

    latest = state(server, thread)
    assert (latest["values"], latest["next"], latest["tasks"]) == ({"n": 11, "log": []}, [], [])
    assert (latest["metadata"]["source"], latest["metadata"]["step"]) == ("update", 2)
    assert server.get(f"/threads/{thread}").json()["status"] == "idle"


def test_the_end_of_a_thread_without_a_state_is_its_first(server: Server) -> None:
    thread = server.create_thread(metadata={"graph_id": "steps"})

    update(server, thread, None, "__end__")

    assert [(each["values"], each["next"]) for each in history(server, thread)] == [({"n": 0, "log": []}, [])]


def test_a_copy_is_a_sibling_of_the_latest_checkpoint(server: Server, thread: str) -> None:
    latest, old = history(server, thread)

    update(server, thread, None, "__copy__")

    copy = state(server, thread)
    assert copy["metadata"] == {"source": "fork", "step": 2, "parents": {}}
    assert copy["parent_checkpoint_id"] == old["checkpoint_id"]
    assert copy["checkpoint_id"] > latest["checkpoint_id"]
    assert (copy["values"], copy["next"]) == (latest["values"], latest["next"])
    assert copy["tasks"][0]["id"] != latest["tasks"][0]["id"]
    assert len(history(server, thread)) == 3


def test_a_copy_of_the_first_checkpoint_by_its_name_remembers_it(server: Server, thread: str) -> None:
    _, old = history(server, thread)

    update(server, thread, None, "__copy__", checkpoint_id=old["checkpoint_id"])

    copy = state(server, thread)
    assert copy["metadata"] == {
        "graph_id": "steps",
        "thread_id": thread,
        "checkpoint_id": old["checkpoint_id"],
        "source": "fork",
        "step": 1,
        "parents": {},
    }
    assert (copy["values"], copy["parent_checkpoint_id"]) == (old["values"], None)


def test_a_copy_of_a_later_checkpoint_by_its_name_does_not(server: Server, thread: str) -> None:
    latest, old = history(server, thread)

    update(server, thread, None, "__copy__", checkpoint_id=latest["checkpoint_id"])

    copy = state(server, thread)
    assert copy["metadata"] == {"source": "fork", "step": 2, "parents": {}}
    assert copy["parent_checkpoint_id"] == old["checkpoint_id"]


def test_an_input_waits_at_the_start_and_is_not_yet_in_the_values(server: Server) -> None:
    thread = server.create_thread(metadata={"graph_id": "steps"})

    first = update(server, thread, {"n": 5}, "__input__")

    latest = state(server, thread)
    assert (latest["values"], latest["next"]) == ({"n": 0, "log": []}, ["__start__"])
    assert (latest["metadata"]["source"], latest["metadata"]["step"]) == ("input", -1)
    assert first.split("-")[3] == "bfff"


def test_an_input_joins_what_waits_already(server: Server, thread: str) -> None:
    update(server, thread, {"n": 5}, "__input__")

    latest = state(server, thread)
    assert latest["next"] == ["__start__", "b"]
    assert (latest["metadata"]["source"], latest["metadata"]["step"]) == ("input", 2)


def half_done(server: Server) -> str:
    """Load a thread whose first of two tasks is done and whose second waits for an answer."""
    thread = thread_that_ran("subgraphs", 2)
    latest = thread["history"][-1]
    latest["tasks"][0]["result"] = {"out": ["q1:A"]}
    server.load({"threads": [thread]})
    return str(thread["thread_id"])


def test_what_a_task_has_done_counts_while_another_still_waits(server: Server) -> None:
    thread = half_done(server)

    latest = state(server, thread)

    assert (latest["values"], latest["next"]) == ({"out": ["s", "q1:A"]}, ["q2"])
    assert [interrupt["value"] for interrupt in latest["interrupts"]] == ["two"]
    assert [(task["name"], len(task["interrupts"])) for task in latest["tasks"]] == [("q1", 0), ("q2", 1)]


def test_a_task_keeps_what_was_first_written_in_its_name(server: Server) -> None:
    thread = half_done(server)

    update(server, thread, {"out": ["again"]}, "q1")

    assert [task["result"] for task in history(server, thread)[1]["tasks"]] == [{"out": ["q1:A"]}, None]


def test_in_the_history_and_by_its_id_a_checkpoint_is_as_it_was_made(server: Server) -> None:
    thread = half_done(server)
    checkpoint_id = state(server, thread)["checkpoint_id"]

    for made in (history(server, thread)[0], state(server, thread, f"/{checkpoint_id}")):
        assert (made["values"], made["next"]) == ({"out": ["s"]}, ["q1", "q2"])
        assert [interrupt["value"] for interrupt in made["interrupts"]] == ["one", "two"]


def test_the_end_takes_in_what_was_done_before_it(server: Server) -> None:
    thread = half_done(server)

    update(server, thread, None, "__end__")

    assert state(server, thread)["values"] == {"out": ["s", "q1:A"]}
    assert state(server, thread)["next"] == []


def test_after_the_end_at_an_old_checkpoint_what_was_done_there_leads_on(server: Server, thread: str) -> None:
    old = history(server, thread)[1]["checkpoint_id"]

    update(server, thread, None, "__end__", checkpoint_id=old)

    latest = state(server, thread)
    assert (latest["values"]["n"], latest["next"], latest["metadata"]["step"]) == (11, ["b"], 1)


def test_the_state_of_a_subgraph_is_changed_in_its_namespace(server: Server) -> None:
    row = thread_that_ran("subgraphs")
    server.load({"threads": [row]})
    thread = row["thread_id"]
    before = history(server, thread)
    (task,) = state(server, thread)["tasks"]
    place = {"checkpoint_ns": f"child:{task['id']}"}

    answer = server.post(f"/threads/{thread}/state", {"values": {"v": "in"}, "as_node": "inner", "checkpoint": place})

    made = answer.json()["checkpoint"]
    assert made["checkpoint_ns"] == place["checkpoint_ns"]
    (task,) = state(server, thread, "?subgraphs=true")["tasks"]
    inner = task["state"]
    assert inner["checkpoint"] == made
    assert (inner["values"], inner["next"]) == ({"v": "in", "ask": True}, [])
    assert inner["metadata"]["checkpoint_ns"] == place["checkpoint_ns"]
    assert inner["metadata"]["parents"] == {"": before[0]["checkpoint_id"]}
    assert history(server, thread) == before


def test_a_subgraph_that_has_not_run_yet_has_an_empty_state_and_can_be_given_one(server: Server) -> None:
    thread = server.create_thread(metadata={"graph_id": "parent"})
    update(server, thread, {"v": "x"}, "pre")
    (task,) = state(server, thread)["tasks"]
    place = {"thread_id": thread, "checkpoint_ns": f"child:{task['id']}"}
    assert task["checkpoint"] == place
    assert state(server, thread, "?subgraphs=true")["tasks"][0]["state"]["values"] == {}

    answer = server.post(
        f"/threads/{thread}/state", {"values": {"v": "in"}, "as_node": "inner", "checkpoint": place}
    ).json()

    assert answer["checkpoint"] == {**place, "checkpoint_id": answer["checkpoint_id"]}
    inner = state(server, thread, "?subgraphs=true")["tasks"][0]["state"]
    assert (inner["values"], inner["next"], inner["metadata"]["parents"]) == ({"v": "in"}, [], {})


@pytest.mark.parametrize(
    ("namespace", "complaint"),
    [("nosuch:1", "Subgraph nosuch not found"), ("child:1|nosuch:2", "Subgraph child|nosuch not found")],
)
def test_a_namespace_of_no_subgraph_cannot_be_changed(server: Server, namespace: str, complaint: str) -> None:
    thread = server.create_thread(metadata={"graph_id": "parent"})

    answer = server.post(f"/threads/{thread}/state", {"values": {}, "checkpoint": {"checkpoint_ns": namespace}})

    assert (answer.status_code, answer.json()["detail"]) == (400, complaint)


def test_the_row_of_a_thread_shows_the_checkpoint_that_a_fork_named(server: Server, thread: str) -> None:
    old = history(server, thread)[1]
    update(server, thread, {"n": 100}, "a", checkpoint_id=old["checkpoint_id"])

    row = server.get(f"/threads/{thread}").json()

    assert row["values"] == old["values"]
    assert row["status"] == ("interrupted" if old["next"] else "idle")
    assert server.get(f"/threads/{thread}/state").json()["values"]["n"] == old["values"]["n"] + 100


def test_the_row_of_a_thread_shows_nothing_after_a_fork_of_what_does_not_exist(server: Server, thread: str) -> None:
    update(server, thread, {"n": 100}, "a", checkpoint_id="nope")

    row = server.get(f"/threads/{thread}").json()

    assert (row["values"], row["status"], row["interrupts"]) == ({}, "idle", {})
