"""A sequence played on a server, and what the server answered."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from typing import TypedDict
from urllib.parse import urlsplit

from websockets.exceptions import WebSocketException

from tests.parity.sequence import NOTHING, Ask, Connect, Json, Leave, Open, Read, Say, Sequence, Step
from tests.parity.sockets import Socket
from tests.recorded.exchange import Event, events, relevant
from understudy.conformance.comparing.differences import SERVER

PATIENCE = 15.0
"""Seconds that an answer, an event or a status may take."""
PAUSE = 0.02
UNTOLD = ("content-length", "vary")
"""Headers that are the same all the time, or say nothing that the body doesn't."""
NAME = re.compile(r"\{(\w+)\}")


class Seen(TypedDict, total=False):
    """What a step `asked` and saw: an answer's status and headers, and its `body`, its `text` or its `events`.

    Of a WebSocket it saw `frames`, and how it was `closed`.
    """

    asked: str
    status: int
    headers: dict[str, str]
    body: Json
    text: str
    events: list[Event]
    frames: list[Json]
    closed: str


class Unplayable(Exception):
    """A step could not be taken: what it needs was not in an earlier answer, or what it waits for never came."""


class Player:
    """Plays one sequence on the server at `url`; what steps keep is theirs."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._kept: dict[str, str] = {}
        self._open: dict[str, Arriving | Socket] = {}

    def play(self, sequence: Sequence) -> list[Seen]:
        """What each step saw. A step that cannot be taken is the last one, and says why in its `text`."""
        seen: list[Seen] = []
        try:
            for step in sequence.steps:
                answer = Seen(asked=step.title)
                seen.append(answer)
                try:
                    self._take(step, answer)
                except (Unplayable, HTTPException, WebSocketException, OSError, ValueError) as error:
                    answer["text"] = f"could not go on: {type(error).__name__} {error}"
                    break
        finally:
            for arriving in self._open.values():
                arriving.close()
        return seen

    def _take(self, step: Step, seen: Seen) -> None:
        match step:
            case Ask():
                self._ask(step, seen)
            case Open():
                arriving = self._open[step.name] = self._request(step.ask)
                seen |= arriving.head
            case Read():
                seen |= self._open[step.name].read(step.upto)
                self._keep(step.keep, seen)
            case Leave():
                self._open.pop(step.name).close()
            case Connect():
                socket = self._open[step.name] = Socket(self._url, self._filled(step.path), PATIENCE)
                seen |= socket.head
            case Say():
                spoken = self._open[step.name]
                assert isinstance(spoken, Socket)
                spoken.say(self._filled(step.said))
                seen |= spoken.read(step.upto)
                self._keep(step.keep, seen)

    def _ask(self, step: Ask, seen: Seen) -> None:
        patience = time.monotonic() + PATIENCE
        while True:
            arriving = self._request(step)
            try:
                seen |= arriving.head
                seen |= arriving.read(step.upto)
            finally:
                arriving.close()
            if all(_at(seen, place) in wanted for place, wanted in step.until.items()):
                break
            if time.monotonic() > patience:
                raise Unplayable(f"{dict(step.until)} never came; the last answer was {str(seen)[:500]}")
            time.sleep(PAUSE)
        self._keep(step.keep, seen)
        for part in step.unread:
            seen.pop(part, None)  # type: ignore[misc]  # a part of an answer

    def _keep(self, places: Json, seen: Seen) -> None:
        for name, place in places.items():
            value = _at(seen, place)
            if not isinstance(value, str):
                raise Unplayable(f"there is no text at {place} to keep as {name}: {str(seen)[:500]}")
            self._kept[name] = value

    def _request(self, step: Ask) -> Arriving:
        method, path = self._filled(step.request).split(" ", 1)
        content = step.raw
        headers = {name: self._filled(value) for name, value in step.headers.items()}
        if step.body is not NOTHING:
            content = json.dumps(self._filled(step.body), ensure_ascii=False)
            headers.setdefault("content-type", "application/json")
        return Arriving(self._url, method, path, content, headers)

    def _filled(self, value: Json) -> Json:
        """A copy with what was kept in the place of its names; other braces stay."""
        if isinstance(value, str):
            return NAME.sub(self._value, value)
        if isinstance(value, list | tuple):
            return [self._filled(item) for item in value]
        if isinstance(value, dict):
            return {self._filled(key): self._filled(item) for key, item in value.items()}
        return value

    def _value(self, name: re.Match[str]) -> str:
        return self._kept.get(name[1], name[0])


class Arriving:
    """An answer whose head has come, and whose body is read as far as asked."""

    def __init__(self, url: str, method: str, path: str, content: str | None, headers: dict[str, str]) -> None:
        self._url = url
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
        try:
            self._connection.request(method, path, body=None if content is None else content.encode(), headers=headers)
            self._response = self._connection.getresponse()
        except BaseException:
            self._connection.close()
            raise
        headers = relevant(self._response, url)
        self.head = Seen(
            status=self._response.status,
            headers={name: value for name, value in headers.items() if name not in UNTOLD},
        )

    def read(self, upto: int | str | None) -> Seen:
        """The body, parsed as its content type says; of a stream, the events up to a count or a name."""
        kind = (self._response.getheader("content-type") or "").partition(";")[0]
        seen = Seen()
        if kind == "text/event-stream":
            told = seen["events"] = []
            for event in events(self._lines(), self._url):
                told.append(event)
                if upto in (len(told), event["event"]):
                    break
            return seen
        text = self._response.read().decode(errors="replace").replace(self._url, SERVER)
        if text.strip() and kind == "application/json":
            seen["body"] = json.loads(text)
        else:
            seen["text"] = text
        return seen

    def close(self) -> None:
        """Hang up."""
        self._response.close()
        self._connection.close()

    def _lines(self) -> Iterator[bytes]:
        patience = time.monotonic() + PATIENCE
        while line := self._response.readline():
            if time.monotonic() > patience:  # heartbeats go on for ever
                raise Unplayable("there came no further event")
            yield line


def _at(value: Json, place: str) -> Json:
    """What stands at a place as in `body/tasks/0/id`; None where nothing does. Lists count from either end."""
    for key in place.split("/"):
        try:
            value = value[int(key)] if isinstance(value, list) else value[key]
        except (KeyError, IndexError, ValueError, TypeError):
            return None
    return value
