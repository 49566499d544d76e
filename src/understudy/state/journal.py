"""The journal: what was asked of a world, and what it answered."""

from __future__ import annotations


class Journal:
    """The last requests to a world."""
