"""Messages in values and updates, as the protocol sends them: without what is empty, in the words of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents.protocol.namespaces import INTERRUPT
from understudy.wire import loads

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject

_TYPES = {kind: kind for kind in ("human", "ai", "system", "tool", "function", "remove")}
_TYPES |= {"user": "human", "assistant": "ai"}

_BLOCKS = frozenset(
    {
        "text",
        "reasoning",
        "tool_call",
        "tool_call_chunk",
        "invalid_tool_call",
        "server_tool_call",
        "server_tool_call_chunk",
        "server_tool_call_result",
        "image",
        "audio",
        "video",
        "file",
        "non_standard",
    }
)
"""The kinds of content blocks that are sent as they are."""


def slim(value: Json) -> Json:
    """Return values or an update with its messages slimmed and without interrupts."""
    if isinstance(value, list):
        return [_message(item) if _is_message(item) else slim(item) for item in value]
    if not isinstance(value, dict):
        return value
    slimmed = {}
    for name, inner in value.items():
        if name == "messages" and isinstance(inner, list):
            slimmed[name] = [_message(item) if _is_message(item) else item for item in inner]
        elif name != INTERRUPT:
            slimmed[name] = slim(inner)
    return slimmed


def _is_message(value: Json) -> bool:
    return isinstance(value, dict) and isinstance(value.get("type"), str) and value["type"] in _TYPES


def _message(value: JsonObject) -> JsonObject:
    kind = _TYPES[value["type"]]
    message: JsonObject = {"type": kind, "content": _content(value.get("content", ""))}
    message |= {name: value[name] for name in ("id", "name") if isinstance(value.get(name), str)}
    if kind in ("ai", "human") and isinstance(value.get("example"), bool):
        message["example"] = value["example"]
    if isinstance(value.get("response_metadata"), dict) and value["response_metadata"]:
        message["response_metadata"] = value["response_metadata"]
    if kind == "tool":
        message |= _of_tool(value)
    elif kind == "ai":
        message |= _calls(value)
    return message


def _content(content: Json) -> Json:
    if not isinstance(content, list):
        return content
    blocks = [{"type": "text", "text": entry} if isinstance(entry, str) else _block(entry) for entry in content]
    return [block for block in blocks if block is not None] or content


def _block(block: Json) -> JsonObject | None:
    if not isinstance(block, dict) or not isinstance(block.get("type"), str):
        return None
    if block["type"] in _BLOCKS:
        return block
    if block["type"] == "image_url":
        image = block.get("image_url")
        url = image.get("url") if isinstance(image, dict) else image
        return {"type": "image", "url": url} if isinstance(url, str) else None
    if block["type"] == "input_audio":
        audio = block.get("input_audio")
        if not isinstance(audio, dict):
            return None
        known = {name: audio[name] for name in ("data", "mime_type") if isinstance(audio.get(name), str)}
        return {"type": "audio", **known}
    return {"type": "non_standard", "value": block}


def _of_tool(value: JsonObject) -> JsonObject:
    told: JsonObject = {}
    if isinstance(value.get("tool_call_id"), str):
        told["tool_call_id"] = value["tool_call_id"]
    if value.get("status") in ("success", "error"):
        told["status"] = value["status"]
    if "artifact" in value:
        told["artifact"] = value["artifact"]
    return told


def _calls(value: JsonObject) -> JsonObject:
    calls: list[JsonObject] = []
    invalid: list[JsonObject] = []
    for call in value.get("tool_calls") or (value.get("additional_kwargs") or {}).get("tool_calls") or []:
        if isinstance(call, dict):
            told = _call(call)
            (calls if told["type"] == "tool_call" else invalid).append(told)
    if value.get("invalid_tool_calls"):
        invalid = [_invalid(call) for call in value["invalid_tool_calls"] if isinstance(call, dict)]
    told = {"tool_calls": calls, "invalid_tool_calls": invalid}
    return {name: some for name, some in told.items() if some}


def _call(call: JsonObject) -> JsonObject:
    function = call["function"] if isinstance(call.get("function"), dict) else {}
    name = call.get("name", function.get("name"))
    args = call["args"] if "args" in call else function.get("arguments")
    known = {"id": call["id"]} if isinstance(call.get("id"), str) else {}
    plain = {"args": args} if isinstance(args, str) else {}
    if not isinstance(name, str):
        return {"type": "invalid_tool_call", "error": "Incomplete tool call.", **known, **plain}
    try:
        read = loads(args.encode() or b"{}") if isinstance(args, str) else args
    except ValueError:
        return {"type": "invalid_tool_call", "name": name, "error": "Malformed args.", **known, **plain}
    return {"type": "tool_call", "name": name, "args": {} if read is None else read, **known}


def _invalid(call: JsonObject) -> JsonObject:
    known = {name: call[name] for name in ("id", "name", "args") if isinstance(call.get(name), str)}
    error = call["error"] if isinstance(call.get("error"), str) else "Malformed args."
    return {"type": "invalid_tool_call", **known, "error": error}
