"""Messages as the readers of a run see them: chunk by chunk while a model speaks, or whole when a node is done."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING

from understudy.agents import messages
from understudy.agents.protocol.message_events import spoken
from understudy.wire import dumps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from understudy.agents.output import Output
    from understudy.agents.steps import Say
    from understudy.state.ids import Ids
    from understudy.wire import Json, JsonObject

    Place = tuple[str, ...]
    Piece = list[tuple[str, Json]]

MODES = frozenset({"messages", "messages-tuple"})


class Speech:
    """A message that a model says. `pieces` are the events of each chunk, made one by one; `closing` those after them.

    `message` is the message as it is written in the end.
    """

    def __init__(self, said: Say, output: Output, ids: Ids, metadata: JsonObject) -> None:
        self._chunks = list(said.chunks) or [""]
        self.pieces: Iterable[Piece]
        self.closing: Piece = []
        told = {**said.message}
        told.setdefault("id", f"lc_run--{ids.time_ordered()}")
        told.setdefault("role", "ai")
        # Only a model says what it used: coming from elsewhere, it would be one of the other fields.
        used = told.pop("usage_metadata", None)
        (self.message,) = messages.coerce([told], ids)
        self.message["usage_metadata"] = used
        if output.is_v2:
            events = spoken(self.message, said.chunks, f"lc_run--{ids.time_ordered()}")
            self.pieces = [[("messages", event) for event in piece] for piece in events.pieces]
            self.closing = [("messages", event) for event in events.closing]
            self.message = events.message
        elif output.modes & MODES:
            self.pieces = self._tuples(metadata) if "messages-tuple" in output.modes else self._partials(metadata)
        else:
            self.pieces = repeat([], len(self._chunks))

    def chunk(self, at: int) -> JsonObject:
        """Return the message's chunk at this place, as a model hands it out."""
        return self._chunk(self._chunks[at], last=at == len(self._chunks) - 1)

    def _tuples(self, metadata: JsonObject) -> Iterator[Piece]:
        for at in range(len(self._chunks)):
            yield [("messages", [self.chunk(at), metadata])]

    def _partials(self, metadata: JsonObject) -> Iterator[Piece]:
        text = ""
        for at, chunk in enumerate(self._chunks):
            text += chunk
            partial = self._partial(text, last=at == len(self._chunks) - 1)
            begun = [("messages/metadata", {self.message["id"]: {"metadata": metadata}})] if not at else []
            yield [*begun, ("messages/partial", [partial])]

    def _partial(self, text: str, *, last: bool) -> JsonObject:
        if last:
            return {**self.message, "content": text}
        return (
            {**self.message, "content": text, "tool_calls": []}
            if self.message.get("tool_calls")
            else {
                **self.message,
                "content": text,
            }
        )

    def _chunk(self, text: str, *, last: bool) -> JsonObject:
        calls = self.message.get("tool_calls", []) if last else []
        return {
            **self.message,
            "content": text,
            "type": "AIMessageChunk",
            "tool_calls": calls,
            "tool_call_chunks": [
                {
                    "name": call["name"],
                    "args": dumps(call["args"]).decode(),
                    "id": call.get("id"),
                    "index": at,
                    "type": "tool_call_chunk",
                }
                for at, call in enumerate(calls)
            ],
            "chunk_position": "last" if last else None,
        }


def show_whole(output: Output, place: Place, writes: Iterable[tuple[str, Json]], metadata: JsonObject) -> None:
    """Show the messages that a node returned and that have not been shown yet."""
    if not (output.modes & MODES) or not output.shows(place):
        return
    for message in _messages(writes):
        if message["id"] in output.spoken:
            continue
        output.spoken.add(message["id"])
        if output.is_v2 or "messages-tuple" in output.modes:
            output.put("messages", place, [message, metadata])
        else:
            output.put("messages/metadata", (), {message["id"]: {"metadata": metadata}})
            output.put("messages/complete", (), [message])


def ids_in(values: JsonObject) -> set[str]:
    """Return the ids of all messages in the values of a graph."""
    return {message["id"] for message in _messages(values.items())}


def _messages(writes: Iterable[tuple[str, Json]]) -> Iterable[JsonObject]:
    for _, value in writes:
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict) and "response_metadata" in item and isinstance(item.get("id"), str):
                yield item
