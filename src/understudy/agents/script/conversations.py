"""Chat messages of a state, as scripts look at them: what was said last, which tool calls wait for an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from understudy.wire import Json, JsonObject


def channel_of(channels: Mapping[str, str]) -> str | None:
    """Return the channel that holds the conversation: the first with the reducer `messages`; None if there is none."""
    return next((name for name, reducer in channels.items() if reducer == "messages"), None)


def conversation(state: JsonObject, channel: str | None) -> list[JsonObject]:
    """Return the messages of a state, oldest first."""
    messages = state.get(channel) if channel else None
    return [message for message in messages if isinstance(message, dict)] if isinstance(messages, list) else []


def text_of(content: Json) -> str:
    """Return the text of a message or of its content: the texts of all parts, put together."""
    if isinstance(content, dict):
        content = content.get("text") if content.get("type") == "text" else content.get("content")
    if isinstance(content, list):
        return "".join(text_of(part) for part in content)
    return content if isinstance(content, str) else ""


def text_in(messages: list[JsonObject]) -> str:
    """Return the text of the last message; nothing where there is none."""
    return text_of(messages[-1]) if messages else ""


def asked_in(messages: list[JsonObject]) -> list[str]:
    """Return the texts of the messages of humans, oldest first."""
    return [text_of(message) for message in messages if message.get("type") == "human"]


def calls_in(messages: list[JsonObject]) -> list[JsonObject]:
    """Return the tool calls of the last message of a model that no message after it answers."""
    answered = {message.get("tool_call_id") for message in answers_in(messages)}
    calls: list[JsonObject] = []
    for message in reversed(messages):
        if message.get("type") == "ai":
            calls = message.get("tool_calls") or []
            break
    return [call for call in calls if call.get("id") not in answered]


def answers_in(messages: list[JsonObject]) -> list[JsonObject]:
    """Return the messages of tools that follow the last message of a model, oldest first."""
    found: list[JsonObject] = []
    for message in reversed(messages):
        if message.get("type") == "ai":
            break
        if message.get("type") == "tool":
            found.append(message)
    return found[::-1]
