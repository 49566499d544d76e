"""Threads that a run left behind on the reference server, for tests of a fake that plays no runs yet."""

from __future__ import annotations

from typing import Any

from tests.recorded.exchange import CASES, load


def thread_that_ran(case: str, run: int = 0) -> dict[str, Any]:
    """Return the thread that the run of this number in a recorded case left behind, with its `history`."""
    left = [
        thread
        for step in load(CASES / f"{case}.json").steps
        if "leaves" in step
        for thread in step["leaves"]["threads"]
    ]
    return left[run]
