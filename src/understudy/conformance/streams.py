"""Reading streams of events within bounds, and holding them to what no schema of a single event can say."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from understudy.contract.events import MEDIA_TYPE, Frames, Malformed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    import httpx

    from understudy.contract.events import EventSchema, SentEvent
    from understudy.wire import JsonObject

RUN_DONE = "run_done"

_MESSAGES = ("messages", "messages-tuple")
_ALWAYS = ("metadata", "error")


class Broken(Exception):
    """A stream that is not what its contract says."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of a stream is read at most. Time is counted by heartbeats: so many in a row are too long a silence."""

    events: int = 10_000
    heartbeats: int = 2


def read(
    response: httpx.Response,
    schema: EventSchema,
    *,
    bounds: Bounds = Bounds(),  # it is frozen
    until: Callable[[SentEvent], bool] = lambda event: False,
) -> tuple[list[SentEvent], bool]:
    """Return the events of a stream that has been opened, and whether it came to its end.

    Reading stops at its end, with an event that is `until`, and at its bounds. Broken if it is no stream of events, is
    framed otherwise, or has an event that does not fit the schema.
    """
    media_type = response.headers.get("content-type", "").partition(";")[0]
    if media_type != MEDIA_TYPE:
        raise Broken(f"{response.status_code} with content type {media_type!r} is no stream of events")
    frames, events, silent = Frames(), list["SentEvent"](), 0
    try:
        for piece in response.iter_raw():
            heard = frames.comments
            for event in frames.take(piece):
                if complaint := schema.complaint(event):
                    raise Broken(f"event {len(events)}, {event.name}, does not fit: {complaint}")
                events.append(event)
                silent = 0
                if until(event) or len(events) >= bounds.events:
                    return events, False
            silent += frames.comments - heard
            if silent >= bounds.heartbeats:
                return events, False
        frames.end()
    except Malformed as malformed:
        raise Broken(str(malformed)) from None
    return events, True


def check_run(
    events: Sequence[SentEvent], run_id: str, *, modes: Collection[str], subgraphs: bool, resumable: bool
) -> None:
    """Raise Broken unless these are all events of one run, as a client sees them that was there from the start."""
    _check(bool(events), "there are no events")
    first, *others = events
    _check(first.name == "metadata", f"the first event is {first.name}, not metadata")
    _check(first.data["run_id"] == run_id, f"the metadata are those of run {first.data['run_id']}, not {run_id}")
    _check(all(event.name != "metadata" for event in others), "there are metadata twice")
    _check(all(event.name != "error" for event in events[:-1]), "something follows an error")
    shown = _names(modes)
    for event in events:
        name, _, place = event.name.partition("|")
        _check(name in shown or name in _ALWAYS, f"there is an event {name}, but the modes are {sorted(modes)}")
        _check(subgraphs or not place, f"there is an event {event.name}, but no subgraphs are asked for")
        _check((event.id is not None) == resumable, f"an event of a resumable stream, and no other, has an id: {event}")
    check_ids(events)


def check_end(events: Sequence[SentEvent], run: JsonObject) -> None:
    """Raise Broken unless a stream that came to its end ended as the run did."""
    failed = events[-1].name == "error"
    _check(failed == (run["status"] == "error"), f"the last event is {events[-1].name}, but the run {run['status']}")


def check_thread(events: Sequence[SentEvent]) -> None:
    """Raise Broken unless runs begin, go on and end one after the other, and ids grow."""
    _check(all(event.id is not None for event in events), "an event of a thread has no id")
    check_ids(events)
    running: str | None = None
    for event in events:
        if event.name == "state_update":
            continue
        if event.name != "metadata":
            _check(running is not None, f"there is an event {event.name} while nothing runs")
        elif event.data.get("status") == RUN_DONE:
            _check(event.data["run_id"] == running, f"run {event.data['run_id']} is over, but what runs is {running}")
            running = None
        else:
            _check(running is None, f"run {event.data['run_id']} begins, but {running} is not over")
            running = event.data["run_id"]


def check_protocol(events: Sequence[SentEvent]) -> None:
    """Raise Broken unless the events of the thread protocol are named by their methods and numbered in order."""
    last = 0
    for event in events:
        _check(event.name == event.data["method"], f"an event is named {event.name}, its method {event.data['method']}")
        _check(
            event.id == str(event.data["seq"]), f"an event has the id {event.id}, but the number {event.data['seq']}"
        )
        _check(event.data["seq"] > last, f"number {event.data['seq']} follows {last}")
        last = event.data["seq"]
    told = [event.data["event_id"] for event in events]
    _check(len(set(told)) == len(told), "two events have the same id")


def check_ids(events: Sequence[SentEvent]) -> None:
    """Raise Broken unless the ids of the events grow."""
    ids = [_order(event.id) for event in events if event.id is not None]
    for earlier, later in pairwise(ids):
        _check(earlier < later, f"the id {later} follows {earlier}")


def is_over(run_id: str) -> Callable[[SentEvent], bool]:
    """Return what tells the event by which a thread says that a run is over."""
    return lambda event: event.name == "metadata" and event.data == {"status": RUN_DONE, "run_id": run_id}


def _names(modes: Collection[str]) -> set[str]:
    """Return the names of the events that a run shows in these modes."""
    names = set(modes) - set(_MESSAGES)
    if "messages-tuple" in modes:
        return {*names, "messages"}
    if "messages" in modes:
        return {*names, "messages/metadata", "messages/partial", "messages/complete"}
    return names


def _order(event_id: str) -> tuple[int, ...]:
    return tuple(int(part) for part in event_id.split("-"))


def _check(holds: bool, complaint: str) -> None:
    if not holds:
        raise Broken(complaint)
