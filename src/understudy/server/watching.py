"""Files that are watched: a server takes over what changes in them."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

_GATHER = 100
"""Milliseconds for which changes that follow one another count as one: editors write a file in several steps."""


@contextmanager
def watching(files: Collection[Path], changed: Callable[[], None]) -> Iterator[None]:
    """Call `changed` from a thread of its own whenever one of the files has changed, until the block is left.

    A file may be replaced, or be gone for a while.
    """
    from watchfiles import watch

    watched = {file.resolve() for file in files}
    stop, ready = Event(), Event()

    def look() -> None:
        folders = {file.parent for file in watched}
        changes = watch(
            *folders,
            watch_filter=lambda change, name: Path(name).resolve() in watched,
            step=_GATHER // 2,
            debounce=_GATHER,
            rust_timeout=_GATHER,
            yield_on_timeout=True,
            stop_event=stop,
            recursive=False,
            raise_interrupt=False,
        )
        for found in changes:
            # The first answer of the watcher, be it that nothing happened, says that it looks.
            ready.set()
            if found:
                changed()

    thread = Thread(target=look, name="understudy-watching", daemon=True)
    thread.start()
    ready.wait(5)
    try:
        yield
    finally:
        stop.set()
        thread.join(5)
