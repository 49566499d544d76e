"""`client.crons` of the langgraph-sdk: every method, with what it is documented to give."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from langgraph_sdk.errors import BadRequestError, NotFoundError, UnprocessableEntityError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langgraph_sdk.client import SyncLangGraphClient
    from langgraph_sdk.schema import Cron

MISSING = "33333333-3333-4333-8333-333333333333"

AGENT = "fe096781-5601-53d2-b2f6-0d3403f7e9ca"

YEARLY = "0 0 1 1 *"
"""A schedule that makes no run while the tests run, unless it is New Year."""


@pytest.fixture(autouse=True)
def _nothing_scheduled(client: SyncLangGraphClient) -> Iterator[None]:
    """A world without crons, before and after, also where the server is not ours."""
    remove_all(client)
    yield
    remove_all(client)


def remove_all(client: SyncLangGraphClient) -> None:
    for cron in client.crons.search(limit=1000):
        client.crons.delete(cron["cron_id"])


def made(client: SyncLangGraphClient, **options: Any) -> Cron:
    """Return a new cron without a thread. The SDK says that it is a run."""
    options = {"schedule": YEARLY, "input": {"messages": []}} | options
    cron: Any = client.crons.create("agent", **options)
    return cron  # type: ignore[no-any-return]  # it is what the server answers


def test_a_cron_is_created_as_told(client: SyncLangGraphClient) -> None:
    cron: Any = made(
        client,
        metadata={"m": 1},
        on_run_completed="keep",
        end_time=datetime(2124, 1, 1, tzinfo=UTC),
        enabled=False,
        stream_mode=["values", "updates"],
        stream_subgraphs=True,
        stream_resumable=True,
        durability="exit",
        multitask_strategy="reject",
        interrupt_before=["agent"],
    )

    assert (cron["assistant_id"], cron["thread_id"], cron["schedule"]) == (AGENT, None, YEARLY)
    assert (cron["metadata"], cron["enabled"], cron["on_run_completed"]) == ({"m": 1}, False, "keep")
    assert cron["end_time"] == "2124-01-01T00:00:00+00:00"
    payload = cron["payload"]
    assert payload["assistant_id"] == AGENT
    assert (payload["input"], payload["stream_mode"]) == ({"messages": []}, ["values", "updates"])
    assert (payload["durability"], payload["multitask_strategy"]) == ("exit", "reject")
    assert payload["config"]["configurable"]["cron_id"] == cron["cron_id"]
    assert client.crons.search() == [cron]


def test_a_cron_tells_when_it_is_due_in_utc(client: SyncLangGraphClient) -> None:
    here: Any = made(client)
    there: Any = made(client, timezone=ZoneInfo("America/New_York"))

    assert here["next_run_date"].endswith("-01-01T00:00:00+00:00")
    assert here["timezone"] is None
    assert there["next_run_date"].endswith("-01-01T05:00:00+00:00")
    assert there["timezone"] == "America/New_York"


def test_a_cron_of_a_thread_belongs_to_it(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]

    cron: Any = client.crons.create_for_thread(
        thread_id, "agent", schedule=YEARLY, input={"messages": []}, metadata={"m": 1}
    )

    assert (cron["thread_id"], cron["on_run_completed"]) == (thread_id, None)
    assert client.crons.search(thread_id=thread_id) == [cron]
    client.threads.delete(thread_id)
    assert client.crons.search() == []
    with pytest.raises(NotFoundError, match=f"Thread with ID '{thread_id}' not found"):
        client.crons.create_for_thread(thread_id, "agent", schedule=YEARLY)


def test_crons_are_found_by_each_of_their_features(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    mine = made(client, metadata={"team": "a"})
    other: Any = client.crons.create_for_thread(thread_id, "steps", schedule=YEARLY, input={"n": 1}, enabled=False)

    assert client.crons.search() == [other, mine]
    assert client.crons.search(assistant_id=AGENT) == [mine]
    assert client.crons.search(thread_id=thread_id) == [other]
    assert client.crons.search(enabled=True) == [mine]
    assert client.crons.search(metadata={"team": "a"}) == [mine]
    assert client.crons.search(sort_by="created_at", sort_order="asc") == [mine, other]
    assert client.crons.search(limit=1, offset=1) == [mine]
    chosen: list[Any] = client.crons.search(select=["cron_id", "schedule"], limit=1)
    assert chosen == [{"cron_id": other["cron_id"], "schedule": YEARLY}]
    assert client.crons.count() == 2
    assert client.crons.count(assistant_id=AGENT) == 1
    assert client.crons.count(thread_id=thread_id) == 1
    assert client.crons.count(metadata={"team": "b"}) == 0


def test_an_update_changes_what_it_names(client: SyncLangGraphClient) -> None:
    said: Any = {"messages": [{"role": "user", "content": "hi"}]}
    before = made(client, metadata={"a": 1, "b": {"c": 1}}, end_time=datetime(2124, 1, 1, tzinfo=UTC))

    after: Any = client.crons.update(
        before["cron_id"],
        schedule="0 12 1 7 *",
        metadata={"b": {"d": 2}},
        enabled=False,
        timezone="Europe/Berlin",
        input=said,
        end_time=None,
        on_run_completed="keep",
    )

    assert after["cron_id"] == before["cron_id"]
    assert after["schedule"] == "0 12 1 7 *"
    assert after["next_run_date"].endswith("-07-01T10:00:00+00:00")
    assert after["metadata"] == {"a": 1, "b": {"d": 2}}
    assert (after["enabled"], after["timezone"], after["end_time"]) == (False, "Europe/Berlin", None)
    assert after["on_run_completed"] == "keep"
    assert after["payload"]["input"] == said
    assert client.crons.search() == [after]


def test_an_update_that_leaves_the_end_out_keeps_it(client: SyncLangGraphClient) -> None:
    before: Any = made(client, end_time=datetime(2124, 1, 1, tzinfo=UTC))

    assert client.crons.update(before["cron_id"], enabled=False)["end_time"] == before["end_time"]
    with pytest.raises(BadRequestError, match="Request body cannot be empty"):
        client.crons.update(before["cron_id"])
    with pytest.raises(NotFoundError, match=f"Cron '{MISSING}' not found"):
        client.crons.update(MISSING, enabled=False)


def test_a_deleted_cron_is_gone(client: SyncLangGraphClient) -> None:
    cron = made(client)

    client.crons.delete(cron["cron_id"])

    assert client.crons.count() == 0
    with pytest.raises(NotFoundError):
        client.crons.delete(cron["cron_id"])


@pytest.mark.parametrize(
    ("options", "message"),
    [({"schedule": "bogus"}, "Invalid cron schedule: 'bogus'"), ({"timezone": "Mars/Base"}, "Invalid timezone")],
)
def test_what_cannot_be_scheduled_is_refused(client: SyncLangGraphClient, options: Any, message: str) -> None:
    with pytest.raises(UnprocessableEntityError, match=message):
        made(client, **options)


def test_a_day_that_never_comes_and_an_assistant_that_is_not_there_are_refused(client: SyncLangGraphClient) -> None:
    with pytest.raises(BadRequestError, match="failed to find next date"):
        made(client, schedule="0 0 31 2 *")
    with pytest.raises(NotFoundError, match="Assistant 'nope' not found"):
        client.crons.create("nope", schedule=YEARLY)
