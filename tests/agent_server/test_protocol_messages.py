"""Messages of the streaming protocol: as they are spoken, and as they stand in values."""

from __future__ import annotations

from typing import Any

import pytest

from understudy.agents.protocol.message_events import spoken
from understudy.agents.protocol.state_messages import slim

Json = dict[str, Any]

CALL = {"name": "find", "args": {"q": "x"}, "id": "call-1", "type": "tool_call"}


def ai(**told: Any) -> Json:
    """Return a message as it is stored."""
    return {
        "content": "",
        "additional_kwargs": {},
        "response_metadata": {},
        "type": "ai",
        "name": None,
        "id": "m",
        "tool_calls": [],
        "invalid_tool_calls": [],
        "usage_metadata": None,
        **told,
    }


def test_a_message_without_chunks_is_not_spoken() -> None:
    message = ai(content="hi")

    said = spoken(message, [], "lc_run--1")

    assert (said.message, said.pieces, said.closing) == (message, [], [])


def test_each_chunk_is_told_by_itself() -> None:
    said = spoken(ai(content="hi you"), ["hi", "", " you"], "lc_run--1")

    assert said.pieces == [
        [
            {"event": "message-start", "role": "ai", "id": "lc_run--1"},
            {"event": "content-block-start", "index": 0, "content": {"type": "text", "text": ""}},
            {"event": "content-block-delta", "index": 0, "delta": {"type": "text-delta", "text": "hi"}},
        ],
        [],
        [{"event": "content-block-delta", "index": 0, "delta": {"type": "text-delta", "text": " you"}}],
    ]
    assert said.closing == [
        {"event": "content-block-finish", "index": 0, "content": {"type": "text", "text": "hi you"}},
        {"event": "message-finish"},
    ]


def test_tool_calls_are_blocks_of_their_own() -> None:
    usage = {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}
    told = ai(content="Let me look", tool_calls=[CALL], usage_metadata=usage, response_metadata={"model_name": "m"})

    said = spoken(told, ["Let me look"], "lc_run--1")

    finished = {"type": "tool_call", "id": "call-1", "name": "find", "args": {"q": "x"}}
    assert said.pieces[-1][-2:] == [
        {
            "event": "content-block-start",
            "index": 1,
            "content": {"type": "tool_call_chunk", "id": "call-1", "name": "find", "args": "", "index": 1},
        },
        {"event": "content-block-delta", "index": 1, "delta": {"type": "tool-call-delta", "args": '{"q":"x"}'}},
    ]
    assert said.closing[1:] == [
        {"event": "content-block-finish", "index": 1, "content": finished},
        {"event": "message-finish", "usage": usage, "metadata": {"model_name": "m"}},
    ]
    assert said.message == {
        **told,
        "id": "lc_run--1",
        "content": [{"type": "text", "text": "Let me look", "index": 0}, finished],
        "response_metadata": {"model_name": "m", "output_version": "v1"},
    }


def test_a_message_of_nothing_but_calls_has_no_text() -> None:
    said = spoken(ai(tool_calls=[CALL]), [""], "lc_run--1")

    assert [event["event"] for event in said.pieces[0]] == [
        "message-start",
        "content-block-start",
        "content-block-delta",
    ]
    assert [block["type"] for block in said.message["content"]] == ["tool_call"]


@pytest.mark.parametrize(
    ("stored", "sent"),
    [
        (ai(content="hi"), {"type": "ai", "content": "hi", "id": "m"}),
        (ai(name="bot", example=True), {"type": "ai", "content": "", "id": "m", "name": "bot", "example": True}),
        (
            ai(tool_calls=[CALL]),
            {
                "type": "ai",
                "content": "",
                "id": "m",
                "tool_calls": [{"type": "tool_call", "name": "find", "args": {"q": "x"}, "id": "call-1"}],
            },
        ),
        (
            ai(additional_kwargs={"tool_calls": [{"id": "1", "function": {"name": "f", "arguments": '{"a":1}'}}]}),
            {
                "type": "ai",
                "content": "",
                "id": "m",
                "tool_calls": [{"type": "tool_call", "name": "f", "args": {"a": 1}, "id": "1"}],
            },
        ),
        (
            ai(tool_calls=[{"name": "f", "args": "{", "id": "1"}, {"args": "{"}]),
            {
                "type": "ai",
                "content": "",
                "id": "m",
                "invalid_tool_calls": [
                    {"type": "invalid_tool_call", "name": "f", "error": "Malformed args.", "id": "1", "args": "{"},
                    {"type": "invalid_tool_call", "error": "Incomplete tool call.", "args": "{"},
                ],
            },
        ),
        (
            ai(invalid_tool_calls=[{"id": "1", "name": "f", "args": "{", "error": "no"}, {"error": None}]),
            {
                "type": "ai",
                "content": "",
                "id": "m",
                "invalid_tool_calls": [
                    {"type": "invalid_tool_call", "id": "1", "name": "f", "args": "{", "error": "no"},
                    {"type": "invalid_tool_call", "error": "Malformed args."},
                ],
            },
        ),
        (
            {"type": "tool", "content": "found", "tool_call_id": "1", "status": "success", "artifact": None, "id": "t"},
            {"type": "tool", "content": "found", "id": "t", "tool_call_id": "1", "status": "success", "artifact": None},
        ),
        ({"type": "user", "content": "hi"}, {"type": "human", "content": "hi"}),
        (
            ai(content=["a", {"type": "image_url", "image_url": {"url": "u"}}, {"type": "image_url"}]),
            {"type": "ai", "content": [{"type": "text", "text": "a"}, {"type": "image", "url": "u"}], "id": "m"},
        ),
        (
            ai(content=[{"type": "input_audio", "input_audio": {"data": "d"}}, {"type": "odd", "x": 1}, {}]),
            {
                "type": "ai",
                "content": [
                    {"type": "audio", "data": "d"},
                    {"type": "non_standard", "value": {"type": "odd", "x": 1}},
                ],
                "id": "m",
            },
        ),
        (ai(content=[]), {"type": "ai", "content": [], "id": "m"}),
    ],
)
def test_messages_are_slimmed(stored: Json, sent: Json) -> None:
    assert slim({"messages": [stored], "deep": {"list": [stored]}}) == {"messages": [sent], "deep": {"list": [sent]}}


def test_what_is_no_message_stays_as_it_is() -> None:
    values = {"messages": ["text", {"type": "note"}, 1], "n": 1, "type": "human", "rows": [{"type": 1}]}

    assert slim({**values, "__interrupt__": []}) == values
