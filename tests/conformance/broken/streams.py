"""What goes wrong with streams of events: how they are framed, what they tell, and how they are resumed."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.conformance.broken.changes import silence, streams, without_query
from tests.conformance.broken.fault import Fault
from tests.conformance.broken.proxy import Piecewise

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.conformance.broken.proxy import Asked, Change, Told

THREAD = "POST /threads/{thread_id}/runs/stream"
STATELESS = "POST /runs/stream"
JOIN = "GET /threads/{thread_id}/runs/{run_id}/stream"

FOLLOWED = "GET /threads/{thread_id}/stream"
PROTOCOL = "POST /threads/{thread_id}/stream/events"

OTHER = b'{"run_id":"01a1fe84-2b5a-7000-b74f-931855df3535","attempt":1}'
"""The metadata of a run that there is not."""

HEARTBEAT = b": heartbeat\r\n\r\n"


async def silent_for_ever(asked: Asked) -> Told:
    return replace(await asked.told(), rest=silence)


async def beating_for_ever(asked: Asked) -> Told:
    async def rest() -> AsyncIterator[bytes]:
        while True:
            yield HEARTBEAT
            await asyncio.sleep(0.1)

    return replace(await asked.told(), rest=rest)


async def cut(asked: Asked) -> Told:
    told = await asked.told()
    return replace(told, content=told.content[:-5])


async def from_one_before(asked: Asked) -> Told:
    last = asked.headers.get("last-event-id", "")
    told = await asked.told()
    if not told.ok or not re.fullmatch(r"\d+-\d+", last):
        return told
    whole = (await asked.told(headers={**asked.headers, "last-event-id": "-"})).events
    return told.streaming([event for event in whole if f"id: {last}".encode() in event.split(b"\r\n")] + told.events)


async def from_one_after(asked: Asked) -> Told:
    told = await asked.told()
    return told.streaming(told.events[1:]) if told.ok and "last-event-id" in asked.headers else told


def renamed(event: bytes, name: str) -> bytes:
    return re.sub(rb"^event: [^\r]*", f"event: {name}".encode(), event)


def numbered(event: bytes, number: str) -> bytes:
    return re.sub(rb"\r\nid: [^\r]*", f"\r\nid: {number}".encode(), event)


def saying(event: bytes, data: bytes) -> bytes:
    return re.sub(rb"data: [^\r]*", b"data: " + data, event)


def with_other_values(events: list[bytes]) -> list[bytes]:
    """Empty the last values."""
    values = [event for event in events if event.startswith(b"event: values\r\n")]
    return [saying(event, b"{}") if values and event is values[-1] else event for event in events]


def without_the_last_task(events: list[bytes]) -> list[bytes]:
    """Leave out the last event of the mode `tasks`."""
    tasks = [event for event in events if event.startswith(b"event: tasks\r\n")]
    return [event for event in events if event not in tasks[-1:]]


def of_both(name: str, sentence: str, change: Change) -> tuple[Fault, Fault]:
    """Return a fault of the streams of runs on threads, and the same of those without."""
    return (
        Fault(name, sentence, "run-stream-is-whole", {THREAD: change}),
        Fault(f"stateless-{name}", sentence, "stateless-stream-is-whole", {STATELESS: change}),
    )


FAULTS = (
    *of_both("stream-falls-silent", "A stream has no end, and nothing follows.", silent_for_ever),
    *of_both("stream-goes-on", "A stream has no end, only heartbeats.", beating_for_ever),
    *of_both("stream-is-cut", "A stream ends within an event.", cut),
    *of_both(
        "event-is-no-json",
        "The data of the last event is no JSON.",
        streams(lambda events: [*events[:-1], saying(events[-1], b"{")]),
    ),
    *of_both("stream-is-empty", "A stream has no events.", streams(lambda events: [])),
    *of_both("metadata-is-missing", "A stream begins with something else.", streams(lambda events: events[1:])),
    *of_both(
        "metadata-comes-last",
        "A stream tells its metadata at its end.",
        streams(lambda events: [*events[1:], events[0]]),
    ),
    *of_both(
        "unasked-event",
        "A stream tells of what nobody asked for.",
        streams(lambda events: [*events, renamed(events[-1], "understudy")]),
    ),
    *of_both(
        "metadata-is-of-another-run",
        "A stream tells the metadata of a run that is not its own.",
        streams(lambda events: [saying(events[0], OTHER), *events[1:]]),
    ),
    Fault(
        "events-are-out-of-order",
        "The ids of the events after the metadata fall.",
        "run-stream-is-whole",
        {THREAD: streams(lambda events: [*events[:1], *events[:0:-1]])},
    ),
    Fault(
        "ids-repeat",
        "All events have the same id.",
        "stream-ids-differ",
        {THREAD: streams(lambda events: [numbered(event, "1-0") for event in events])},
    ),
    Fault(
        "last-values-are-others",
        "The last values of a stream are not those of the thread.",
        "stream-ends-in-state",
        {THREAD: streams(with_other_values)},
    ),
    Fault(
        "resume-repeats-an-event",
        "A stream that is resumed begins with the event that was seen last.",
        "stream-resumes",
        {JOIN: from_one_before},
    ),
    Fault(
        "resume-loses-an-event",
        "A stream that is resumed lacks the event that follows.",
        "stream-resumes",
        {JOIN: from_one_after},
    ),
    Fault(
        "joined-stream-tells-all",
        "Who joins a stream for one mode is sent all.",
        "joined-mode-filters",
        {JOIN: without_query("stream_mode")},
    ),
    Fault(
        "thread-stream-stutters",
        "The stream of a thread tells everything twice.",
        "thread-stream-shows-runs",
        {FOLLOWED: Piecewise(lambda piece: piece + piece)},
    ),
    Fault(
        "protocol-stutters",
        "The protocol of a thread tells everything twice.",
        "protocol-is-numbered",
        {PROTOCOL: Piecewise(lambda piece: piece + piece)},
    ),
    Fault(
        "task-never-ends",
        "A stream does not tell what came of the last task.",
        "stream-modes-agree",
        {THREAD: streams(without_the_last_task)},
    ),
)
