"""A message that a model speaks, as the streaming protocol tells it: block by block, piece by piece."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from understudy.wire import dumps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understudy.wire import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Spoken:
    """The events of a message. `pieces` has those of each chunk, `closing` those after the last one.

    `message` is the message as it is written in the end.
    """

    message: JsonObject
    pieces: list[list[JsonObject]] = field(default_factory=list)
    closing: list[JsonObject] = field(default_factory=list)


def spoken(message: JsonObject, chunks: Sequence[str], message_id: str) -> Spoken:
    """Return how a stored message is spoken in these chunks, under an id of its own; without chunks it is not.

    The text is one block, and each tool call another. The message is written with its blocks for content.
    """
    if not chunks:
        return Spoken(message)
    pieces: list[list[JsonObject]] = []
    blocks: list[JsonObject] = []
    text = ""
    for chunk in chunks:
        piece: list[JsonObject] = []
        if chunk:
            if not text:
                piece.append(_event("content-block-start", 0, content={"type": "text", "text": ""}))
            piece.append(_event("content-block-delta", 0, delta={"type": "text-delta", "text": chunk}))
            text += chunk
        pieces.append(piece)
    pieces[0].insert(0, {"event": "message-start", "role": "ai", "id": message_id})
    closing: list[JsonObject] = []
    if text:
        blocks.append({"type": "text", "text": text, "index": 0})
        closing.append(_event("content-block-finish", 0, content={"type": "text", "text": text}))
    for index, call in enumerate(message.get("tool_calls", []), start=len(blocks)):
        known = {"type": "tool_call", "id": call["id"], "name": call["name"], "args": call["args"]}
        begun = {"type": "tool_call_chunk", "id": call["id"], "name": call["name"], "args": "", "index": index}
        args = dumps(call["args"]).decode()
        pieces[-1].append(_event("content-block-start", index, content=begun))
        pieces[-1].append(_event("content-block-delta", index, delta={"type": "tool-call-delta", "args": args}))
        blocks.append(known)
        closing.append(_event("content-block-finish", index, content=known))
    closing.append(_finish(message))
    metadata = {**message.get("response_metadata", {}), "output_version": "v1"}
    written = {**message, "content": blocks, "response_metadata": metadata, "id": message_id}
    return Spoken(written, pieces, closing)


def _event(event: str, index: int, **told: Json) -> JsonObject:
    return {"event": event, "index": index, **told}


def _finish(message: JsonObject) -> JsonObject:
    finish: JsonObject = {"event": "message-finish"}
    if message.get("usage_metadata"):
        finish["usage"] = message["usage_metadata"]
    if message.get("response_metadata"):
        finish["metadata"] = message["response_metadata"]
    return finish
