"""A deployment that is asked by its public API: page by page, so many requests at once, and nothing secret told."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import httpx
import orjson

from understudy import reached, wire
from understudy.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
    from typing import Self, TypeVar

    from understudy.wire import Json, JsonObject

    T = TypeVar("T")

PAGE = 100
"""Rows asked for at once."""

AT_ONCE = 8
"""Requests under way at once, unless told otherwise."""

TIMEOUT = 30
"""Seconds to wait for an answer, unless told otherwise."""

HIDDEN = "[redacted]"

_TELLING = 6
"""Shorter values of headers, such as a number, occur everywhere and tell nothing."""

_KINDS: dict[str, type] = {
    **dict.fromkeys(("assistant_id", "graph_id", "thread_id", "run_id", "cron_id", "checkpoint_id"), str),
    **dict.fromkeys(("id", "name", "key", "updated_at", "schedule", "source", "target"), str),
    **dict.fromkeys(("namespace", "next", "tasks"), list),
    **dict.fromkeys(("checkpoint", "kwargs", "payload"), dict),
    "version": int,
}
"""What stands under a name that rows are asked for; anything where nothing is said."""

_NOT_ABOUT_IT = (401, 403, 408, 429)
"""Statuses that say nothing about what was asked for."""

_TRIES = 5
"""How often something is asked again of a deployment that has enough for now."""

_LONGEST_WAIT = 30.0

_LONGEST = 300
"""Characters of an answer that are quoted in an error."""


class Refused(SetupError):
    """The deployment did not take what was asked: a status of 400 to 499, or a 201 that tells of trouble."""

    def __init__(self, asked: str, status: int, detail: str) -> None:
        super().__init__(f"{asked} was answered {status}: {detail}")
        self.status = status
        self.detail = detail


class Failed(SetupError):
    """The deployment answered with a status of 500 or more, or with one that nobody expects."""


class Deployment:
    """An Agent Server somewhere. Whatever goes wrong with it is a SetupError that says what was asked."""

    def __init__(
        self, url: str, headers: Mapping[str, str] | None = None, *, timeout: float = TIMEOUT, at_once: int = AT_ONCE
    ) -> None:
        """Take the address and what is sent along with each request, which is never told. `timeout` is in seconds."""
        self.url = url
        self.at_once = at_once
        words = {word for value in (headers or {}).values() for word in (value, *value.split())}
        self._secrets = sorted((word for word in words if len(word) >= _TELLING), key=len, reverse=True)
        limits = httpx.Limits(max_connections=at_once)
        self._client = httpx.AsyncClient(headers=dict(headers or {}), timeout=timeout, limits=limits)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def reach(self) -> None:
        """Return if an Agent Server answers. SetupError if nobody does, or something else, or it wants credentials."""
        found = await self._send("POST", "/assistants/search", {"limit": 1})
        reached.admitted(self.url, found)
        reached.agent_server(self.url, found, _json(found))

    async def get(self, path: str, **query: str | int) -> Json:
        """Return the answer to a GET, as `ask` does."""
        return await self.ask("GET", path, query=query)

    async def post(self, path: str, body: Json) -> Json:
        """Return the answer to a POST, as `ask` does."""
        return await self.ask("POST", path, body)

    async def ask(
        self, method: str, path: str, body: Json = None, *, query: Mapping[str, str | int] | None = None
    ) -> Json:
        """Return what is answered, None for nothing. Refused if the deployment does not take it.

        Told that it has enough for now (429), it is asked again later.
        """
        answer = await self._send(method, path, body, query)
        for _ in range(_TRIES):
            if answer.status_code != 429:
                break
            await asyncio.sleep(_wait(answer))
            answer = await self._send(method, path, body, query)
        asked = f"{method} {self.url}{path}"
        status = answer.status_code
        told = _json(answer)
        if 400 <= status < 500 and status not in _NOT_ABOUT_IT:
            raise Refused(asked, status, self._told(told, answer))
        if not answer.is_success:
            raise Failed(f"{asked} was answered {status}: {self._told(told, answer)}")
        if status == 201 and isinstance(told, dict) and told.keys() == {"detail"}:
            raise Refused(asked, status, self._told(told, answer))
        if told is None and answer.content.strip() not in (b"", b"null"):
            kind = answer.headers.get("content-type", "no content type").partition(";")[0]
            raise SetupError(f"{asked} was answered with {kind} that is no JSON")
        return told

    async def rows(self, path: str, body: JsonObject, *key: str) -> AsyncIterator[JsonObject]:
        """Yield the rows that a search finds, page by page, each once by the names in `key`."""
        seen: set[str] = set()
        offset = 0
        while True:
            answer = await self.post(path, {**body, "limit": PAGE, "offset": offset})
            # Items of the store come wrapped, all else as a bare list.
            told = answer.get("items") if isinstance(answer, dict) else answer
            page = self.checked(told, f"POST {path}", *key)
            rows = {str([row[name] for name in key]): row for row in page}
            new = {one: row for one, row in rows.items() if one not in seen}
            seen |= new.keys()
            for row in new.values():
                yield row
            # A server that takes no notice of the offset answers the same page for ever.
            if len(page) < PAGE or not new:
                return
            offset += len(page)

    def checked(self, rows: Json, asked: str, *names: str) -> list[JsonObject]:
        """Return rows if each is an object that has these names, and what such names stand for. SetupError if not."""
        if isinstance(rows, list) and all(
            isinstance(row, dict) and all(name in row and _fits(name, row[name]) for name in names) for row in rows
        ):
            return rows
        raise SetupError(f"{self.url} answered {asked} with something else than a list of rows with {', '.join(names)}")

    async def each(self, things: Iterable[T], do: Callable[[T], Awaitable[None]]) -> None:
        """Do something with each thing, with as many at once as there may be requests; the first failure ends it."""
        ahead = iter(things)

        async def work() -> None:
            for thing in ahead:
                await do(thing)

        workers = [asyncio.create_task(work()) for _ in range(self.at_once)]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    def hide(self, text: str) -> str:
        """Return a text without what is sent along."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text

    async def _send(
        self, method: str, path: str, body: Json = None, query: Mapping[str, str | int] | None = None
    ) -> httpx.Response:
        content = None if body is None else wire.dumps(body)
        kind = {"content-type": "application/json"} if content is not None else {}
        try:
            return await self._client.request(
                method, self.url + path, content=content, params=query or None, headers=kind
            )
        except httpx.HTTPError as error:
            reason = self.hide(str(error)) or type(error).__name__
            raise SetupError(f"{method} {self.url}{path} was not answered: {reason}") from None

    def _told(self, told: Json, answer: httpx.Response) -> str:
        text = told.get("detail", told) if isinstance(told, dict) else answer.text
        line = self.hide(str(text)).strip().partition("\n")[0]
        return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _fits(name: str, value: Json) -> bool:
    kind = _KINDS.get(name)
    return kind is None or isinstance(value, kind)


def _wait(answer: httpx.Response) -> float:
    """Return the seconds after which a deployment that has enough for now wants to be asked again."""
    told = answer.headers.get("retry-after", "")
    return min(float(told), _LONGEST_WAIT) if told.isascii() and told.isdigit() else 1


def _json(answer: httpx.Response) -> Json:
    """Return the value of an answer, None if it is no JSON; numbers as the wire has them."""
    with contextlib.suppress(ValueError):
        return orjson.loads(answer.content)
    return None
