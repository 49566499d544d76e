"""The reader of streams finds what is wrong with one, and reads no further than it is to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.conformance.streams import schemas
from understudy.conformance.streams import (
    Bounds,
    Broken,
    check_end,
    check_protocol,
    check_run,
    check_thread,
    is_over,
    read,
)
from understudy.contract.events import SentEvent
from understudy.wire import HEARTBEAT, frame

if TYPE_CHECKING:
    from collections.abc import Iterator

RUN, OTHER = "01a1fe84-2b5a-7000-b74f-931855df3535", "01a1fe84-2b5a-7000-b74f-931855df3536"

BEGUN = SentEvent("metadata", {"run_id": RUN, "attempt": 1})
VALUES = SentEvent("values", {"n": 1})
ERROR = SentEvent("error", {"error": "ValueError", "message": "boom"})


def answer(*pieces: bytes, media_type: str = "text/event-stream; charset=utf-8") -> httpx.Response:
    return httpx.Response(200, headers={"content-type": media_type}, content=iter(pieces))


def framed(*events: SentEvent) -> list[bytes]:
    return [frame(event.name, event.data, event.id) for event in events]


def test_a_stream_is_read_to_its_end() -> None:
    events, ended = read(answer(HEARTBEAT, *framed(BEGUN, VALUES)), schemas()["POST /runs/stream"])

    assert (events, ended) == ([BEGUN, VALUES], True)


def test_a_stream_is_read_as_far_as_an_event() -> None:
    endless = answer(*framed(BEGUN, VALUES, VALUES))

    assert read(endless, schemas()["POST /runs/stream"], until=lambda event: event is not None) == ([BEGUN], False)


@pytest.mark.parametrize("bounds", [Bounds(events=1), Bounds(heartbeats=1)])
def test_a_stream_without_an_end_is_left(bounds: Bounds) -> None:
    def pieces() -> Iterator[bytes]:
        yield from framed(BEGUN)
        while True:
            yield HEARTBEAT

    endless = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=pieces())

    assert read(endless, schemas()["POST /runs/stream"], bounds=bounds) == ([BEGUN], False)


@pytest.mark.parametrize(
    ("response", "complaint"),
    [
        (answer(b"{}", media_type="application/json"), "is no stream of events"),
        (answer(b"event: values\ndata: {}\n\n"), "ends within an event"),
        (answer(*framed(BEGUN), b"event: values\r\n"), "ends within an event"),
        (answer(*framed(SentEvent("values", 1))), "event 0, values, does not fit"),
    ],
)
def test_what_is_no_event_is_told(response: httpx.Response, complaint: str) -> None:
    with pytest.raises(Broken, match=complaint):
        read(response, schemas()["POST /runs/stream"])


def _of(event: SentEvent) -> tuple[str, Any]:
    return event.name, event.data


def run_of(*events: SentEvent, **more: Any) -> None:
    check_run(events, RUN, **{"modes": ["values"], "subgraphs": False, "resumable": False, **more})


def test_a_run_begins_with_its_metadata_and_may_end_with_an_error() -> None:
    run_of(BEGUN, VALUES, ERROR)
    run_of(SentEvent(*_of(BEGUN), "1-0"), SentEvent(*_of(VALUES), "1-1"), resumable=True)
    run_of(BEGUN, SentEvent("values|child:1", {}), subgraphs=True)
    run_of(BEGUN, SentEvent("messages", []), modes=["messages", "messages-tuple"])
    run_of(BEGUN, SentEvent("messages/partial", []), modes=["messages"])


@pytest.mark.parametrize(
    ("events", "complaint"),
    [
        ([], "no events"),
        ([VALUES], "the first event is values"),
        ([SentEvent("metadata", {"run_id": OTHER, "attempt": 1})], f"are those of run {OTHER}"),
        ([BEGUN, BEGUN], "metadata twice"),
        ([BEGUN, ERROR, VALUES], "something follows an error"),
        ([BEGUN, SentEvent("updates", {})], "the modes are"),
        ([BEGUN, SentEvent("values|child:1", {})], "no subgraphs are asked for"),
        ([BEGUN, SentEvent("values", {}, "1-0")], "has an id"),
    ],
)
def test_what_is_no_run_is_told(events: list[SentEvent], complaint: str) -> None:
    with pytest.raises(Broken, match=complaint):
        run_of(*events)


def test_ids_grow() -> None:
    shrinking = [SentEvent(*_of(BEGUN), "10-0"), SentEvent(*_of(VALUES), "9-5")]

    with pytest.raises(Broken, match="follows"):
        run_of(*shrinking, resumable=True)


@pytest.mark.parametrize(("last", "status"), [(ERROR, "success"), (VALUES, "error")])
def test_a_stream_ends_as_its_run_does(last: SentEvent, status: str) -> None:
    check_end([BEGUN, ERROR], {"status": "error"})

    with pytest.raises(Broken, match="the last event is"):
        check_end([BEGUN, last], {"status": status})


def over(run_id: str) -> SentEvent:
    return SentEvent("metadata", {"status": "run_done", "run_id": run_id})


def numbered(*events: SentEvent) -> list[SentEvent]:
    return [SentEvent(*_of(event), f"1-{at}") for at, event in enumerate(events)]


def test_runs_of_a_thread_follow_each_other() -> None:
    check_thread(numbered(SentEvent("state_update", {}), BEGUN, VALUES, over(RUN), BEGUN, over(RUN)))

    assert is_over(RUN)(over(RUN))
    assert not is_over(RUN)(over(OTHER))


@pytest.mark.parametrize(
    ("events", "complaint"),
    [
        ([BEGUN], "has no id"),
        (numbered(VALUES), "while nothing runs"),
        (numbered(BEGUN, BEGUN), "is not over"),
        (numbered(BEGUN, over(OTHER)), "what runs is"),
    ],
)
def test_what_is_no_thread_is_told(events: list[SentEvent], complaint: str) -> None:
    with pytest.raises(Broken, match=complaint):
        check_thread(events)


def told(seq: int, event_id: str = "", method: str = "values") -> SentEvent:
    return SentEvent("values", {"method": method, "seq": seq, "event_id": event_id or str(seq)}, str(seq))


def test_events_of_the_protocol_are_numbered() -> None:
    check_protocol([told(1), told(3)])


@pytest.mark.parametrize(
    ("events", "complaint"),
    [
        ([told(1, method="updates")], "its method updates"),
        ([SentEvent("values", {"method": "values", "seq": 2, "event_id": "2"}, "1")], "but the number 2"),
        ([told(2), told(2)], "number 2 follows 2"),
        ([told(1, "x"), told(2, "x")], "the same id"),
    ],
)
def test_what_is_not_of_the_protocol_is_told(events: list[SentEvent], complaint: str) -> None:
    with pytest.raises(Broken, match=complaint):
        check_protocol(events)
