"""Connections that are dropped: the client sees that its answer is not whole, the log sees nothing."""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Receive, Send

_NOW = struct.pack("ii", 1, 0)
"""The option SO_LINGER that lets a closed connection be reset: on, no seconds."""

LEFT = ("http.disconnect", "websocket.disconnect")
"""What a server says of a client that has left."""


class Dropped(Exception):
    """The connection is to be dropped, before the answer or within it; with `reset`, by a TCP reset."""

    def __init__(self, *, reset: bool = False) -> None:
        super().__init__("the connection is dropped by a fault")
        self.reset = reset


async def drop(dropped: Dropped, receive: Receive, send: Send) -> None:
    """Close the connection that `send` writes to; what it was given before is still sent, unless that is reset.

    ASGI has no message for it. Uvicorn's `send` is a method of what holds the connection; where it is something else,
    Dropped is raised, which other servers take for a failure of the app and close the connection as well.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise dropped
    if dropped.reset:
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NOW)
        transport.abort()
    else:
        transport.close()
    # Uvicorn complains of an app that returns before it has seen that the connection is lost.
    while (await receive())["type"] not in LEFT:
        pass
