"""Chat messages as LangGraph keeps them: every spelling becomes one stored form, and lists are merged by id.

Spellings, defaults and refusals are those of `add_messages` as the reference server shows them over HTTP.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from understudy.agents.failures import Unsupported
from understudy.agents.message_fields import CLASSES, abridged, check
from understudy.errors import Unacceptable
from understudy.wire import loads

if TYPE_CHECKING:
    from understudy.state.ids import Ids
    from understudy.wire import Json, JsonObject

REMOVE_ALL = "__remove_all__"

_HELP = "\nFor troubleshooting, visit: https://docs.langchain.com/oss/python/langchain/errors/MESSAGE_COERCION_FAILURE "

# What a message may call itself, and the type that is stored.
_TYPES = {
    "human": "human",
    "user": "human",
    "ai": "ai",
    "assistant": "ai",
    "system": "system",
    "developer": "system",
    "function": "function",
    "tool": "tool",
    "remove": "remove",
}

# Serialized LangChain objects name their class; a chunk is kept as the whole message.
_TYPES_BY_CLASS = {name: kind for kind, name in CLASSES.items()}
_TYPES_BY_CLASS |= {f"{name}Chunk": kind for kind, name in CLASSES.items() if kind != "remove"}


def add(old: Json, new: Json, ids: Ids) -> list[JsonObject]:
    """Return `old` with the messages of `new` added: in the place of one with the same id, else at the end.

    A message of type `remove` takes the one with its id away, or with the id `__remove_all__` everything before it.
    Unacceptable when it names no message, or when something is not a message.
    """
    if new is None:
        received = "left" if old else "right"
        raise Unacceptable(f"Must specify non-null arguments for both 'left' and 'right'. Only received: '{received}'.")
    merged = _kept(old, ids)
    added = coerce(new, ids)
    for at in reversed(range(len(added))):
        if added[at]["type"] == "remove" and added[at]["id"] == REMOVE_ALL:
            return added[at + 1 :]
    places = {message["id"]: at for at, message in enumerate(merged)}
    gone: set[str] = set()
    for message in added:
        message_id = message["id"]
        place = places.get(message_id)
        if message["type"] == "remove":
            if place is None:
                raise Unacceptable(f"Attempting to delete a message with an ID that doesn't exist ('{message_id}')")
            gone.add(message_id)
        elif place is None:
            places[message_id] = len(merged)
            merged.append(message)
        else:
            merged[place] = message
            gone.discard(message_id)
    return [message for message in merged if message["id"] not in gone] if gone else merged


def coerce(value: Json, ids: Ids) -> list[JsonObject]:
    """Return the stored form of a message or of each message in a list, with new ids where there are none.

    A list is always a list of messages: `["user", "hi"]` are two messages, `[["user", "hi"]]` is one.
    Unacceptable when something is not a message.
    """
    messages = [_message(item) for item in value] if isinstance(value, list) else [_message(value)]
    for message in messages:
        if message["id"] is None:
            message["id"] = ids.random()
    return messages


def _kept(old: Json, ids: Ids) -> list[JsonObject]:
    """Return a new list of what a channel holds; what an overwrite put there as it came is brought into form."""
    kept: list[JsonObject] = []
    for item in old if isinstance(old, list) else [old]:
        if isinstance(item, dict) and "response_metadata" in item and isinstance(item.get("id"), str):
            kept.append(item)
        else:
            kept += coerce([item], ids)
    return kept


def _message(item: Json) -> JsonObject:
    if isinstance(item, dict):
        fields = _unpacked(item)
        if "content" not in fields or ("role" not in fields and "type" not in fields):
            raise Unacceptable(f"Message dict must contain 'role' and 'content' keys, got {fields}{_HELP}")
        fields = dict(fields)
        role = fields.pop("role" if "role" in fields else "type")
        return _stored(role, fields.pop("content") or "", fields)
    if isinstance(item, str):
        return _stored("human", item, {})
    if isinstance(item, list):
        if len(item) != 2:
            raise Unacceptable(f"Message as a sequence must be (role string, template), not {abridged(item)}")
        return _stored(item[0], item[1], {})
    complaint = f"A message must be a string, an object or a list of role and content, not {abridged(item)}"
    raise Unsupported(complaint, f"Unsupported message type: {type(item)}{_HELP}")


def _unpacked(item: JsonObject) -> JsonObject:
    """Return the fields of a message that may come as a serialized LangChain object."""
    while item.get("lc") == 1 and item.get("type") == "constructor":
        path, kwargs = item.get("id"), item.get("kwargs")
        name = path[-1] if path and isinstance(path, list) else None
        if not isinstance(name, str) or name not in _TYPES_BY_CLASS or not isinstance(kwargs, dict):
            break
        item = {"type": _TYPES_BY_CLASS[name], **kwargs}
    return item


def _stored(role: Json, content: Json, fields: JsonObject) -> JsonObject:
    """Return a message in stored form; its id is None where `fields`, which is used up, has none."""
    name, name_of_call = fields.pop("name", None), fields.pop("tool_call_id", None)
    calls, message_id = _tool_calls(fields.pop("tool_calls", None)), fields.pop("id", None)
    metadata = fields.pop("response_metadata", None) or {}
    kwargs = _additional(fields) if fields else {}
    kind = _TYPES.get(role) if isinstance(role, str) else None
    if kind is None:
        raise Unacceptable(
            f"Unexpected message type: '{role}'. Use one of 'human', 'user', 'ai', 'assistant', 'function', 'tool', "
            f"'system', or 'developer'.{_HELP}"
        )
    if role == "developer":
        kwargs["__openai_role__"] = "developer"
    message = {
        "content": content,
        "additional_kwargs": kwargs,
        "response_metadata": metadata,
        "type": kind,
        "name": name,
        "id": message_id,
    }
    if kind == "ai":
        message |= _asked(calls or [], kwargs)
    elif kind == "tool":
        message |= _answered(message, name_of_call)
    elif kind == "remove":
        if message_id is None:
            raise Unacceptable("A message of type 'remove' must have the id of the one to remove")
        message["content"] = ""
    if name_of_call is not None and kind != "tool":
        message["tool_call_id"] = name_of_call
    if calls is not None and kind != "ai":
        message["tool_calls"] = calls
    if kind in ("human", "ai") and (example := kwargs.pop("example", None)):
        message["example"] = example
    check(message)
    return message


def _additional(fields: JsonObject) -> JsonObject:
    """Return the fields that no message has of its own: they become additional_kwargs, with those that came as such."""
    if "message_type" in fields:
        raise Unacceptable("A message cannot have a field 'message_type'")
    given = fields.pop("additional_kwargs", {})
    if given in ([], ""):
        given = {}
    if not isinstance(given, dict):
        raise Unacceptable(f"additional_kwargs of a message must be an object, not {abridged(given)}")
    return {**fields, **given}


def _answered(message: JsonObject, name_of_call: Json) -> JsonObject:
    """Return the fields that only a tool message has, and its content as text or a list of texts and objects."""
    if name_of_call is None:
        raise Unacceptable("A tool message must have a tool_call_id")
    content, kwargs = message["content"], message["additional_kwargs"]
    if isinstance(content, list):
        content = [part if isinstance(part, (str, dict)) else str(part) for part in content]
    return {
        "content": content if isinstance(content, (str, list)) else str(content),
        "tool_call_id": str(name_of_call) if isinstance(name_of_call, (int, float)) else name_of_call,
        "artifact": kwargs.pop("artifact", None),
        "status": "success" if (status := kwargs.pop("status", None)) is None else status,
    }


def _asked(calls: list[Json], kwargs: JsonObject) -> JsonObject:
    """Return the fields that only an ai message has; without tool calls of its own, additional_kwargs may give some."""
    invalid: list[JsonObject] = []
    if calls:
        calls = [_tool_call(call) for call in calls]
    elif raw := kwargs.get("tool_calls"):
        try:
            calls, invalid = _parsed(raw)
        except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
            calls = []  # such calls stay where they are
    return {"tool_calls": calls, "invalid_tool_calls": invalid, "usage_metadata": None}


def _tool_call(call: Json) -> JsonObject:
    if not isinstance(call, dict) or call.keys() - {"type", "extras"} != {"name", "args", "id"}:
        raise Unacceptable(f"A tool call must have 'name', 'args' and 'id' and nothing else, not {abridged(call)}")
    return {"name": call["name"], "args": call["args"], "id": call["id"], "type": "tool_call"}


def _tool_calls(calls: Json) -> list[Json] | None:
    """Return tool calls with those in OpenAI's form turned into LangChain's; the others stay as they are."""
    if calls is None:
        return None
    try:
        return [_from_openai(call) if "function" in call else call for call in calls]
    except TypeError:
        raise Unacceptable(f"tool_calls must be a list of objects, not {abridged(calls)}") from None


def _from_openai(call: Json) -> JsonObject:
    try:
        name, args = call["function"]["name"], call["function"]["arguments"]
        args = _decoded(args, strict=False) if isinstance(args, str) else args
        return {"name": name, "args": args, "id": call["id"], "type": "tool_call"}
    except (LookupError, TypeError):
        raise Unacceptable(
            "A tool call of type function must have 'id', 'function.name' and 'function.arguments', "
            f"not {abridged(call)}"
        ) from None
    except (RecursionError, ValueError) as error:
        raise Unacceptable(str(error)) from None


def _parsed(raw: Json) -> tuple[list[JsonObject], list[JsonObject]]:
    """Return the calls in OpenAI's form whose arguments are JSON, and the others."""
    calls: list[JsonObject] = []
    invalid: list[JsonObject] = []
    for call in raw:
        if "function" not in call:
            continue
        name, args, call_id = call["function"]["name"], call["function"]["arguments"], call.get("id")
        try:
            value = _decoded(args, strict=True)
        except json.JSONDecodeError:
            broken = {"type": "invalid_tool_call", "id": call_id, "name": name, "args": args, "error": None}
            invalid.append(broken)
        else:
            calls.append({"name": name or "", "args": value or {}, "id": call_id, "type": "tool_call"})
    return calls, invalid


def _decoded(text: str, *, strict: bool) -> Json:
    """Return the value of a JSON text within a message, fit to go over the wire.

    ValueError in the words of Python's own reader; that one also takes NaN (kept as null) and, unless `strict`, line
    breaks in strings.
    """
    try:
        return loads(text.encode())
    except ValueError:
        value = json.loads(text, strict=strict, parse_constant=lambda _: None)
        return loads(json.dumps(value).encode())
