"""Hunts for differences: sequences are made up and played on both servers; the smallest of each kind is kept."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count, islice
from typing import TYPE_CHECKING, Literal

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity

from understudy.conformance.comparing.partings import partings
from understudy.conformance.comparing.player import Player
from understudy.conformance.comparing.reducing import reduced
from understudy.conformance.comparing.traces import Traces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from understudy.conformance.comparing.deployment import Deployment
    from understudy.conformance.comparing.known import Known
    from understudy.conformance.comparing.partings import Group, Parting
    from understudy.conformance.comparing.player import Played
    from understudy.conformance.comparing.steps import Step

_REDUCING = 60.0
"""Seconds that the search for a smaller sequence takes at most."""

_AGAIN = 2
"""How often a difference may fail to show again before it is taken for chance."""

_BATCH = 50
"""Sequences that are made up at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How far a hunt goes; no sequence is begun after `max_time` seconds, but to make one smaller that differs."""

    max_examples: int
    max_steps: int
    max_time: float
    max_differences: int
    seed: int
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """The smallest sequence that was found for a difference, what both servers said, and all places that differ."""

    steps: tuple[Step, ...]
    one: Played
    other: Played
    partings: tuple[Parting, ...]


@dataclass
class Progress:
    """How far a hunt is."""

    played: int = 0
    steps: int = 0
    findings: list[Finding] = field(default_factory=list)
    chance: list[Parting] = field(default_factory=list)
    """Differences that showed once and not again."""
    operations: Counter[str] = field(default_factory=Counter)
    reducing: bool = False
    seconds: float = 0


class Hunt:
    """A hunt on two servers.

    `operations` are those whose differences count; `tell` is told after each sequence. The check's id marks what is
    made; on the two servers it ends in another letter, for both may be one.
    """

    def __init__(
        self,
        servers: tuple[Deployment, Deployment],
        check_id: str,
        known: Known,
        operations: set[str],
        tell: Callable[[Progress], None] = lambda progress: None,
    ) -> None:
        self.progress = Progress()
        self._servers = servers
        self._check_id = check_id
        self.known = known
        self._operations = operations
        self._tell = tell
        self._numbers = count(1)
        self._settled: set[Group] = set()
        self._lock = threading.Lock()
        self._stopped = False
        self._start = time.monotonic()

    def run(self, strategy: hypothesis.strategies.SearchStrategy[list[Step]], bounds: Bounds) -> Progress:
        """Hunt until the bounds are met; return what came of it."""
        end = self._start + bounds.max_time

        def compared(steps: list[Step]) -> Finding | None:
            return None if self._stopped or time.monotonic() >= end else self._compared(steps)

        made = islice(_made_up(strategy, bounds.seed), bounds.max_examples)
        with ThreadPoolExecutor(bounds.workers) as pool:
            try:
                while batch := list(islice(made, 2 * bounds.workers)):
                    for found in pool.map(compared, batch):
                        if found is not None:
                            self._look_at(found)
                    if time.monotonic() >= end or len(self.progress.findings) >= bounds.max_differences:
                        break
            except BaseException:
                self._stopped = True
                raise
        del self.progress.findings[bounds.max_differences :]
        return self.progress

    def traces(self, side: int) -> Traces:
        """Return what knows how to remove what was made on one of the servers, 0 or 1."""
        return Traces(self._servers[side], f"{self._check_id}{'ab'[side]}")

    def _look_at(self, found: Finding) -> None:
        """Count a sequence; if it differs in a way that is not known yet, make it smaller and keep it."""
        self.progress.played += 1
        self.progress.operations.update(step.operation for step in found.steps)
        self._told()
        if any(parting.group in self._settled for parting in found.partings):
            found = self._compared(found.steps)  # found by another one meanwhile; there may be more to it
        if found.partings:
            self._settle(found, found.partings[0].group)

    def _settle(self, found: Finding, target: Group) -> None:
        """Look for the smallest sequence with a difference, which is known from then on."""
        until = time.monotonic() + _REDUCING
        self.progress.reducing = True
        shown: list[Finding] = []

        def shows(steps: Sequence[Step]) -> bool:
            if time.monotonic() >= until:
                return False
            again = self._compared(steps)
            self._told()
            if target not in (parting.group for parting in again.partings):
                return False
            shown.append(again)
            return True

        if any(shows(found.steps) for _ in range(_AGAIN)):
            reduced(found.steps, found.partings[0].step, shows)
            self.progress.findings.append(shown[-1])
            self._settled.update(parting.group for parting in shown[-1].partings)
        else:
            self.progress.chance.append(found.partings[0])
        self._settled.add(target)
        self.progress.reducing = False

    def _told(self) -> None:
        self.progress.seconds = time.monotonic() - self._start
        self._tell(self.progress)

    def _compared(self, steps: Sequence[Step]) -> Finding:
        one, other = self._play(steps)
        with self._lock:
            self.progress.steps += len(steps)
            new = partings(steps, one.answers, other.answers, self._judged)
        return Finding(tuple(steps), one, other, tuple(new))

    def _judged(self, parting: Parting) -> Literal["new", "known", "diverges"]:
        if parting.operation not in self._operations or parting.group in self._settled:
            return "known"
        entry = self.known.find(parting)
        if entry is None:
            return "new"
        return "diverges" if entry.diverges else "known"

    def _play(self, steps: Sequence[Step]) -> tuple[Played, Played]:
        """Play a sequence on both servers at once, and remove what it made."""
        number = next(self._numbers)
        with ThreadPoolExecutor(2) as pool:
            try:
                one, other = pool.map(lambda side: self._play_on(side, number, steps), (0, 1))
            except BaseException:
                self._stopped = True
                raise
        return one, other

    def _play_on(self, side: int, number: int, steps: Sequence[Step]) -> Played:
        traces = self.traces(side)
        try:
            example = f"{'ab'[side]}{number}-{self._check_id[-8:]}"
            return Player(self._servers[side], traces, example).play(steps, self._stops())
        finally:
            traces.clear()

    def _stops(self) -> Iterator[bool]:
        while True:
            yield self._stopped


def _made_up(strategy: hypothesis.strategies.SearchStrategy[list[Step]], seed: int) -> Iterator[list[Step]]:
    """Yield the sequences of a seed, for ever."""
    yield from _batch(strategy, seed * 1_000_003)
    for number in count(1):
        # The first one of a batch is the simplest that there is, always the same.
        yield from _batch(strategy, seed * 1_000_003 + number)[1:]


def _batch(strategy: hypothesis.strategies.SearchStrategy[list[Step]], seed: int) -> list[list[Step]]:
    made: list[list[Step]] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=_BATCH,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @hypothesis.given(strategy)
    def make_up(steps: list[Step]) -> None:
        made.append(steps)

    make_up()
    return made
