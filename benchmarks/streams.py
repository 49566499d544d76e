"""The load that reads streams: how soon each begins and ends, how many are open at once, and whether all is there.

Nothing is looked at while it comes but the beginning and the end of each answer: the rest is read afterwards.
"""

from __future__ import annotations

import selectors
import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

import orjson

from .errors import BenchError
from .load import STALLED, connected

if TYPE_CHECKING:
    from collections.abc import Iterator

ANY_EVENT = b"event: "
TOKEN = b"event: messages"

_END = b"\r\n0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Streams:
    """Requests whose answers come piece by piece, so many at once on connections that are kept.

    `awaited` is what the first piece of interest begins with. If `numbers` is given, each answer is to tell the numbers
    from 1 to that, in order.
    """

    port: int
    requests: tuple[bytes, ...]
    at_once: int = 1
    awaited: bytes = ANY_EVENT
    numbers: int | None = None

    def play(self) -> Heard:
        """Send all requests and read all answers. BenchError if one is not a 200, or stays away."""
        readers = [_Reader(self) for _ in range(min(self.at_once, len(self.requests)))]
        try:
            with selectors.DefaultSelector() as selector:
                for reader in readers:
                    selector.register(reader.socket, selectors.EVENT_READ, reader)
                return self._play(readers, selector)
        finally:
            for reader in readers:
                reader.socket.close()

    def _play(self, readers: list[_Reader], selector: selectors.BaseSelector) -> Heard:
        left = iter(self.requests)
        answers: list[_Answer] = []
        begun: set[_Reader] = set()
        most = 0
        opened: float | None = None
        computing = time.process_time()
        start = now = time.perf_counter()
        waiting = sum(reader.ask(left) for reader in readers)
        while waiting:
            ready = selector.select(STALLED)
            if not ready:
                raise BenchError(f"the server has been silent for {STALLED:.0f} seconds")
            for key, _ in ready:
                reader: _Reader = key.data
                answer = reader.read()
                now = time.perf_counter()
                if reader.first is not None:
                    opened = opened or now
                    begun.add(reader)
                    most = max(most, len(begun))
                if answer is not None:
                    begun.discard(reader)
                    answers.append(answer)
                    waiting += reader.ask(left) - 1
        busy = (time.process_time() - computing) / (now - start)
        return self._heard(answers, now - (opened or start), busy, most)

    def _heard(self, answers: list[_Answer], seconds: float, busy: float, most: int) -> Heard:
        events = complete = 0
        example: Any = None
        for answer in answers:
            texts = list(_data(answer.body))
            events += len(texts)
            told = [orjson.loads(text) for text in texts] if self.numbers is not None else []
            numbers = [(number, one) for one in told if (number := _number(one)) is not None]
            complete += [number for number, _ in numbers] == list(range(1, (self.numbers or 0) + 1))
            example = numbers[0][1] if numbers else example
        return Heard(
            seconds=seconds,
            busy=busy,
            events=events,
            first=median(answer.first for answer in answers),
            whole=median(answer.whole for answer in answers),
            most=most,
            complete=complete,
            bytes_per_event=sum(len(answer.body) for answer in answers) / max(events, 1),
            example=example,
            last=answers[-1].body,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came of streams. Times are seconds, `first` and `whole` medians from the request on.

    `seconds` are those from the first event to the end of all: how long a run waits for its turn is not part of it.

    `most` is how many had begun and not ended at one moment; `complete`, how many told all their numbers in order.
    `example` is the data of an event that tells a number, `last` a whole body.
    """

    seconds: float
    busy: float
    events: int
    first: float
    whole: float
    most: int
    complete: int
    bytes_per_event: float
    example: Any
    last: bytes

    @property
    def rate(self) -> float:
        """Events per second, all streams together."""
        return self.events / self.seconds


@dataclass(frozen=True, slots=True)
class _Answer:
    body: bytes
    first: float
    whole: float


class _Reader:
    """One connection. `first` is when what is awaited came, in seconds from the request on; None until then."""

    def __init__(self, job: Streams) -> None:
        self._awaited = job.awaited
        self._pieces: list[bytes] = []
        self._tail = b""
        self._asked = 0.0
        self.first: float | None = None
        self.socket = connected(job.port)

    def ask(self, left: Iterator[bytes]) -> bool:
        """Send the next request; return whether there was one."""
        asking = next(left, None)
        if asking is None:
            return False
        self._pieces, self._tail, self.first = [], b"", None
        self._asked = time.perf_counter()
        self.socket.sendall(asking)
        return True

    def read(self) -> _Answer | None:
        """Read what is there; return the answer if that was the end of it."""
        data = self.socket.recv(1 << 18)
        now = time.perf_counter() - self._asked
        if not data:
            raise BenchError("the server closed the connection")
        self._pieces.append(data)
        if self.first is None and self._has_begun():
            self.first = now
        self._tail = self._tail[-len(_END) :] + data[-len(_END) :]
        if not self._tail.endswith(_END):
            return None
        body = _body(b"".join(self._pieces))
        first, self.first = self.first, None
        return _Answer(body, now if first is None else first, now)

    def _has_begun(self) -> bool:
        """Whether the first event that is awaited has come whole."""
        so_far = b"".join(self._pieces)
        if not so_far.startswith(b"HTTP/1.1 200"):
            raise BenchError(f"the server answered {so_far[:600].decode(errors='replace')}")
        start = so_far.find(self._awaited)
        return start >= 0 and so_far.find(b"\r\n\r\n", start) >= 0


def _body(answer: bytes) -> bytes:
    """Return the body of an answer that came in chunks (RFC 9112, section 7.1)."""
    head, _, rest = answer.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" not in head.lower():
        raise BenchError("the server did not answer in chunks")
    pieces: list[bytes] = []
    at = 0
    while True:
        end = rest.index(b"\r\n", at)
        size = int(rest[at:end], 16)
        if not size:
            return b"".join(pieces)
        pieces.append(rest[end + 2 : end + 2 + size])
        at = end + 2 + size + 2


def _data(body: bytes) -> Iterator[bytes]:
    """Yield the data of each event."""
    for one in body.split(b"\r\n\r\n"):
        if one.startswith(b"event: "):
            yield one.partition(b"data: ")[2].partition(b"\r\n")[0]


def _number(data: Any) -> int | None:
    """Return the number that an event of one of the agents tells; None if it tells none."""
    if isinstance(data, list):
        text: str = data[0]["content"]
        return int(text) if text.isdigit() else None
    number: int | None = data.get("progress", data.get("count"))
    return number or None
