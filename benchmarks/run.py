"""The run: starts the servers stage by stage, sends the load in turns, collects the figures."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from . import traffic
from .errors import BenchError
from .figures import LARGE, MEASURES, SMALL, Figures, chosen
from .limits import REFERENCE, YARDSTICK
from .load import Job, request
from .memory import resident
from .servers import running
from .shapes import difference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .load import Load, Tally
    from .servers import Running, Server

HISTORIES = 10_000
SATURATED = 0.9
"""The share of a processor from which on the load itself may be what is measured."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How thoroughly to measure: rounds that count, seconds of each, creations of each, starts of each server."""

    rounds: int
    seconds: float
    creations: int
    starts: int


THOROUGH = Settings(rounds=5, seconds=1.0, creations=5_000, starts=7)
QUICK = Settings(rounds=3, seconds=0.3, creations=2_000, starts=3)


def progress(text: str) -> None:
    """Tell the person who waits what is being done."""
    print(f"  {text}", file=sys.stderr, flush=True)


@dataclass(slots=True)
class Run:
    """One run over some servers: `measure_all` fills `figures`."""

    servers: list[Server]
    wanted: set[str]
    settings: Settings
    load: Load
    processors: set[int]
    figures: Figures = field(default_factory=Figures)

    def measure_all(self) -> None:
        """Take every measure that is wanted."""
        stages: tuple[tuple[Callable[[], None], set[str]], ...] = (
            (self._starts, {"start"}),
            (self._memory, {"idle", "growth"}),
            (self._empty, {"ok", "search-0"}),
            (self._creations, {"create"}),
            (self._small, {"get", "state", *_searches(SMALL)}),
            (self._large, _searches(LARGE)),
        )
        for stage, measures in stages:
            if measures & self.wanted:
                stage()

    def _starts(self) -> None:
        """Time the starts, the servers in turns, on all processors; the first round warms the disk's cache."""
        progress(f"starting each server {self.settings.starts + 1} times")
        for turn in range(self.settings.starts + 1):
            for server in self.servers:
                with running(server) as up:
                    if turn:
                        self.figures.add("start", server.name, up.first_answer)

    def _memory(self) -> None:
        """Read what a server occupies after one request of each kind, and how much many histories add."""
        for server in self.servers:
            progress(f"memory of {server.title}")
            with running(server, self.processors) as up:
                thread = self._created(up)
                for path in ("/ok", f"/threads/{thread}", f"/threads/{thread}/state"):
                    self._answer(up, request("GET", path))
                self._answer(up, traffic.search())
                idle = self._settled(up)
                self.figures.add("idle", up.name, idle)
                if "growth" in self.wanted and up.name != REFERENCE:
                    self._play(up, Job(up.port, traffic.histories(HISTORIES)))
                    self.figures.add("growth", up.name, self._settled(up) - idle)

    def _empty(self) -> None:
        with self._up(self.servers) as servers:
            self._rate("ok", servers, lambda _: (request("GET", "/ok"),))
            self._rate("search-0", servers, lambda _: (traffic.search(),))

    def _creations(self) -> None:
        """Create as many threads on each server, so that tables of one size are compared."""
        with self._up(self.servers) as servers:
            self._rate("create", servers, lambda _: traffic.creations(self.settings.creations), once=True)

    def _small(self) -> None:
        with self._up(self.servers) as servers:
            self._seed(servers, SMALL)
            self._search(servers, SMALL)
            if "get" in self.wanted:
                ids = {up.name: self._ids(up, traffic.search(limit=100)) for up in servers}
                self._rate("get", servers, lambda up: tuple(request("GET", f"/threads/{i}") for i in ids[up.name]))
            if "state" in self.wanted:
                own = {up.name: [self._created(up) for _ in range(10)] for up in servers}
                self._rate(
                    "state",
                    servers,
                    lambda up: tuple(request("GET", f"/threads/{i}/state") for i in own[up.name]),
                )

    def _large(self) -> None:
        """Search many threads; the reference server, which looks at each of them, is left out."""
        with self._up([server for server in self.servers if server.name != REFERENCE]) as servers:
            self._seed(servers, LARGE)
            self._search(servers, LARGE)

    def _search(self, servers: list[Running], threads: int) -> None:
        self._rate(f"search-{threads}-all", servers, lambda _: (traffic.search(),))
        self._rate(f"search-{threads}-ticket", servers, lambda _: traffic.searches_by_ticket(threads))
        self._rate(f"search-{threads}-team", servers, lambda _: traffic.searches_by_team())

    def _seed(self, servers: list[Running], threads: int) -> None:
        requests = traffic.seeds(threads)
        for up in servers:
            progress(f"creating {threads:,} threads on {up.server.title}")
            self._play(up, Job(up.port, requests))

    def _rate(
        self,
        name: str,
        servers: list[Running],
        requests: Callable[[Running], tuple[bytes, ...]],
        *,
        once: bool = False,
    ) -> None:
        """Measure answers per second, the servers in turns, one computing at a time; the first round is a warm-up."""
        if name not in self.wanted:
            return
        jobs = {up.name: Job(up.port, requests(up), None if once else self.settings.seconds) for up in servers}
        answers: dict[str, bytes] = {}
        progress(MEASURES[name][0])
        for turn in range(self.settings.rounds + 1):
            for up in servers:
                tally = self._play(up, jobs[up.name])
                answers[up.name] = tally.last
                if turn:
                    figure = self.figures.add(name, up.name, tally.rate)
                    figure.bytes_per_answer = tally.bytes_per_answer
                    figure.load_busy = max(tally.busy, figure.load_busy or 0.0)
                    if tally.busy > SATURATED:
                        self.figures.note(f"{name}: the load is the bottleneck, {up.server.title} may be faster")
        self._compare(name, servers, answers)

    def _compare(self, name: str, servers: list[Running], answers: dict[str, bytes]) -> None:
        """Note where a server's answer has another shape than the yardstick's: then it did other work."""
        for up in servers:
            if YARDSTICK in answers and up.name != YARDSTICK:
                found = difference(orjson.loads(answers[up.name]), orjson.loads(answers[YARDSTICK]))
                if found:
                    self.figures.note(f"{name}: {up.server.title} answers otherwise than Starlette: {found}")

    @contextmanager
    def _up(self, servers: list[Server]) -> Iterator[list[Running]]:
        """Start servers side by side and hold them until it is their turn."""
        with ExitStack() as stack:
            started = []
            for server in servers:
                started.append(stack.enter_context(running(server, self.processors)))
                started[-1].hold()
            yield started

    def _play(self, up: Running, job: Job) -> Tally:
        up.go_on()
        try:
            return self.load.play(job)
        except BenchError as error:
            raise BenchError(f"{up.server.title}: {error}") from error
        finally:
            up.hold()

    def _answer(self, up: Running, one: bytes) -> Any:
        return orjson.loads(self._play(up, Job(up.port, (one,))).last)

    def _created(self, up: Running) -> str:
        """Return the id of a new thread with a history."""
        return str(self._answer(up, *traffic.histories(1))["thread_id"])

    def _ids(self, up: Running, found_by: bytes) -> list[str]:
        return [row["thread_id"] for row in self._answer(up, found_by)]

    def _settled(self, up: Running) -> float:
        """Return the resident memory after a pause, in MB."""
        up.go_on()
        time.sleep(1.0)
        return resident(up.process.pid)


def _searches(threads: int) -> set[str]:
    return chosen([f"search-{threads}"])
