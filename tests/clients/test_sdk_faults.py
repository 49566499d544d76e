"""What both clients of the langgraph-sdk make of every kind of fault: what they raise, what they read, what they retry.

Of requests they retry none. A stream that breaks off is taken up again where the run's `Location` points, from the last
event that had an id; so is one that ends while its run goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import httpx
import orjson
import pytest
from langgraph_sdk.errors import InternalServerError, RateLimitError

from tests.clients.streams import names

if TYPE_CHECKING:
    from langgraph_sdk.client import SyncLangGraphClient

    from tests.clients.conftest import Connect
    from tests.conftest import Server

Add: TypeAlias = Callable[..., Callable[[], dict[str, Any]]]

CUT = "peer closed connection without sending complete message body"
SLOW = {"n": 1, "sleep": 0.3}
WHOLE = ["metadata", "values", "values", "values"]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both clients wait a second and more before they take up a stream again: nothing else of them is changed."""
    for name in ("_async", "_sync"):
        monkeypatch.setattr(f"langgraph_sdk.{name}.http._reconnect_delay", lambda attempt, base, cap: 0.01)


@pytest.fixture
def fault(server: Server, address: str) -> Iterator[Add]:
    """Add a fault: `fault("status", status=503, when={…})`, and get what tells the rule as it is then."""
    if address != server.url:
        pytest.skip("other servers have no faults on request")

    def add(kind: str, **told: Any) -> Callable[[], dict[str, Any]]:
        rule = server.post("/_understudy/faults", {"kind": kind, **told}).raise_for_status().json()
        return lambda: server.get(f"/_understudy/faults/{rule['fault_id']}").json()

    yield add
    server.delete("/_understudy/faults")


def streamed(client: SyncLangGraphClient, given: Any = None, **options: Any) -> Iterator[Any]:
    """Stream the values of a run on a new thread, whose events have ids."""
    thread_id = client.threads.create()["thread_id"]
    options = {"stream_mode": "values", "stream_resumable": True, **options}
    return client.runs.stream(thread_id, "steps", input=given or {"n": 1}, **options)


def counts(parts: list[Any]) -> list[int]:
    return [part.data["n"] for part in parts if part.event == "values"]


# Requests


def test_a_status_of_the_server_is_an_error_and_not_retried(client: SyncLangGraphClient, fault: Add) -> None:
    rule = fault("status", status=503, body={"detail": "later"})

    with pytest.raises(InternalServerError, match="later") as failure:
        client.threads.create()

    assert failure.value.response.status_code == 503
    assert rule()["fitted"] == 1


def test_a_rate_limit_is_an_error_that_tells_when_to_come_again(client: SyncLangGraphClient, fault: Add) -> None:
    rule = fault("rate_limit", retry_after=3, times=1)

    with pytest.raises(RateLimitError) as failure:
        client.threads.create()

    assert failure.value.response.headers["retry-after"] == "3"
    assert rule()["fitted"] == 1
    assert client.threads.create()["thread_id"]


def test_a_delay_is_longer_than_a_client_waits(server: Server, connect: Connect, fault: Add) -> None:
    impatient = connect(url=server.url, api_key=None, timeout=0.2)
    fault("delay", seconds=600, when={"operation": "threads.create"})

    with pytest.raises(httpx.ReadTimeout):
        impatient.threads.create()

    assert impatient.threads.count() == 0


def test_a_closed_connection_is_an_error_and_not_retried(client: SyncLangGraphClient, fault: Add) -> None:
    rule = fault("disconnect")

    with pytest.raises(httpx.RemoteProtocolError, match="Server disconnected without sending a response"):
        client.threads.create()

    assert rule()["fitted"] == 1


def test_who_retries_what_was_carried_out_has_it_twice(client: SyncLangGraphClient, fault: Add) -> None:
    fault("disconnect", carried_out=True, times=1)

    with pytest.raises(httpx.RemoteProtocolError):
        client.threads.create()
    client.threads.create()

    assert client.threads.count() == 2


def test_a_reset_connection_is_an_error(client: SyncLangGraphClient, fault: Add) -> None:
    fault("disconnect", reset=True)

    with pytest.raises(httpx.ReadError):
        client.threads.create()


def test_a_truncated_answer_is_no_json(client: SyncLangGraphClient, fault: Add) -> None:
    fault("truncate")

    with pytest.raises(orjson.JSONDecodeError):
        client.threads.create()


def test_a_truncated_answer_that_was_announced_whole_is_an_incomplete_read(
    client: SyncLangGraphClient, fault: Add
) -> None:
    fault("truncate", content_length="whole")

    with pytest.raises(httpx.RemoteProtocolError, match=CUT):
        client.threads.create()


def test_a_run_that_was_waited_for_is_joined_when_its_answer_breaks_off(
    client: SyncLangGraphClient, fault: Add
) -> None:
    thread_id = client.threads.create()["thread_id"]
    rule = fault("truncate", content_length="whole", times=1)

    with pytest.warns(UserWarning, match="attempting reconnect to Location"):
        values: Any = client.runs.wait(thread_id, "steps", input={"n": 1})

    assert values["n"] == 3
    assert rule()["fitted"] == 2


@pytest.mark.parametrize("lacks", ["json", "utf-8"])
def test_a_garbled_answer_is_no_json(client: SyncLangGraphClient, fault: Add, lacks: str) -> None:
    fault("garble", lacks=lacks)

    with pytest.raises(orjson.JSONDecodeError):
        client.threads.create()


def test_the_content_type_of_an_answer_is_not_looked_at(client: SyncLangGraphClient, fault: Add) -> None:
    fault("content_type")

    assert client.threads.create()["thread_id"]


def test_a_header_spoils_one_request_of_a_client(client: SyncLangGraphClient, fault: Add) -> None:
    with pytest.raises(RateLimitError):
        client.threads.create(headers={"X-Understudy-Fault": "rate_limit"})

    assert client.threads.create()["thread_id"]


# Streams


def test_a_stream_of_another_content_type_is_refused(client: SyncLangGraphClient, fault: Add) -> None:
    fault("content_type", when={"operation": "runs.stream"})

    with pytest.raises(httpx.TransportError, match="Expected response header Content-Type"):
        list(streamed(client))


def test_a_stream_that_is_refused_raises(client: SyncLangGraphClient, fault: Add) -> None:
    rule = fault("status", status=502, when={"operation": "runs.stream"})

    with pytest.raises(InternalServerError):
        list(streamed(client))

    assert rule()["fitted"] == 1


def test_a_clean_end_of_a_run_that_is_over_looks_like_all_there_was(client: SyncLangGraphClient, fault: Add) -> None:
    parts = list(streamed(client))
    fault("end_stream", after=2, when={"operation": "streams.join"})

    thread_id = client.threads.search()[0]["thread_id"]
    again = list(client.runs.join_stream(thread_id, parts[0].data["run_id"], last_event_id="-"))

    assert names(again) == WHOLE[:2]


def test_a_clean_end_while_the_run_goes_on_is_noticed(client: SyncLangGraphClient, fault: Add) -> None:
    rule = fault("end_stream", after=2, times=1)

    parts = list(streamed(client, SLOW))

    assert rule()["fired"] == 1
    assert counts(parts) == [1, 2, 3]


@pytest.mark.parametrize("reset", [False, True])
def test_a_dropped_stream_is_taken_up_where_it_broke_off(client: SyncLangGraphClient, fault: Add, reset: bool) -> None:
    rule = fault("drop_stream", after=2, reset=reset, times=1)

    parts = list(streamed(client, SLOW))

    assert rule()["fired"] == 1
    assert counts(parts) == [1, 2, 3]


def test_a_stream_that_is_dropped_again_and_again_is_given_up(client: SyncLangGraphClient, fault: Add) -> None:
    fault("drop_stream", after=1, when={"operation": "runs.stream"})
    rule = fault("drop_stream", after=0, when={"operation": "streams.join"})

    with pytest.raises(httpx.TransportError, match="Exceeded maximum SSE reconnection attempts"):
        list(streamed(client, SLOW))

    assert rule()["fired"] == 5


def test_a_stream_without_ids_loses_what_was_sent_meanwhile(client: SyncLangGraphClient, fault: Add) -> None:
    fault("drop_stream", after=1, times=1)

    with pytest.warns(UserWarning, match="Reconnecting without a Last-Event-ID"):
        parts = list(streamed(client, stream_resumable=False))

    assert counts(parts) == []


@pytest.mark.parametrize("ids", ["empty", "missing"])
def test_a_stream_whose_ids_are_lost_loses_events_as_well(client: SyncLangGraphClient, fault: Add, ids: str) -> None:
    fault("event_ids", ids=ids)
    fault("drop_stream", after=2, times=1)

    with pytest.warns(UserWarning, match="Reconnecting without a Last-Event-ID"):
        parts = list(streamed(client))

    assert counts(parts) == [1]


def test_a_stream_whose_ids_repeat_is_read_twice(client: SyncLangGraphClient, fault: Add) -> None:
    fault("event_ids", ids="repeated", times=1)
    fault("drop_stream", after=3, times=1)

    parts = list(streamed(client))

    # Events of one millisecond may share an id already, so how much comes again is not the same each time.
    assert counts(parts)[:2] == [1, 2]
    assert len(counts(parts)) > 3


def test_a_slow_start_is_waited_for(client: SyncLangGraphClient, fault: Add) -> None:
    rule = fault("slow_start", seconds=0.05)

    assert names(list(streamed(client))) == WHOLE
    assert rule()["fired"] == 1


def test_a_late_event_is_longer_than_a_client_waits(server: Server, connect: Connect, fault: Add) -> None:
    impatient = connect(url=server.url, api_key=None, timeout=0.3)
    rule = fault("delay_event", event=3, seconds=600, times=1)

    parts = list(streamed(impatient))

    assert rule()["fired"] == 1
    assert counts(parts) == [1, 2, 3]


def test_an_event_that_comes_twice_is_read_twice(client: SyncLangGraphClient, fault: Add) -> None:
    fault("duplicate_event", event=3)

    parts = list(streamed(client))

    assert counts(parts) == [1, 2, 2, 3]
    assert parts[2].id == parts[3].id


def test_events_are_read_in_the_order_in_which_they_come(client: SyncLangGraphClient, fault: Add) -> None:
    fault("reorder_events", event=2)

    assert counts(list(streamed(client))) == [2, 1, 3]


def test_comments_are_no_events(client: SyncLangGraphClient, fault: Add) -> None:
    rule = fault("comments", count=5000)

    assert names(list(streamed(client))) == WHOLE
    assert rule()["fired"] == 1


def test_chunks_of_a_byte_are_put_together(client: SyncLangGraphClient, fault: Add) -> None:
    rule = fault("split_chunks", bytes=1)

    assert counts(list(streamed(client))) == [1, 2, 3]
    assert rule()["fired"] == 1


def question(client: SyncLangGraphClient) -> list[Any]:
    """Stream what an agent makes of a text that is not ASCII."""
    asked: Any = {"messages": [{"role": "user", "content": "Où ça ?"}]}
    return list(client.runs.stream(None, "agent", input=asked, stream_mode="values"))


def test_half_a_character_is_put_together_with_its_rest(client: SyncLangGraphClient, fault: Add) -> None:
    rule = fault("half_character", seconds=0.05)

    parts = question(client)

    assert parts[1].data["messages"][0]["content"] == "Où ça ?"
    assert rule()["fired"] == 1


def test_half_a_character_without_its_rest_is_no_json(client: SyncLangGraphClient, fault: Add) -> None:
    fault("half_character", rest="never")

    with pytest.raises(orjson.JSONDecodeError):
        question(client)


def test_an_event_that_is_no_json_raises(client: SyncLangGraphClient, fault: Add) -> None:
    fault("garble", event=2, when={"operation": "runs.stream"})

    with pytest.raises(orjson.JSONDecodeError):
        list(streamed(client))


def test_an_event_that_is_no_utf_8_is_read_with_a_replacement(client: SyncLangGraphClient, fault: Add) -> None:
    fault("garble", event=2, lacks="utf-8", when={"operation": "runs.stream"})

    parts = list(streamed(client))

    assert list(parts[1].data) == ["\ufffdn", "log"]
