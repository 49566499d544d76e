"""WebSockets: a path of the document that has a handler for them is answered, all others are refused."""

from __future__ import annotations

import inspect
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.routing import compile_path

from understudy.contract.operations import sockets
from understudy.errors import SetupError, did_you_mean
from understudy.server.bodies import Disconnected
from understudy.server.faults.spoiling import Spoiling
from understudy.server.visits import visit_of

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

    from starlette.types import Receive, Scope, Send

    from understudy.contract.operations import Operation
    from understudy.server.faults.shot import Failure
    from understudy.server.handlers import Handler, Handlers
    from understudy.server.keys import Keys
    from understudy.server.visits import Visit
    from understudy.wire import JsonObject

log = logging.getLogger("understudy.server")

_GIVEN = ("world", "socket")
_FAILED = 1011


@dataclass(frozen=True, slots=True)
class _Route:
    operation: Operation
    path: re.Pattern[str]
    handler: Handler
    asked: frozenset[str]


class Sockets:
    """The WebSockets of an API: `x-socket: protocol.converse` at a path of the document names what answers there."""

    def __init__(
        self,
        document: JsonObject,
        handlers: Handlers,
        keys: Keys,
        failure: Failure,
    ) -> None:
        """Find the handlers. SetupError when one is missing, or asks for what its path does not have.

        `failure` is how the API tells of a status.
        """
        self._keys = keys
        self._failure = failure
        self._routes = [_route(operation, handlers) for operation in sockets(document)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or refuse its handshake with a 403."""
        await receive()
        route, parameters = self._found(scope)
        visit = visit_of(scope)
        if route is not None:
            visit.operation, visit.parameters = route.operation, parameters
            if (visit.world.faults or visit.fault is not None) and await self._spoiled(visit, scope, receive, send):
                return
        if route is None or not self._admitted(scope):
            await send({"type": "websocket.close"})
            return
        await send({"type": "websocket.accept"})
        socket = Socket(receive, send)
        given = {"world": visit.world, "socket": socket, **parameters}
        try:
            await route.handler(**{name: value for name, value in given.items() if name in route.asked})
        except Exception:
            log.exception("failed: WebSocket %s", scope["path"])
            await socket.close(_FAILED, "Internal Server Error")
        else:
            await socket.close()

    def _found(self, scope: Scope) -> tuple[_Route | None, Mapping[str, str]]:
        for route in self._routes:
            if match := route.path.match(scope["path"]):
                return route, match.groupdict()
        return None, {}

    def _admitted(self, scope: Scope) -> bool:
        return not self._keys.are_asked_for or self._keys.accepted(scope["headers"]) is not None

    async def _spoiled(self, visit: Visit, scope: Scope, receive: Receive, send: Send) -> bool:
        """Let faults befall a handshake; return whether it is over by that."""
        assert visit.operation is not None
        try:
            sent = await Spoiling(visit, visit.operation, self._failure, streams=False).before(receive)
        except Disconnected:
            return True
        if sent is None:
            return False
        await sent.refuse(scope, receive, send)
        return True


class Socket:
    """One WebSocket, as its handler uses it; it ends quietly when the client leaves."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._open = True

    async def receive(self) -> str | bytes | None:
        """Return the next message of the client; None once it has left."""
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            self._open = False
            return None
        text: str | None = message.get("text")
        return message["bytes"] if text is None else text

    async def send(self, text: str) -> None:
        """Send a message, if the client is still there."""
        await self._put({"type": "websocket.send", "text": text})

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """End the connection, if it has not ended."""
        await self._put({"type": "websocket.close", "code": code, "reason": reason})
        self._open = False

    async def _put(self, message: JsonObject) -> None:
        if self._open:
            try:
                await self._send(message)
            except OSError:  # the client has left
                self._open = False


def _route(operation: Operation, handlers: Handlers) -> _Route:
    name = operation.id
    pattern, _, parameters = compile_path(operation.path)
    handler = handlers.find(name)
    asked = frozenset(inspect.signature(handler).parameters)
    for unknown in sorted(asked - {*parameters, *_GIVEN}):
        near = did_you_mean(unknown, [*parameters, *_GIVEN])
        raise SetupError(f'{name} asks for "{unknown}", which the WebSocket {operation.path} does not have.{near}')
    return _Route(operation, pattern, handler, asked)
