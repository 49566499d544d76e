"""Noting what passes, as the client gets it, in the journal of a request's world.

What is the last of an answer is noted before it is sent: who has read an answer finds it in the journal. Only
references to what is sent are kept; nothing is read or parsed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.server.visits import VISIT

if TYPE_CHECKING:
    from starlette.types import Message, Scope, Send

    from understudy.server.visits import Visit

_SWITCHED, _FORBIDDEN = 101, 403
"""With what the handshake of a WebSocket is answered: it is opened, or refused."""


def noted(scope: Scope) -> Visit | None:
    """Return the visit that stands for a request in a journal and is not over; None if there is none."""
    visit: Visit | None = scope.get(VISIT)
    return visit if visit is not None and visit.journal is not None else None


def noting(scope: Scope, send: Send) -> Send:
    """Return what sends the messages of an answer that comes piece by piece, or of a WebSocket, and notes them."""

    async def sending(message: Message) -> None:
        visit = noted(scope)
        if visit is not None:
            _note(visit, message)
        await send(message)

    return sending


def _note(visit: Visit, message: Message) -> None:
    kind = message["type"]
    if kind in ("http.response.body", "websocket.http.response.body"):
        if piece := message.get("body"):
            visit.goes_on(piece)
        if not message.get("more_body"):
            visit.ends("complete")
    elif kind in ("http.response.start", "websocket.http.response.start"):
        visit.starts(message["status"], message["headers"])
    elif kind == "websocket.accept":
        visit.starts(_SWITCHED, ())
    elif kind == "websocket.close":
        if visit.status is None:
            visit.starts(_FORBIDDEN, ())
        visit.ends("complete")
