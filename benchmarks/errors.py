"""What can go wrong in a benchmark run."""

from __future__ import annotations


class BenchError(Exception):
    """The run cannot go on; `str(error)` says why, for people."""
