"""Starting a server in a thread of this process: for a test, for a session of tests, for an hour at the prompt."""

from __future__ import annotations

import asyncio
import gc
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING

from understudy.config import settings
from understudy.control import Control
from understudy.control.given import path_of
from understudy.errors import SetupError
from understudy.scenarios import Source, find_all, read
from understudy.scenarios.beginnings import Beginning
from understudy.server.listening import Server as Listening
from understudy.server.listening import address, opened
from understudy.state.worlds import Worlds

with warnings.catch_warnings():
    # Connexion imports what jsonschema is to lose. Where warnings are errors, that is nobody's fault who starts this.
    warnings.simplefilter("ignore", DeprecationWarning)
    from understudy.app import create_app

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence
    from typing import Self

    from starlette.types import ASGIApp

    from understudy.control.given import Given
    from understudy.scenarios import Scenario

__tracebackhide__ = True  # pytest shows the line of the test

PATIENCE = 30.0
"""Seconds that a server may take to stop."""


class Server(Control):
    """A server that runs in a thread of this process, and its control plane. It stops when it is closed.

    A context manager, with `async with` too.
    """

    def __init__(self, app: ASGIApp, worlds: Worlds, bound: socket.socket, key: str | None) -> None:
        super().__init__(address(bound), key=key)
        self._listening = _Listening(app, worlds)
        self._thread = threading.Thread(
            target=self._listening.run, args=([bound],), name=f"understudy at {self.url}", daemon=True
        )
        self._thread.start()
        while not self._listening.ready.wait(0.1):
            if not self._thread.is_alive():
                bound.close()
                raise SetupError("the server did not start; the log says why")

    def close(self) -> None:
        """Stop it and wait until it has stopped: its runs and streams end, its port is free again."""
        self._listening.stop()
        self._thread.join(PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        # Streams that are read here end while it stops, and need this thread's loop to go on for that.
        await asyncio.to_thread(self.close)

    def __repr__(self) -> str:
        return f"<Server at {self.url}>"


def start(
    *scenarios: Given,
    api: str | Sequence[str] = "agent-server",
    host: str = "127.0.0.1",
    port: int = 0,
    seed: int | None = None,
    clock: datetime | str | None = None,
    api_keys: str | Sequence[str] = (),
    strict: bool = False,
    max_body: int | None = None,
    allow_loopback_webhooks: bool = False,
    control_key: str | None = None,
    world_per_key: bool = False,
) -> Server:
    """Return a server that answers already, on a free port of this machine unless told otherwise.

    Its worlds begin with what the scenarios say, `demo` if there are none: each is the name of one that ships, a path,
    YAML text, or a dict. Options are those of `understudy serve`: it stands in for `api`, be it one or several, ids are
    drawn from `seed`, time stands still at `clock`, clients need one of the `api_keys`, whoever steers it the
    `control_key`; with `strict` an answer that breaks the contract becomes a 500 that says why; `max_body` is in bytes.
    The environment is not looked at.

    SetupError says what is wrong with any of it, all mistakes of a scenario at once.
    """
    flags = {
        "apis": [api] if isinstance(api, str) else list(api),
        "host": host,
        "port": port,
        "seed": seed,
        "clock": clock.isoformat() if isinstance(clock, datetime) else clock,
        "api_keys": [api_keys] if isinstance(api_keys, str) else list(api_keys) or None,
        "strict": strict,
        "max_body": max_body,
        "allow_loopback_webhooks": allow_loopback_webhooks,
        "control_key": control_key,
        "world_per_key": world_per_key,
    }
    told = settings(flags, {})
    with _nothing_collected():
        given = [each for scenario in scenarios or told.scenarios for each in _read(scenario, told.apis)]
        bound = opened(told.host, told.port)
        try:
            # A scenario that is wrong is told here, not to the first client.
            allow = told.allow_loopback_webhooks
            begin = Beginning(given, told.clock, told.seed, address(bound), allow_loopback_webhooks=allow)
            worlds = Worlds(begin)
            return Server(create_app(told, worlds), worlds, bound, told.control_key)
        except BaseException:
            bound.close()
            raise


class _Listening(Listening):
    """A server that is told to stop by another thread, not by a signal, and notices at once."""

    def __init__(self, app: ASGIApp, worlds: Worlds) -> None:
        self.ready = threading.Event()
        super().__init__(app, self.ready.set)
        self._worlds = worlds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told = asyncio.Event()

    def stop(self) -> None:
        """Let it stop, from any thread; it may have stopped already."""
        if self._loop is not None:
            with suppress(RuntimeError):  # its loop is closed: it has
                self._loop.call_soon_threadsafe(self._told.set)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the main thread."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, and say so."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)

    async def main_loop(self) -> None:
        """Let the server do what it does every second, until it is told to stop."""
        while not self._told.is_set():
            await self.on_tick(0)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), 1.0)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Leave every client, which lets streams end at once, then stop as usual."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await super().shutdown(sockets)
        for hosted in self._worlds:
            hosted.world.close()


def _read(given: Given, apis: Sequence[str]) -> list[Scenario]:
    """Return the scenario that a caller gives; by a name, that of each API. SetupError if it cannot be read."""
    if isinstance(given, Mapping):
        return [read(dict(given))]
    file = path_of(given)
    if file is None and isinstance(given, str) and "\n" in given:
        return [read(Source("scenario", given))]
    return [read(source) for source in find_all(str(file or given), apis)]


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Let the collector of garbage rest: nearly all that is made stays, and looking through it takes a third more."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
