"""Listening: an app behind a port, from the moment it is ready until it is told to stop."""

from __future__ import annotations

import signal
import socket
from contextlib import contextmanager
from errno import EADDRINUSE
from typing import TYPE_CHECKING

import uvicorn

from understudy.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import ASGIApp

# How many seconds requests under way may take when the server is told to stop.
_PATIENCE = 3


def opened(host: str, port: int) -> socket.socket:
    """Return a bound socket; port 0 takes a free one. SetupError says why there is none to be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio switches Nagle's delay off for sockets that name it only.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(2048)
    except OSError as error:
        bound.close()
        reason = (error.strerror or str(error)).lower()
        hint = ". --port takes another one, --port 0 any that is free" if error.errno == EADDRINUSE else ""
        raise SetupError(f"cannot listen on {host}, port {port}: {reason}{hint}") from None
    return bound


def address(bound: socket.socket) -> str:
    """Return the URL at which a bound socket is reached."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def listen(app: ASGIApp, bound: socket.socket, ready: Callable[[], None] = lambda: None) -> None:
    """Serve the app until SIGINT or SIGTERM; call `ready` once it answers. SetupError when the app does not start."""
    server = Server(app, ready)
    server.run(sockets=[bound])
    if not server.started:
        raise SetupError("the server did not start; the log says why")


class Server(uvicorn.Server):
    """Uvicorn, telling when it is ready, and ending quietly when it is told to stop."""

    def __init__(self, app: ASGIApp, ready: Callable[[], None] = lambda: None) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="on",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=_PATIENCE,
            )
        )
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, and say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at the first signal; unlike Uvicorn's own way, do not die of it afterwards."""
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
