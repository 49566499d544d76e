"""What a tool takes, as a language model is to read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from understudy.wire import JsonObject

_SPEAKERS = ("AI", "Human", "Chat", "System", "Function", "Tool")
_MESSAGES = {f"{speaker}Message{chunk}" for speaker in _SPEAKERS for chunk in ("", "Chunk")}
_PARTS = {"ToolCall", "ToolCallChunk", "InvalidToolCall", "UsageMetadata", "InputTokenDetails", "OutputTokenDetails"}
_DEFINED = "#/$defs/"


def simplified(schema: JsonObject) -> JsonObject:
    """Return the schema of an agent's input as that of a tool: of an object, in which a list of messages is a text.

    Messages are known by the definitions that LangChain makes of them; a list without those stays a list.
    """
    definitions = schema.get("$defs") or {}
    if _MESSAGES & definitions.keys():
        left = {name: told for name, told in definitions.items() if name not in _MESSAGES | _PARTS}
        schema = {name: told for name, told in schema.items() if name != "$defs" or left}
        if left:
            schema["$defs"] = left
        if "properties" in schema:
            schema["properties"] = {name: _said(name, told) for name, told in schema["properties"].items()}
    return {**schema, "type": schema.get("type", "object")}


def _said(name: str, schema: JsonObject) -> JsonObject:
    """Return the schema of one thing that an agent takes; that of a text to say, if it is a list of messages."""
    if schema.get("type") != "array":
        return schema
    items = schema.get("items") or {}
    kinds = [kind.get("$ref", "") for kind in items.get("oneOf") or items.get("anyOf") or ()]
    if not any(kind.startswith(_DEFINED) and kind.removeprefix(_DEFINED) in _MESSAGES for kind in kinds):
        return schema
    title = schema.get("title", name)
    return {"type": "string", "title": title, "description": "The user message to send to the agent."}
