"""What happens on a thread, event by event, and everybody who reads it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from understudy.state.clock import microseconds

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from understudy.state.clock import Clock
    from understudy.wire import Json


class Event(NamedTuple):
    """One event. `name` is that of the wire, with the namespace of a subgraph behind a bar.

    `id` is `<milliseconds>-<count>` and greater than that of every event before it on its thread. The last event of a
    run has the name END and is not sent; its data are GONE if the run has been deleted, of which its readers are told.
    """

    id: str
    run_id: str | None
    name: str
    data: Json

    @property
    def mode(self) -> str:
        """The name without the namespace."""
        return self.name.partition("|")[0]


END = ""
"""The name of the event after the last one of a run."""

GONE = {"error": "HTTPException", "message": "404: Run not found"}
"""The error that clients read who follow a run that is not there, or not any more."""

Order = tuple[int, int]


def order(event_id: str) -> Order:
    """Return the place of an id among others. ValueError if it is none."""
    milliseconds, _, count = event_id.partition("-")
    return int(milliseconds), int(count or 0)


class Feed:
    """The events of one thread: those of resumable runs are kept, all others reach only who reads at that moment.

    `deserted` is called when the last reader has left.
    """

    def __init__(self, clock: Clock, deserted: Callable[[], None] | None = None) -> None:
        self._clock = clock
        self._deserted = deserted
        self._kept: list[Event] = []
        self._readers: set[Reader] = set()
        self._last: Order = (0, 0)
        self._closed = False

    def append(self, run_id: str | None, name: str, data: Json, *, keep: bool = False) -> Event:
        """Hand an event to every reader, and keep it for later ones if asked."""
        now = microseconds(self._clock.now()) // 1000
        last = self._last
        self._last = (now, 0) if now > last[0] else (last[0], last[1] + 1)
        event = Event(f"{self._last[0]}-{self._last[1]}", run_id, name, data)
        if keep:
            self._kept.append(event)
        for reader in self._readers:
            reader.take(event)
        return event

    def kept(self, run_id: str | None = None, after: Order = (-1, 0)) -> list[Event]:
        """Return the kept events after an id, of one run or of all."""
        return [event for event in self._kept if (run_id is None or event.run_id == run_id) and order(event.id) > after]

    def forget(self, run_id: str) -> None:
        """Drop what is kept of a run."""
        self._kept = [event for event in self._kept if event.run_id != run_id]

    def clear(self) -> bool:
        """Drop everything that is kept; return whether somebody reads."""
        self._kept = []
        return bool(self._readers)

    def read(self, wanted: Callable[[Event], bool], *, past: list[Event] | None = None) -> Reader:
        """Return a reader of `past` and then of all wanted events from now on; it is to be closed."""
        reader = Reader(self, wanted, past or [])
        self._readers.add(reader)
        if self._closed:
            reader.close()
        return reader

    def close(self) -> None:
        """Let go whoever reads, and whoever would from now on: nothing more happens here."""
        self._closed = True
        for reader in list(self._readers):
            reader.close()

    @property
    def unread(self) -> int:
        """How many events the reader who is furthest behind has yet to take."""
        return max((reader.unread for reader in self._readers), default=0)

    def dismiss(self, reader: Reader) -> None:
        """Hand this reader no more events."""
        self._readers.discard(reader)
        if not self._readers and self._deserted is not None:
            self._deserted()


class Feeds:
    """The feeds of a world's threads. One is there as long as its thread is, or somebody reads it.

    `known` says whether there is a thread of this id.
    """

    def __init__(self, clock: Clock, known: Callable[[str], bool]) -> None:
        self._clock = clock
        self._known = known
        self._feeds: dict[str, Feed] = {}
        self._closed = False

    def of(self, thread_id: str) -> Feed:
        """Return the feed of a thread, which need not exist yet; then it is to be read."""
        feed = self._feeds.get(thread_id)
        if feed is None:
            feed = self._feeds[thread_id] = self.new(thread_id)
            if self._closed:
                feed.close()
        return feed

    def new(self, thread_id: str) -> Feed:
        """Return a feed on which nothing has happened."""
        return Feed(self._clock, lambda: self._desert(thread_id))

    def tell(self, thread_id: str, name: str, data: Json) -> None:
        """Hand an event that belongs to no run to whoever reads the thread."""
        if thread_id in self._feeds:
            self._feeds[thread_id].append(None, name, data)

    def end(self, thread_id: str, run_id: str, *, gone: bool = False) -> None:
        """Let the readers of a run go that never began, or is `gone` before."""
        if thread_id in self._feeds:
            self._feeds[thread_id].append(run_id, END, GONE if gone else None)

    def forget_run(self, thread_id: str, run_id: str) -> None:
        """Drop what is kept of a run."""
        if thread_id in self._feeds:
            self._feeds[thread_id].forget(run_id)

    def close(self) -> None:
        """Let go whoever reads any of them, and whoever would from now on."""
        self._closed = True
        for feed in list(self._feeds.values()):
            feed.close()

    def forget(self, thread_id: str) -> None:
        """Drop what a thread's feed keeps; whoever reads it goes on."""
        feed = self._feeds.get(thread_id)
        if feed is not None and not feed.clear():
            del self._feeds[thread_id]

    def _desert(self, thread_id: str) -> None:
        """Drop the feed of a thread that is gone: nobody reads it any more."""
        if not self._known(thread_id):
            self._feeds.pop(thread_id, None)


class Reader:
    """Somebody who reads a feed, in batches of what has come since the last one."""

    def __init__(self, feed: Feed, wanted: Callable[[Event], bool], past: list[Event]) -> None:
        self._feed = feed
        self._wanted = wanted
        self._waiting = past
        self._wake: asyncio.Future[None] | None = None
        self._closed = False

    @property
    def unread(self) -> int:
        """How many events have come since the last batch."""
        return len(self._waiting)

    def take(self, event: Event) -> None:
        """Note an event for the next batch."""
        if self._wanted(event):
            self._waiting.append(event)
            self._rouse()

    async def batch(self, seconds: float | None = None) -> list[Event]:
        """Return the events that came since the last batch, at least one; none after so many seconds or when closed."""
        if not self._waiting and not self._closed:
            self._wake = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(seconds):
                    await self._wake
            except TimeoutError:
                pass
            finally:
                self._wake = None
        events, self._waiting = self._waiting, []
        return events

    async def __aiter__(self) -> AsyncIterator[Event]:
        """Yield events until the reader is closed."""
        while True:
            events = await self.batch()
            for event in events:
                yield event
            if self._closed and not self._waiting:
                return

    @property
    def is_closed(self) -> bool:
        """Whether nothing more will come."""
        return self._closed

    def close(self) -> None:
        """Read no further."""
        self._closed = True
        self._feed.dismiss(self)
        self._rouse()

    def _rouse(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)
