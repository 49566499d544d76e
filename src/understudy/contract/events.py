"""Server-sent events: a stream taken apart, strictly by the framing of the Agent Server, and what an event may hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from understudy.contract.validators import Schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.wire import Json, JsonObject

MEDIA_TYPE = "text/event-stream"

_END_OF_LINE = b"\r\n"
_END_OF_EVENT = b"\r\n\r\n"
_FIELDS = (b"event: ", b"data: ", b"id: ")
"""What the lines of an event begin with, in this order; the last may be missing."""
_NEEDED = 2


class Malformed(ValueError):
    """A stream that is not framed as it should be; the message shows where."""


@dataclass(frozen=True, slots=True)
class SentEvent:
    """One event as it was sent. `data` is the JSON value of its text."""

    name: str
    data: Json
    id: str | None = None

    def to_json(self) -> JsonObject:
        """Return the event as the schemas of documents describe one, but for its data, which they have as text."""
        return {"event": self.name, "data": self.data, **({} if self.id is None else {"id": self.id})}


class Frames:
    """Takes a stream apart, which may come in pieces of any size.

    Lines end in CRLF, an event has a line for its name, one for its data and perhaps one for its id, in this order; a
    comment stands alone. `comments` counts these.
    """

    def __init__(self) -> None:
        self._rest = b""
        self.comments = 0

    def take(self, piece: bytes) -> Iterator[SentEvent]:
        """Yield the events that are complete with this piece. Malformed if one of them is no event."""
        *whole, self._rest = (self._rest + piece).split(_END_OF_EVENT)
        for text in whole:
            if text.startswith(b":") and b"\n" not in text and b"\r" not in text:
                self.comments += 1
            else:
                yield _event(text)

    def end(self) -> None:
        """Say that nothing follows. Malformed if an event has begun."""
        if self._rest:
            raise Malformed(f"the stream ends within an event: {_shown(self._rest)}")


class EventSchema:
    """The schema of one event of a stream, compiled once.

    In a document, the data of an event is a text whose JSON value has a schema of its own (`contentSchema`). Here both
    are looked at in one.
    """

    def __init__(self, document: JsonObject, schema: JsonObject) -> None:
        parts = {name: _unwrapped(part) for name, part in document["components"]["schemas"].items()}
        components = {**document["components"], "schemas": parts}
        self._schema = Schema({**document, "components": components}, _unwrapped(schema))

    def complaint(self, event: SentEvent) -> str | None:
        """Return what is wrong first with the event, None if nothing is."""
        return self._schema.complaint(event.to_json())


def event_schema(document: JsonObject, path: str, method: str) -> EventSchema | None:
    """Return the schema of the events that an operation streams.

    None where the document knows of no stream, or says of its events no more than that they are text.
    """
    for response in document["paths"][path][method.lower()]["responses"].values():
        schema = response.get("content", {}).get(MEDIA_TYPE, {}).get("schema", {})
        if schema and schema.get("type") != "string":
            return EventSchema(document, schema)
    return None


def _event(text: bytes) -> SentEvent:
    lines = text.split(_END_OF_LINE)
    if not _NEEDED <= len(lines) <= len(_FIELDS):
        raise Malformed(f"no event: {_shown(text)}")
    values = []
    for line, field in zip(lines, _FIELDS, strict=False):
        if not line.startswith(field) or b"\n" in line or b"\r" in line:
            raise Malformed(f"no line `{field.decode()}…` of an event: {_shown(line)}")
        values.append(line.removeprefix(field))
    try:
        data = orjson.loads(values[1])
    except ValueError:
        raise Malformed(f"data that is no JSON: {_shown(values[1])}") from None
    return SentEvent(values[0].decode(), data, *(value.decode() for value in values[2:]))


def _shown(text: bytes) -> str:
    return repr(text[:500].decode(errors="replace"))


def _unwrapped(schema: Json) -> Json:
    """Return a schema with that of the value in the place of each schema of a text that holds one."""
    if isinstance(schema, list):
        return [_unwrapped(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "contentSchema" in schema:
        return _unwrapped(schema["contentSchema"])
    return {name: _unwrapped(inner) for name, inner in schema.items()}
