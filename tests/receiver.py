"""A little HTTP server that a user of webhooks would have."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """A server of the user's that gets webhooks; it answers them with `status`, or sends them on to `location`."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str], Any]] = []
        """Path, headers and body of each."""
        self._came = threading.Condition()
        self.status = 200
        self.location: str | None = None
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): text for name, text in self.headers.items()}
                with receiver._came:
                    receiver.got.append((self.path, headers, json.loads(body)))
                    receiver._came.notify_all()
                self.send_response(receiver.status)
                if receiver.location:
                    self.send_header("location", receiver.location)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def wait(self, number: int = 1) -> list[Any]:
        """Return the bodies of the webhooks as soon as so many have come."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.got) >= number, timeout=10)
            return [body for _, _, body in self.got]

    def close(self) -> None:
        """Stop it and wait until it has stopped."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)
