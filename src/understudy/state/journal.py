"""The journal: what was asked of a world, and what it answered."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from understudy.state.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.state.entries import Entry
    from understudy.wire import JsonObject

MOST = 1000
"""How many requests a journal keeps."""

MOST_BYTES = 16 * 2**20
"""How many bytes of their bodies and answers it keeps in all."""

MOST_OF_ONE = 256 * 2**10
"""The largest body or answer that it keeps; of larger ones it keeps nothing, of longer streams the beginning."""

_AT_ONCE = 32
"""How many requests may wait to be taken up."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the contract says of a request or an answer: kept, broken, or None where it was not examined."""

    kept: bool | None
    complaint: str | None = None

    def to_json(self) -> JsonObject:
        """Return the verdict as the control plane tells it."""
        return {"kept": self.kept, "complaint": self.complaint}


class Judge(Protocol):
    """Holds what passed to the contract."""

    def request(self, entry: Entry) -> Verdict:
        """Return the verdict on a request."""

    def answer(self, entry: Entry) -> Verdict:
        """Return the verdict on its answer."""


class Journal:
    """The last requests to a world in the order in which they came, also those that are still being answered.

    `dropped` counts those that were too many. `usage` counts for ever, also when the journal begins anew. Requests are
    taken up some at a time, and whenever somebody asks: what is done for many at once costs each of them little.
    """

    def __init__(self) -> None:
        self._usage = Usage()
        self._entries: deque[Entry] = deque()
        self._fresh: list[Entry] = []
        self._came = self._bytes = self._dropped = 0

    def __iter__(self) -> Iterator[Entry]:
        """Yield the entries, the oldest first."""
        self.take_up()
        return iter(list(self._entries))

    @property
    def dropped(self) -> int:
        """How many are not kept any more."""
        self.take_up()
        return self._dropped

    @property
    def usage(self) -> Usage:
        """What was used of the API."""
        self.take_up()
        return self._usage

    def clear(self) -> None:
        """Begin anew: what came before does not count."""
        for entry in self:
            entry.kept = False
        self._entries.clear()
        self._came = self._bytes = self._dropped = 0

    def open(self, entry: Entry) -> None:
        """Let a request that has come be taken up."""
        entry.journal = self
        self._fresh.append(entry)
        if len(self._fresh) >= _AT_ONCE:
            self.take_up()

    def take_up(self) -> None:
        """Keep the requests that have come meanwhile, and note the answers of those that are over."""
        fresh, self._fresh = self._fresh, []
        over = [entry for entry in fresh if entry.journal is None]
        for number, entry in enumerate(fresh, self._came + 1):
            entry.number = number
            entry.kept = True
        self._came += len(fresh)
        self._entries.extend(fresh)
        self._usage.count(over)
        for entry in over:
            self._keep(entry)
        while len(self._entries) > MOST:
            self._drop()

    def note(self, entry: Entry) -> None:
        """Count a request that was taken up, once its answer begins or is over, and keep what is known of both."""
        self._usage.count([entry])
        if entry.kept:
            self._keep(entry)

    def _keep(self, entry: Entry) -> None:
        """Keep the body of a request and what there is of its answer, but for what is too large."""
        if entry.body:
            if len(entry.body) <= MOST_OF_ONE:
                self._weigh(entry, len(entry.body))
            else:
                entry.cut += ("body",)
                entry.body = None
        entry.size = sum(map(len, entry.answer))
        if entry.size <= MOST_OF_ONE:
            # JSON is written into more memory than it needs; a copy has its own size.
            entry.answer = [bytes(memoryview(piece)) for piece in entry.answer]
            self._weigh(entry, entry.size)
        else:
            entry.cut += ("answer",)
            entry.answer = []

    def keep(self, entry: Entry, piece: bytes) -> None:
        """Keep a piece of an answer, unless that gets too large."""
        entry.size += len(piece)
        if entry.size <= MOST_OF_ONE:
            entry.answer.append(piece)
            self._weigh(entry, len(piece))
            return
        entry.cut += ("answer",)
        if not entry.is_stream:
            self._weigh(entry, -sum(map(len, entry.answer)))
            entry.answer.clear()

    def _weigh(self, entry: Entry, size: int) -> None:
        entry.weight += size
        self._bytes += size
        while self._bytes > MOST_BYTES:
            self._drop()

    def _drop(self) -> None:
        entry = self._entries.popleft()
        entry.kept = False
        self._dropped += 1
        self._bytes -= entry.weight
