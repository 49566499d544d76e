"""Reading the body of a request: bounded, as JSON whatever its content type says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.errors import BodyTooLarge, Invalid, Unacceptable
from understudy.wire import TooDeep, loads

if TYPE_CHECKING:
    from starlette.types import Receive, Scope

    from understudy.wire import Json


class Disconnected(Exception):
    """The client left before its request was complete."""


class NestedTooDeeply(Unacceptable):
    """The body has more levels than could be answered again."""

    def __init__(self) -> None:
        super().__init__("Recursion limit reached")


async def read(scope: Scope, receive: Receive, limit: int) -> bytes:
    """Return the whole body. BodyTooLarge when it has more than `limit` bytes, before reading them all."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value) > limit:
            raise _too_large(limit)
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > limit:
            raise _too_large(limit)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def parsed(raw: bytes) -> Json:
    """Return the JSON value of a body. Invalid when it is none, or NestedTooDeeply."""
    try:
        return loads(raw)
    except TooDeep:
        raise NestedTooDeeply from None
    except ValueError:
        raise Invalid("Invalid JSON in request body", "body") from None


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(f"Request body is larger than {limit} bytes; the server reads no more (--max-body)")
