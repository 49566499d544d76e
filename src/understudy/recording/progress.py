"""How far a piece of work has come, for whoever sits before a terminal."""

from __future__ import annotations

import sys
import time

_BETWEEN = 0.1
"""Seconds between two lines that are shown."""


class Progress:
    """One line on stderr that tells how far things are; nothing where nobody looks, or if it is to be `quiet`."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._shows = not quiet and sys.stderr.isatty()
        self._last = float("-inf")

    def tell(self, what: str, done: int, of: int | None = None) -> None:
        """Show how many of something are done."""
        now = time.monotonic()
        if self._shows and (now - self._last >= _BETWEEN or done == of):
            self._last = now
            print(f"\r\x1b[K{what} {done:,}{'' if of is None else f' of {of:,}'}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Take the line away."""
        if self._shows:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
