"""Faults of whole answers: instead of one, before one, and within its body."""

from __future__ import annotations

import re
from datetime import timedelta
from email.utils import format_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from understudy.exchange import Answer
from understudy.server.answers import encoded
from understudy.server.faults.dropping import Dropped
from understudy.server.faults.sent import Sent, wait
from understudy.state.clock import Clock

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from starlette.types import Receive

    from understudy.server.faults.shot import Shot

_MACHINE = Clock()
_STATUSES = {int(status): status.phrase for status in HTTPStatus}
_IN_A_TEXT = re.compile(rb'(?<=")(?=[^"])')


async def status(shot: Shot, receive: Receive) -> Sent | None:
    """Answer with a status, a body and headers."""
    if not shot.fires():
        return None
    body = shot["body"]
    if body is None:
        body = shot.failure(shot["status"], _STATUSES.get(shot["status"], "a fault of this status"))
    media_type: str | None = "application/json"
    if isinstance(body, str):
        body, media_type = body.encode(), "text/plain; charset=utf-8"
    if any(name.lower() == "content-type" for name in shot["headers"]):
        media_type = None
    return Sent(*encoded(Answer(body, status=shot["status"], headers=shot["headers"], media_type=media_type)))


async def rate_limit(shot: Shot, receive: Receive) -> Sent | None:
    """Answer with a 429 that says when to come again; a date by the machine's time, as clients know no other."""
    if not shot.fires():
        return None
    after = str(shot["retry_after"])
    if shot["as"] == "date":
        moment = _MACHINE.now() + timedelta(seconds=shot["retry_after"])
        after = format_datetime(moment, usegmt=True)
    body = shot.failure(429, "Too Many Requests")
    return Sent(*encoded(Answer(body, status=429, headers={"retry-after": after})))


async def delay(shot: Shot, receive: Receive) -> Sent | None:
    """Let time pass."""
    if shot.fires():
        await wait(shot["seconds"] + (shot["jitter"] and shot["jitter"] * shot.drawn()), receive)
    return None


async def disconnect(shot: Shot, receive: Receive) -> Sent | None:
    """Drop the connection."""
    if shot.fires():
        raise Dropped(reset=shot["reset"])
    return None


def truncate(shot: Shot, sent: Sent) -> Sent:
    """Cut the body; the length that was announced is that of what is left, or that of the whole."""

    def cut(body: bytes) -> bytes:
        return body[: int(len(body) * shot["fraction"]) if shot["bytes"] is None else shot["bytes"]]

    return sent if sent.is_stream else _changed(shot, sent, cut, drops=shot["content_length"] == "whole")


def content_type(shot: Shot, sent: Sent) -> Sent:
    """Say that it is something else."""
    if sent.media_type and shot.fires():
        sent.media_type = shot["media_type"].encode()
    return sent


def garble(shot: Shot, sent: Sent) -> Sent:
    """Let the body be no JSON, or no UTF-8."""
    if not sent.body and sent.pieces is None:
        return sent
    return _changed(shot, sent, GARBLED[shot["lacks"]])


def _no_utf8(text: bytes) -> bytes:
    """Return a JSON text with a byte in its first string, or else at its end, that UTF-8 does not have."""
    broken, count = _IN_A_TEXT.subn(b"\xff", text, count=1)
    return broken if count else text + b"\xff"


GARBLED: dict[str, Callable[[bytes], bytes]] = {"json": lambda text: text + b",", "utf-8": _no_utf8}
"""How a JSON text is spoiled, by what it is to be no more."""


def _changed(shot: Shot, sent: Sent, change: Callable[[bytes], bytes], *, drops: bool = False) -> Sent:
    """Return an answer with its body changed. If it drops, the length that it announces stays."""
    if sent.pieces is not None:
        sent.pieces = _changed_late(shot, sent.pieces, change, drops)
    elif (changed := change(sent.body)) != sent.body and shot.fires():
        if drops:
            sent.body, sent.drops = changed, True
        else:
            sent.say(changed)
    return sent


async def _changed_late(
    shot: Shot, pieces: AsyncGenerator[bytes, None], change: Callable[[bytes], bytes], drops: bool
) -> AsyncGenerator[bytes, None]:
    """Yield line breaks at once, by which clients are told to wait; and the rest, changed, when it is complete."""
    body = b""
    try:
        async for piece in pieces:
            if body or not piece.isspace():
                body += piece
            else:
                yield piece
    finally:
        await pieces.aclose()
    changed = change(body)
    fires = changed != body and shot.fires()
    yield changed if fires else body
    if fires and drops:
        raise Dropped
