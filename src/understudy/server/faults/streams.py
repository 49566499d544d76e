"""Faults of streams of events. Events are counted from 1; comments are none, and pass."""

from __future__ import annotations

import re
from contextlib import aclosing
from typing import TYPE_CHECKING, TypeAlias

from understudy.server.faults.answers import GARBLED
from understudy.server.faults.dropping import Dropped
from understudy.server.faults.sent import pause

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from understudy.server.faults.sent import Sent
    from understudy.server.faults.shot import Shot

    Pieces: TypeAlias = AsyncGenerator[bytes, None]

_FRAME = re.compile(rb".*?(?:\r\n\r\n|\n\n)", re.DOTALL)
_ID = re.compile(rb"(?<=\n)id:[^\r\n]*\r?\n")
_DATA = re.compile(rb"(?:(?<=\ndata: )|(?<=\Adata: ))[^\r\n]*")
_WITHIN_A_CHARACTER = re.compile(rb"[\x80-\xbf]")
_COMMENT = b": understudy"


def spoiled(spoil: Callable[[Shot, Pieces], Pieces]) -> Callable[[Shot, Sent], Sent]:
    """Return what changes an answer if that is a stream, by what changes its pieces."""

    def change(shot: Shot, sent: Sent) -> Sent:
        if sent.pieces is not None and sent.is_stream:
            sent.pieces = _closing(sent.pieces, spoil(shot, sent.pieces))
        return sent

    return change


async def end_stream(shot: Shot, pieces: Pieces) -> Pieces:
    """End after so many events, as if that were all."""
    if shot["after"] == 0 and shot.fires():
        return
    async for number, frame in _numbered(pieces):
        yield frame
        if number == shot["after"] and shot.fires():
            return


async def drop_stream(shot: Shot, pieces: Pieces) -> Pieces:
    """Drop the connection after so many events."""
    async for frame in end_stream(shot, pieces):
        yield frame
    if shot.fired:
        raise Dropped(reset=shot["reset"])


async def slow_start(shot: Shot, pieces: Pieces) -> Pieces:
    """Send nothing for a while but the headers."""
    if shot.fires():
        await pause(shot["seconds"])
    async for piece in pieces:
        yield piece


async def delay_event(shot: Shot, pieces: Pieces) -> Pieces:
    """Send an event late, and so all that follow."""
    async for number, frame in _numbered(pieces):
        if number == shot["event"] and shot.fires():
            await pause(shot["seconds"])
        yield frame


async def duplicate_event(shot: Shot, pieces: Pieces) -> Pieces:
    """Send an event twice."""
    async for number, frame in _numbered(pieces):
        yield frame
        if number == shot["event"] and shot.fires():
            yield frame


async def reorder_events(shot: Shot, pieces: Pieces) -> Pieces:
    """Send an event after the one that follows it."""
    held = b""
    async for number, frame in _numbered(pieces):
        if number == shot["event"]:
            held = frame
        elif held and number and shot.fires():
            yield frame + held
            held = b""
        else:
            yield held + frame
            held = b""
    if held:
        yield held


async def event_ids(shot: Shot, pieces: Pieces) -> Pieces:
    """Send all events with an empty id, with that of the first, or without one."""
    first = b""
    async for number, frame in _numbered(pieces):
        found = _ID.search(frame)
        first = first or (found[0] if found else b"")
        changed = frame
        if number is None:
            pass
        elif shot["ids"] == "empty":
            changed = _with_id(frame, b"id: " + _end_of_line(frame))
        elif found:
            changed = _with_id(frame, first if shot["ids"] == "repeated" else b"")
        yield changed if changed != frame and shot.fires() else frame


async def comments(shot: Shot, pieces: Pieces) -> Pieces:
    """Send so many comments before an event, or before each."""
    async for number, frame in _numbered(pieces):
        if number and shot["event"] in (None, number) and shot.fires():
            yield (_COMMENT + _end_of_line(frame) * 2) * shot["count"]
        yield frame


async def half_character(shot: Shot, pieces: Pieces) -> Pieces:
    """Let a chunk end within the first character, from an event on, that has several bytes in UTF-8."""
    async for number, frame in _numbered(pieces):
        found = None
        if number and number >= shot["event"] and not shot.fired:
            found = _WITHIN_A_CHARACTER.search(frame)
        if found is None or not shot.fires():
            yield frame
            continue
        yield frame[: found.start()]
        if shot["rest"] == "never":
            return
        await pause(shot["seconds"])
        yield frame[found.start() :]


async def split_chunks(shot: Shot, pieces: Pieces) -> Pieces:
    """Send chunks of so many bytes."""
    size = shot["bytes"]
    async for piece in pieces:
        if not shot.fires():
            yield piece
            continue
        for start in range(0, len(piece), size):
            yield piece[start : start + size]


async def garble(shot: Shot, pieces: Pieces) -> Pieces:
    """Let the data of an event be no JSON, or no UTF-8."""
    async for number, frame in _numbered(pieces):
        fires = number == shot["event"] and shot.fires()
        yield _DATA.sub(lambda data: GARBLED[shot["lacks"]](data[0]), frame) if fires else frame


async def _closing(source: Pieces, pieces: Pieces) -> Pieces:
    """Yield the pieces; whatever becomes of them, the source that they are made of is closed."""
    async with aclosing(source), aclosing(pieces):
        async for piece in pieces:
            yield piece


async def _numbered(pieces: Pieces) -> AsyncGenerator[tuple[int | None, bytes], None]:
    """Yield events with their numbers and comments with None, each with the empty line at its end."""
    number, rest = 0, b""
    async for piece in pieces:
        rest += piece
        while match := _FRAME.match(rest):
            rest = rest[match.end() :]
            is_comment = match[0].startswith(b":")
            number += not is_comment
            yield None if is_comment else number, match[0]
    if rest:
        yield None, rest


def _with_id(frame: bytes, line: bytes) -> bytes:
    """Return an event with another line for its id, which comes last."""
    bare = _ID.sub(b"", frame)
    end = _end_of_line(frame)
    return bare.removesuffix(end) + line + end


def _end_of_line(frame: bytes) -> bytes:
    return b"\r\n" if frame.endswith(b"\r\n") else b"\n"
