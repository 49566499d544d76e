"""`client.runs.join_stream` and `client.threads.join_stream` of the langgraph-sdk: streams that others have begun."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from langgraph_sdk.errors import UnprocessableEntityError

from tests.clients.streams import names, told, until

if TYPE_CHECKING:
    from langgraph_sdk.client import SyncLangGraphClient

MISSING = "33333333-3333-4333-8333-333333333333"

SLOW = {"n": 1, "sleep": 0.5}


def is_done(part: Any) -> bool:
    return bool(part.event == "metadata" and part.data.get("status") == "run_done")


def resumable(client: SyncLangGraphClient, mode: Any) -> tuple[str, list[Any]]:
    """Return the id of a new thread and the events of a run on it, which are kept for those who ask later."""
    thread_id = client.threads.create()["thread_id"]
    stream = client.runs.stream(thread_id, "steps", input={"n": 1}, stream_mode=mode, stream_resumable=True)
    return thread_id, list(stream)


def seen(parts: list[Any]) -> list[tuple[str, Any]]:
    return [(part.event, part.data) for part in parts]


def test_a_running_run_is_joined_until_it_ends(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    run_id = client.runs.create(thread_id, "steps", input=SLOW, stream_mode=["updates", "values"])["run_id"]

    parts = list(client.runs.join_stream(thread_id, run_id))

    assert names(parts)[-2:] == ["updates", "values"]
    assert parts[-1].data == {"n": 3, "log": ["a", "b"], "sleep": 0.5}
    assert client.runs.get(thread_id, run_id)["status"] == "success"


def test_a_run_can_be_joined_for_one_mode_only(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    run_id = client.runs.create(thread_id, "steps", input=SLOW, stream_mode=["updates", "values"])["run_id"]

    parts = list(client.runs.join_stream(thread_id, run_id, stream_mode="updates"))

    assert set(names(parts)) == {"updates"}
    assert parts[-1].data == {"b": {"n": 1, "log": ["b"]}}


def test_a_run_that_is_over_has_nothing_more_to_say(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    parts = list(client.runs.stream(thread_id, "steps", input={"n": 1}))

    assert list(client.runs.join_stream(thread_id, parts[0].data["run_id"])) == []


@pytest.mark.parametrize("beginning", ["-1", "0", "-"])
def test_a_resumable_run_is_played_again_from_its_beginning(client: SyncLangGraphClient, beginning: str) -> None:
    thread_id, live = resumable(client, ["updates", "values"])

    again = list(client.runs.join_stream(thread_id, live[0].data["run_id"], last_event_id=beginning))

    assert seen(again) == seen(live)
    assert [part.id for part in again] == [part.id for part in live]


def test_a_resumable_run_is_played_again_from_where_a_reader_left_it(client: SyncLangGraphClient) -> None:
    thread_id, live = resumable(client, "values")

    # Events of one millisecond may share an id, so what is left begins after all with the id.
    rest = [part for part in live if part.id > live[1].id]
    again = list(client.runs.join_stream(thread_id, live[0].data["run_id"], last_event_id=live[1].id))

    assert seen(again) == seen(rest)
    assert list(client.runs.join_stream(thread_id, live[0].data["run_id"], last_event_id=live[-1].id)) == []


def test_joining_a_run_that_does_not_exist_is_an_error_in_the_stream(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]

    parts = list(client.runs.join_stream(thread_id, MISSING))

    assert seen(parts) == [("error", {"error": "HTTPException", "message": "404: Run not found"})]


def test_the_stream_of_a_thread_tells_its_runs_until_each_is_done(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    run_id = client.runs.create(thread_id, "steps", input=SLOW, stream_mode=["updates"])["run_id"]

    parts = until(is_done, client.threads.join_stream(thread_id))

    assert told(parts, "updates")[-1] == {"b": {"n": 1, "log": ["b"]}}
    assert parts[-1].data == {"status": "run_done", "run_id": run_id}
    assert all(part.id for part in parts)


def test_the_stream_of_a_thread_goes_from_run_to_run(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    first = client.runs.create(thread_id, "steps", input=SLOW, stream_mode="values")["run_id"]
    second = client.runs.create(thread_id, "steps", input={"n": 5, "sleep": 0}, stream_mode="values")["run_id"]

    parts = until(lambda part: is_done(part) and part.data["run_id"] == second, client.threads.join_stream(thread_id))

    done = [about["run_id"] for about in told(parts, "metadata") if about.get("status") == "run_done"]
    assert done == [first, second]
    assert told(parts, "values")[-1] == {"n": 10, "log": ["a", "b", "a", "b"], "sleep": 0}


def test_the_stream_of_a_thread_plays_resumable_runs_again(client: SyncLangGraphClient) -> None:
    thread_id, live = resumable(client, "values")

    again = until(is_done, client.threads.join_stream(thread_id, last_event_id="0"))

    assert seen(again)[:-1] == seen(live)


def test_the_stream_of_a_thread_begins_at_an_event_or_not_at_all(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]

    with pytest.raises(UnprocessableEntityError, match="Invalid last-event-id"):
        list(client.threads.join_stream(thread_id, last_event_id="yesterday"))
