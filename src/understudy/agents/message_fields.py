"""What the fields of a stored message may hold, and the complaint about those that hold something else.

The complaints are worded as Pydantic's, which are what the Agent Server answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents.failures import WrongField

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.wire import Json, JsonObject

CLASSES = {
    "human": "HumanMessage",
    "ai": "AIMessage",
    "system": "SystemMessage",
    "function": "FunctionMessage",
    "tool": "ToolMessage",
    "remove": "RemoveMessage",
}

_COMPLAINTS = {
    "string_type": "Input should be a valid string",
    "list_type": "Input should be a valid list",
    "dict_type": "Input should be a valid dictionary",
    "literal_error": "Input should be 'success' or 'error'",
    "missing": "Field required",
}

_MANUAL = "https://errors.pydantic.dev/2.14/v/"


def check(message: JsonObject) -> None:
    """Turn a number in the place of the id into text; WrongField lists every field with a wrong value."""
    message_id = message["id"]
    if isinstance(message_id, (int, float)) and not isinstance(message_id, bool):
        message["id"] = str(message_id)
    faults = [
        f"{field}\n  {_COMPLAINTS[fault]} [type={fault}, input_value={abridged(value)}, "
        f"input_type={type(value).__name__}]\n    For further information visit {_MANUAL}{fault}"
        for field, fault, value in _faults(message)
    ]
    if faults:
        plural = "s" if len(faults) > 1 else ""
        head = f"{len(faults)} validation error{plural} for {CLASSES[message['type']]}"
        raise WrongField("\n".join([head, *faults]))


def abridged(value: Json) -> str:
    """Return `value` as Python writes it, without its middle when that is longer than 50 bytes."""
    text = repr(value).encode("utf-8", "replace")
    if len(text) > 50:
        return f"{text[:25].decode(errors='ignore')}...{text[-24:].decode(errors='ignore')}"
    return text.decode()


def _faults(message: JsonObject) -> Iterator[tuple[str, str, Json]]:
    """Yield field, fault and value."""
    if not isinstance(message["content"], str):
        yield from _faults_of_content(message["content"])
    if not isinstance(message["response_metadata"], dict):
        yield "response_metadata", "dict_type", message["response_metadata"]
    if message["type"] == "function" and message["name"] is None:
        yield "name", "missing", {key: message[key] for key in _GIVEN if message.get(key) not in (None, {})}
    yield from _faults_of_text(message, "name", "id")
    if message["type"] == "ai":
        for at, call in enumerate(message["tool_calls"]):
            if call["name"] is None:
                yield f"tool_calls.{at}.name", "string_type", None
            yield from _faults_of_text(call, "name", prefix=f"tool_calls.{at}.")
            if not isinstance(call["args"], dict):
                yield f"tool_calls.{at}.args", "dict_type", call["args"]
            yield from _faults_of_text(call, "id", prefix=f"tool_calls.{at}.")
        for at, call in enumerate(message["invalid_tool_calls"]):
            yield from _faults_of_text(call, "id", "name", prefix=f"invalid_tool_calls.{at}.")
    elif message["type"] == "tool":
        yield from _faults_of_text(message, "tool_call_id")
        if message["status"] not in ("success", "error"):
            yield "status", "literal_error", message["status"]


# What a function message without a name is said to consist of.
_GIVEN = ("content", "tool_call_id", "response_metadata", "additional_kwargs", "id", "tool_calls")


def _faults_of_text(holder: JsonObject, *fields: str, prefix: str = "") -> Iterator[tuple[str, str, Json]]:
    for field in fields:
        value = holder[field]
        if value is not None and not isinstance(value, str):
            yield f"{prefix}{field}", "string_type", value


def _faults_of_content(content: Json) -> Iterator[tuple[str, str, Json]]:
    parts = "content.list[union[str,dict[any,any]]]"
    if not isinstance(content, list):
        yield "content.str", "string_type", content
        yield parts, "list_type", content
        return
    wrong = [(at, part) for at, part in enumerate(content) if not isinstance(part, (str, dict))]
    if wrong:
        yield "content.str", "string_type", content
    for at, part in wrong:
        yield f"{parts}.{at}.str", "string_type", part
        yield f"{parts}.{at}.dict[any,any]", "dict_type", part
