"""One world on one event loop that only the test turns: requests without sockets, agents that go on when told.

Nothing here takes real time, and nothing happens by itself: the same calls lead to the same interleaving.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson

from tests.interleavings.agents import agents
from understudy.app import create_app
from understudy.config import Settings
from understudy.state.clock import Clock
from understudy.state.feeds import END, Feed, Feeds
from understudy.state.life_cycle import ACTIVE
from understudy.state.world import World
from understudy.state.worlds import Worlds

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Scope

    from understudy.state.feeds import Event

WORLDS = Worlds(World)
"""The worlds of all stages."""

MOST_TURNS = 1_000
"""Turns of the event loop after which something must be running in circles."""


NUMBERS = count()
"""Tells stages apart, and feeds, also those of threads that had the same id one after the other."""


class Restless(AssertionError):
    """The event loop does not come to rest."""


@cache
def app() -> ASGIApp:
    """Return the one app of this process; each request says which world it means."""
    return create_app(Settings(strict=True), WORLDS)


@dataclass(slots=True, eq=False)
class Gate:
    """A place where an agent waits until it is told to go on."""

    opened: asyncio.Future[None]


@dataclass(frozen=True, slots=True)
class Logged:
    """An event as it was when it occurred."""

    event: Event
    data: bytes
    thread_id: str
    feed: int

    @property
    def is_end(self) -> bool:
        """Whether this is the end of its run."""
        return self.event.name == END


class WitnessedFeed(Feed):
    """A feed whose events are written down where they occur."""

    def __init__(self, clock: Clock, deserted: Callable[[], None], thread_id: str, log: list[Logged]) -> None:
        super().__init__(clock, deserted)
        self._thread_id = thread_id
        self._number = next(NUMBERS)
        self._log = log

    def append(self, run_id: str | None, name: str, data: Any, *, keep: bool = False) -> Event:
        event = super().append(run_id, name, data, keep=keep)
        self._log.append(Logged(event, orjson.dumps(data), self._thread_id, self._number))
        return event


class WitnessedFeeds(Feeds):
    """Feeds of which everything is written down, in the order in which it occurs."""

    def __init__(self, clock: Clock, known: Callable[[str], bool]) -> None:
        super().__init__(clock, known)
        self.clock = clock
        self.log: list[Logged] = []

    def new(self, thread_id: str) -> Feed:
        return WitnessedFeed(self.clock, lambda: self._desert(thread_id), thread_id, self.log)


@dataclass(slots=True, eq=False)
class Call:
    """A request and what has come of it so far.

    `begun` is how much had been logged when the answer started, `runs` says which runs there were then, and
    whether each was under way.
    """

    method: str
    path: str
    body: Any
    task: asyncio.Task[None] = field(init=False)
    begun: int | None = None
    runs: dict[str, bool] = field(default_factory=dict)
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    pieces: list[bytes] = field(default_factory=list)
    whole: bool = False
    left: asyncio.Future[None] = field(init=False)

    @property
    def over(self) -> bool:
        """Whether nothing more will come: it is answered, or the client has left."""
        return self.task.done()

    @property
    def text(self) -> bytes:
        """What has come so far."""
        return b"".join(self.pieces)

    def json(self) -> Any:
        """Return the answer."""
        return orjson.loads(self.text)

    def frames(self) -> list[tuple[str, bytes, str | None]]:
        """Return the name, the data and the id of each event that has come, without heartbeats."""
        frames = []
        for block in self.text.split(b"\r\n\r\n"):
            lines = dict(line.split(b": ", 1) for line in block.split(b"\r\n") if line and not line.startswith(b":"))
            if lines:
                event_id = lines[b"id"].decode() if b"id" in lines else None
                frames.append((lines[b"event"].decode(), lines[b"data"], event_id))
        return frames

    def __repr__(self) -> str:
        return f"<{self.method} {self.path} {self.status}{'' if self.over else ' …'}>"


class Complaints(logging.Handler):
    """Whatever the server has to complain of."""

    def __init__(self, troubles: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._troubles = troubles

    def emit(self, record: logging.LogRecord) -> None:
        self._troubles.append(self.format(record))


class Stage:
    """A world with two agents whose clock stands still."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.troubles: list[str] = []
        self.loop.set_exception_handler(lambda loop, told: self.troubles.append(str(told)))
        self._complaints = Complaints(self.troubles)
        logging.getLogger("understudy").addHandler(self._complaints)
        self.clock = Clock(datetime(2026, 1, 1, tzinfo=UTC))
        self.world = World(agents(self._pause), clock=self.clock, seed=1)
        self.world.allow_loopback_webhooks = True
        self.world.pause = self._pause
        world = self.world
        self.feeds = WitnessedFeeds(self.clock, world.threads.__contains__)
        world.threads.followers.remove(world.feeds.forget)
        world.feeds = self.feeds
        world.threads.followers.append(world.feeds.forget)
        self.name = f"stage-{next(NUMBERS)}"
        WORLDS.create(self.name, lambda: world)
        self.gates: list[Gate] = []
        self.calls: list[Call] = []

    @property
    def log(self) -> list[Logged]:
        """Every event of every run so far."""
        return self.feeds.log

    def close(self) -> None:
        """End what is still at work."""
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.run()
        WORLDS.delete(self.name)
        self.loop.close()
        logging.getLogger("understudy").removeHandler(self._complaints)

    def send(
        self, method: str, path: str, body: Any = None, *, query: dict[str, Any] | None = None, **headers: str
    ) -> Call:
        """Send a request, and return at once."""
        call = Call(method, path + (f"?{urlencode(query)}" if query else ""), body)
        call.left = self.loop.create_future()
        scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": urlencode(query or {}).encode(),
            "headers": [
                (b"x-understudy-world", self.name.encode()),
                *((name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()),
            ],
            "server": ("stage", 80),
        }
        call.task = self.loop.create_task(self._serve(scope, call))
        self.calls.append(call)
        return call

    def ask(self, method: str, path: str, body: Any = None, **options: Any) -> Call:
        """Send a request, and return when everything is at rest."""
        call = self.send(method, path, body, **options)
        self.run()
        return call

    def leave(self, call: Call) -> None:
        """Let the client of a request go away."""
        if not call.left.done():
            call.left.set_result(None)

    def open(self, gate: Gate) -> None:
        """Let an agent go on that waits here."""
        if not gate.opened.done():
            gate.opened.set_result(None)

    def advance(self, seconds: float) -> None:
        """Put the clock forward."""
        self.clock.advance(timedelta(seconds=seconds))

    def run(self, turns: int | None = None) -> None:
        """Turn the event loop so many times, or until it is at rest: until all that is left waits for the test."""
        self.loop.run_until_complete(self._turn(turns))

    async def _turn(self, turns: int | None) -> None:
        ready: Any = self.loop._ready  # type: ignore[attr-defined]
        if turns is not None:
            for _ in range(turns):
                await asyncio.sleep(0)
            return
        for _ in range(MOST_TURNS):
            await asyncio.sleep(0)
            if not ready:
                return
        raise Restless(f"still at work: {[call for call in self.calls if not call.over]}")

    async def _pause(self, seconds: float) -> None:
        gate = Gate(asyncio.get_running_loop().create_future())
        self.gates.append(gate)
        try:
            await gate.opened
        finally:
            self.gates.remove(gate)

    async def _serve(self, scope: Scope, call: Call) -> None:
        body: bytes | None = b"" if call.body is None else orjson.dumps(call.body)

        async def receive() -> Message:
            nonlocal body
            if body is not None:
                told, body = body, None
                return {"type": "http.request", "body": told}
            await asyncio.shield(call.left)
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                call.begun = len(self.log)
                runs = self.world.runs
                call.runs = {row["run_id"]: row["status"] in ACTIVE or row["run_id"] in runs.playing for row in runs}
                call.status = message["status"]
                call.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            elif not call.left.done():
                call.pieces.append(message.get("body", b""))
                call.whole = not message.get("more_body", False)

        await app()(scope, receive, send)
