"""The load: one process of its own that sends ready-made requests over keep-alive connections and counts answers.

Plain sockets and one selector, because a client that costs as much as the server would halve every ratio.
"""

from __future__ import annotations

import multiprocessing
import selectors
import signal
import socket
import time
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from .errors import BenchError
from .processors import stay_on

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from types import TracebackType
    from typing import Self

HOST = "127.0.0.1"
CONNECTIONS = 8
STALLED = 60.0
"""Seconds without any answer after which a server counts as dead."""


@dataclass(frozen=True, slots=True)
class Job:
    """Requests to send to a port: over and over for some seconds, or each of them once when `seconds` is None."""

    port: int
    requests: tuple[bytes, ...]
    seconds: float | None = None

    def play(self) -> Tally:
        """Send the requests, each connection its next one as soon as it has its answer."""
        connections = CONNECTIONS if self.seconds is not None else min(CONNECTIONS, len(self.requests))
        clients = [_Client(self.port) for _ in range(connections)]
        try:
            with selectors.DefaultSelector() as selector:
                for client in clients:
                    selector.register(client.socket, selectors.EVENT_READ, client)
                return _play(self, clients, selector)
        finally:
            for client in clients:
                client.socket.close()


Outcome_co = TypeVar("Outcome_co", covariant=True)


class Playable(Protocol[Outcome_co]):
    """Work for the load process."""

    def play(self) -> Outcome_co:
        """Do the work, and return what it came to. BenchError if that cannot be."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a job came to. `busy` is the share of the time in which the load itself was computing."""

    answers: int
    seconds: float
    busy: float
    bytes_per_answer: float
    last: bytes
    """The body of the last answer."""

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.answers / self.seconds


def request(method: str, path: str, body: bytes = b"") -> bytes:
    """Return the bytes of a request as a client would send it."""
    head = f"{method} {path} HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\n"
    if body:
        head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def connected(port: int) -> socket.socket:
    """Return a connection to the port that sends at once."""
    connection = socket.create_connection((HOST, port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


class Load:
    """The load process. It lives from `with` to the end of it, on the processors given."""

    def __init__(self, processors: set[int]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, self._other = context.Pipe()
        self._process = context.Process(target=_serve, args=(self._other, processors), daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        self._other.close()  # from here on the end of either process is the end of the pipe
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.join()

    def play(self, job: Playable[Outcome_co]) -> Outcome_co:
        """Play a job to its end. BenchError if the server answers with anything but 200, or not at all."""
        try:
            self._pipe.send(job)
            outcome = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise BenchError("the load process is gone") from error
        if isinstance(outcome, str):
            raise BenchError(outcome)
        return cast("Outcome_co", outcome)


def _serve(pipe: Connection, processors: set[int]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's affair
    stay_on(processors)
    while True:
        try:
            job = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send(job.play())
        except (BenchError, OSError) as error:
            pipe.send(str(error))


class _Client:
    """One connection: what was sent and not answered yet, and the bytes of the answer so far."""

    __slots__ = ("_received", "socket")

    def __init__(self, port: int) -> None:
        self.socket = connected(port)
        self._received = b""

    def answer(self) -> bytes | None:
        """Read what is there; return the answer when it is complete, else None."""
        data = self.socket.recv(1 << 18)
        if not data:
            raise BenchError("the server closed the connection")
        if self._received:
            data = self._received + data
        end = data.find(b"\r\n\r\n")
        if end >= 0:
            if not data.startswith(b"HTTP/1.1 200"):
                raise BenchError(f"the server answered {data[:600].decode(errors='replace')}")
            start = data.find(b"content-length: ", 0, end)
            if start < 0:
                raise BenchError("the server answered without a content-length")
            size = end + 4 + int(data[start + 16 : data.find(b"\r", start)])
            if len(data) >= size:
                self._received = b""
                return data
        self._received = data
        return None


def _play(job: Job, clients: list[_Client], selector: selectors.BaseSelector) -> Tally:
    queue: Iterator[bytes] = iter(job.requests) if job.seconds is None else cycle(job.requests)
    answers = size = pending = 0
    last = b""
    computing = time.process_time()
    start = now = time.perf_counter()
    deadline = start + (job.seconds if job.seconds is not None else float("inf"))
    for client in clients:
        client.socket.sendall(next(queue))
        pending += 1
    while pending:
        ready = selector.select(STALLED)
        if not ready:
            raise BenchError(f"the server has been silent for {STALLED:.0f} seconds")
        for key, _ in ready:
            client = key.data
            answer = client.answer()
            if answer is None:
                continue
            answers += 1
            size += len(answer)
            last = answer
            now = time.perf_counter()
            following = next(queue, None) if now < deadline else None
            if following is None:
                pending -= 1
            else:
                client.socket.sendall(following)
    computing = time.process_time() - computing
    seconds = now - start
    return Tally(answers, seconds, computing / seconds, size / answers, last.partition(b"\r\n\r\n")[2])
