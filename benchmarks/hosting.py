"""What worlds cost: to make one, and to keep it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import traffic
from .limits import FAKE
from .load import Job
from .servers import understudy

if TYPE_CHECKING:
    from .run import Run

HOSTED = {"worlds-made", "worlds-memory"}

MANY = 1_000
"""Worlds that are made in each round."""


@dataclass(frozen=True, slots=True)
class Hosting:
    """The measures of worlds, as a part of one run."""

    run: Run

    def worlds(self) -> None:
        """Let many requests name a world each that is not there yet; then let all worlds go.

        What is timed are whole requests, of which making the world is a part.
        """
        self.run.tell(f"making {MANY:,} worlds, {self.run.settings.rounds + 1} times")
        with self.run.up([understudy("demo")]) as (up,):
            before = self.run.settled(up)
            for turn in range(self.run.settings.rounds + 1):
                tally = self.run.play(up, Job(up.port, traffic.first_visits(MANY)))
                if not turn:
                    # What is let go is not given back to the machine, so that only the first worlds make it grow.
                    self.run.figures.add("worlds-memory", FAKE, (self.run.settled(up) - before) * 1e3 / MANY)
                else:
                    self.run.figures.add("worlds-made", FAKE, 1e3 / tally.rate)
                self.run.play(up, Job(up.port, (traffic.post("/_understudy/worlds/drop", {"idle_seconds": 0}),)))
