"""Reading streams of events within bounds, and holding them to what no schema of a single event can say."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from understudy.contract.events import NAMED, Frames, Malformed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from understudy.contract.events import EventSchema, Framing, SentEvent
    from understudy.wire import Json, JsonObject

RUN_DONE = "run_done"

_MESSAGES = ("messages", "messages-tuple")
_ALWAYS = ("metadata", "error")
_SHOWN = 5


class Broken(Exception):
    """A stream that is not what its contract says."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of a stream is read at most. So many heartbeats in a row are too long a silence."""

    events: int = 10_000
    heartbeats: int = 2
    seconds: float = 30


class Reading(NamedTuple):
    """What was read of a stream, and whether it came to its end."""

    events: list[SentEvent]
    ended: bool


def read(
    pieces: Iterable[bytes],
    *,
    framing: Framing = NAMED,
    bounds: Bounds = Bounds(),  # it is frozen
    until: Callable[[SentEvent], bool] = lambda event: False,
) -> Reading:
    """Return the events of a stream that comes in pieces. Broken if it is framed otherwise.

    Reading stops at the end of the stream, with an event that is `until`, and at the bounds.
    """
    frames, events, silent = Frames(framing), list["SentEvent"](), 0
    last = time.monotonic() + bounds.seconds
    try:
        for piece in pieces:
            heard = frames.comments
            for event in frames.take(piece):
                events.append(event)
                silent = 0
                if until(event) or len(events) >= bounds.events:
                    return Reading(events, ended=False)
            silent += frames.comments - heard
            if silent >= bounds.heartbeats or time.monotonic() > last:
                return Reading(events, ended=False)
        frames.end()
    except Malformed as malformed:
        raise Broken(str(malformed)) from None
    return Reading(events, ended=True)


def check_each(events: Iterable[SentEvent], schema: EventSchema | None) -> None:
    """Raise Broken unless each event fits what the document says of one, if it says something."""
    for number, event in enumerate(events):
        complaint = schema.complaint(event) if schema is not None else None
        _check(complaint is None, f"event {number}, {event.name}, does not fit: {complaint}")


def check_run(
    events: Sequence[SentEvent], run_id: str, *, modes: Collection[str], subgraphs: bool, resumable: bool
) -> None:
    """Raise Broken unless these are all events of one run, as a client sees them that was there from the start."""
    _check(bool(events), "there are no events")
    _check(events[0].name == "metadata", f"the first event is {events[0].name}, not metadata")
    attempts = [event.data for event in events if event.name == "metadata"]
    for told in attempts:
        _check(_of(told, "run_id") == run_id, f"the metadata are those of run {_of(told, 'run_id')}, not {run_id}")
    for earlier, later in pairwise(attempts):
        _check(earlier != later, f"there are metadata twice: {later}")
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


def check_resumed(resumed: Sequence[SentEvent], events: Sequence[SentEvent], place: int) -> None:
    """Raise Broken unless a client that has seen the events as far as a place is sent those that follow, and no more.

    `place` is -1 for one that has seen nothing. Of several events with the same id, nobody can tell where the client
    is: each of them may be sent, or not; that there are none, `check_ids_differ` says.
    """
    missing = list(events[place + 1 :])
    if place >= 0:
        alike = sum(event.id == events[place].id for event in events) - 1
        surely = [event for event in missing if event.id != events[place].id]
    else:
        alike, surely = 0, missing
    sent = list(resumed)
    fits = len(surely) <= len(sent) <= len(surely) + alike and sent == list(events[len(events) - len(sent) :])
    after = events[place].id if place >= 0 else "nothing"
    _check(fits, f"after {after} come {_told(sent)}, but what is missing is {_told(missing)}")


def check_thread(events: Sequence[SentEvent]) -> list[str]:
    """Return the runs that are over; Broken unless runs begin, go on and end one after the other, and ids grow."""
    _check(all(event.id is not None for event in events), "an event of a thread has no id")
    check_ids(events)
    running: str | None = None
    over: list[str] = []
    for event in events:
        if event.name == "state_update":
            continue
        if event.name != "metadata":
            _check(running is not None, f"there is an event {event.name} while nothing runs")
            continue
        run_id = _of(event.data, "run_id")
        if event.data.get("status") == RUN_DONE:
            _check(run_id == running, f"run {run_id} is over, but what runs is {running}")
            over.append(run_id)
            running = None
        else:
            _check(running in (None, run_id), f"run {run_id} begins, but {running} is not over")
            running = run_id
    return over


def check_protocol(events: Sequence[SentEvent]) -> None:
    """Raise Broken unless the events of the thread protocol are named by their methods and numbered in order."""
    last = 0
    for event in events:
        method, number = _of(event.data, "method"), _of(event.data, "seq")
        _check(event.name == method, f"an event is named {event.name}, its method {method}")
        _check(event.id == str(number), f"an event has the id {event.id}, but the number {number}")
        _check(number > last, f"number {number} follows {last}")
        last = number
    told = [_of(event.data, "event_id") for event in events]
    _check(len(set(told)) == len(told), "two events have the same id")


def check_ids(events: Sequence[SentEvent]) -> None:
    """Raise Broken unless the ids of the events grow, or stay what they are."""
    ids = [_order(event.id) for event in events if event.id is not None]
    for earlier, later in pairwise(ids):
        _check(earlier <= later, f"the id {later} follows {earlier}")


def check_ids_differ(events: Sequence[SentEvent]) -> None:
    """Raise Broken if two events have the same id: a client that has seen one of them cannot ask for the other."""
    seen: dict[str, SentEvent] = {}
    for event in events:
        if event.id is not None:
            _check(event.id not in seen, f"{event.name} has the id {event.id}, as {_told([seen.get(event.id)])} before")
            seen[event.id] = event


def is_over(run_id: str) -> Callable[[SentEvent], bool]:
    """Return what tells the event by which a thread says that a run is over."""
    return lambda event: event.name == "metadata" and event.data == {"status": RUN_DONE, "run_id": run_id}


def is_of(mode: str) -> Callable[[SentEvent], bool]:
    """Return what tells the events of a mode, of the run's own graph and of those within it."""
    names = _names([mode])
    return lambda event: event.name.partition("|")[0] in names


def _names(modes: Collection[str]) -> set[str]:
    """Return the names of the events that a run shows in these modes."""
    names = set(modes) - set(_MESSAGES)
    if "messages-tuple" in modes:
        return {*names, "messages"}
    if "messages" in modes:
        return {*names, "messages/metadata", "messages/partial", "messages/complete"}
    return names


def _of(data: Json, name: str) -> Any:
    if not isinstance(data, dict) or name not in data:
        raise Broken(f"an event has no {name}: {data}")
    return data[name]


def _order(event_id: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in event_id.split("-"))
    except ValueError:
        raise Broken(f"{event_id!r} is no id by which events are ordered") from None


def _told(events: Iterable[SentEvent | None]) -> str:
    names = [event.name for event in events if event is not None]
    return f"{len(names)} events ({', '.join(names[:_SHOWN])}{', …' if len(names) > _SHOWN else ''})"


def _check(holds: bool, complaint: str) -> None:
    if not holds:
        raise Broken(complaint)
