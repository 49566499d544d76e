"""Something between a client and the server that notes what is asked, and lets things go wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from starlette.types import ASGIApp, Receive, Scope, Send

Trouble: TypeAlias = Literal["500", "html", "dropped", "elsewhere", "401", "429"]

_ANSWERS: dict[str, tuple[int, bytes, bytes]] = {
    "500": (500, b"text/plain", b"Internal Server Error"),
    "html": (200, b"text/html", b"<h1>It works!</h1>"),
    "401": (401, b"application/json", b'{"detail":"who are you?"}'),
    "429": (429, b"application/json", b'{"detail":"enough for now"}'),
    "elsewhere": (307, b"text/plain", b""),
}


@dataclass
class Meddling:
    """Around an app. `trouble` says what goes wrong with a request, such as `POST /threads`; None lets it through."""

    app: ASGIApp
    trouble: Callable[[str], Trouble | None] = lambda asked: None
    asked: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    """Those of the latest request."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = f"{scope['method']} {scope['path']}"
        self.asked.append(asked)
        self.headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        trouble = self.trouble(asked)
        if trouble is None:
            await self.app(scope, receive, send)
        elif trouble == "dropped":
            # Uvicorn closes a connection on which less comes than was announced.
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
            await send({"type": "http.response.body", "body": b"[", "more_body": False})
        else:
            status, kind, body = _ANSWERS[trouble]
            headers = [(b"content-type", kind), (b"location", b"https://elsewhere.example/"), (b"retry-after", b"0")]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    @property
    def changes(self) -> list[str]:
        """What was asked that may change something."""
        reads = ("/search", "/history", "/count", "/versions")
        return [asked for asked in self.asked if not asked.startswith("GET ") and not asked.endswith(reads)]

    def reset(self) -> None:
        """Forget what was asked, and let everything through."""
        self.asked.clear()
        self.trouble = lambda asked: None
