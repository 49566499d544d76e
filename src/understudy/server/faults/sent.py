"""Answers that are about to be sent, while they can be changed."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.server.answers import stream
from understudy.server.bodies import Disconnected
from understudy.server.faults.dropping import LEFT, Dropped

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.types import Receive, Scope, Send

_LENGTH = b"content-length"
_TYPE = b"content-type"


@dataclass(slots=True)
class Sent:
    """An answer: with a `body`, or with `pieces` that come as they come; these are events if it `is_stream`.

    With `drops`, the connection is dropped after the body.
    """

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes = b""
    pieces: AsyncGenerator[bytes, None] | None = None
    is_stream: bool = False
    drops: bool = False

    @property
    def media_type(self) -> bytes:
        """Its content type; empty if it has none."""
        return dict(self.headers).get(_TYPE, b"")

    @media_type.setter
    def media_type(self, value: bytes) -> None:
        self.headers = [*((name, each) for name, each in self.headers if name != _TYPE), (_TYPE, value)]

    @property
    def is_whole(self) -> bool:
        """Whether all of it is known, and sent."""
        return self.pieces is None and not self.drops

    def say(self, body: bytes) -> None:
        """Send another body, with its length."""
        self.body = body
        self.headers = [(name, str(len(body)).encode() if name == _LENGTH else value) for name, value in self.headers]

    async def go(self, receive: Receive, send: Send) -> None:
        """Send what is not whole. Dropped when the connection is to be dropped."""
        if self.pieces is not None:
            await stream(receive, send, self.status, self.headers, self.pieces)
            return
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        raise Dropped

    async def refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the handshake of a WebSocket by it; with a plain 403 where the server can't do otherwise."""
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close"})
            return
        kind = "websocket.http.response"
        await send({"type": f"{kind}.start", "status": self.status, "headers": self.headers})
        await send({"type": f"{kind}.body", "body": self.body})
        # Uvicorn says at once that the client has left, and again when it has; returning in between, it complains.
        await receive()
        with suppress(Disconnected):
            await wait(1, receive)

    async def let_go(self) -> None:
        """Do not send it: what it would tell sees a client that has left."""
        if self.pieces is None:
            return
        # Only what has begun notices that it ends.
        begun = asyncio.ensure_future(anext(self.pieces, None))
        await asyncio.wait((begun,), timeout=0)
        begun.cancel()
        await asyncio.gather(begun, return_exceptions=True)
        await self.pieces.aclose()


async def wait(seconds: float, receive: Receive) -> None:
    """Let so many seconds of real time pass. Disconnected if the client leaves meanwhile.

    The request has to be read before.
    """
    leaving = asyncio.ensure_future(_left(receive))
    try:
        left, _ = await asyncio.wait((leaving,), timeout=seconds)
    finally:
        leaving.cancel()
    if left:
        raise Disconnected


async def pause(seconds: float) -> None:
    """Let so many seconds of real time pass, however the world's clock stands."""
    await asyncio.wait((asyncio.get_running_loop().create_future(),), timeout=seconds)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] not in LEFT:
        pass
