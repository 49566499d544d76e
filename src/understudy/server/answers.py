"""Answers as ASGI messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.exchange import Answer
from understudy.wire import dumps

if TYPE_CHECKING:
    from starlette.types import Send

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
        body = _without_nul(dumps(result))
        return success, [(b"content-length", str(len(body)).encode()), _JSON], body
    status = success if result.status is None else result.status
    headers = [(name.encode(), value.encode()) for name, value in result.headers.items()]
    if status in _BODILESS:
        return status, headers, b""
    body = result.body
    if not isinstance(body, bytes):
        # A refusal tells what it refuses as it came.
        body = dumps(body) if status >= _REFUSED else _without_nul(dumps(body))
    headers.append((b"content-length", str(len(body)).encode()))
    if result.media_type is not None:
        headers.append((b"content-type", result.media_type.encode()))
    return status, headers, body


def _without_nul(text: bytes) -> bytes:
    """Return JSON with U+FFFD for each NUL, both written as escapes, as the Agent Server sends what it has stored."""
    return text.replace(b"\\u0000", b"\\ufffd") if b"\\u0000" in text else text


async def respond(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    """Send a whole answer."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
