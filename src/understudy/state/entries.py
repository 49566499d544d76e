"""Entries of a journal: a request and what was answered, as they passed."""

from __future__ import annotations

import re
from collections import Counter
from time import perf_counter
from typing import TYPE_CHECKING, Literal

from understudy.state.clock import timestamp
from understudy.wire import loads

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from understudy.contract.operations import Operation
    from understudy.state.journal import Journal
    from understudy.wire import Json, JsonObject

_LARGE = 64 * 2**10
"""Bytes of a body or an answer with which none waits."""

SOCKET = "WEBSOCKET"
"""The method of a connection that is no request: it has neither body nor answer, and is held to no document."""

Ending = Literal["complete", "left", "dropped", "open"]
"""How an answer ended: whole; the client left; the server let it drop; it has not ended yet."""

Part = Literal["body", "answer"]

_EVENTS = b"text/event-stream"
_NAME = re.compile(rb"(?:^event: ?([^\r\n|]*)[^\r\n]*\r?\n)?^data:", re.MULTILINE)
_NAMELESS = b"message"


class Entry:
    """A request and its answer as they passed, in bytes: what they say is found out when somebody wants to know.

    `operation` is None where the document has none, `status` where nothing was answered. `headers` are those of the
    request that the document speaks of. `excused` is an answer for which no document is needed, such as the refusal of
    an unknown API key. `misfit` is why a request was refused as one that does not fit the document. `journal` is the
    world's until the answer is over, and the entry in it as long as it is `kept`.
    """

    __slots__ = (
        "_begun",
        "answer",
        "answer_headers",
        "at",
        "body",
        "cut",
        "ended",
        "excused",
        "faults",
        "headers",
        "journal",
        "kept",
        "method",
        "misfit",
        "modes",
        "number",
        "operation",
        "parameters",
        "path",
        "query",
        "seconds",
        "size",
        "status",
        "weight",
    )

    def __init__(
        self, at: datetime, method: str, path: str, query: bytes, headers: Iterable[tuple[bytes, bytes]]
    ) -> None:
        self.at = at
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.number = 0
        self.seconds: float | None = None
        self.operation: Operation | None = None
        self.parameters: Mapping[str, str] = {}
        self.body: bytes | None = None
        self.status: int | None = None
        self.answer_headers: Sequence[tuple[bytes, bytes]] = ()
        self.answer: list[bytes] = []
        self.ended: Ending = "open"
        self.modes: tuple[str, ...] = ()
        self.faults: tuple[str, ...] = ()
        self.excused = False
        self.misfit: str | None = None
        self.cut: tuple[Part, ...] = ()
        self.size = self.weight = 0
        self.journal: Journal | None = None
        self.kept = False
        self._begun = perf_counter()

    def answers(self, status: int, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> None:
        """Note its whole answer."""
        journal, self.journal = self.journal, None
        if journal is None:
            return
        self.status = status
        self.answer_headers = headers
        self.answer = [body]
        self.ended = "complete"
        self.seconds = perf_counter() - self._begun
        if self.number:
            journal.note(self)
        elif len(body) > _LARGE or (self.body and len(self.body) > _LARGE):
            journal.take_up()

    def starts(self, status: int, headers: Sequence[tuple[bytes, bytes]]) -> None:
        """Note how an answer begins that comes piece by piece; its request has been read by then."""
        if self.journal is not None:
            self.journal.take_up()
            self.status = status
            self.answer_headers = headers
            self.journal.note(self)

    def goes_on(self, piece: bytes) -> None:
        """Note a piece of its answer."""
        if self.kept and self.journal is not None and "answer" not in self.cut:
            self.journal.keep(self, piece)

    def ends(self, ending: Ending) -> None:
        """Note that its answer is over; only the first end counts."""
        journal, self.journal = self.journal, None
        if journal is None:
            return
        self.ended = ending
        self.seconds = perf_counter() - self._begun
        if self.number and self.status is None:
            journal.note(self)

    @property
    def media_type(self) -> bytes:
        """The content type of its answer, without parameters; empty if there is none."""
        for name, value in self.answer_headers:
            if name == b"content-type":
                return value.partition(b";")[0]
        return b""

    @property
    def is_stream(self) -> bool:
        """Whether the answer is a stream of events."""
        return self.media_type == _EVENTS

    def told(self) -> JsonObject:
        """Return the entry as the control plane tells it, without verdicts (`Entry` in `specs/control.yaml`)."""
        raw = b"".join(self.answer)
        return {
            "number": self.number,
            "at": timestamp(self.at),
            "seconds": None if self.seconds is None else round(self.seconds, 6),
            "method": self.method,
            "path": self.path,
            "query": self.query.decode("latin-1"),
            "headers": {name: values[-1] for name, values in self.described_headers().items()},
            "operation": None if self.operation is None else self.operation.id,
            "parameters": dict(self.parameters),
            "body": json(self.body),
            "status": self.status,
            "answer": json(raw) if self.media_type == b"application/json" else None,
            "stream": self._stream(raw) if self.is_stream else None,
            "ended": self.ended,
            "cut": list(self.cut),
            "faults": list(self.faults),
        }

    def described_headers(self) -> dict[str, list[str]]:
        """Return the headers of the request that its operation knows, by their names in lower case."""
        known = {p.name.lower() for p in self.operation.parameters if p.location == "header"} if self.operation else ()
        found: dict[str, list[str]] = {}
        for header, value in self.headers:
            name = header.decode("latin-1")
            if name in known:
                found.setdefault(name, []).append(value.decode("latin-1"))
        return found

    def _stream(self, raw: bytes) -> JsonObject:
        names = Counter((name or _NAMELESS).decode(errors="replace") for name in _NAME.findall(raw))
        return {"modes": list(self.modes), "events": dict(names), "ended": self.ended}


def json(raw: bytes | None) -> Json:
    """Return the JSON value of a text, None if it is none."""
    try:
        return loads(raw) if raw else None
    except ValueError:
        return None
