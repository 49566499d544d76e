"""Messages are stored as the reference server does it; the tables hold what that server answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from understudy.agents.messages import coerce
from understudy.state.clock import Clock
from understudy.state.ids import Ids

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject

FIRST, SECOND = "6513270e-269e-4d37-b2a7-4de452e6b438", "d23f0824-128b-4f33-8c5c-7fd0a6a3a450"

CALL = {"name": "f", "args": {"a": 1}, "id": "c1", "type": "tool_call"}
OPENAI_CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}
BROKEN_CALL = {"id": "c2", "type": "function", "function": {"name": "g", "arguments": "{a"}}
INVALID_CALL = {"type": "invalid_tool_call", "id": "c2", "name": "g", "args": "{a", "error": None}


def seeded() -> Ids:
    return Ids(Clock(datetime(2026, 1, 1, tzinfo=UTC)), seed=7)


def message(kind: str, content: Json = "hi", **own: Json) -> JsonObject:
    """Return a stored message: the fields that all have, then its own."""
    fields = {
        "content": content,
        "additional_kwargs": {},
        "response_metadata": {},
        "type": kind,
        "name": None,
    }
    return {**fields, "id": FIRST, **own}


def ai(content: Json = "hi", **own: Json) -> JsonObject:
    return message("ai", content, **{"tool_calls": [], "invalid_tool_calls": [], "usage_metadata": None, **own})


def tool(content: Json = "hi", **own: Json) -> JsonObject:
    return message("tool", content, **{"tool_call_id": "c1", "artifact": None, "status": "success", **own})


def constructor(class_name: str, **kwargs: Json) -> JsonObject:
    return {
        "lc": 1,
        "type": "constructor",
        "id": ["langchain", "schema", "messages", class_name],
        "kwargs": kwargs,
    }


STORED: dict[str, tuple[Json, list[JsonObject]]] = {
    "a string": ("hi", [message("human")]),
    "an empty list": ([], []),
    "two strings": (["user", "hi"], [message("human", "user"), message("human", id=SECOND)]),
    "a pair": ([["user", "hi"]], [message("human")]),
    "a pair with parts": ([["ai", ["hi", {"type": "text"}]]], [ai(["hi", {"type": "text"}])]),
    "role user": ({"role": "user", "content": "hi"}, [message("human")]),
    "type human": ({"type": "human", "content": "hi"}, [message("human")]),
    "role assistant": ({"role": "assistant", "content": "hi"}, [ai()]),
    "type ai": ({"type": "ai", "content": "hi"}, [ai()]),
    "system": ({"role": "system", "content": "hi"}, [message("system")]),
    "developer": (
        {"role": "developer", "content": "hi", "a": 1},
        [message("system", additional_kwargs={"a": 1, "__openai_role__": "developer"})],
    ),
    "function": ({"role": "function", "content": "hi", "name": "f"}, [message("function", name="f")]),
    "tool": ({"role": "tool", "content": "hi", "tool_call_id": "c1"}, [tool()]),
    "tool with all": (
        {
            "role": "tool",
            "content": "hi",
            "tool_call_id": 1.5,
            "artifact": [1],
            "status": "error",
            "name": "f",
        },
        [tool(name="f", tool_call_id="1.5", artifact=[1], status="error")],
    ),
    "tool content is text": (
        {"role": "tool", "content": {"a": [None, True]}, "tool_call_id": "c1"},
        [tool("{'a': [None, True]}")],
    ),
    "tool parts are text or objects": (
        {"role": "tool", "content": ["a", None, 1.5, [True], {"b": 1}], "tool_call_id": True},
        [tool(["a", "None", "1.5", "[True]", {"b": 1}], tool_call_id="True")],
    ),
    "role before type": (
        {"role": "user", "type": "ai", "content": "hi"},
        [message("human", additional_kwargs={"type": "ai"})],
    ),
    "null content": ({"role": "user", "content": None}, [message("human", "")]),
    "parts": (
        {"role": "user", "content": ["hi", {"type": "text", "text": "x"}]},
        [message("human", ["hi", {"type": "text", "text": "x"}])],
    ),
    "a name": ({"role": "user", "content": "hi", "name": "Ann"}, [message("human", name="Ann")]),
    "an id": ({"role": "user", "content": "hi", "id": "m1"}, [message("human", id="m1")]),
    "an empty id": ({"role": "user", "content": "hi", "id": ""}, [message("human", id="")]),
    "a number as id": ({"role": "user", "content": "hi", "id": 5}, [message("human", id="5")]),
    "a fraction as id": ({"role": "user", "content": "hi", "id": 1e22}, [message("human", id="1e+22")]),
    "null id and name": ({"role": "user", "content": "hi", "id": None, "name": None}, [message("human")]),
    "further fields": (
        {"role": "user", "content": "hi", "a": 1, "additional_kwargs": {"b": 2, "a": 3}, "c": 4},
        [message("human", additional_kwargs={"a": 3, "c": 4, "b": 2})],
    ),
    "kwargs as an empty list": (
        {"role": "user", "content": "hi", "additional_kwargs": []},
        [message("human")],
    ),
    "response_metadata": (
        {"role": "user", "content": "hi", "response_metadata": {"a": 1}},
        [message("human", response_metadata={"a": 1})],
    ),
    "no response_metadata": (
        {"role": "user", "content": "hi", "response_metadata": None},
        [message("human")],
    ),
    "example": ({"role": "user", "content": "hi", "example": True}, [message("human", example=True)]),
    "no example": ({"role": "ai", "content": "hi", "example": False}, [ai()]),
    "example of a system message": (
        {"role": "system", "content": "hi", "example": True},
        [message("system", additional_kwargs={"example": True})],
    ),
    "foreign fields of other types": (
        {
            "role": "user",
            "content": "hi",
            "tool_calls": [OPENAI_CALL, "x"],
            "tool_call_id": 1,
            "status": "error",
        },
        [message("human", additional_kwargs={"status": "error"}, tool_call_id=1, tool_calls=[CALL, "x"])],
    ),
    "an ai message's tool_call_id": (
        {"role": "ai", "content": "hi", "tool_call_id": "c1"},
        [ai(tool_call_id="c1")],
    ),
    "what a stored ai message says of itself": (
        ai(id="m1"),
        [ai(id="m1", additional_kwargs={"invalid_tool_calls": [], "usage_metadata": None})],
    ),
    "tool calls": (
        {
            "role": "ai",
            "content": "",
            "tool_calls": [{"name": "f", "args": {"a": 1}, "id": "c1", "extras": {}}],
        },
        [ai("", tool_calls=[CALL])],
    ),
    "tool calls of OpenAI": (
        {"role": "ai", "content": None, "tool_calls": [OPENAI_CALL]},
        [ai("", tool_calls=[CALL])],
    ),
    "arguments as an object": (
        {
            "role": "ai",
            "content": "",
            "tool_calls": [{"id": "c1", "function": {"name": "f", "arguments": {"a": 1}}}],
        },
        [ai("", tool_calls=[CALL])],
    ),
    "arguments with a line break and NaN": (
        {
            "role": "ai",
            "content": "",
            "tool_calls": [{"id": "c1", "function": {"name": "f", "arguments": '{"a": "x\ny", "b": NaN}'}}],
        },
        [ai("", tool_calls=[{**CALL, "args": {"a": "x\ny", "b": None}}])],
    ),
    "tool calls of OpenAI in additional_kwargs": (
        {
            "role": "ai",
            "content": "",
            "additional_kwargs": {"tool_calls": [OPENAI_CALL, {"id": "x"}, BROKEN_CALL]},
        },
        [
            ai(
                "",
                additional_kwargs={"tool_calls": [OPENAI_CALL, {"id": "x"}, BROKEN_CALL]},
                tool_calls=[CALL],
                invalid_tool_calls=[INVALID_CALL],
            )
        ],
    ),
    "tool calls before those in additional_kwargs": (
        {
            "role": "ai",
            "content": "",
            "tool_calls": [OPENAI_CALL],
            "additional_kwargs": {"tool_calls": [BROKEN_CALL]},
        },
        [ai("", additional_kwargs={"tool_calls": [BROKEN_CALL]}, tool_calls=[CALL])],
    ),
    "tool calls in additional_kwargs that make no sense": (
        {"role": "ai", "content": "", "additional_kwargs": {"tool_calls": [OPENAI_CALL, {"function": "f"}]}},
        [ai("", additional_kwargs={"tool_calls": [OPENAI_CALL, {"function": "f"}]})],
    ),
    "usage_metadata": (
        {"role": "ai", "content": "hi", "usage_metadata": {"input_tokens": 1}},
        [ai(additional_kwargs={"usage_metadata": {"input_tokens": 1}})],
    ),
    "a serialized message": (
        constructor("HumanMessage", content="hi", name="Ann"),
        [message("human", name="Ann")],
    ),
    "a serialized chunk": (
        constructor("AIMessageChunk", content="hi", tool_calls=[CALL], tool_call_chunks=[]),
        [ai(tool_calls=[CALL], additional_kwargs={"tool_call_chunks": []})],
    ),
    "a serialized message in another": (
        constructor("HumanMessage", **constructor("AIMessage", content="hi")),
        [ai()],
    ),
    "a mixture": (
        ["hi", ["ai", "hi"], {"role": "user", "content": "hi", "id": "m3"}],
        [message("human"), ai(id=SECOND), message("human", id="m3")],
    ),
    "a removal": ({"type": "remove", "content": "gone", "id": 5}, [message("remove", "", id="5")]),
}


@pytest.mark.parametrize(("value", "stored"), STORED.values(), ids=STORED)
def test_a_message_is_stored_field_by_field_in_the_servers_order(value: Json, stored: list[JsonObject]) -> None:
    before = json.dumps(value)

    assert json.dumps(coerce(value, seeded())) == json.dumps(stored)
    assert json.dumps(value) == before
