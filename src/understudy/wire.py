"""JSON and ids as they go over the wire: compact, UTF-8, numbers as the Agent Server reads and writes them."""

from __future__ import annotations

from typing import Any, TypeAlias
from uuid import UUID

import orjson

Json: TypeAlias = Any
JsonObject: TypeAlias = dict[str, Any]

MAX_DEPTH = 240
"""Levels of nesting accepted in a body. The writer stops at 254; an answer wraps what was sent in a few of its own."""


class TooDeep(ValueError):
    """A body is nested deeper than `MAX_DEPTH`."""


def loads(raw: bytes) -> Json:
    """Return the value of a JSON text; ValueError when it is none, TooDeep when it cannot be answered again.

    Integers beyond 64 bits become floats, as in the Agent Server.
    """
    value = orjson.loads(raw)
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH and _depth(raw) > MAX_DEPTH:
        raise TooDeep(f"nested deeper than {MAX_DEPTH} levels")
    return value


def dumps(value: Json) -> bytes:
    """Return `value` as compact JSON."""
    return orjson.dumps(value)


def without_nul(text: bytes) -> bytes:
    """Return JSON with U+FFFD for each NUL, both written as escapes, as the Agent Server sends what it has stored."""
    return text.replace(b"\\u0000", b"\\ufffd") if b"\\u0000" in text else text


def frame(event: str, data: Json, event_id: str | None = None) -> bytes:
    """Return a server-sent event as the Agent Server frames it: lines end in CRLF, the id comes last."""
    text = without_nul(orjson.dumps(data))
    if event_id is None:
        return b"event: %b\r\ndata: %b\r\n\r\n" % (event.encode(), text)
    return b"event: %b\r\ndata: %b\r\nid: %b\r\n\r\n" % (event.encode(), text, event_id.encode())


HEARTBEAT = b": heartbeat\r\n\r\n"
"""What is sent on a stream on which nothing happens, every `BEAT` seconds."""

BEAT = 5


def canonical(text: str) -> str:
    """Return a UUID in lower case with dashes; it may come in braces, without dashes, in upper case.

    ValueError if the text is none.
    """
    return str(UUID(text))


def _depth(raw: bytes) -> int:
    """Return how deeply the valid JSON text `raw` is nested."""
    deepest = depth = 0
    quoted = escaped = False
    for byte in raw:
        if quoted:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                quoted = False
        elif byte == 0x22:
            quoted = True
        elif byte in b"{[":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"}]":
            depth -= 1
    return deepest
