"""What is no message is refused: in the reference server's words, or with a reason where that server fails."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from understudy.agents.messages import coerce
from understudy.errors import Unacceptable
from understudy.state.clock import Clock
from understudy.state.ids import Ids

if TYPE_CHECKING:
    from understudy.wire import Json

CALL = {"name": "f", "args": {"a": 1}, "id": "c1", "type": "tool_call"}
BROKEN_CALL = {"id": "c2", "type": "function", "function": {"name": "g", "arguments": "{a"}}

HELP = "\nFor troubleshooting, visit: https://docs.langchain.com/oss/python/langchain/errors/MESSAGE_COERCION_FAILURE "
UNEXPECTED = ". Use one of 'human', 'user', 'ai', 'assistant', 'function', 'tool', 'system', or 'developer'." + HELP
MANUAL = "    For further information visit https://errors.pydantic.dev/2.14/v/"


def seeded() -> Ids:
    return Ids(Clock(datetime(2026, 1, 1, tzinfo=UTC)), seed=7)


def wrong(model: str, *faults: str) -> str:
    plural = "s" if len(faults) > 1 else ""
    return "\n".join([f"{len(faults)} validation error{plural} for {model}", *faults])


def fault(field: str, complaint: str, code: str, value: str, kind: str) -> str:
    return f"{field}\n  {complaint} [type={code}, input_value={value}, input_type={kind}]\n{MANUAL}{code}"


def no_string(field: str, value: str, kind: str) -> str:
    return fault(field, "Input should be a valid string", "string_type", value, kind)


def no_list(field: str, value: str, kind: str) -> str:
    return fault(field, "Input should be a valid list", "list_type", value, kind)


def no_object(field: str, value: str, kind: str) -> str:
    return fault(field, "Input should be a valid dictionary", "dict_type", value, kind)


PARTS = "content.list[union[str,dict[any,any]]]"

REFUSED: dict[str, tuple[Json, str]] = {
    "unknown role": ({"role": "bogus", "content": "hi"}, f"Unexpected message type: 'bogus'{UNEXPECTED}"),
    "null role": ({"role": None, "content": "hi"}, f"Unexpected message type: 'None'{UNEXPECTED}"),
    "unknown role in a pair": ([[1, "hi"]], f"Unexpected message type: '1'{UNEXPECTED}"),
    "a chunk's type": (
        {"type": "AIMessageChunk", "content": "hi"},
        f"Unexpected message type: 'AIMessageChunk'{UNEXPECTED}",
    ),
    "nothing": ([{}], f"Message dict must contain 'role' and 'content' keys, got {{}}{HELP}"),
    "no content": (
        {"role": "user", "x": None},
        f"Message dict must contain 'role' and 'content' keys, got {{'role': 'user', 'x': None}}{HELP}",
    ),
    "a serialized message without content": (
        {"lc": 1, "type": "constructor", "id": ["AIMessage"], "kwargs": {"a": 1}},
        f"Message dict must contain 'role' and 'content' keys, got {{'type': 'ai', 'a': 1}}{HELP}",
    ),
    "a removal without content": (
        {"type": "remove", "id": "m1"},
        f"Message dict must contain 'role' and 'content' keys, got {{'type': 'remove', 'id': 'm1'}}{HELP}",
    ),
    "broken arguments": (
        {"role": "ai", "content": "", "tool_calls": [BROKEN_CALL]},
        "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
    ),
    "a number as content": (
        {"role": "user", "content": 5},
        wrong("HumanMessage", no_string("content.str", "5", "int"), no_list(PARTS, "5", "int")),
    ),
    "null content in a pair": (
        [["ai", None]],
        wrong("AIMessage", no_string("content.str", "None", "NoneType"), no_list(PARTS, "None", "NoneType")),
    ),
    "a number as a part": (
        {"role": "system", "content": ["a" * 60, 5]},
        wrong(
            "SystemMessage",
            no_string("content.str", f"['{'a' * 23}...{'a' * 19}', 5]", "list"),
            no_string(f"{PARTS}.1.str", "5", "int"),
            no_object(f"{PARTS}.1.dict[any,any]", "5", "int"),
        ),
    ),
    "wrong fields": (
        {"role": "user", "content": "hi", "name": 5, "id": True, "response_metadata": [1]},
        wrong(
            "HumanMessage",
            no_object("response_metadata", "[1]", "list"),
            no_string("name", "5", "int"),
            no_string("id", "True", "bool"),
        ),
    ),
    "a function without a name": (
        {"role": "function", "content": "hi"},
        wrong("FunctionMessage", fault("name", "Field required", "missing", "{'content': 'hi'}", "dict")),
    ),
    "wrong tool fields": (
        {"role": "tool", "content": "hi", "tool_call_id": [1], "status": "late"},
        wrong(
            "ToolMessage",
            no_string("tool_call_id", "[1]", "list"),
            fault("status", "Input should be 'success' or 'error'", "literal_error", "'late'", "str"),
        ),
    ),
    "wrong tool calls": (
        {"role": "ai", "content": "", "tool_calls": [{"name": None, "args": "{}", "id": 6}]},
        wrong(
            "AIMessage",
            no_string("tool_calls.0.name", "None", "NoneType"),
            no_object("tool_calls.0.args", "'{}'", "str"),
            no_string("tool_calls.0.id", "6", "int"),
        ),
    ),
}


@pytest.mark.parametrize(("value", "detail"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_message_is_refused_in_the_servers_words(value: Json, detail: str) -> None:
    with pytest.raises(Unacceptable) as refusal:
        coerce(value, seeded())

    assert refusal.value.detail == detail


# The reference server drops the connection with a 500 here.
CRASHING: dict[str, tuple[Json, str]] = {
    "a number": (5, "not 5"),
    "null in a list": ([None], "not None"),
    "a triple": ([["user", "hi", "x"]], "must be (role string, template)"),
    "a list as role": ({"role": ["user"], "content": "hi"}, "Unexpected message type: '['user']'"),
    "no tool_call_id": ({"role": "tool", "content": "hi"}, "tool_call_id"),
    "a removal without an id": ({"role": "remove", "content": ""}, "the one to remove"),
    "null additional_kwargs": (
        {"role": "user", "content": "hi", "additional_kwargs": None},
        "additional_kwargs",
    ),
    "message_type": ({"role": "user", "content": "hi", "message_type": "ai"}, "message_type"),
    "tool_calls as a number": ({"role": "ai", "content": "hi", "tool_calls": 5}, "tool_calls must be a list"),
    "a number as tool call": (
        {"role": "ai", "content": "hi", "tool_calls": [5]},
        "tool_calls must be a list",
    ),
    "a string as tool call": (
        {"role": "ai", "content": "hi", "tool_calls": ["f"]},
        "'name', 'args' and 'id'",
    ),
    "a tool call with more": (
        {"role": "ai", "content": "hi", "tool_calls": [{**CALL, "more": 1}]},
        "and nothing else",
    ),
    "a function without a name": (
        {"role": "ai", "content": "hi", "tool_calls": [{"id": "c1", "function": {"arguments": "{}"}}]},
        "'function.name'",
    ),
}


@pytest.mark.parametrize(("value", "part"), CRASHING.values(), ids=CRASHING)
def test_what_makes_the_server_fail_is_refused_with_a_reason(value: Json, part: str) -> None:
    with pytest.raises(Unacceptable) as refusal:
        coerce(value, seeded())

    assert part in refusal.value.detail


def test_arguments_nested_too_deeply_are_refused() -> None:
    deep = {"id": "c1", "function": {"name": "f", "arguments": "[" * 100_000}}

    with pytest.raises(Unacceptable):
        coerce({"role": "ai", "content": "", "tool_calls": [deep]}, seeded())
