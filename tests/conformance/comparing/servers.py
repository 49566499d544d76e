"""Two fakes behind real ports, one of which can be broken in one way at a time."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from understudy.app import create_app
from understudy.config import Settings
from understudy.scenarios import build, find, read
from understudy.server.listening import address, opened
from understudy.state.world import World
from understudy.state.worlds import DEFAULT, Worlds

Json = Any


@dataclass
class Exchange:
    """A request and its answer, which a fault changes."""

    method: str
    path: str
    asked: Json
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""

    def at(self, operation: str) -> re.Match[str] | None:
        """Whether this is a request such as `POST /threads/*/copy`."""
        return re.fullmatch(operation.replace("*", "([^/]+)"), f"{self.method} {self.path}")

    @property
    def body(self) -> Json:
        return json.loads(self.content)

    @body.setter
    def body(self, value: Json) -> None:
        self.content = json.dumps(value).encode()


Fault = Callable[[Exchange], None]


class Breakable:
    """An app whose answers a fault changes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.fault: Fault | None = None
        self.asked: list[Exchange] = []
        self.credentials: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent = b""
        whole = False
        while not whole:
            message = await receive()
            sent += message.get("body", b"")
            whole = not message.get("more_body", False)
        exchange = Exchange(scope["method"], scope["path"], json.loads(sent) if sent else None)
        self.asked.append(exchange)
        self.credentials |= {value.decode() for name, value in scope["headers"] if name == b"x-api-key"}
        told = False

        async def once() -> Message:
            nonlocal told
            if told:
                return await receive()
            told = True
            return {"type": "http.request", "body": sent, "more_body": False}

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
                exchange.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            else:
                exchange.content += message.get("body", b"")

        await self._app(scope, once, keep)
        if self.fault is not None:
            self.fault(exchange)
        headers = {name: value for name, value in exchange.headers.items() if name != "content-length"}
        length = [] if exchange.status == 204 else [(b"content-length", str(len(exchange.content)).encode())]
        raw = [(name.encode(), value.encode()) for name, value in headers.items()] + length
        await send({"type": "http.response.start", "status": exchange.status, "headers": raw})
        await send({"type": "http.response.body", "body": exchange.content})


class Fake:
    """A fake with a world of its own, which a test may replace."""

    def __init__(self) -> None:
        self._worlds = Worlds(World)
        self.app = Breakable(create_app(Settings(strict=True), self._worlds))
        self._server = uvicorn.Server(uvicorn.Config(self.app, log_level="warning", access_log=False))
        bound = opened("127.0.0.1", 0)
        self.url = address(bound)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [bound]}, daemon=True)
        self._thread.start()
        self.client = httpx.Client(base_url=self.url, timeout=10)
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the fake did not start")
            self._thread.join(0.01)

    def play(self, scenario: str) -> None:
        """Serve a new world with a bundled scenario, in order."""
        self._worlds.replace(DEFAULT, lambda: build([read(find(scenario))]))
        self.app.fault = None
        self.app.asked.clear()

    def close(self) -> None:
        self.client.close()
        self._server.should_exit = True
        self._thread.join(10)

    def holds(self) -> dict[str, Json]:
        """Everything that is there, as its API tells it."""
        searches = ("assistants", "threads", "runs/crons", "store/items")
        bodies: dict[str, Json] = {"store/items": {"namespace_prefix": [], "limit": 1000}}
        return {
            each: self.client.post(f"/{each}/search", json=bodies.get(each, {"limit": 1000})).raise_for_status().json()
            for each in searches
        }
