"""What worlds begin with: scenarios that are read, checked and filled in once, for as many worlds as are wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.errors import Unacceptable
from understudy.scenarios.loading import build, clock_of
from understudy.state.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from understudy.scenarios.scenario import Scenario
    from understudy.state.agents import Agent
    from understudy.state.world import World


class Beginning:
    """Makes worlds that begin with what scenarios say: a new one each time it is called, in some 50 µs.

    All of them begin alike, with the same ids and times; times to live and crons count from when a world is made. With
    a `seed`, the ids that are drawn later are the same in all of them too. With a `clock`, or where a scenario says so,
    time stands still there. `address` is where runs say that they are played.
    """

    def __init__(
        self,
        scenarios: Iterable[Scenario],
        clock: datetime | None = None,
        seed: int | None = None,
        address: str | None = None,
        *,
        allow_loopback_webhooks: bool = False,
        agents: Iterable[Agent] | None = None,
    ) -> None:
        """Read the scenarios. ScenarioError lists what is wrong.

        `agents` are what those of the scenarios were made into before, which takes longer than all else.
        """
        self._scenarios = tuple(scenarios)
        self._told = (clock, seed, address, allow_loopback_webhooks)
        self._repeats = seed is not None
        self._stands_at = clock or clock_of(self._scenarios)
        self._first = build(self._scenarios, Clock(self._stands_at or Clock().now()), seed, agents=agents)
        self._first.allow_loopback_webhooks = allow_loopback_webhooks
        self._first.address = address or self._first.address

    def __call__(self) -> World:
        """Return a new world."""
        return self._first.copy(Clock(self._stands_at), same_ids=self._repeats)

    def instead(
        self, scenarios: Iterable[Scenario] | None = None, *, clock: datetime | None = None, seed: int | None = None
    ) -> Beginning:
        """Return a beginning that is as this one but for what is told. ScenarioError if scenarios are wrong."""
        old_clock, old_seed, address, allow_loopback_webhooks = self._told
        return Beginning(
            self._scenarios if scenarios is None else scenarios,
            clock or old_clock,
            old_seed if seed is None else seed,
            address,
            allow_loopback_webhooks=allow_loopback_webhooks,
            agents=self._first.agents if scenarios is None else None,
        )


def instead(
    begin: Callable[[], World],
    scenarios: Iterable[Scenario] | None = None,
    *,
    clock: datetime | None = None,
    seed: int | None = None,
) -> Beginning:
    """Return a beginning that is as `begin` is but for what is told here. ScenarioError if scenarios are wrong.

    Unacceptable where `begin` makes worlds of no scenarios, and none are told.
    """
    if isinstance(begin, Beginning):
        return begin.instead(scenarios, clock=clock, seed=seed)
    if scenarios is None:
        raise Unacceptable("this server's worlds begin with no scenario that could be begun in another way")
    return Beginning(scenarios, clock, seed)
