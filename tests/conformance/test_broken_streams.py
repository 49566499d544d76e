"""The reader of streams finds what is wrong with one, and reads no further than it is to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.conformance.campaign import API
from understudy.conformance.streams import (
    Bounds,
    Broken,
    check_each,
    check_end,
    check_ids_differ,
    check_protocol,
    check_resumed,
    check_run,
    check_thread,
    is_of,
    is_over,
    read,
)
from understudy.contract.documents import load_contract
from understudy.contract.events import SentEvent, event_schema
from understudy.wire import HEARTBEAT, frame

if TYPE_CHECKING:
    from collections.abc import Iterator

RUN, OTHER = "01a1fe84-2b5a-7000-b74f-931855df3535", "01a1fe84-2b5a-7000-b74f-931855df3536"

BEGUN = SentEvent("metadata", {"run_id": RUN, "attempt": 1})
VALUES = SentEvent("values", {"n": 1})
ERROR = SentEvent("error", {"error": "ValueError", "message": "boom"})


def framed(*events: SentEvent) -> list[bytes]:
    return [frame(event.name, event.data, event.id) for event in events]


def test_a_stream_is_read_to_its_end() -> None:
    assert read([HEARTBEAT, *framed(BEGUN, VALUES)]) == ([BEGUN, VALUES], True)


def test_a_stream_is_read_as_far_as_an_event() -> None:
    assert read(framed(BEGUN, VALUES, VALUES), until=lambda event: event.name == "values") == ([BEGUN, VALUES], False)


@pytest.mark.parametrize("bounds", [Bounds(events=1), Bounds(heartbeats=1), Bounds(seconds=0)])
def test_a_stream_without_an_end_is_left(bounds: Bounds) -> None:
    def pieces() -> Iterator[bytes]:
        yield from framed(BEGUN)
        while True:
            yield HEARTBEAT

    assert read(pieces(), bounds=bounds) == ([BEGUN], False)


@pytest.mark.parametrize("pieces", [[b"event: values\ndata: {}\n\n"], [*framed(BEGUN), b"event: values\r\n"]])
def test_a_stream_that_ends_within_an_event_is_told(pieces: list[bytes]) -> None:
    with pytest.raises(Broken, match="ends within an event"):
        read(pieces)


def test_an_event_that_does_not_fit_the_document_is_told() -> None:
    schema = event_schema(load_contract(API).observed, "/runs/stream", "POST")
    wrong = SentEvent("values", 1)

    check_each([BEGUN, VALUES], schema)
    check_each([BEGUN, wrong], None)  # the document says nothing of it
    with pytest.raises(Broken, match="event 1, values, does not fit"):
        check_each([BEGUN, wrong], schema)


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
    run_of(BEGUN, SentEvent("metadata", {"run_id": RUN, "attempt": 2}), VALUES)


@pytest.mark.parametrize(
    ("events", "complaint"),
    [
        ([], "no events"),
        ([VALUES], "the first event is values"),
        ([SentEvent("metadata", {"run_id": OTHER, "attempt": 1})], f"are those of run {OTHER}"),
        ([SentEvent("metadata", None)], "has no run_id"),
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


def test_ids_are_numbers() -> None:
    with pytest.raises(Broken, match="'a-b' is no id"):
        run_of(SentEvent(*_of(BEGUN), "a-b"), SentEvent(*_of(VALUES), "a-c"), resumable=True)


def test_ids_differ() -> None:
    first, second = SentEvent(*_of(BEGUN), "1-0"), SentEvent(*_of(VALUES), "1-0")

    check_ids_differ([first, BEGUN, BEGUN])
    with pytest.raises(Broken, match=r"values has the id 1-0, as 1 events \(metadata\) before"):
        check_ids_differ([first, second])


SEEN = [SentEvent("values", {"n": number}, f"{number}-0") for number in range(4)]


@pytest.mark.parametrize("place", range(-1, len(SEEN)))
def test_a_client_is_sent_what_it_has_missed(place: int) -> None:
    check_resumed(SEEN[place + 1 :], SEEN, place)


@pytest.mark.parametrize(
    "sent", [[], SEEN, SEEN[1:], SEEN[3:], SEEN[2:3], [*SEEN[2:], SEEN[3]]], ids=lambda sent: str(len(sent))
)
def test_a_client_that_is_sent_something_else_is_told(sent: list[SentEvent]) -> None:
    with pytest.raises(Broken, match="after 1-0 come"):
        check_resumed(sent, SEEN, 1)


def test_of_events_with_the_same_id_any_may_follow() -> None:
    alike = [SEEN[0], *(SentEvent("values", {"m": number}, "1-0") for number in range(3)), SEEN[3]]

    for first in (2, 3, 4):
        check_resumed(alike[first:], alike, 1)
    for first in (0, 1, 5):
        with pytest.raises(Broken, match="after 1-0 come"):
            check_resumed(alike[first:], alike, 1)


def test_events_of_a_mode_are_known_by_their_names() -> None:
    assert is_of("values")(SentEvent("values|child:1", {}))
    assert is_of("messages")(SentEvent("messages/partial", []))
    assert not is_of("updates")(VALUES)


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
    events = numbered(SentEvent("state_update", {}), BEGUN, VALUES, over(RUN), BEGUN, over(RUN))

    assert check_thread(events) == [RUN, RUN]
    assert is_over(RUN)(over(RUN))
    assert not is_over(RUN)(over(OTHER))


@pytest.mark.parametrize(
    ("events", "complaint"),
    [
        ([BEGUN], "has no id"),
        (numbered(VALUES), "while nothing runs"),
        (numbered(BEGUN, SentEvent("metadata", {"run_id": OTHER})), "is not over"),
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
