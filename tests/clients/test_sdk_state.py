"""The state of threads by `client.threads`: reading, changing, going back, history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from langgraph_sdk.errors import BadRequestError, ConflictError, NotFoundError

from tests.agent_server.ran import thread_that_ran

if TYPE_CHECKING:
    from collections.abc import Iterable

    from langgraph_sdk.client import SyncLangGraphClient
    from langgraph_sdk.schema import Checkpoint

    from tests.conftest import Server


def steps(states: Iterable[Any]) -> list[int]:
    return [state["metadata"]["step"] for state in states]


@pytest.fixture
def thread_id(client: SyncLangGraphClient) -> str:
    """A thread of two nodes that has been taken past its end, step by step: -1 to 2, n = 1, 11, 111."""
    thread = client.threads.create(graph_id="steps")["thread_id"]
    client.threads.update_state(thread, {"n": 1}, as_node="__input__")
    client.threads.update_state(thread, {"n": 1}, as_node="__start__")
    client.threads.update_state(thread, {"n": 10}, as_node="a")
    client.threads.update_state(thread, {"n": 100}, as_node="b")
    return thread


def at(checkpoint_id: str) -> Checkpoint:
    return {"checkpoint_id": checkpoint_id}  # type: ignore[typeddict-item]  # the server needs no more than that


def test_a_thread_that_never_ran_has_an_empty_state(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]

    state: Any = client.threads.get_state(thread_id)

    assert (state["values"], state["next"], state["tasks"]) == ({}, [], [])
    assert state["checkpoint"] is None
    assert client.threads.get_history(thread_id) == []


def test_an_update_counts_as_what_a_node_returned(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create(graph_id="steps")["thread_id"]

    first = client.threads.update_state(thread_id, {"n": 1, "log": ["x"]}, as_node="__start__")
    second = client.threads.update_state(thread_id, {"n": 2, "log": ["y"]}, as_node="a")

    assert first["checkpoint"] != second["checkpoint"]
    state = client.threads.get_state(thread_id)
    assert state["checkpoint"] == second["checkpoint"]
    assert (state["values"], state["next"]) == ({"n": 3, "log": ["x", "y"]}, ["b"])
    assert state["parent_checkpoint"] == first["checkpoint"]


def test_an_update_of_nothing_makes_a_checkpoint_too(client: SyncLangGraphClient, thread_id: str) -> None:
    client.threads.update_state(thread_id, None, as_node="b")

    assert steps(client.threads.get_history(thread_id)) == [3, 2, 1, 0, -1]


def test_an_old_state_is_read_by_its_checkpoint_and_by_its_id(client: SyncLangGraphClient, thread_id: str) -> None:
    old = client.threads.get_history(thread_id)[1]
    old_id = str(old["checkpoint"]["checkpoint_id"])

    by_checkpoint = client.threads.get_state(thread_id, checkpoint=old["checkpoint"])
    by_id = client.threads.get_state(thread_id, checkpoint_id=old_id)

    assert by_checkpoint == old
    assert by_id["values"] == old["values"] == {"n": 11, "log": []}
    assert by_id["next"] == ["b"]


def test_a_fork_becomes_the_latest_state_and_leaves_the_rest(client: SyncLangGraphClient, thread_id: str) -> None:
    old = client.threads.get_history(thread_id)[2]
    old_id = str(old["checkpoint"]["checkpoint_id"])

    client.threads.update_state(thread_id, {"n": 5}, as_node="a", checkpoint=old["checkpoint"])
    assert client.threads.get_state(thread_id)["values"] == {"n": 6, "log": []}
    client.threads.update_state(thread_id, {"n": 7}, as_node="a", checkpoint_id=old_id)
    assert client.threads.get_state(thread_id)["values"] == {"n": 8, "log": []}

    history = client.threads.get_history(thread_id)
    assert [state["values"].get("n") for state in history] == [8, 6, 111, 11, 1, 0]  # type: ignore[union-attr]  # a dict here
    assert [state["parent_checkpoint"]["checkpoint_id"] for state in history[:2]] == [old_id, old_id]  # type: ignore[index]  # they have one


def test_a_history_is_filtered_and_cut(client: SyncLangGraphClient, thread_id: str) -> None:
    whole = client.threads.get_history(thread_id)
    third = whole[2]["checkpoint"]

    assert steps(whole) == [2, 1, 0, -1]
    assert steps(client.threads.get_history(thread_id, limit=2)) == [2, 1]
    assert steps(client.threads.get_history(thread_id, metadata={"source": "input"})) == [-1]
    assert client.threads.get_history(thread_id, checkpoint=third) == [whole[2]]
    assert steps(client.threads.get_history(thread_id, before=third)) == [-1]
    assert steps(client.threads.get_history(thread_id, before=at(str(third["checkpoint_id"])), limit=1)) == [-1]


def test_a_selection_of_fields_changes_nothing(client: SyncLangGraphClient, thread_id: str) -> None:
    checkpoint = client.threads.get_state(thread_id)["checkpoint"]

    whole = client.threads.get_state(thread_id, checkpoint=checkpoint)

    assert client.threads.get_state(thread_id, select=["values"]) == client.threads.get_state(thread_id)
    assert client.threads.get_state(thread_id, checkpoint=checkpoint, select=["values"]) == whole
    assert client.threads.get_history(thread_id, select=["next"]) == client.threads.get_history(thread_id)


def test_the_state_of_a_subgraph_is_read_inside_its_task_or_by_its_namespace(
    client: SyncLangGraphClient, server: Server
) -> None:
    thread = thread_that_ran("subgraphs")
    server.load({"threads": [thread]})
    thread_id = thread["thread_id"]

    (outside,) = client.threads.get_state(thread_id)["tasks"]
    (inside,) = client.threads.get_state(thread_id, subgraphs=True)["tasks"]

    assert (outside["name"], outside["state"]) == ("child", None)
    place: Any = outside["checkpoint"]
    assert place["checkpoint_ns"] == f"child:{outside['id']}"
    inner = inside["state"]
    assert inner is not None
    assert inner["next"] == ["inner"]
    assert client.threads.get_state(thread_id, checkpoint=place) == inner
    assert client.threads.get_history(thread_id, checkpoint=place)[0] == inner


def test_what_cannot_be_done_says_why(client: SyncLangGraphClient, thread_id: str) -> None:
    never_ran = client.threads.create()["thread_id"]

    with pytest.raises(BadRequestError, match="has no assigned graph ID"):
        client.threads.update_state(never_ran, {})
    with pytest.raises(BadRequestError, match="Node nosuch does not exist"):
        client.threads.update_state(thread_id, {}, as_node="nosuch")
    with pytest.raises(BadRequestError, match="Expected dict"):
        client.threads.update_state(thread_id, [{"n": 1}])
    for method in (client.threads.get_state, client.threads.get_history):
        with pytest.raises(NotFoundError):
            method("33333333-3333-4333-8333-333333333333")


def test_a_busy_thread_keeps_its_state(client: SyncLangGraphClient, server: Server) -> None:
    busy = client.threads.create(graph_id="steps")
    server.load({"threads": [{**busy, "status": "busy"}]})

    with pytest.raises(ConflictError, match="in-flight runs"):
        client.threads.update_state(busy["thread_id"], {"n": 1})
