"""Items: each thing that an agent did or said, made of the events of the run that plays it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents.script.conversations import text_of
from understudy.wire import dumps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.state.feeds import Event
    from understudy.state.ids import Ids
    from understudy.wire import Json, JsonObject

MODES = ("messages-tuple", "custom")
"""The stream modes in which a run tells what items are made of."""

KINDS = {
    "message": "assistant_message",
    "text": "assistant_message",
    "planning": "reasoning",
    "reasoning": "reasoning",
    "tool_call": "mcp_tool_call",
    "file_change": "file_change",
    "setup": "system",
    "error": "other",
}
"""The types of items, and the kind of step that each is."""

SAID = ("message", "text")
"""The types of what an agent says to its user."""

_LONGEST_TITLE = 80


class Items:
    """Makes items of a run's events, and counts the tokens that its models say they used."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._speaking: dict[str, str] = {}
        self._calls: dict[str, JsonObject] = {}
        self.tokens_in = 0
        self.tokens_out = 0

    def of(self, event: Event) -> Iterator[JsonObject]:
        """Yield the items that are complete with this event.

        A message is one when all of it is said, a tool's call when it is answered. Data that a script emits is one if
        it has the type of an item.
        """
        if event.mode == "custom":
            if isinstance(event.data, dict) and event.data.get("type") in KINDS:
                yield self._item(**event.data)
        elif event.mode == "messages":
            yield from self._message(event.data[0])

    def asked(self, question: Json) -> JsonObject:
        """Return the item for a question that the agent waits with."""
        return self._item("message", question)

    def rest(self) -> Iterator[JsonObject]:
        """Yield an item for each thing that was begun, and will not be completed any more."""
        speaking, self._speaking = self._speaking, {}
        for text in speaking.values():
            if text:
                yield self._item("message", text)
        calls, self._calls = self._calls, {}
        for call in calls.values():
            yield self._item("tool_call", "", name=call["name"], arguments=call["args"], status="incomplete")

    def _message(self, message: JsonObject) -> Iterator[JsonObject]:
        kind = message["type"]
        if kind == "AIMessageChunk":
            text = self._speaking.get(message["id"], "") + text_of(message)
            self._speaking[message["id"]] = text
            if message["chunk_position"] == "last":
                del self._speaking[message["id"]]
                yield from self._said(message, text)
        elif kind == "ai":
            yield from self._said(message, text_of(message))
        elif kind == "tool":
            call = self._calls.pop(message["tool_call_id"], {})
            told = {"name": call.get("name") or message["name"], "arguments": call.get("args") or {}}
            status = "completed" if message["status"] == "success" else "failed"
            yield self._item("tool_call", text_of(message), **told, status=status)

    def _said(self, message: JsonObject, text: str) -> Iterator[JsonObject]:
        used = message.get("usage_metadata") or {}
        self.tokens_in += int(used.get("input_tokens", 0))
        self.tokens_out += int(used.get("output_tokens", 0))
        self._calls |= {call["id"]: call for call in message.get("tool_calls") or ()}
        if text:
            yield self._item("message", text)

    def _item(self, type: str, content: Json = "", **besides: Json) -> JsonObject:
        told = content if isinstance(content, str) else dumps(content).decode()
        return {"id": self._ids.named("item"), "type": type, "content": told, **besides}


def kind_of(item: JsonObject) -> str:
    """Return the kind of the step that an item is; a tool's call with a `command` is one of a shell."""
    if item["type"] == "tool_call" and "command" in item:
        return "command_execution"
    return KINDS[item["type"]]


def title_of(item: JsonObject) -> str:
    """Return what a step is called: the file, the command or the tool that it is about, else the first line of it."""
    about = next((item[name] for name in ("title", "path", "command", "name") if isinstance(item.get(name), str)), None)
    return headline(item["content"] if about is None else about)


def headline(text: str) -> str:
    """Return the first line of a text, cut off where it is long."""
    first = text.strip().partition("\n")[0]
    return first if len(first) <= _LONGEST_TITLE else f"{first[: _LONGEST_TITLE - 1]}…"
