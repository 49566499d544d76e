"""Which processors the servers and the load run on, so that neither takes time from the other."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


def choose() -> tuple[set[int], set[int]]:
    """Return a processor for the servers and another for the load; empty sets where they cannot be chosen."""
    if sys.platform == "linux":
        available = sorted(os.sched_getaffinity(0))
        if len(available) > 1:
            return {available[-1]}, {available[0]}
    return set(), set()


def stay_on(processors: Collection[int]) -> None:
    """Run on these processors only from now on; none changes nothing."""
    if sys.platform == "linux" and processors:
        os.sched_setaffinity(0, processors)


@contextmanager
def on(processors: Collection[int]) -> Iterator[None]:
    """Run on these processors only for a while, as does what is started meanwhile."""
    if sys.platform == "linux" and processors:
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, processors)
        try:
            yield
        finally:
            os.sched_setaffinity(0, before)
    else:
        yield
