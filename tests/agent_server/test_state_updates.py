"""Changing the state of threads over HTTP: an update counts as what a node returned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.agent_server.changes import update
from tests.agent_server.ran import thread_that_ran

if TYPE_CHECKING:
    from tests.conftest import Server


def on(server: Server, graph: str) -> str:
    """Make a thread of a graph."""
    return server.create_thread(metadata={"graph_id": graph})


def refused(server: Server, thread: str, **body: Any) -> tuple[int, str]:
    answer = server.post(f"/threads/{thread}/state", body)
    return answer.status_code, answer.json()["detail"].partition("\n")[0]


def state(server: Server, thread: str) -> Any:
    return server.get(f"/threads/{thread}/state").json()


def history(server: Server, thread: str) -> Any:
    return server.get(f"/threads/{thread}/history?limit=100").json()


def test_an_update_answers_with_the_place_of_the_new_checkpoint_in_three_ways(server: Server) -> None:
    thread = on(server, "agent")

    answer = server.post(f"/threads/{thread}/state", {"values": {"messages": []}}).json()

    place = {"thread_id": thread, "checkpoint_ns": "", "checkpoint_id": answer["checkpoint_id"]}
    assert answer == {"checkpoint": place, "configurable": place, "checkpoint_id": answer["checkpoint_id"]}
    assert state(server, thread)["checkpoint"] == place


def test_an_update_goes_through_the_reducer_of_each_channel(server: Server) -> None:
    thread = on(server, "steps")

    update(server, thread, {"n": 1, "log": ["x"], "mode": "m"}, "__start__")
    update(server, thread, {"n": 2.5, "log": ["y", "z"], "mode": "o"}, "a")

    assert state(server, thread)["values"] == {"n": 3.5, "log": ["x", "y", "z"], "mode": "o"}


def test_messages_are_added_replaced_and_removed_by_id(server: Server) -> None:
    thread = on(server, "agent")

    def contents() -> list[tuple[str, str]]:
        return [(m["type"], m["content"]) for m in state(server, thread)["values"]["messages"]]

    update(server, thread, {"messages": [{"role": "user", "content": "one", "id": "m1"}]})
    update(server, thread, {"messages": {"role": "ai", "content": "two", "id": "m2"}})
    assert contents() == [("human", "one"), ("ai", "two")]
    update(server, thread, {"messages": [{"role": "user", "content": "uno", "id": "m1"}]})
    assert contents() == [("human", "uno"), ("ai", "two")]
    update(server, thread, {"messages": [{"type": "remove", "id": "m1", "content": ""}]})
    assert contents() == [("ai", "two")]


def test_channels_that_the_graph_does_not_have_are_ignored(server: Server) -> None:
    thread = on(server, "custom")

    update(server, thread, {"nosuch": 1, "x": 1}, "writer")

    assert state(server, thread)["values"] == {"x": 1}


@pytest.mark.parametrize("values", [None, {}, {"nosuch": 1}])
def test_an_update_of_nothing_makes_a_checkpoint_all_the_same(server: Server, values: Any) -> None:
    thread = on(server, "steps")
    first = update(server, thread, {"n": 1}, "__start__")

    second = update(server, thread, values, "a")

    latest = state(server, thread)
    assert (latest["checkpoint_id"], latest["parent_checkpoint_id"]) == (second, first)
    assert (latest["values"], latest["next"]) == ({"n": 1, "log": []}, ["b"])


def test_each_update_is_a_step_whose_metadata_is_small(server: Server) -> None:
    thread = on(server, "steps")
    update(server, thread, {"n": 1}, "__start__")
    update(server, thread, {"n": 1}, "a")

    common = {"graph_id": "steps", "thread_id": thread, "source": "update", "parents": {}}
    assert [each["metadata"] for each in history(server, thread)] == [
        {**common, "step": 1},
        {**common, "step": 0},
    ]


@pytest.mark.parametrize(
    ("graph", "node", "following"),
    [
        ("steps", "__start__", ["a"]),
        ("steps", "a", ["b"]),
        ("steps", "b", []),
        ("par", "__start__", ["q1", "q2"]),
        ("par", "q1", []),
        ("parent", "pre", ["child"]),
    ],
)
def test_what_follows_the_node_is_next_and_the_thread_waits_for_it(
    server: Server, graph: str, node: str, following: list[str]
) -> None:
    thread = on(server, graph)

    update(server, thread, {}, node)

    latest = state(server, thread)
    assert latest["next"] == following
    assert [task["name"] for task in latest["tasks"]] == following
    assert server.get(f"/threads/{thread}").json()["status"] == ("interrupted" if following else "idle")


def test_the_row_of_the_thread_follows_its_state(server: Server) -> None:
    thread = on(server, "steps")
    before = server.get(f"/threads/{thread}").json()

    update(server, thread, {"n": 1}, "__start__")

    row = server.get(f"/threads/{thread}").json()
    assert (row["values"], row["error"], row["interrupts"]) == ({"n": 1, "log": []}, None, {})
    assert row["created_at"] == before["created_at"]
    assert row["updated_at"] == row["state_updated_at"] > before["updated_at"]


def test_an_update_clears_error_and_interrupts_of_the_row(server: Server) -> None:
    thread = thread_that_ran("interrupt_error_copy")["thread_id"]
    server.load({"threads": [{**thread_that_ran("interrupt_error_copy"), "thread_id": thread}]})

    update(server, thread, {"messages": []}, "agent")

    row = server.get(f"/threads/{thread}").json()
    assert (row["status"], row["error"], row["interrupts"]) == ("idle", None, {})
    assert state(server, thread)["next"] == []


def test_without_a_node_an_update_counts_for_the_one_that_ran_last(server: Server) -> None:
    fresh = on(server, "steps")
    update(server, fresh, {"n": 1})
    assert state(server, fresh)["next"] == ["a"]

    thread = thread_that_ran("state_history")
    server.load({"threads": [thread]})
    update(server, thread["thread_id"], {"messages": []})
    assert state(server, thread["thread_id"])["next"] == []


def test_without_a_node_an_update_after_several_is_ambiguous(server: Server) -> None:
    thread = on(server, "par")
    server.load(
        {
            "threads": [
                {
                    **server.get(f"/threads/{thread}").json(),
                    "history": [
                        ran(thread, "1f000000-0000-6000-8000-000000000001", 0, "loop", ["q1", "q2"]),
                        ran(thread, "1f000000-0000-6000-8000-000000000002", 1, "loop", []),
                    ],
                }
            ]
        }
    )

    assert refused(server, thread, values={"out": ["z"]}) == (400, "Ambiguous update, specify as_node")
    update(server, thread, {"out": ["z"]}, "q1")


def ran(thread: str, checkpoint: str, step: int, source: str, following: list[str]) -> dict[str, Any]:
    """Return a state of a thread of `par`, as a run leaves it behind."""
    previous = checkpoint[:-1] + str(int(checkpoint[-1]) - 1)
    return {
        "values": {"out": []},
        "next": following,
        "tasks": [],
        "metadata": {"source": source, "step": step, "parents": {}},
        "created_at": "2026-01-01T00:00:00+00:00",
        "checkpoint": {"thread_id": thread, "checkpoint_ns": "", "checkpoint_id": checkpoint},
        "parent_checkpoint": {"thread_id": thread, "checkpoint_ns": "", "checkpoint_id": previous} if step else None,
        "interrupts": [],
    }


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({"as_node": "nosuch"}, "Node nosuch does not exist"),
        ({"as_node": ""}, "Node  does not exist"),
        ({"values": {"n": 1}, "as_node": "__end__"}, "Node __end__ does not exist"),
        ({"values": [{"n": 1}]}, "Expected dict, got [{'n': 1}]"),
        ({"values": [], "as_node": "a"}, "Expected dict, got []"),
        ({"as_node": "__input__"}, "Received no input writes for __start__"),
        ({"as_node": "__copy__"}, "Cannot copy a non-existent checkpoint"),
    ],
)
def test_an_update_that_makes_no_sense_changes_nothing(server: Server, body: Any, complaint: str) -> None:
    thread = on(server, "steps")
    before = server.get(f"/threads/{thread}").json()

    assert refused(server, thread, **body) == (400, complaint)

    assert history(server, thread) == []
    assert server.get(f"/threads/{thread}").json() == before


@pytest.mark.parametrize("body", [{"values": 1}, {"as_node": None}, {"checkpoint": None}, {"checkpoint": "x"}, []])
def test_an_update_that_does_not_fit_the_document_is_refused(server: Server, body: Any) -> None:
    thread = on(server, "steps")

    assert server.post(f"/threads/{thread}/state", body).status_code == 422
    assert history(server, thread) == []


def test_a_thread_needs_a_graph_and_a_patch_gives_it_one(server: Server) -> None:
    thread = server.create_thread()

    status, complaint = refused(server, thread, values={"n": 1})
    assert status == 400
    assert complaint.startswith(f"Thread '{thread}' has no assigned graph ID. ")
    server.patch(f"/threads/{thread}", {"metadata": {"graph_id": "steps"}})

    update(server, thread, {"n": 1})
    assert state(server, thread)["values"]["n"] == 1


def test_a_busy_thread_keeps_its_state(server: Server) -> None:
    row = server.post("/threads", {"metadata": {"graph_id": "steps"}}).json()
    server.load({"threads": [{**row, "status": "busy"}]})

    status, complaint = refused(server, row["thread_id"], values={"n": 1})

    assert status == 409
    assert complaint.startswith(f"Thread {row['thread_id']} has in-flight runs: [")
    assert history(server, row["thread_id"]) == []


def test_a_task_that_was_dropped_counts_as_one_that_ran(server: Server) -> None:
    thread = server.create_thread(metadata={"graph_id": "steps"})
    server.post(f"/threads/{thread}/state", {"values": {"n": 1}, "as_node": "__start__"})
    server.post(f"/threads/{thread}/state", {"values": None, "as_node": "__end__"})

    server.post(f"/threads/{thread}/state", {"values": {"n": 1}})

    assert server.get(f"/threads/{thread}/state").json()["next"] == ["b"]
