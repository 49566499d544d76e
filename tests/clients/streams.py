"""Reading a stream of events as far as a test wants to see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def names(parts: Iterable[Any]) -> list[str]:
    """Return the events of a stream, by name."""
    return [part.event for part in parts]


def told(parts: Iterable[Any], event: str) -> list[Any]:
    """Return what the events of one name say."""
    return [part.data for part in parts if part.event == event]


def until(enough: Callable[[Any], bool], stream: Iterator[Any]) -> list[Any]:
    """Read as far as a certain event, with it, and leave the stream."""
    seen = []
    for part in stream:
        seen.append(part)
        if enough(part):
            break
    leave(stream)
    return seen


def leave(stream: Iterator[Any]) -> None:
    """Close the connection of a stream that may still go on."""
    stream.close()  # type: ignore[attr-defined]  # it is a generator, though the SDK says less of it
