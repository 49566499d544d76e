"""Noting what passes: each request and its answer, as the client got it, in the journal of its world."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.server.faults.dropping import Dropped, drop
from understudy.server.visits import VISIT

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from understudy.server.visits import Visit
    from understudy.state.journal import Ending
    from understudy.state.usage import Usage


class Noting:
    """Wraps all else, faults and refusals too. Only references to what is sent are kept; nothing is read or parsed.

    What is the last of an answer is noted before it is sent: who has read an answer finds it in the journal. A
    connection that a fault drops is dropped here, where the server's own `send` is at hand.
    """

    def __init__(self, app: ASGIApp, usage: Usage) -> None:
        """Wrap an app; `usage` counts what is asked of all worlds."""
        self._app = app
        self._usage = usage

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return

        async def noted(message: Message) -> None:
            visit: Visit | None = scope.get(VISIT)
            if visit is not None and visit.journal is not None:
                self._note(visit, message)
            await send(message)

        ending: Ending = "dropped"
        try:
            await self._app(scope, receive, noted)
            ending = "left"
        except Dropped as dropped:
            await drop(dropped, receive, send)
        finally:
            visit: Visit | None = scope.get(VISIT)
            if visit is not None and visit.journal is not None:
                visit.ends(ending)

    def _note(self, visit: Visit, message: Message) -> None:
        kind = message["type"]
        if kind in ("http.response.body", "websocket.http.response.body"):
            if piece := message.get("body"):
                visit.goes_on(piece)
            if not message.get("more_body"):
                visit.ends("complete")
        elif kind in ("http.response.start", "websocket.http.response.start"):
            visit.starts(message["status"], message["headers"])
            self._usage.count(visit)
        elif kind == "websocket.accept":
            visit.starts(_SWITCHED, [])
            self._usage.count(visit)
        elif kind == "websocket.close":
            if visit.status is None:
                visit.starts(_FORBIDDEN, [])
                self._usage.count(visit)
            visit.ends("complete")


_SWITCHED, _FORBIDDEN = 101, 403
"""With what the handshake of a WebSocket is answered: it is opened, or refused."""
