"""The run: starts the servers stage by stage, sends the load in turns, collects the figures."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from . import checks, hosting, playing, starts, traffic
from .errors import BenchError
from .figures import FILTERS, LARGE, MEASURES, SEARCHES, SMALL, Figures
from .limits import REFERENCE, YARDSTICK
from .load import Job, request
from .memory import resident
from .servers import running
from .shapes import difference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .load import Load, Outcome_co, Playable, Tally
    from .servers import Running, Server

HISTORIES = 10_000
SATURATED = 0.9
"""The share of a processor from which on the load itself may be what is measured."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How thoroughly to measure: rounds that count, seconds of each, creations of each, starts of each server.

    `runs` are waited for in each round, and an agent counts up to `numbers`.
    Checkers make up so many `examples`.
    """

    rounds: int
    seconds: float
    creations: int
    starts: int
    runs: int
    numbers: int
    examples: int


THOROUGH = Settings(rounds=5, seconds=1.0, creations=5_000, starts=7, runs=200, numbers=10_000, examples=20)
QUICK = Settings(rounds=3, seconds=0.3, creations=2_000, starts=3, runs=80, numbers=4_000, examples=3)


@dataclass(frozen=True, slots=True)
class Entry:
    """A server that takes part in a measure, and what it is sent."""

    measure: str
    up: Running
    requests: tuple[bytes, ...]


@dataclass(slots=True)
class Run:
    """One run over some servers: `measure_all` fills `figures`. `players` are the same servers with agents to run."""

    servers: list[Server]
    players: list[Server]
    wanted: set[str]
    settings: Settings
    load: Load
    processors: set[int]
    figures: Figures = field(default_factory=Figures)

    def measure_all(self) -> None:
        """Take every measure that is wanted."""
        runs = playing.Playing(self, self.players)
        stages: tuple[tuple[Callable[[], None], set[str]], ...] = (
            (self._starts, {"start"}),
            (starts.Starts(self).measure, starts.STARTED),
            (self._memory, {"idle", "growth"}),
            (self._empty, {"ok", "search-0"}),
            (self._creations, {"create"}),
            (self._reads, {"get", "state"}),
            (self._searches, SEARCHES[SMALL] | SEARCHES[LARGE]),
            (runs.waits, playing.WAITED),
            (runs.first, playing.FIRST),
            (runs.events, playing.EVENTS),
            (runs.held, playing.HELD),
            (hosting.Hosting(self).worlds, hosting.HOSTED),
            (checks.Checks(self).rates, checks.CHECKED),
        )
        for stage, measures in stages:
            if measures & self.wanted:
                stage()

    def tell(self, text: str) -> None:
        """Tell the person who waits what is being done."""
        print(f"  {text}", file=sys.stderr, flush=True)

    def _starts(self) -> None:
        """Time the starts, the servers in turns, on all processors; the first round warms the disk's cache."""
        self.tell(f"starting each server {self.settings.starts + 1} times")
        for turn in range(self.settings.starts + 1):
            for server in self.servers:
                with running(server) as up:
                    if turn:
                        self.figures.add("start", server.name, up.first_answer)

    def _memory(self) -> None:
        """Read what a server occupies after one request of each kind, and how much many histories add."""
        for server in self.servers:
            self.tell(f"memory of {server.title}")
            with running(server, self.processors) as up:
                thread = self._created(up)
                for path in ("/ok", f"/threads/{thread}", f"/threads/{thread}/state"):
                    self._answer(up, request("GET", path))
                self._answer(up, traffic.search())
                idle = self.settled(up)
                self.figures.add("idle", up.name, idle)
                if "growth" in self.wanted and up.name != REFERENCE:
                    self.play(up, Job(up.port, traffic.histories(HISTORIES)))
                    self.figures.add("growth", up.name, self.settled(up) - idle)

    def _empty(self) -> None:
        with self.up(self.servers) as servers:
            for name, one in (("ok", request("GET", "/ok")), ("search-0", traffic.search())):
                self._rate([Entry(name, up, (one,)) for up in servers])

    def _creations(self) -> None:
        """Create as many threads on both apps, so that tables of one size are compared.

        The reference server gets a tenth, which takes it longer than the others all of them.
        """
        requests = traffic.creations(self.settings.creations)
        fewer = requests[: len(requests) // 10]
        with self.up(self.servers) as servers:
            self._rate([Entry("create", up, fewer if up.name == REFERENCE else requests) for up in servers], once=True)

    def _reads(self) -> None:
        with self.up(self.servers) as servers:
            self._seed(servers, SMALL)
            ids = {up.name: self._ids(up, traffic.search(limit=100)) for up in servers}
            self._rate([Entry("get", up, traffic.reads("/threads/{}", ids[up.name])) for up in servers])
            ids = {up.name: [self._created(up) for _ in range(10)] for up in servers}
            self._rate([Entry("state", up, traffic.reads("/threads/{}/state", ids[up.name])) for up in servers])

    def _searches(self) -> None:
        """Search few threads and many in turns, as one is a limit to the other.

        Many are too many for the reference server, which looks at each of them.
        """
        small = self.servers if self.wanted & SEARCHES[SMALL] else []
        large = [server for server in self.servers if server.name != REFERENCE]
        with self.up(small) as few, self.up(large if self.wanted & SEARCHES[LARGE] else []) as many:
            self._seed(few, SMALL)
            self._seed(many, LARGE)
            sizes = ((SMALL, few), (LARGE, many))
            for filtered in FILTERS:
                self._rate(
                    [
                        Entry(f"search-{size}-{filtered}", up, traffic.searches(filtered, size))
                        for size, servers in sizes
                        for up in servers
                    ]
                )

    def _seed(self, servers: list[Running], threads: int) -> None:
        requests = traffic.seeds(threads)
        for up in servers:
            self.tell(f"creating {threads:,} threads on {up.server.title}")
            self.play(up, Job(up.port, requests))

    def _rate(self, entries: list[Entry], *, once: bool = False) -> None:
        """Measure answers per second in turns, one server computing at a time; the first round is a warm-up."""
        entries = [entry for entry in entries if entry.measure in self.wanted]
        for name in dict.fromkeys(entry.measure for entry in entries):
            self.tell(MEASURES[name][0])
        answers: dict[tuple[str, str], bytes] = {}
        for turn in range(self.settings.rounds + 1):
            for entry in entries:
                seconds = None if once else self.settings.seconds
                tally = self.play(entry.up, Job(entry.up.port, entry.requests, seconds))
                answers[entry.measure, entry.up.name] = tally.last
                if turn:
                    self._add(entry, tally)
        self._compare(answers)

    def _add(self, entry: Entry, tally: Tally) -> None:
        figure = self.figures.add(entry.measure, entry.up.name, tally.rate)
        figure.bytes_per_answer = tally.bytes_per_answer
        figure.load_busy = max(tally.busy, figure.load_busy or 0.0)
        if tally.busy > SATURATED:
            title = entry.up.server.title
            self.figures.note(f"{entry.measure}: the load is the bottleneck, {title} may be faster")

    def _compare(self, answers: dict[tuple[str, str], bytes]) -> None:
        """Note where a server's answer has another shape than the yardstick's: then it did other work."""
        for (measure, name), answer in answers.items():
            yardstick = answers.get((measure, YARDSTICK), answer)
            found = difference(orjson.loads(answer), orjson.loads(yardstick))
            if found:
                self.figures.note(f"{measure}: the answer of {name} differs from that of {YARDSTICK}: {found}")

    @contextmanager
    def up(self, servers: list[Server]) -> Iterator[list[Running]]:
        """Start servers side by side and hold them until it is their turn."""
        with ExitStack() as stack:
            started = []
            for server in servers:
                started.append(stack.enter_context(running(server, self.processors)))
                started[-1].hold()
            yield started

    def play(self, up: Running, job: Playable[Outcome_co]) -> Outcome_co:
        """Play a job with a server, which is held again afterwards."""
        up.go_on()
        try:
            return self.load.play(job)
        except BenchError as error:
            raise BenchError(f"{up.server.title}: {error}") from error
        finally:
            up.hold()

    def _answer(self, up: Running, one: bytes) -> Any:
        return orjson.loads(self.play(up, Job(up.port, (one,))).last)

    def _created(self, up: Running) -> str:
        """Return the id of a new thread with a history."""
        return str(self._answer(up, *traffic.histories(1))["thread_id"])

    def _ids(self, up: Running, found_by: bytes) -> list[str]:
        return [row["thread_id"] for row in self._answer(up, found_by)]

    def settled(self, up: Running) -> float:
        """Return the resident memory after a pause, in MB."""
        up.go_on()
        time.sleep(1.0)
        return resident(up.process.pid)
