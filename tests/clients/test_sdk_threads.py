"""`client.threads` of the langgraph-sdk, but for their state: every method, with what it is documented to give."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from langgraph_sdk.errors import BadRequestError, ConflictError, NotFoundError, UnprocessableEntityError

from understudy.state.agents import Agent
from understudy.state.clock import Clock
from understudy.state.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable

    from langgraph_sdk.client import SyncLangGraphClient

    from tests.conftest import Server

MISSING = "33333333-3333-4333-8333-333333333333"


def ids(threads: Iterable[Any]) -> list[str]:
    return [thread["thread_id"] for thread in threads]


def test_a_thread_is_created_as_told_and_read_back(client: SyncLangGraphClient) -> None:
    made = client.threads.create(
        thread_id="11111111-1111-4111-8111-111111111111", metadata={"who": "me"}, graph_id="agent"
    )

    assert made["thread_id"] == "11111111-1111-4111-8111-111111111111"
    assert made["metadata"] == {"who": "me", "graph_id": "agent"}
    assert (made["status"], made["values"]) == ("idle", None)
    assert made["created_at"] == made["updated_at"]
    assert client.threads.get(made["thread_id"]) == made


def test_a_thread_gets_an_id_that_tells_its_age(client: SyncLangGraphClient) -> None:
    first, second = (client.threads.create()["thread_id"] for _ in range(2))

    assert UUID(first).version == 7
    assert first < second


def test_an_id_can_be_had_once_or_with_do_nothing_again(client: SyncLangGraphClient) -> None:
    made = client.threads.create(metadata={"a": 1})

    with pytest.raises(ConflictError, match=f"Thread with ID {made['thread_id']} already exists"):
        client.threads.create(thread_id=made["thread_id"])
    again = client.threads.create(thread_id=made["thread_id"], if_exists="do_nothing", metadata={"b": 2})

    assert again == made


def test_a_thread_can_be_born_with_a_history(client: SyncLangGraphClient) -> None:
    made = client.threads.create(
        graph_id="steps",
        supersteps=[
            {"updates": [{"values": {"n": 1}, "as_node": "__start__"}]},
            {"updates": [{"values": {"n": 10, "log": ["x"]}, "as_node": "a"}]},
        ],
    )

    assert (made["status"], made["values"]) == ("interrupted", {"n": 11, "log": ["x"]})
    assert len(client.threads.get_history(made["thread_id"])) == 2


def test_an_update_merges_metadata(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create(metadata={"a": 1, "b": {"c": 1}})["thread_id"]

    updated = client.threads.update(thread_id, metadata={"b": {"d": 2}, "e": None})

    assert updated["metadata"] == {"a": 1, "b": {"d": 2}, "e": None}
    assert client.threads.get(thread_id) == updated


def test_an_update_answers_nothing_where_that_is_preferred(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]

    answer: Any = client.threads.update(thread_id, metadata={"a": 1}, return_minimal=True)

    assert answer is None
    assert client.threads.get(thread_id)["metadata"] == {"a": 1}


def test_a_thread_lives_as_long_as_it_was_given(client: SyncLangGraphClient, server: Server) -> None:
    clock = Clock(datetime(2026, 1, 1, tzinfo=UTC))
    server.world = World([Agent("agent")], clock=clock)
    short = client.threads.create(ttl=5)["thread_id"]
    longer = client.threads.create(ttl={"ttl": 5, "strategy": "delete"})["thread_id"]
    client.threads.update(longer, metadata={}, ttl=10)

    assert client.threads.get(short, include=["ttl"])["ttl"] == {  # type: ignore[typeddict-item]  # not in its schema
        "strategy": "delete",
        "ttl_minutes": 5,
        "expires_at": "2026-01-01T00:05:00+00:00",
    }
    clock.advance(timedelta(minutes=5))

    assert ids(client.threads.search()) == [longer]
    with pytest.raises(NotFoundError):
        client.threads.get(short)


def test_a_deleted_thread_is_gone(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]

    client.threads.delete(thread_id)

    with pytest.raises(NotFoundError, match=f"Thread with ID {thread_id} not found"):
        client.threads.get(thread_id)
    with pytest.raises(NotFoundError):
        client.threads.delete(thread_id)


def test_threads_are_found_by_each_of_their_features(client: SyncLangGraphClient) -> None:
    plain = client.threads.create(metadata={"team": {"id": 7, "x": 1}})["thread_id"]
    moved = client.threads.create(
        graph_id="custom", supersteps=[{"updates": [{"values": {"x": "v"}, "as_node": "__start__"}]}]
    )["thread_id"]

    assert ids(client.threads.search()) == [moved, plain]
    assert ids(client.threads.search(metadata={"team": {"id": 7}})) == [plain]
    assert ids(client.threads.search(values={"x": "v"})) == [moved]
    assert ids(client.threads.search(status="interrupted")) == [moved]
    assert ids(client.threads.search(ids=[plain, MISSING])) == [plain]
    assert ids(client.threads.search(sort_by="created_at", sort_order="asc")) == [plain, moved]
    assert ids(client.threads.search(limit=1, offset=1)) == [plain]
    assert client.threads.count() == 2
    assert client.threads.count(metadata={"team": {"x": 1}}) == 1
    assert client.threads.count(values={"x": "w"}) == 0
    assert client.threads.count(status="interrupted") == 1
    with pytest.raises(BadRequestError, match="Invalid thread ID bad"):
        client.threads.search(ids=["bad"])


def test_a_search_shows_what_is_selected_and_extracted(client: SyncLangGraphClient) -> None:
    made = client.threads.create(metadata={"tags": ["x", "y"]})

    (found,) = client.threads.search(
        select=["thread_id", "status"], extract={"last": "metadata.tags[-1]", "none": "values.messages[0]"}
    )

    assert found == {  # type: ignore[comparison-overlap]  # a part of a Thread is no Thread
        "thread_id": made["thread_id"],
        "status": "idle",
        "extracted": {"last": "y", "none": None},
    }
    with pytest.raises(UnprocessableEntityError, match="must start with one of"):
        client.threads.search(extract={"a": "status"})


def test_a_copy_goes_its_own_way(client: SyncLangGraphClient) -> None:
    source = client.threads.create(
        graph_id="steps", supersteps=[{"updates": [{"values": {"n": 1}, "as_node": "__start__"}]}]
    )["thread_id"]

    # The SDK says that copy returns nothing; it returns what the server answers.
    copy: Any = client.threads.copy(source)  # type: ignore[func-returns-value]  # it does return
    client.threads.update_state(source, {"n": 5}, as_node="a")

    assert copy["thread_id"] != source
    assert copy["metadata"] == {"graph_id": "steps"}
    assert client.threads.get_state(copy["thread_id"])["values"] == {"n": 1, "log": []}
    assert client.threads.get_state(source)["values"] == {"n": 6, "log": []}
    with pytest.raises(ConflictError):
        client.threads.copy(MISSING)


def test_pruning_deletes_threads_or_all_but_their_latest_checkpoints(client: SyncLangGraphClient) -> None:
    step: dict[str, Any] = {"updates": [{"values": {"n": 1}, "as_node": "__start__"}]}
    deleted, kept = (client.threads.create(graph_id="steps", supersteps=[step, step])["thread_id"] for _ in "ab")

    assert client.threads.prune([deleted, deleted, MISSING]) == {"pruned_count": 1}
    assert client.threads.prune([kept], strategy="keep_latest") == {"pruned_count": 1}

    assert ids(client.threads.search()) == [kept]
    (only,) = client.threads.get_history(kept)
    assert only["values"] == {"n": 2, "log": []}
