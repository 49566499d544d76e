"""A world: everything that one server remembers, with its own time, ids and agents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.state.agents import Agent, Agents
from understudy.state.assistants import Assistants
from understudy.state.clock import Clock
from understudy.state.computer_agents.platform import ComputerAgents
from understudy.state.crons import Crons
from understudy.state.faults import Faults
from understudy.state.feeds import Feeds
from understudy.state.ids import Ids
from understudy.state.journal import Journal
from understudy.state.runs import Runs
from understudy.state.store import Store
from understudy.state.threads import Threads

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable, Iterable


class World:
    """Tables, clock, id source and agents that belong together; two worlds share nothing that can change.

    `address` is where runs say that they are played. `allow_loopback_webhooks` says whether runs may be sent to
    webhooks on this machine; `sending` are the webhooks that are on their way. `pause` lets the seconds pass that an
    agent takes: real ones, or of the clock if it is moved past them. `endings` are called when the world is closed.
    """

    def __init__(self, agents: Iterable[Agent] = (), *, clock: Clock | None = None, seed: int | None = None) -> None:
        self.clock: Clock = clock or Clock()
        self.ids = Ids(self.clock, seed=seed)
        self.pause: Callable[[float], Awaitable[None]] = self.clock.pause
        self.allow_loopback_webhooks = False
        self.address = "http://127.0.0.1:2024"
        self.sending: set[asyncio.Task[None]] = set()
        self.is_closed = False
        self.endings: list[Callable[[], None]] = []
        self.agents = Agents(agents)
        self.assistants = Assistants(self.agents, clock=self.clock, ids=self.ids)
        self.threads = Threads(clock=self.clock, ids=self.ids)
        self.runs = Runs()
        self.feeds = Feeds(self.clock, self.threads.__contains__)
        self.crons = Crons(clock=self.clock, ids=self.ids)
        self.threads.followers += [self._end_runs, self.runs.forget, self.feeds.forget, self.crons.forget_thread]
        self.store = Store(clock=self.clock)
        self.computer_agents = ComputerAgents(self.agents, clock=self.clock, ids=self.ids)
        self.faults = Faults()
        self.journal = Journal()

    def copy(self, clock: Clock, *, same_ids: bool) -> World:
        """Return a world that begins as this one is, in a few dozen microseconds; what happens in either stays there.

        By its clock, times to live begin anew. With `same_ids` it draws the ids that this world is about to draw.
        Not copied is what goes on: what plays runs, their events, faults and journal.
        """
        copy = World(clock=clock)
        if same_ids:
            copy.ids.adopt(self.ids)
        copy.ids.follow(self.ids)
        copy.agents.adopt(self.agents)
        copy.assistants.adopt(self.assistants)
        copy.threads.adopt(self.threads)
        copy.runs.adopt(self.runs)
        copy.crons.adopt(self.crons)
        copy.store.adopt(self.store)
        copy.computer_agents.adopt(self.computer_agents)
        if self.computer_agents.stage is not None:
            copy.computer_agents.stage = self.computer_agents.stage.copy(clock, same_ids=same_ids)
        copy.address, copy.allow_loopback_webhooks = self.address, self.allow_loopback_webhooks
        return copy

    def close(self) -> None:
        """Let everything end that goes on in it: runs are stopped, nothing is sent, whoever reads is let go."""
        self.is_closed = True
        self.journal.take_up()
        for end in self.endings:
            end()
        self.endings.clear()
        self.feeds.close()
        self.computer_agents.close()
        for playing in self.runs.playing.values():
            playing.cut = True
            playing.task.cancel()
        for task in (*self.runs.queues.values(), *self.runs.starting, *self.sending):
            task.cancel()

    def _end_runs(self, thread_id: str) -> None:
        """Let go whoever reads a run that will never begin, as its thread is gone."""
        for row in self.runs.active(thread_id):
            if row["run_id"] not in self.runs.playing:
                self.feeds.end(thread_id, row["run_id"], gone=True)
