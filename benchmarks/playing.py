"""What is measured of runs: how soon they answer, how many events they send, how many streams are held at once."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from . import traffic
from .errors import BenchError
from .figures import MEASURES, STREAMS
from .limits import REFERENCE, YARDSTICK
from .load import Job
from .memory import resident
from .shapes import difference
from .streams import ANY_EVENT, TOKEN, Heard, Streams

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .run import Run
    from .servers import Running, Server

WAITED = {"wait-thread", "wait-stateless"}
FIRST = {"first-event", "first-token", "first-token-of-many"}
EVENTS = {"events-tokens", "events-custom", "events-values", "events-several"}
HELD = {"streams-open", "streams-complete", "streams-memory"}

MANY = 5_000
"""Numbers that are said without a pause by the agent whose first token is waited for."""
SEVERAL = 8
PACED, PACE = 25, 0.2
"""Numbers that each of many streams says, and seconds before each of their tokens."""
RARER, FEWER = 40, 4
"""How many times less the reference server is given to do: runs, and numbers to count."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A measure of streams: `take` returns what is to be played with a server, `read` the figure from what came."""

    measure: str
    take: Callable[[Running], Streams]
    read: Callable[[Heard], float]


@dataclass(frozen=True, slots=True)
class Playing:
    """The measures of runs, as a part of one run over some servers."""

    run: Run
    servers: list[Server]

    def waits(self) -> None:
        """Time answers to runs/wait, one after the other. The yardstick has none: there is nothing to compare."""
        servers = [server for server in self.servers if server.name != YARDSTICK]
        entries = [
            Entry("wait-thread", self._on_threads, _whole),
            Entry("wait-stateless", lambda up: self._requests(up, traffic.wait(None)), _whole),
        ]
        with self.run.up(servers) as ups:
            self._measure(ups, entries)

    def first(self) -> None:
        """Time the first events of streams, one stream after the other."""
        few = traffic.stream("tokens", "messages-tuple", 2)
        many = traffic.stream("tokens", "messages-tuple", MANY)
        entries = [
            Entry("first-event", lambda up: self._requests(up, few, awaited=ANY_EVENT), _first),
            Entry("first-token", lambda up: self._requests(up, few, awaited=TOKEN), _first),
            Entry("first-token-of-many", lambda up: self._requests(up, many, awaited=TOKEN, share=20), _first),
        ]
        with self.run.up(self.servers) as ups:
            self._measure(ups, entries)

    def events(self) -> None:
        """Count the events that come per second; each stream is to be complete and in order."""
        numbers = self.run.settings.numbers
        entries = [
            Entry("events-tokens", lambda up: self._counting(up, "tokens", "messages-tuple", numbers), _rate),
            Entry("events-custom", lambda up: self._counting(up, "progress", "custom", numbers * 2), _rate),
            Entry("events-values", lambda up: self._counting(up, "counter", "values", numbers // 5), _rate),
            Entry(
                "events-several",
                lambda up: self._counting(up, "tokens", "messages-tuple", numbers // 4, at_once=SEVERAL),
                _rate,
            ),
        ]
        with self.run.up(self.servers) as ups:
            self._measure(ups, entries)

    def held(self) -> None:
        """Hold many streams at once, and see what they occupy. The reference server plays ten runs at a time."""
        for server in self.servers:
            if server.name == REFERENCE:
                continue
            self.run.tell(f"{STREAMS:,} streams of {server.title} at once")
            with self.run.up([server]) as (up,):
                few = traffic.stream("tokens", "messages-tuple", PACED)
                self.run.play(up, Streams(up.port, (few,) * SEVERAL, SEVERAL))
                up.go_on()
                before = resident(up.process.pid)
                paced = traffic.stream("tokens", "messages-tuple", PACED, pace=PACE)
                with _watched(up) as peak:
                    heard = self.run.play(up, Streams(up.port, (paced,) * STREAMS, STREAMS, numbers=PACED))
                figures = self.run.figures
                figures.add("streams-open", up.name, heard.most)
                figures.add("streams-complete", up.name, heard.complete)
                figures.add("streams-memory", up.name, (max(peak) - before) * 1000 / STREAMS)

    def _measure(self, ups: list[Running], entries: list[Entry]) -> None:
        """Take these measures in turns, one server computing at a time; the first round is a warm-up."""
        run = self.run
        for entry in entries:
            if entry.measure not in run.wanted:
                continue
            run.tell(MEASURES[entry.measure][0])
            examples: dict[str, Heard] = {}
            for turn in range(run.settings.rounds + 1):
                for up in ups:
                    job = entry.take(up)
                    heard = examples[up.name] = run.play(up, job)
                    if job.numbers is not None and heard.complete < len(job.requests):
                        raise BenchError(f"{up.server.title}, {entry.measure}: a stream is not complete")
                    if turn:
                        figure = run.figures.add(entry.measure, up.name, entry.read(heard))
                        figure.load_busy = max(heard.busy, figure.load_busy or 0.0)
                        figure.bytes_per_answer = heard.bytes_per_event
            self._compare(entry.measure, examples)

    def _compare(self, measure: str, heard: dict[str, Heard]) -> None:
        """Note where a server's events have another shape than the yardstick's: then it did other work."""
        if YARDSTICK not in heard:
            return
        for name, one in heard.items():
            found = difference(one.example, heard[YARDSTICK].example)
            if found:
                self.run.figures.note(f"{measure}: an event of {name} differs from that of {YARDSTICK}: {found}")

    def _requests(self, up: Running, request: bytes, *, awaited: bytes = ANY_EVENT, share: int = 1) -> Streams:
        """Return so many times the same request, one after the other."""
        return Streams(up.port, (request,) * max(self._times(up) // share, 3), awaited=awaited)

    def _on_threads(self, up: Running) -> Streams:
        """Return requests for runs on as many new threads, which are made first."""
        threads = [str(uuid4()) for _ in range(self._times(up))]
        self.run.play(up, Job(up.port, tuple(traffic.post("/threads", {"thread_id": one}) for one in threads)))
        return Streams(up.port, tuple(map(traffic.wait, threads)))

    def _times(self, up: Running) -> int:
        runs = self.run.settings.runs
        return max(runs // RARER, 3) if up.name == REFERENCE else runs

    def _counting(self, up: Running, agent: str, mode: str, numbers: int, at_once: int = 1) -> Streams:
        if up.name == REFERENCE:
            numbers //= FEWER
        return Streams(up.port, (traffic.stream(agent, mode, numbers),) * at_once, at_once, numbers=numbers)


def _whole(heard: Heard) -> float:
    return heard.whole * 1000


def _first(heard: Heard) -> float:
    return heard.first * 1000


def _rate(heard: Heard) -> float:
    return heard.rate


@contextmanager
def _watched(up: Running) -> Iterator[list[float]]:
    """Note the resident memory of a server, in MB, again and again while something else is done."""
    seen = [0.0]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.25):
            seen.append(resident(up.process.pid))

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield seen
    finally:
        done.set()
        watching.join()
