"""Threads made up by the number, always the same ones for the same seed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from understudy.scenarios import values
from understudy.scenarios.references import known
from understudy.state.agents import START
from understudy.state.checkpoints import ROOT
from understudy.state.clock import FrozenClock, SystemClock, timestamp
from understudy.state.ids import Ids, assistant_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from understudy.scenarios.references import Complain
    from understudy.scenarios.scenario import Scenario
    from understudy.state.agents import Agent
    from understudy.state.world import World
    from understudy.wire import JsonObject

FIRST = datetime(2025, 1, 1, tzinfo=UTC)
"""When the first thread was created; each of the others was one minute after the one before."""

_MINUTE = timedelta(minutes=1)
_SECOND = timedelta(seconds=1)

# What the conversations are about; threads of one topic share their messages.
_TOPICS = {
    "billing": ("Why was I charged twice this month?", "The second charge is a reservation and expires in three days."),
    "delivery": ("Where is my parcel?", "It left the depot this morning and arrives before six."),
    "login": ("I cannot sign in any more.", "Your password expired; I have sent you a link for a new one."),
    "refund": ("I want to send this back.", "I have made out a label; the money comes once we have the parcel."),
    "travel": ("Which train gets me to Basel by noon?", "The 9:12, with one change in Olten."),
}
_STATUSES = ("idle", "idle", "idle", "interrupted", "idle", "idle", "error", "idle", "idle", "idle")


class Generator:
    """Makes the threads that one scenario asks for."""

    def __init__(self, scenario: Scenario, agents: Mapping[str, Agent], names: list[str], complain: Complain) -> None:
        wanted = scenario.generate
        self._threads: int = wanted.get("threads", 100)
        self._checkpoints: int = wanted.get("checkpoints", 3)
        self._users: int = wanted.get("users", 100)
        graph_id = wanted.get("agent") or next(iter(scenario.agents or names), "agent")
        known("agent", graph_id, names, ("generate", "agent"), complain)
        self._agent = agents.get(graph_id)
        self._clock = FrozenClock(FIRST)
        self._ids = Ids(self._clock, seed=wanted.get("seed", 0))
        self._metadata: dict[tuple[str, str], JsonObject] = {}
        self._values: dict[tuple[str, int], JsonObject] = {}

    def fill(self, world: World) -> None:
        """Put the threads into a world."""
        for at in range(self._threads):
            world.threads.restore(*self._thread(at))
