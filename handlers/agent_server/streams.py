"""The event streams of runs and threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from understudy.errors import Invalid
from understudy.exchange import Stream
from understudy.state.feeds import END, GONE, order
from understudy.state.life_cycle import ACTIVE
from understudy.wire import BEAT, HEARTBEAT, frame

from .leaving import leave
from .queries import said

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection

    from understudy.state.feeds import Event, Reader
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject

MEDIA_TYPE = "text/event-stream; charset=utf-8"

HEADERS = {"cache-control": "no-store", "connection": "keep-alive", "x-accel-buffering": "no"}

THREAD_MODES = ("lifecycle", "run_modes", "state_update")

FROM_START = (-1, 0)


async def join(
    world: World,
    thread_id: str,
    run_id: str,
    last_event_id: str | None,
    stream_mode: str | None,
    cancel_on_disconnect: Json,
) -> Stream:
    """Follow a run from now on, or from an event that is still known."""
    row = world.runs.get(thread_id, run_id)
    path = f"/threads/{thread_id}/runs/{run_id}"
    headers = {**HEADERS, "location": f"{path}/stream", "content-location": path}
    if row is None:
        return Stream(_missing(), MEDIA_TYPE, headers)
    reader = _joined(world, row, last_event_id)
    pieces = followed(world, row, reader, cancels=said(cancel_on_disconnect), modes=_modes(stream_mode))
    return Stream(pieces, MEDIA_TYPE, headers)


async def follow_thread(world: World, thread_id: str, last_event_id: str | None, stream_modes: Json) -> Stream:
    """Follow whatever happens on a thread, until the client leaves or the world ends."""
    told = stream_modes if isinstance(stream_modes, list) else str(stream_modes or "run_modes").split(",")
    modes = {mode.strip() for mode in told}
    for mode in modes:
        if mode not in THREAD_MODES:
            raise Invalid(f"Invalid stream mode: {mode}")
    feed = world.feeds.of(thread_id)
    past: list[Event] = []
    if last_event_id:
        try:
            past = feed.kept(after=FROM_START if last_event_id == "-" else _redis_id(last_event_id))
        except ValueError:
            raise Invalid("Invalid last-event-id: must be a valid Redis stream ID") from None
    reader = feed.read(lambda event: True, past=past)
    return Stream(_thread(reader, modes), MEDIA_TYPE, HEADERS)


async def followed(
    world: World, row: JsonObject, reader: Reader, *, cancels: bool = False, modes: Collection[str] = ()
) -> AsyncGenerator[bytes, None]:
    """Yield the events of a run until it ends, and a heartbeat every few seconds in which nothing happens."""
    with_ids, ended = bool(row["kwargs"]["resumable"]), False
    try:
        while not ended:
            events = await reader.batch(BEAT)
            frames = []
            for event in events:
                if event.name == END:
                    ended = True
                    if event.data is not None:
                        frames.append(frame("error", event.data))
                    break
                if not modes or _matches(event, modes):
                    frames.append(frame(event.name, event.data, event.id if with_ids else None))
            ended = ended or reader.is_closed
            if frames or not (events or ended):
                yield b"".join(frames) if events else HEARTBEAT
    finally:
        reader.close()
        if cancels and not ended:
            leave(world, row)


def of_run(world: World, thread_id: str, run_id: str, *, past: list[Event] | None = None) -> Reader:
    """Return a reader of `past` and of everything that happens in a run from now on."""
    return world.feeds.of(thread_id).read(lambda event: event.run_id == run_id, past=past)


def _joined(world: World, row: JsonObject, last_event_id: str | None) -> Reader:
    thread_id, run_id = row["thread_id"], row["run_id"]
    past = world.feeds.of(thread_id).kept(run_id, _after(last_event_id)) if last_event_id else []
    reader = of_run(world, thread_id, run_id, past=past)
    if row["status"] not in ACTIVE and run_id not in world.runs.playing:
        reader.close()
    return reader


def _after(last_event_id: str) -> tuple[int, int]:
    """Return the place after which events are wanted: any other text counts as one before or behind all of them."""
    try:
        return order(last_event_id)
    except ValueError:
        return FROM_START if last_event_id < "0" else (2**63, 0)


def _redis_id(text: str) -> tuple[int, int]:
    if text.startswith("-"):
        raise ValueError(text)
    return order(text)


def _modes(told: str | None) -> list[str]:
    """Return the modes that a client wants: one, or a JSON array of several."""
    if not told:
        return []
    if told.startswith("["):
        try:
            modes = orjson.loads(told)
        except ValueError:
            return [told]
        return modes if isinstance(modes, list) else [told]
    return [told]


def _matches(event: Event, modes: Collection[str]) -> bool:
    return (
        event.name in modes
        or event.mode in modes
        or (event.name.startswith("messages") and ("messages" in modes or "messages-tuple" in modes))
    )


async def _missing() -> AsyncGenerator[bytes, None]:
    yield frame("error", GONE)


async def _thread(reader: Reader, modes: Collection[str]) -> AsyncGenerator[bytes, None]:
    try:
        while not reader.is_closed:
            events = await reader.batch(BEAT)
            if not (events or reader.is_closed):
                yield HEARTBEAT
            frames = [frame(name, data, event.id) for event in events for name, data in _shown(event, modes)]
            if frames:
                yield b"".join(frames)
    finally:
        reader.close()


def _shown(event: Event, modes: Collection[str]) -> list[tuple[str, Json]]:
    """Return what a thread's stream shows of an event, in these modes."""
    name, data = event.name, event.data
    if name == END:
        name, data = "metadata", {"status": "run_done", "run_id": event.run_id}
    if name == "state_update":
        return [(name, data)] if "state_update" in modes else []
    wanted = "run_modes" in modes or ("lifecycle" in modes and name == "metadata")
    return [(name, data)] if wanted else []
