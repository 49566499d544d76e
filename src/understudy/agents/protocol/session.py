"""What one reader of a thread is told: events of all its runs, numbered through, those that are subscribed to."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from understudy.agents.protocol.telling import Telling
from understudy.state.feeds import END

if TYPE_CHECKING:
    from collections.abc import Callable

    from understudy.agents.protocol.channels import Subscription
    from understudy.state.feeds import Event
    from understudy.state.world import World
    from understudy.wire import JsonObject

KEPT = 10_000
"""How many events of a run a session can tell again."""


class Gap(Exception):
    """Events are asked for that are not kept any more; `first` is the number of the earliest one that is."""

    def __init__(self, since: int, first: int) -> None:
        super().__init__(f"resume gap: since={since} is older than min_available_seq={first}")
        self.since = since
        self.first = first


class Session:
    """Reads the events of a thread and sends those that its subscriptions want.

    It keeps so many events of the present run to tell them again. `telling` is the run that is told or was told last;
    `applied` is the number of the last event that was sent.
    """

    def __init__(self, world: World, thread_id: str, send: Callable[[JsonObject], None], *, kept: int = KEPT) -> None:
        self._world = world
        self._thread_id = thread_id
        self._send = send
        self._seq = 0
        self._told: deque[JsonObject] = deque(maxlen=kept)
        self.subscriptions: dict[str, Subscription] = {}
        self.telling: Telling | None = None
        self.applied = 0

    def take(self, event: Event) -> None:
        """Tell what becomes of an event of the thread's feed. Those of no run, or of one that was deleted, are not."""
        if event.run_id is None:
            return
        if self.telling is None or self.telling.run_id != event.run_id:
            run = self._world.runs.get(self._thread_id, event.run_id)
            if run is None:
                return
            self._told.clear()
            self.telling = Telling(self._world, run, self._push)
        if event.name == END:
            self.telling.complete()
        else:
            self.telling.take(event)

    def subscribe(self, name: str, subscription: Subscription, *, since: int | None = None) -> int:
        """Send what is subscribed to from now on; before that, what the present run has told of it.

        Return how many events that were. Gap when `since` lies before what is kept.
        """
        if since is not None and self._told and since + 1 < self._told[0]["seq"]:
            raise Gap(since, self._told[0]["seq"])
        again = [event for event in self._told if event["seq"] > (since or 0) and subscription.wants(event)]
        for event in again:
            self._deliver(event)
        self.subscriptions[name] = subscription
        return len(again)

    def _push(self, event: JsonObject) -> None:
        self._seq += 1
        event["seq"] = self._seq
        self._told.append(event)
        if any(subscription.wants(event) for subscription in self.subscriptions.values()):
            self._deliver(event)

    def _deliver(self, event: JsonObject) -> None:
        self.applied = max(self.applied, event["seq"])
        self._send(event)
