"""`client.runs` of the langgraph-sdk without a thread: each run has one of its own, for as long as it lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from langgraph_sdk.errors import BadRequestError, NotFoundError, UnprocessableEntityError

if TYPE_CHECKING:
    from langgraph_sdk.client import SyncLangGraphClient
    from langgraph_sdk.schema import RunCreateMetadata


def test_a_run_without_a_thread_gives_its_last_values_and_leaves_nothing(client: SyncLangGraphClient) -> None:
    told: list[RunCreateMetadata] = []

    values = client.runs.wait(None, "steps", input={"n": 1}, on_run_created=told.append)

    assert values == {"n": 3, "log": ["a", "b"]}
    thread_id = told[0].get("thread_id")
    assert thread_id
    with pytest.raises(NotFoundError):
        client.threads.get(thread_id)


def test_a_run_without_a_thread_can_keep_its_thread(client: SyncLangGraphClient) -> None:
    told: list[RunCreateMetadata] = []

    client.runs.wait(None, "steps", input={"n": 1}, on_completion="keep", on_run_created=told.append)

    thread_id = told[0].get("thread_id")
    assert thread_id
    assert client.threads.get_state(thread_id)["values"] == {"n": 3, "log": ["a", "b"]}
    assert client.runs.get(thread_id, told[0]["run_id"])["status"] == "success"
    client.threads.delete(thread_id)


def test_a_run_without_a_thread_goes_on_behind_the_scenes(client: SyncLangGraphClient) -> None:
    told: list[RunCreateMetadata] = []

    run = client.runs.create(None, "steps", input={"n": 1}, on_completion="keep", on_run_created=told.append)
    values = client.runs.join(run["thread_id"], run["run_id"])

    assert run["status"] == "pending"
    kwargs: Any = run.get("kwargs")
    assert kwargs["temporary"] is False
    assert told == [{"run_id": run["run_id"], "thread_id": None}]
    assert values == {"n": 3, "log": ["a", "b"]}
    client.threads.delete(run["thread_id"])


def test_a_run_without_a_thread_is_streamed(client: SyncLangGraphClient) -> None:
    told: list[RunCreateMetadata] = []

    parts = list(client.runs.stream(None, "steps", input={"n": 1}, on_run_created=told.append))

    assert [part.event for part in parts] == ["metadata", "values", "values", "values"]
    assert parts[0].data["run_id"] == told[0]["run_id"]
    assert parts[-1].data == {"n": 3, "log": ["a", "b"]}


def test_an_interrupt_without_a_thread_is_told_though_nothing_can_answer_it(client: SyncLangGraphClient) -> None:
    ask: Any = {"messages": [{"role": "user", "content": "ask"}]}

    paused: Any = client.runs.wait(None, "agent", input=ask)

    assert paused["__interrupt__"][0]["value"] == {"question": "ok?"}
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        client.runs.wait(None, "agent", command={"resume": "yes"})
    with pytest.raises(BadRequestError, match=r"You must provide a thread_id when resuming\."):
        client.runs.create(None, "agent", command={"resume": "yes"})
    with pytest.raises(BadRequestError, match=r"You must provide a thread_id when resuming\."):
        list(client.runs.stream(None, "agent", command={"resume": "yes"}))


def test_a_failure_without_a_thread_is_raised(client: SyncLangGraphClient) -> None:
    with pytest.raises(Exception, match=r"^RuntimeError: kaboom$"):
        client.runs.wait(None, "steps", input={"n": 1, "mode": "boom"})


def test_a_batch_makes_a_run_of_each_of_its_parts(client: SyncLangGraphClient) -> None:
    runs: Any = client.runs.create_batch(
        [
            {"assistant_id": "steps", "input": {"n": n}, "on_completion": "keep", "metadata": {"n": n}}  # type: ignore[typeddict-item]  # it wants every key
            for n in (1, 10)
        ]
    )

    assert [run["metadata"]["n"] for run in runs] == [1, 10]
    assert [client.runs.join(run["thread_id"], run["run_id"])["n"] for run in runs] == [3, 12]
    for run in runs:
        client.threads.delete(run["thread_id"])


def test_a_batch_needs_parts_that_can_be_run(client: SyncLangGraphClient) -> None:
    with pytest.raises(UnprocessableEntityError, match="has less than 1 item"):
        client.runs.create_batch([])
    with pytest.raises(UnprocessableEntityError, match="Invalid assistant: 'nope'"):
        client.runs.create_batch([{"assistant_id": "nope"}])  # type: ignore[typeddict-item]  # it wants every key
