"""Reading the state of threads over HTTP: the latest, that of a checkpoint, that of a subgraph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from tests.agent_server.ran import thread_that_ran

if TYPE_CHECKING:
    from tests.conftest import Server

UNKNOWN = "33333333-3333-4333-8333-333333333333"

EMPTY: dict[str, Any] = {
    "values": {},
    "next": [],
    "tasks": [],
    "metadata": None,
    "created_at": None,
    "checkpoint": None,
    "parent_checkpoint": None,
    "interrupts": [],
    "checkpoint_id": None,
    "parent_checkpoint_id": None,
}


def state(server: Server, thread: str, query: str = "") -> Any:
    return server.get(f"/threads/{thread}/state{query}").raise_for_status().json()


def at(server: Server, thread: str, checkpoint: Any, **more: Any) -> Any:
    answer = server.post(f"/threads/{thread}/state/checkpoint", {"checkpoint": checkpoint, **more})
    return answer.raise_for_status().json()


def update(server: Server, thread: str, values: Any, **more: Any) -> str:
    answer = server.post(f"/threads/{thread}/state", {"values": values, **more})
    made: str = answer.raise_for_status().json()["checkpoint_id"]
    return made


@pytest.fixture
def parent(server: Server) -> str:
    """A thread whose subgraph waits for an answer."""
    thread = thread_that_ran("subgraphs")
    server.load({"threads": [thread]})
    return str(thread["thread_id"])


def test_a_thread_that_never_ran_has_an_empty_state(server: Server) -> None:
    without_graph = server.create_thread()
    with_graph = server.create_thread(metadata={"graph_id": "agent"})

    assert state(server, without_graph) == EMPTY
    assert list(state(server, without_graph)) == list(EMPTY)
    assert state(server, with_graph)["next"] == []


def test_a_state_tells_where_it_is_and_where_it_comes_from(server: Server) -> None:
    thread = server.create_thread(metadata={"graph_id": "steps"})
    first = update(server, thread, {"n": 1}, as_node="__start__")
    second = update(server, thread, {"n": 1}, as_node="a")

    latest = state(server, thread)

    assert latest["checkpoint"] == {"checkpoint_id": second, "thread_id": thread, "checkpoint_ns": ""}
    assert latest["parent_checkpoint"] == {"checkpoint_id": first, "thread_id": thread, "checkpoint_ns": ""}
    assert (latest["checkpoint_id"], latest["parent_checkpoint_id"]) == (second, first)
    assert latest["created_at"].endswith("+00:00")


def test_checkpoint_ids_grow_and_tell_their_step(server: Server) -> None:
    thread = server.create_thread(metadata={"graph_id": "steps"})

    made = [update(server, thread, {"n": 1}, as_node=node) for node in ("__input__", "__start__", "a", "b")]

    assert made == sorted(made)
    assert [UUID(checkpoint).version for checkpoint in made] == [6, 6, 6, 6]
    assert [checkpoint.split("-")[3] for checkpoint in made] == ["bfff", "8000", "8001", "8002"]


def test_a_node_that_is_to_run_is_a_task_without_a_result(server: Server) -> None:
    thread = server.create_thread(metadata={"graph_id": "steps"})
    update(server, thread, {"n": 1}, as_node="a")

    (task,) = state(server, thread)["tasks"]

    assert str(UUID(task["id"])) == task.pop("id")
    assert task == {
        "name": "b",
        "path": ["__pregel_pull", "b"],
        "error": None,
        "interrupts": [],
        "checkpoint": None,
        "state": None,
        "result": None,
    }


def test_a_task_shows_what_was_written_in_its_name(server: Server) -> None:
    thread = server.create_thread(metadata={"graph_id": "steps"})
    update(server, thread, {"n": 1}, as_node="a")
    update(server, thread, {"n": 5, "log": ["x"]}, as_node="b")

    after, before = server.get(f"/threads/{thread}/history?limit=2").json()

    assert after["tasks"] == []
    assert [(task["name"], task["result"]) for task in before["tasks"]] == [("b", {"n": 5, "log": ["x"]})]


def test_a_state_of_the_past_is_read_by_id_and_leaves_the_namespace_out(server: Server) -> None:
    thread = server.create_thread(metadata={"graph_id": "steps"})
    old = update(server, thread, {"n": 1}, as_node="__start__")
    update(server, thread, {"n": 1}, as_node="a")

    by_path = state(server, thread, f"/{old}")
    by_body = at(server, thread, {"checkpoint_id": old})
    complete = at(server, thread, {"checkpoint_id": old, "checkpoint_ns": ""})

    assert by_path == by_body
    assert (by_path["values"], by_path["next"]) == ({"n": 1, "log": []}, ["a"])
    assert by_path["checkpoint"] == {"checkpoint_id": old, "thread_id": thread}
    assert complete["checkpoint"] == {"checkpoint_id": old, "thread_id": thread, "checkpoint_ns": ""}
    assert {**complete, "checkpoint": None} == {**by_path, "checkpoint": None}


def test_no_checkpoint_in_particular_is_the_latest(server: Server) -> None:
    thread = server.create_thread(metadata={"graph_id": "steps"})
    update(server, thread, {"n": 1}, as_node="__start__")

    assert at(server, thread, {}) == state(server, thread)


@pytest.mark.parametrize("unknown", [UNKNOWN, "notuuid", "1f1e56ed"])
def test_a_checkpoint_that_does_not_exist_is_an_empty_state_that_repeats_its_id(server: Server, unknown: str) -> None:
    thread = server.create_thread(metadata={"graph_id": "steps"})
    update(server, thread, {"n": 1}, as_node="__start__")

    nothing = {
        **EMPTY,
        "checkpoint": {"checkpoint_id": unknown, "thread_id": thread},
        "checkpoint_id": unknown,
    }
    assert state(server, thread, f"/{unknown}") == nothing
    assert at(server, thread, {"checkpoint_id": unknown}) == nothing


def test_another_threads_checkpoint_is_none_of_this_thread(server: Server) -> None:
    mine, other = (server.create_thread(metadata={"graph_id": "steps"}) for _ in range(2))
    update(server, mine, {"n": 1}, as_node="__start__")
    foreign = update(server, other, {"n": 7}, as_node="__start__")

    assert state(server, mine, f"/{foreign}")["values"] == {}
    assert at(server, mine, {"thread_id": other})["values"] == {"n": 1, "log": []}


def test_a_thread_of_a_graph_that_nobody_knows_has_no_state(server: Server) -> None:
    thread = server.create_thread(metadata={"graph_id": "nograph"})

    for answer in (
        server.get(f"/threads/{thread}/state"),
        server.get(f"/threads/{thread}/state/{UNKNOWN}"),
        server.post(f"/threads/{thread}/state", {"values": {}}),
    ):
        assert answer.status_code == 404
        assert answer.json()["detail"].startswith("Graph 'nograph' not found. Expected one of: ['agent', ")


@pytest.mark.parametrize("body", [{}, {"checkpoint": None}, {"checkpoint": "x"}, {"checkpoint": {}, "subgraphs": "x"}])
def test_a_checkpoint_has_to_be_told_as_the_document_says(server: Server, body: Any) -> None:
    thread = server.create_thread()

    assert server.post(f"/threads/{thread}/state/checkpoint", body).status_code == 422


def test_a_task_of_a_subgraph_tells_where_its_state_is(server: Server, parent: str) -> None:
    (task,) = state(server, parent)["tasks"]

    assert task["state"] is None
    assert task["checkpoint"] == {"thread_id": parent, "checkpoint_ns": f"child:{task['id']}"}


@pytest.mark.parametrize(
    ("flag", "shown"),
    [
        ("true", True),
        ("True", True),
        ("false", False),
        ("TRUE", False),
        ("1", False),
        ("", False),
        ("x", False),
        ("false&subgraphs=true", True),
        ("true&subgraphs=false", False),
    ],
)
def test_a_task_of_a_subgraph_has_its_state_in_it_where_that_is_asked(
    server: Server, parent: str, flag: str, shown: bool
) -> None:
    (task,) = state(server, parent, f"?subgraphs={flag}")["tasks"]

    assert (task["state"] is not None) is shown
    assert (task["checkpoint"] is None) is shown


def test_the_state_of_a_subgraph_is_found_by_its_namespace(server: Server, parent: str) -> None:
    (task,) = state(server, parent, "?subgraphs=true")["tasks"]
    inner = task["state"]
    namespace = f"child:{task['id']}"

    assert at(server, parent, {"checkpoint_ns": namespace}) == inner
    assert inner["next"] == ["inner"]
    assert inner["checkpoint"]["checkpoint_map"] == {
        "": state(server, parent)["checkpoint_id"],
        namespace: inner["checkpoint_id"],
    }
    assert at(server, parent, inner["checkpoint"]) == inner
    old = at(server, parent, inner["parent_checkpoint"])
    assert (old["next"], old["metadata"]["step"]) == (["__start__"], -1)


def test_subgraphs_inside_a_state_of_the_past_are_shown_too(server: Server, parent: str) -> None:
    latest = state(server, parent)["checkpoint"]

    assert at(server, parent, latest, subgraphs=True)["tasks"][0]["state"] is not None
    assert at(server, parent, latest)["tasks"][0]["state"] is None
    assert state(server, parent, f"/{latest['checkpoint_id']}?subgraphs=true")["tasks"][0]["state"] is not None


def test_of_a_thread_that_never_ran_a_checkpoint_repeats_its_id_once_the_thread_has_a_graph(server: Server) -> None:
    plain = server.post("/threads", {}).json()["thread_id"]
    of_a_graph = server.post("/threads", {"metadata": {"graph_id": "agent"}}).json()["thread_id"]

    assert state(server, plain, f"/{UNKNOWN}") == EMPTY
    place = {"checkpoint_id": UNKNOWN, "thread_id": of_a_graph}
    assert state(server, of_a_graph, f"/{UNKNOWN}") == {**EMPTY, "checkpoint": place, "checkpoint_id": UNKNOWN}


def test_a_namespace_that_does_not_exist_is_empty(server: Server, parent: str) -> None:
    assert at(server, parent, {"checkpoint_ns": "child:nope"})["values"] == {}
    assert state(server, parent)["values"] == {"v": "x-pre", "ask": True}


def test_an_interrupt_shows_in_its_task_and_in_the_state(server: Server) -> None:
    thread = thread_that_ran("subgraphs", 2)
    server.load({"threads": [thread]})

    latest = state(server, thread["thread_id"])

    assert latest["next"] == ["q1", "q2"]
    assert [interrupt["value"] for interrupt in latest["interrupts"]] == ["one", "two"]
    assert [task["interrupts"] for task in latest["tasks"]] == [[one] for one in latest["interrupts"]]
