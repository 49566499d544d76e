"""Answers as ASGI messages."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from understudy.exchange import Answer
from understudy.wire import dumps, without_nul

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.types import Receive, Send

    from understudy.wire import Json

_JSON = (b"content-type", b"application/json")

# Statuses that have neither a body nor, but for an empty 202, a length (RFC 9110).
_BODILESS = (204, 304)

_REFUSED = 400


def encoded(result: Json | Answer, success: int = 200) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Return status, headers and body of what a handler returned; `success` is the status of a plain result."""
    if not isinstance(result, Answer):
        if success in _BODILESS:
            return success, [], b""
        body = without_nul(dumps(result))
        return success, [(b"content-length", str(len(body)).encode()), _JSON], body
    status = success if result.status is None else result.status
    headers = [(name.encode(), value.encode()) for name, value in result.headers.items()]
    if status in _BODILESS:
        return status, headers, b""
    body = result.body
    if not isinstance(body, bytes):
        # A refusal tells what it refuses as it came.
        body = dumps(body) if status >= _REFUSED else without_nul(dumps(body))
    headers.append((b"content-length", str(len(body)).encode()))
    if result.media_type is not None:
        headers.append((b"content-type", result.media_type.encode()))
    return status, headers, body


async def respond(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    """Send a whole answer."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def stream(
    receive: Receive, send: Send, status: int, headers: list[tuple[bytes, bytes]], pieces: AsyncGenerator[bytes, None]
) -> None:
    """Send an answer piece by piece, until it ends or the client leaves."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    sending = asyncio.ensure_future(_send(send, pieces))
    leaving = asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        if not sending.done():
            sending.cancel()
    try:
        await sending
    except asyncio.CancelledError:
        if not leaving.done() or leaving.cancelled():
            raise


async def _send(send: Send, pieces: AsyncGenerator[bytes, None]) -> None:
    async with aclosing(pieces):
        async for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
