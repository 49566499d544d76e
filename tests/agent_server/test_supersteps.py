"""Threads born with a history over HTTP: steps of several updates, and commands that lead elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

    from tests.conftest import Server

CHOSEN = "11111111-1111-4111-8111-111111111111"


def born(server: Server, graph: str | None, *supersteps: list[Any], **more: Any) -> httpx.Response:
    metadata = {} if graph is None else {"graph_id": graph}
    steps = [{"updates": updates} for updates in supersteps]
    return server.post("/threads", {"metadata": metadata, "supersteps": steps, **more})


def as_node(node: str, values: Any = None, **command: Any) -> dict[str, Any]:
    return {"as_node": node, "values": values, **({"command": command} if command else {})}


def history(server: Server, answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return server.get(f"/threads/{answer.json()['thread_id']}/history?limit=100").json()


def test_each_superstep_is_a_checkpoint_upon_the_one_before(server: Server) -> None:
    answer = born(
        server,
        "steps",
        [as_node("__input__", {"n": 1})],
        [as_node("__start__", {"n": 1})],
        [as_node("a", {"n": 10})],
    )

    made = history(server, answer)
    assert [(state["values"]["n"], state["next"]) for state in made] == [
        (11, ["b"]), (1, ["a"]), (0, ["__start__"]),
    ]  # fmt: skip
    assert [(state["metadata"]["source"], state["metadata"]["step"]) for state in made] == [
        ("update", 1), ("update", 0), ("input", -1),
    ]  # fmt: skip
    assert [state["parent_checkpoint_id"] for state in made] == [*(s["checkpoint_id"] for s in made[1:]), None]


def test_only_the_first_checkpoint_names_the_graph_and_the_others_name_the_one_before(server: Server) -> None:
    made = history(server, born(server, "steps", [as_node("__start__", {})], [as_node("a", {})]))

    second, first = (state["metadata"] for state in made)
    common = {"thread_id": made[0]["checkpoint"]["thread_id"], "source": "update", "parents": {}}
    assert first == {**common, "graph_id": "steps", "step": 0}
    assert second == {**common, "checkpoint_id": made[1]["checkpoint_id"], "step": 1}


@pytest.mark.parametrize(
    ("graph", "node", "status"), [("steps", "a", "interrupted"), ("steps", "b", "idle"), ("par", "q1", "idle")]
)
def test_the_answer_is_the_thread_after_its_last_step(server: Server, graph: str, node: str, status: str) -> None:
    thread = born(server, graph, [as_node("__start__", {})], [as_node(node, {})]).json()

    assert (thread["status"], thread["error"], thread["interrupts"]) == (status, None, {})
    assert server.get(f"/threads/{thread['thread_id']}").json() == thread


def test_the_updates_of_a_superstep_are_merged_into_one_checkpoint(server: Server) -> None:
    (made,) = history(
        server, born(server, "steps", [as_node("a", {"n": 1, "log": ["x"]}), as_node("b", {"n": 2, "log": ["y"]})])
    )

    assert (made["values"], made["next"]) == ({"n": 3, "log": ["x", "y"]}, ["b"])


def test_what_follows_the_updates_is_in_the_order_of_the_graph(server: Server) -> None:
    (made,) = history(server, born(server, "parent", [as_node("pre", {}), as_node("__start__", {})]))

    assert made["next"] == ["pre", "child"]


def test_a_channel_that_keeps_the_last_value_takes_one_in_a_superstep(server: Server) -> None:
    answer = born(server, "custom", [as_node("writer", {"x": 1}), as_node("__start__", {"x": 2})])

    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("At key 'x': Can receive only one value per step.")


def test_a_command_goes_where_its_node_leads_and_where_it_says(server: Server) -> None:
    def following(node: str, goto: Any) -> Any:
        (made,) = history(server, born(server, "steps", [as_node(node, goto=goto)]))
        return [(task["name"], task["path"]) for task in made["tasks"]]

    pull_a, pull_b = ("a", ["__pregel_pull", "a"]), ("b", ["__pregel_pull", "b"])
    push = ("b", ["__pregel_push", 0, False])
    assert following("b", "a") == [pull_a]
    assert following("b", ["b", "a"]) == [pull_a, pull_b]
    assert following("a", ["b", "b"]) == [pull_b]
    assert following("a", {"node": "b", "input": {"n": 1}}) == [push, pull_b]
    assert following("b", [{"node": "b", "input": 1}, {"node": "a", "input": None}]) == [
        push,
        ("a", ["__pregel_push", 1, False]),
    ]
    assert following("b", ["nosuch", "__end__"]) == following("b", [{"node": "nosuch", "input": 1}]) == []


def test_a_command_writes_what_it_updates_and_then_the_values_do_not_count(server: Server) -> None:
    (made,) = history(server, born(server, "steps", [as_node("a", {"n": 100}, update={"n": 1}, goto="b")]))
    (pairs,) = history(server, born(server, "steps", [as_node("a", update=[["n", 1], ["n", 2], ["log", ["x"]]])]))

    assert made["values"]["n"] == 1
    assert pairs["values"] == {"n": 3, "log": ["x"]}


def test_an_empty_command_is_none(server: Server) -> None:
    answer = server.post(
        "/threads",
        {
            "metadata": {"graph_id": "steps"},
            "supersteps": [{"updates": [{"as_node": "a", "values": {"n": 1}, "command": {}}]}],
        },
    )

    assert answer.json()["values"]["n"] == 1


def test_no_supersteps_are_none(server: Server) -> None:
    thread = born(server, None).json()

    assert (thread["values"], thread["status"]) == (None, "idle")


@pytest.mark.parametrize("graph", [None, "nograph"])
def test_without_a_graph_the_thread_is_made_and_the_answer_says_what_went_wrong(
    server: Server, graph: str | None
) -> None:
    answer = born(server, graph, [as_node("a", {})], thread_id=CHOSEN)

    assert answer.status_code == 201
    assert list(answer.json()) == ["detail"]
    prefix = f"Thread {CHOSEN} was created, but there were problems updating the state: "
    assert answer.json()["detail"].startswith(prefix)
    assert server.get(f"/threads/{CHOSEN}").json()["values"] is None


@pytest.mark.parametrize(
    ("supersteps", "complaint"),
    [
        ([[as_node("bad", {})]], "Node bad does not exist"),
        ([[as_node("a", {"n": 1}), as_node("bad", {})]], "Node bad does not exist"),
        ([[as_node("a", []), as_node("bad", {})]], "Node bad does not exist"),
        ([[as_node("a", {})], []], "No updates provided"),
        ([[]], "No updates provided"),
        ([[as_node("__end__"), as_node("a", {})]], "Cannot apply multiple updates when clearing state"),
        ([[as_node("__input__", {}), as_node("a", {})]], "Cannot apply multiple updates when updating as input"),
        ([[as_node("a", {})], [as_node("__copy__"), as_node("a", {})]], "Cannot copy checkpoint with multiple updates"),
        ([[as_node("a", {}), as_node("__copy__")]], "Node __copy__ does not exist"),
        ([[as_node("a", {}), as_node("__input__", {})]], "Node __input__ does not exist"),
        ([[as_node("a", [])]], "Expected dict, got []"),
        ([[as_node("__copy__")]], "Cannot copy a non-existent checkpoint"),
    ],
)
def test_steps_that_make_no_sense_leave_the_thread_there_without_a_history(
    server: Server, supersteps: Any, complaint: str
) -> None:
    answer = born(server, "steps", *supersteps, thread_id=CHOSEN)

    assert (answer.status_code, answer.json()["detail"].partition("\n")[0]) == (400, complaint)
    assert server.get(f"/threads/{CHOSEN}").json()["values"] is None
    assert server.get(f"/threads/{CHOSEN}/history").json() == []


@pytest.mark.parametrize(
    "command",
    [{"goto": {"node": "b"}}, {"goto": 5}, {"update": "x"}, {"goto": [{"input": 1}]}],
)
def test_a_command_has_to_be_one(server: Server, command: Any) -> None:
    assert born(server, "steps", [{"as_node": "a", "command": command}]).status_code == 422


def test_a_thread_that_is_there_already_does_not_live_through_the_steps_again_unless_it_is_asked_to(
    server: Server,
) -> None:
    born(server, "steps", [as_node("__start__", {"n": 1})], thread_id=CHOSEN)

    assert born(server, "steps", [as_node("a", {"n": 1})], thread_id=CHOSEN).status_code == 409
    answer = born(server, "steps", [as_node("a", {"n": 1})], thread_id=CHOSEN, if_exists="do_nothing")

    assert [state["values"]["n"] for state in history(server, answer)] == [2, 1]
