"""The outermost layer: what every answer has, and what happens to requests that reach no operation."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from understudy.errors import MethodNotAllowed, NotFound, Refusal
from understudy.server.answers import encoded, respond
from understudy.server.bodies import Disconnected
from understudy.server.faults.dropping import Dropped, drop
from understudy.server.noting import noted, noting
from understudy.server.strict import ContractBroken

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from understudy.server.dialect import Dialect
    from understudy.state.entries import Ending

log = logging.getLogger("understudy.server")

_CORS_REQUEST = frozenset(
    {
        b"origin",
        b"access-control-request-method",
        b"access-control-request-headers",
    }
)
_PRIVATE_NETWORK = (b"access-control-allow-private-network", b"true")
_PREFLIGHT_VARY = (
    b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network"
)
_ALLOWED = b"DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, QUERY"
_NOT_FOUND = 404


class Edge:
    """Answers preflights, marks answers for browsers of any origin, and turns every failure into an answer.

    A connection that a fault drops is dropped here, where the server's own `send` is at hand; and whatever becomes of
    an answer is noted in the end.
    """

    def __init__(self, app: ASGIApp, dialect: Dialect, no_method: frozenset[str]) -> None:
        """Wrap an app; `no_method` are paths that know no wrong method: there it is as if the path did not exist."""
        self._app = app
        self._dialect = dialect
        self._no_method = no_method
        self._vary = (b"vary", b"Origin")
        self._cross_origin = [
            self._vary,
            (b"access-control-allow-origin", b"*"),
            (b"access-control-expose-headers", dialect.EXPOSED_HEADERS.encode()),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's request."""
        if scope["type"] != "http":
            await self._socket(scope, receive, send)
            return
        asked = {name: value for name, value in scope["headers"] if name in _CORS_REQUEST}
        if scope["method"] == "OPTIONS" and len(asked.keys() & {b"origin", b"access-control-request-method"}) == 2:
            await _preflight(send, asked)
            return
        marks = self._cross_origin if b"origin" in asked else [self._vary]
        if scope["method"] == "OPTIONS":
            marks = [*marks, _PRIVATE_NETWORK]
        started = False
        ending: Ending = "dropped"

        async def marked(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message["headers"], *marks]
            await send(message)

        try:
            await self._app(scope, receive, marked)
            ending = "left"
        except Refusal as refusal:
            await _answer(scope, marked, *encoded(self._dialect.refuse(refusal)))
        except HTTPException as failure:
            await _answer(scope, marked, *encoded(self._dialect.refuse(self._refusal(scope, failure))))
        except Dropped as dropped:
            await drop(dropped, receive, send)
        except Disconnected:
            ending = "left"
            log.debug("the client left: %s %s", scope["method"], scope["path"])
        except Exception as failure:
            log.exception("failed: %s %s", scope["method"], scope["path"])
            if started:
                raise
            sentence = str(failure) if isinstance(failure, ContractBroken) else "Internal Server Error"
            # Like the real server's, this answer has no marks for browsers.
            await _answer(scope, send, *encoded(self._dialect.crash(sentence)))
        finally:
            if visit := noted(scope):
                visit.ends(ending)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        ending: Ending = "dropped"
        try:
            await self._app(scope, receive, noting(scope, send))
            ending = "left"
        except Refusal:
            # The handshake of a WebSocket is refused without words.
            await receive()
            await send({"type": "websocket.close"})
        except Dropped as dropped:
            await drop(dropped, receive, send)
        finally:
            if visit := noted(scope):
                visit.ends(ending)

    def _refusal(self, scope: Scope, failure: HTTPException) -> Refusal:
        if failure.status_code == _NOT_FOUND or scope["path"] in self._no_method:
            return NotFound("Not Found")
        allowed = (failure.headers or {}).get("Allow", "")
        return MethodNotAllowed(tuple(sorted(method.strip() for method in allowed.split(","))))


async def _answer(scope: Scope, send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    """Answer a request that no operation has answered."""
    if visit := noted(scope):
        visit.answers(status, headers, body)
    await respond(send, status, headers, body)


async def _preflight(send: Send, asked: dict[bytes, bytes]) -> None:
    """Answer a browser's question whether it may send a request: it may, with any method there is."""
    known = asked[b"access-control-request-method"] in _ALLOWED.split(b", ")
    body = b"OK" if known else b"Disallowed CORS method"
    headers = [
        (b"access-control-allow-origin", b"*"),
        (b"access-control-allow-methods", _ALLOWED),
        (b"access-control-max-age", b"600"),
        _PRIVATE_NETWORK,
        (b"vary", _PREFLIGHT_VARY),
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    if wanted := asked.get(b"access-control-request-headers"):
        headers.append((b"access-control-allow-headers", wanted))
    await respond(send, 200 if known else 400, headers, body)


async def nowhere(scope: Scope, receive: Receive, send: Send) -> None:
    """Be the app behind all operations: refuse what none of them answers, and agree to start and stop."""
    if scope["type"] == "http":
        raise NotFound("Not Found")
    while True:
        message = await receive()
        phase = message["type"].removeprefix("lifespan.")
        await send({"type": f"lifespan.{phase}.complete"})
        if phase == "shutdown":
            return
