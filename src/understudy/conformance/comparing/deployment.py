"""One of the two servers: where it is, how it is asked, and what it answers."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import httpx
import orjson

from understudy.contract.events import MEDIA_TYPE, Frames, Malformed
from understudy.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from understudy.wire import Json, JsonObject

PATIENCE = 30.0
"""Seconds that an answer, the end of a stream or of a run may take."""

MOST_EVENTS = 2_000
"""Events that are read of a stream at most."""

_HEADERS = ("allow", "content-location", "content-type", "location", "x-pagination-next", "x-pagination-total")


class Unreachable(SetupError):
    """A server does not answer any more, or never did."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is and what it is sent with each request; `headers` are never shown."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def shown(self) -> str:
        """The address without user and password."""
        parts = urlsplit(self.url)
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


class Deployment:
    """A server that is asked. Close it when done."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._client = httpx.Client(base_url=address.url, headers=dict(address.headers), timeout=PATIENCE)

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Return what it answers, a stream read to its end.

        An answer that does not come, or breaks off, has status 0 and says so in its text. Unreachable if there is no
        connection at all.
        """
        headers = dict(headers or {})
        if body is not None:
            headers.setdefault("content-type", "application/json")
        try:
            try:
                return self._sent(method, path, body, headers)
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
                # Some servers hang up after an answer without a word, and the request was the first to notice.
                return self._sent(method, path, body, headers)
        except httpx.ConnectError as error:
            raise Unreachable(f"{self.address.shown} cannot be reached: {error}") from None
        except httpx.TimeoutException:
            return Answer(0, {}, text=f"no answer within {PATIENCE:g} s")
        except httpx.TransportError as error:
            return Answer(0, {}, text=f"the answer broke off: {type(error).__name__}")

    def _sent(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        with self._client.stream(method, path, content=body, headers=headers) as response:
            return _read(response)

    def json(self, method: str, path: str, body: Json = None) -> Json:
        """Return the JSON that it answers with success, None otherwise."""
        answer = self.ask(method, path, None if body is None else orjson.dumps(body))
        return answer.body if answer.ok else None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `body` where it is JSON, `events` where it is a stream, `text` otherwise."""

    status: int
    headers: dict[str, str]
    body: Json = None
    text: str | None = None
    events: list[JsonObject] | None = None

    @property
    def ok(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status < 300

    def to_json(self) -> JsonObject:
        """Return what is compared."""
        whole: JsonObject = {"status": self.status, "headers": self.headers}
        if self.events is not None:
            whole["events"] = self.events
        if self.text is not None:
            return whole | {"text": self.text}
        return whole if self.events is not None else whole | {"body": self.body}

    def at(self, place: str) -> str | None:
        """Return the text at a place as in `body/0/run_id` or `headers/content-location`; None where there is none.

        Of a header that is a path, it is the last part.
        """
        first, *keys = place.split("/")
        if first == "headers":
            return self.headers.get(keys[0], "").rpartition("/")[2] or None
        value = self.body
        for key in keys:
            try:
                value = value[int(key)] if isinstance(value, list) else value[key]
            except (KeyError, IndexError, ValueError, TypeError):
                return None
        return value if isinstance(value, str) else None


def _read(response: httpx.Response) -> Answer:
    headers = {name: response.headers[name] for name in _HEADERS if name in response.headers}
    kind = headers.get("content-type", "").partition(";")[0]
    if kind == MEDIA_TYPE:
        events, complaint = _events(response)
        return Answer(response.status_code, headers, events=events, text=complaint)
    content = response.read()
    if kind == "application/json" and content.strip():
        try:
            return Answer(response.status_code, headers, orjson.loads(content))
        except ValueError:
            pass
    return Answer(response.status_code, headers, text=content.decode(errors="replace"))


def _events(response: httpx.Response) -> tuple[list[JsonObject], str | None]:
    """Return the events of a stream, and what is wrong with it if something is."""
    frames, events, patience = Frames(), list["JsonObject"](), time.monotonic() + PATIENCE
    try:
        for piece in response.iter_raw():
            events += [event.to_json() for event in frames.take(piece)]
            if len(events) > MOST_EVENTS:
                return events[:MOST_EVENTS], f"read no further than {MOST_EVENTS} events"
            if time.monotonic() > patience:
                return events, f"the stream does not end within {PATIENCE:g} s"
        frames.end()
    except Malformed as malformed:
        return events, str(malformed)
    return events, None
