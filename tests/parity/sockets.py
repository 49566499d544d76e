"""A WebSocket to a server, and what is heard in it."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

if TYPE_CHECKING:
    from tests.parity.play import Seen

SWITCHED = 101


class Socket:
    """A WebSocket that was asked for; its `head` tells the status, whether it was opened or refused."""

    def __init__(self, url: str, path: str, patience: float) -> None:
        self._patience = patience
        self._connection = ExitStack()
        self.head: Seen = {"status": SWITCHED}
        try:
            self._socket = self._connection.enter_context(
                connect(f"{url.replace('http', 'ws', 1)}{path}", compression=None, proxy=None)
            )
        except InvalidStatus as refused:
            self.head = {"status": refused.response.status_code}

    def say(self, said: Any) -> None:
        """Send a text as it stands, anything else as JSON."""
        self._socket.send(said if isinstance(said, str) else json.dumps(said))

    def read(self, upto: int | str | None) -> Seen:
        """Return so many frames, or all until the server hangs up, and how it did."""
        seen: Seen = {"frames": []}
        try:
            while upto is None or len(seen["frames"]) < int(upto):
                seen["frames"].append(json.loads(self._socket.recv(timeout=self._patience)))
        except ConnectionClosed as closed:
            seen["closed"] = str(closed)
        return seen

    def close(self) -> None:
        """Hang up, if there is a connection."""
        self._connection.close()
