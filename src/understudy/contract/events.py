"""Server-sent events: a stream taken apart, strictly by the framing of its API, and what an event may hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from understudy.contract.operations import resolve
from understudy.contract.validators import Schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.wire import Json, JsonObject

MEDIA_TYPE = "text/event-stream"

_NAMELESS = "message"
"""What an event without a name is called (WHATWG, HTML, section 9.2.6)."""


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


@dataclass(frozen=True, slots=True)
class Framing:
    """Of which lines events consist, in this order, and how lines end. Only the line `id` may be missing."""

    fields: tuple[str, ...]
    end_of_line: bytes

    @classmethod
    def of(cls, document: JsonObject, schema: JsonObject) -> Framing:
        """Return how the events of a schema are sent: lines that it names (`x-event-lines`) end in LF."""
        lines = resolve(document, schema).get("x-event-lines")
        return NAMED if lines is None else cls(tuple(lines), b"\n")


NAMED = Framing(("event", "data", "id"), b"\r\n")
"""The framing of the Agent Server, and of every document that does not tell another one."""


class Frames:
    """Takes a stream apart, which may come in pieces of any size.

    A comment stands alone, like an event; `comments` counts these.
    """

    def __init__(self, framing: Framing = NAMED) -> None:
        self._framing = framing
        self._rest = b""
        self.comments = 0

    def take(self, piece: bytes) -> Iterator[SentEvent]:
        """Yield the events that are complete with this piece. Malformed if one of them is no event."""
        *whole, self._rest = (self._rest + piece).split(self._framing.end_of_line * 2)
        for text in whole:
            if text.startswith(b":") and b"\n" not in text and b"\r" not in text:
                self.comments += 1
            else:
                yield _event(text, self._framing)

    def end(self) -> None:
        """Say that nothing follows. Malformed if an event has begun."""
        if self._rest:
            raise Malformed(f"the stream ends within an event: {_shown(self._rest)}")


class EventSchema:
    """The schema of one event of a stream, compiled once.

    In a document, the data of an event is a text whose JSON value has a schema of its own (`contentSchema`). Here both
    are looked at in one. `framing` is how such events are sent.
    """

    def __init__(self, document: JsonObject, schema: JsonObject) -> None:
        parts = {name: _unwrapped(part) for name, part in document["components"]["schemas"].items()}
        components = {**document["components"], "schemas": parts}
        self._schema = Schema({**document, "components": components}, _unwrapped(schema))
        self.framing = Framing.of(document, schema)

    def complaint(self, event: SentEvent) -> str | None:
        """Return what is wrong first with the event, None if nothing is."""
        return self._schema.complaint(event.to_json())


def event_schema(document: JsonObject, path: str, method: str) -> EventSchema | None:
    """Return the schema of the events that an operation streams.

    None where the document knows of no stream, or says of its events no more than that they are text.
    """
    for response in document["paths"][path][method.lower()]["responses"].values():
        schema = resolve(document, response).get("content", {}).get(MEDIA_TYPE, {}).get("schema", {})
        if schema and schema.get("type") != "string":
            return EventSchema(document, schema)
    return None


def _event(text: bytes, framing: Framing) -> SentEvent:
    lines = text.split(framing.end_of_line)
    if not len(framing.fields) - ("id" in framing.fields) <= len(lines) <= len(framing.fields):
        raise Malformed(f"no event: {_shown(text)}")
    values: dict[str, bytes] = {}
    for line, field in zip(lines, framing.fields, strict=False):
        begin = f"{field}: ".encode()
        if not line.startswith(begin) or b"\n" in line or b"\r" in line:
            raise Malformed(f"no line `{field}: …` of an event: {_shown(line)}")
        values[field] = line.removeprefix(begin)
    try:
        data = orjson.loads(values["data"])
    except ValueError:
        raise Malformed(f"data that is no JSON: {_shown(values['data'])}") from None
    event_id = values.get("id")
    name = values["event"].decode() if "event" in values else _NAMELESS
    return SentEvent(name, data, None if event_id is None else event_id.decode())


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
