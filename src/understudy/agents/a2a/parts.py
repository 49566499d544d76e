"""Parts of A2A messages: made of what messages of the agent's state contain."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from understudy.agents.a2a.refusals import InvalidAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from understudy.wire import Json, JsonObject

MEDIA = ("audio", "file", "image", "video")
"""The types of the blocks that become files."""

_SOURCES = ("base64", "data", "url")


def text(words: str) -> JsonObject:
    """Return a part that is text."""
    return {"kind": "text", "text": words}


def data(value: Json) -> JsonObject:
    """Return a part that is data."""
    return {"kind": "data", "data": value}


def parts_of(content: Json) -> list[JsonObject]:
    """Return the parts that a message's content makes: texts that follow each other are one.

    InvalidAnswer if there is a block of a file in it that does not tell one.
    """
    if content is None:
        return []
    if not isinstance(content, list):
        return [text(str(content))]
    parts: list[JsonObject] = []
    said: list[str] = []
    for block in content:
        words = _words(block)
        if words is not None:
            said.append(words)
        elif isinstance(block, dict) and block.get("type") in MEDIA:
            _flush(said, parts)
            parts.append(_file(block))
    _flush(said, parts)
    return parts


def words_of(content: Json) -> str:
    """Return the texts in a message's content, and nothing else of it."""
    if not isinstance(content, list):
        return "" if content is None else str(content)
    return "".join(words for block in content if (words := _words(block)) is not None)


def say_something(parts: Iterable[JsonObject]) -> bool:
    """Return whether there is more in these parts than empty texts."""
    return any(part["kind"] != "text" or part["text"] for part in parts)


def _flush(said: list[str], parts: list[JsonObject]) -> None:
    if said:
        parts.append(text("".join(said)))
        said.clear()


def _words(block: Json) -> str | None:
    if isinstance(block, str):
        return block
    if isinstance(block, dict) and block.get("type") == "text" and isinstance(block.get("text"), str):
        return str(block["text"])
    return None


def _file(block: JsonObject) -> JsonObject:
    source = next((name for name in _SOURCES if block.get(name) is not None), None)
    if source is None:
        raise InvalidAnswer("Media content blocks must contain 'base64', 'data', or 'url'.")
    value = block[source]
    file: JsonObject = {}
    if source == "url":
        if not isinstance(value, str) or not value:
            raise InvalidAnswer("Media content block 'url' must be a non-empty string.")
        file["uri"] = value
    else:
        file["bytes"] = _base64(source, value)
    extras = block.get("extras")
    name = block.get("filename")
    if name is None and isinstance(extras, dict):
        name = extras.get("filename")
    for field, called, told in (("mimeType", "'mime_type'", block.get("mime_type")), ("name", "filename", name)):
        if told is not None and not isinstance(told, str):
            raise InvalidAnswer(f"Media content block {called} must be a string.")
        if told:
            file[field] = told
    return {"kind": "file", "file": file}


def _base64(source: str, value: Json) -> str:
    """Return base64 in its usual dress; it may come in that for addresses, without padding, with blanks."""
    if not isinstance(value, str):
        raise InvalidAnswer(f"Media content block '{source}' must be base64-encoded text or bytes.")
    compact = "".join(value.split())
    try:
        decoded = base64.b64decode(compact + "=" * (-len(compact) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise InvalidAnswer(f"Media content block '{source}' must contain valid base64 data.") from None
    return base64.b64encode(decoded).decode("ascii")
