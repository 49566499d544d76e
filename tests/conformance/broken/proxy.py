"""A server in front of another: passes everything on, but for the operations that a fault changes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

import httpx
import orjson
from starlette.requests import Request
from starlette.responses import StreamingResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from understudy.wire import Json

_END = b"\r\n\r\n"
_OF_THE_BODY = ("content-length", "transfer-encoding")


@dataclass(frozen=True)
class Told:
    """An answer on its way out. With `rest`, something follows its content, or nothing for ever."""

    status: int
    content: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    rest: Callable[[], AsyncIterator[bytes]] | None = None

    @classmethod
    def of(cls, response: httpx.Response) -> Told:
        headers = {name: value for name, value in response.headers.items() if name not in _OF_THE_BODY}
        return cls(response.status_code, response.content, headers)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def body(self) -> Any:
        return orjson.loads(self.content) if self.content else None

    @property
    def events(self) -> list[bytes]:
        """The events of a stream, as they are framed, without the empty line at their end."""
        return self.content.split(_END)[:-1]

    def saying(self, body: Json, **other: Any) -> Told:
        return replace(self, content=orjson.dumps(body), **other)

    def streaming(self, events: list[bytes]) -> Told:
        return replace(self, content=b"".join(event + _END for event in events))

    async def pieces(self) -> AsyncIterator[bytes]:
        if self.content:
            yield self.content
        if self.rest is not None:
            async for piece in self.rest():
                yield piece


@dataclass(frozen=True)
class Asked:
    """A request on its way in. `memory` lasts as long as the fault."""

    operation: str
    path: dict[str, str]
    query: httpx.QueryParams
    headers: dict[str, str]
    content: bytes
    memory: dict[Any, Any]
    behind: httpx.AsyncClient

    @property
    def body(self) -> Any:
        """The JSON of the body; None if it is empty, or no JSON."""
        try:
            return orjson.loads(self.content)
        except ValueError:
            return None

    async def told(self, **instead: Any) -> Told:
        """Pass the request on, with another `body`, `path`, … where that is said, and return the answer."""
        if "body" in instead:
            body = instead.pop("body")
            instead["content"] = b"" if body is None else orjson.dumps(body)
        asked = replace(self, **instead)
        method, _, path = asked.operation.partition(" ")
        place = path.format(**{name: quote(value, safe="") for name, value in asked.path.items()})
        return Told.of(
            await self.behind.request(
                method, place, params=asked.query, headers=asked.headers, content=asked.content or None
            )
        )

    async def ask(self, operation: str, body: Json = None, **path: str) -> Any:
        """Ask something else of the server behind, and return the JSON that it answers."""
        key = {name: value for name, value in self.headers.items() if name == "authorization"}
        headers = {"content-type": "application/json", **key}
        return (
            await self.told(operation=operation, body=body, path=path, query=httpx.QueryParams(), headers=headers)
        ).body


@dataclass(frozen=True)
class Piecewise:
    """Changes an answer that may have no end, one piece as it is sent after the other."""

    edit: Callable[[bytes], bytes]

    def around(self, send: Send) -> Send:
        async def sending(message: Any) -> None:
            body = message.get("body")
            await send({**message, "body": self.edit(body)} if body else message)

        return sending


Change: TypeAlias = "Callable[[Asked], Awaitable[Told]] | Piecewise"


class Proxy:
    """An ASGI app. `failures` are those of changes themselves, which no fault is meant to show."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._behind = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://behind")
        self._changes: list[tuple[str, re.Pattern[str], Change]] = []
        self._memory: dict[Any, Any] = {}
        self.failures: list[Exception] = []

    def break_with(self, changes: Mapping[str, Change]) -> None:
        """Answer with these changes from now on, by operation, and with no others."""
        self._changes = [(operation, _pattern(operation), change) for operation, change in changes.items()]
        self._memory = {}
        self.failures = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        for operation, pattern, change in self._changes:
            matched = pattern.fullmatch(f"{scope.get('method')} {scope.get('path')}")
            if matched is None:
                continue
            if isinstance(change, Piecewise):
                send = change.around(send)
                break
            try:
                told = await change(await self._asked(operation, matched.groupdict(), Request(scope, receive)))
            except Exception as failure:
                self.failures.append(failure)
                raise
            await StreamingResponse(told.pieces(), told.status, told.headers)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _asked(self, operation: str, path: dict[str, str], request: Request) -> Asked:
        return Asked(
            operation,
            path,
            query=httpx.QueryParams(request.url.query),
            headers={name: value for name, value in request.headers.items() if name not in _OF_THE_BODY},
            content=await request.body(),
            memory=self._memory,
            behind=self._behind,
        )


def _pattern(operation: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", operation))
