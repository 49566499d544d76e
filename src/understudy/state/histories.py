"""Where the histories of all threads are kept: lately used ones at hand, all others packed."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from understudy.state.checkpoints import History

if TYPE_CHECKING:
    from collections.abc import Iterable

AT_HAND = 1000
"""How many histories stay unpacked. A packed one takes about an eighth of the memory and some 50 µs to unpack."""


class Histories:
    """Histories by thread id. A history got from here may be changed until the next one is asked for."""

    def __init__(self, at_hand: int = AT_HAND) -> None:
        self._size = at_hand
        self._at_hand: dict[str, History] = {}
        self._packed: dict[str, bytes] = {}

    def adopt(self, other: Histories) -> None:
        """Hold the histories that another holds; what is added later is each one's own."""
        self._at_hand = {thread_id: history.copy() for thread_id, history in other._at_hand.items()}
        self._packed = other._packed.copy()

    def __getitem__(self, thread_id: str) -> History:
        """Return the thread's history; it is an empty one that is not kept if the thread has none."""
        history = self._at_hand.pop(thread_id, None)
        if history is None:
            packed = self._packed.pop(thread_id, None)
            if packed is None:
                return History()
            history = History.from_json(zlib.decompress(packed))
        self[thread_id] = history
        return history

    def __setitem__(self, thread_id: str, history: History) -> None:
        """Keep a thread's history."""
        self._packed.pop(thread_id, None)
        self._at_hand.pop(thread_id, None)
        self._at_hand[thread_id] = history
        if len(self._at_hand) > self._size:
            oldest = next(iter(self._at_hand))
            self._packed[oldest] = zlib.compress(self._at_hand.pop(oldest).to_json(), 1)

    def forget(self, thread_ids: Iterable[str]) -> None:
        """Drop the histories of these threads."""
        for thread_id in thread_ids:
            self._at_hand.pop(thread_id, None)
            self._packed.pop(thread_id, None)
