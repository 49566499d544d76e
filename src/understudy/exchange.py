"""What a handler is given besides its world, and what it may give back besides plain JSON."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from understudy import errors

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from understudy.wire import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is more than the JSON of the operation's documented success.

    `status` is None for the documented success status. A `body` of bytes goes out as it is, under `media_type`
    (None: without a content type); any other body goes out as JSON.
    """

    body: Json = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str | None = "application/json"


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer that is sent piece by piece. The pieces are closed when the client leaves before their end."""

    pieces: AsyncGenerator[bytes, None]
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Service:
    """What a handler may know of the server around it: its document and its counters.

    `document` is the observed contract; it is not to be changed. `requests` counts answers by
    (method, path template, status); `seconds` sums their durations by (method, path template).
    """

    api: str
    document: JsonObject
    requests: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    seconds: defaultdict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))


@dataclass(frozen=True, slots=True)
class Caller:
    """What a handler may know of the request beyond its documented parameters."""

    base_url: str
    headers: Mapping[str, str]
    query: str = ""
    """The query as it came, without the question mark."""


STATUS: dict[type[errors.Refusal], int] = {
    errors.Unacceptable: 400,
    errors.Unauthorized: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.MethodNotAllowed: 405,
    errors.Conflict: 409,
    errors.BodyTooLarge: 413,
    errors.Invalid: 422,
    errors.NotImitated: 501,
}
"""The status of each kind of refusal."""


def refused(refusal: errors.Refusal, field: str = "detail") -> Answer:
    """Return the answer that tells a client of a refusal, as most APIs do: an object with the sentence in one field."""
    status = next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)
    headers = {}
    if isinstance(refusal, errors.MethodNotAllowed):
        headers["allow"] = ", ".join(refusal.allowed)
    elif isinstance(refusal, errors.BodyTooLarge):
        # What is left of the body is not waited for.
        headers["connection"] = "close"
    return Answer({field: refusal.detail}, status=status, headers=headers)


class Socket(Protocol):
    """A WebSocket, as a handler uses it. It is closed when the handler returns."""

    async def receive(self) -> str | bytes | None:
        """Return the next message of the client; None once it has left."""

    async def send(self, text: str) -> None:
        """Send a message, if the client is still there."""

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """End the connection, if it has not ended."""


def pagination(*, offset: int, limit: int, shown: int, more: bool) -> dict[str, str]:
    """Return the headers that tell where the next page begins.

    The total is only as much as is known: one more than was shown when rows follow (behaviour of langgraph-api).
    """
    if more:
        return {"x-pagination-total": str(offset + limit + 1), "x-pagination-next": str(offset + limit)}
    return {"x-pagination-total": str(offset + shown)}
