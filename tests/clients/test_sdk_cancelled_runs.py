"""`client.runs` of the langgraph-sdk: what stops a run, and what a run does to one that is in its way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from langgraph_sdk.errors import NotFoundError, UnprocessableEntityError

from tests.clients.streams import leave

if TYPE_CHECKING:
    from langgraph_sdk.client import SyncLangGraphClient

MISSING = "33333333-3333-4333-8333-333333333333"

SLOW = {"n": 1, "sleep": 20}
"""An input that keeps a run of `steps` busy for longer than a test takes."""


def begun(client: SyncLangGraphClient, thread_id: str) -> str:
    """Return the id of a new run that has come as far as its first node, where it stays."""
    stream = client.runs.stream(thread_id, "steps", input=SLOW, stream_mode="tasks", on_disconnect="continue")
    run_id = next(stream).data["run_id"]
    assert next(stream).data["name"] == "a"
    leave(stream)
    return str(run_id)


def test_a_running_run_is_interrupted(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    run_id = begun(client, thread_id)

    client.runs.cancel(thread_id, run_id, wait=True)

    assert client.runs.get(thread_id, run_id)["status"] == "interrupted"
    thread: Any = client.threads.get(thread_id)
    assert thread["status"] == "interrupted"
    assert thread["error"]["error"] == "UserInterrupt"
    assert client.threads.get_state(thread_id)["next"] == ["a"]


def test_a_run_that_is_stopped_without_waiting_is_stopped_as_well(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    run_id = begun(client, thread_id)

    client.runs.cancel(thread_id, run_id)
    client.runs.join(thread_id, run_id)

    assert client.runs.get(thread_id, run_id)["status"] == "interrupted"


def test_a_stopped_run_is_continued_by_the_next(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    client.runs.cancel(thread_id, begun(client, thread_id), wait=True)
    client.threads.update_state(thread_id, {"sleep": 0}, as_node="__start__")

    assert client.runs.wait(thread_id, "steps") == {"n": 3, "log": ["a", "b"], "sleep": 0}


def test_a_run_can_be_rolled_back(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    client.runs.wait(thread_id, "steps", input={"n": 1})
    run_id = begun(client, thread_id)

    client.runs.cancel(thread_id, run_id, wait=True, action="rollback")

    with pytest.raises(NotFoundError):
        client.runs.get(thread_id, run_id)
    assert client.threads.get_state(thread_id)["values"] == {"n": 3, "log": ["a", "b"]}
    assert client.threads.get(thread_id)["status"] == "idle"


def test_only_a_run_that_is_not_over_can_be_stopped(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    client.runs.wait(thread_id, "steps", input={"n": 1})
    (run,) = client.runs.list(thread_id)

    with pytest.raises(NotFoundError, match="No matching runs to cancel"):
        client.runs.cancel(thread_id, run["run_id"])
    with pytest.raises(NotFoundError, match=r"No runs found to cancel\."):
        client.runs.cancel(thread_id, MISSING)


def test_many_runs_are_stopped_at_once(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    running = begun(client, thread_id)
    waiting = client.runs.create(thread_id, "steps", input=SLOW)["run_id"]

    client.runs.cancel_many(thread_id=thread_id, run_ids=[running, waiting])
    client.runs.join(thread_id, running)

    assert [run["status"] for run in client.runs.list(thread_id)] == ["interrupted", "interrupted"]


def test_runs_are_stopped_by_their_status(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    running = begun(client, thread_id)
    waiting = client.runs.create(thread_id, "steps", input=SLOW)["run_id"]

    client.runs.cancel_many(status="pending")
    assert client.runs.get(thread_id, waiting)["status"] == "interrupted"
    assert client.runs.get(thread_id, running)["status"] == "running"
    client.runs.cancel_many(status="all")
    client.runs.join(thread_id, running)

    assert client.runs.get(thread_id, running)["status"] == "interrupted"
    with pytest.raises(NotFoundError):
        client.runs.cancel_many(status="running")
    with pytest.raises(UnprocessableEntityError, match="When providing a 'status'"):
        client.runs.cancel_many(status="all", thread_id=thread_id)


def test_runs_of_a_thread_wait_for_one_another(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    *_, last = [
        client.runs.create(thread_id, "steps", input={"n": n}, multitask_strategy="enqueue") for n in (1, 10, 100)
    ]

    assert client.runs.join(thread_id, last["run_id"]) == {"n": 117, "log": ["a", "b"] * 3}
    assert [run["status"] for run in client.runs.list(thread_id)] == ["success"] * 3


def test_a_run_interrupts_the_one_in_its_way(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    first = begun(client, thread_id)

    values = client.runs.wait(thread_id, "steps", input={"n": 10, "sleep": 0}, multitask_strategy="interrupt")

    assert values == {"n": 13, "log": ["a", "b"], "sleep": 0}
    assert client.runs.get(thread_id, first)["status"] == "interrupted"
    thread: Any = client.threads.get(thread_id)
    assert (thread["status"], thread["error"]) == ("idle", None)


def test_a_run_rolls_back_the_one_in_its_way(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    first = begun(client, thread_id)

    values = client.runs.wait(thread_id, "steps", input={"n": 10}, multitask_strategy="rollback")

    assert values == {"n": 12, "log": ["a", "b"]}
    (only,) = client.runs.list(thread_id)
    assert only["run_id"] != first
    assert len(client.threads.get_history(thread_id)) == 4


def test_a_client_that_leaves_a_stream_takes_the_run_with_it_where_that_was_said(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    stream = client.runs.stream(thread_id, "steps", input=SLOW, stream_mode="tasks", on_disconnect="cancel")
    run_id = next(stream).data["run_id"]
    assert next(stream).data["name"] == "a"

    leave(stream)
    client.runs.join(thread_id, run_id)

    assert client.runs.get(thread_id, run_id)["status"] == "interrupted"


def test_a_client_that_leaves_a_joined_stream_takes_the_run_with_it_where_that_is_asked(
    client: SyncLangGraphClient,
) -> None:
    thread_id = client.threads.create()["thread_id"]
    run = client.runs.create(thread_id, "steps", input={"n": 1, "sleep": 1}, stream_mode="updates")
    stream = client.runs.join_stream(thread_id, run["run_id"], cancel_on_disconnect=True)
    while next(stream).event != "updates":
        pass

    leave(stream)
    client.runs.join(thread_id, run["run_id"])

    assert client.runs.get(thread_id, run["run_id"])["status"] == "interrupted"
    assert client.threads.get_state(thread_id)["next"] == ["b"]
