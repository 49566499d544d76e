"""What a node wrote, as the steps that write it."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from understudy.agents.script.conversations import calls_in, channel_of, conversation
from understudy.recording.scripts.features import of_state
from understudy.recording.scripts.literals import template
from understudy.recording.scripts.rows import is_message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from understudy.recording.scripts.plays import Play
    from understudy.state.agents import ReducerName
    from understudy.wire import Json, JsonObject

_DEFAULTS: JsonObject = {
    "additional_kwargs": {},
    "artifact": None,
    "example": False,
    "id": None,
    "invalid_tool_calls": [],
    "name": None,
    "response_metadata": {},
    "status": "success",
    "tool_calls": [],
    "usage_metadata": None,
}
"""What a message has that says nothing of it."""

_BY_CHANCE = re.compile(r"(?=[a-z]*\d)[a-z\d]{8}", re.IGNORECASE)
"""Occurs in ids that are drawn by chance; `ai-1` is none."""

_SAID = ("content", "id", "name", "tool_calls", "additional_kwargs", "response_metadata", "usage_metadata")
"""What can be said of a message of a model."""

_OF_MODELS = ("ai", "AIMessageChunk")

REMOVE_ALL = "__remove_all__"


class Writing:
    """Makes steps of what the plays of one agent wrote.

    A message keeps an id that somebody thought of, or that more than one message has, a tool call one that somebody
    thought of; others get a new one whenever they are said.
    """

    def __init__(self, plays: Iterable[Play]) -> None:
        counted = Counter(
            message["id"]
            for play in plays
            if play.done
            for _, value in play.writes
            for message in (value if isinstance(value, list) else [value])
            if is_message(message) and message.get("id")
        )
        self._kept = {each for each, count in counted.items() if count > 1 or not _is_by_chance(each)}

    def steps(self, play: Play, channels: Mapping[str, ReducerName]) -> list[JsonObject]:
        """Return the steps that write what a node wrote."""
        steps: list[JsonObject] = []
        for name, value in play.writes:
            if channels.get(name) == "messages" and (is_message(value) or isinstance(value, list)):
                for step in self._messages(name, value if isinstance(value, list) else [value], play, channels):
                    _add(steps, step)
            else:
                _add(steps, {"write": {name: template(value)}})
        return steps

    def _messages(
        self, name: str, messages: list[Json], play: Play, channels: Mapping[str, ReducerName]
    ) -> Iterable[JsonObject]:
        held = channel_of(channels)
        values = play.moments[-1].values
        before = conversation(values, name)
        calls = calls_in(conversation(values, held)) if name == held else []
        answers = _answers(messages, calls)
        if answers:
            yield {"answer": answers}
            return
        places = {message.get("id"): at for at, message in enumerate(before) if is_message(message)}
        for message in messages:
            if not is_message(message):
                yield {"write": {name: [template(message)]}}
                continue
            told = {key: template(value) for key, value in message.items() if value != _DEFAULTS.get(key, ...)}
            kind, message_id = told.pop("type"), told.pop("id", None)
            if message_id in self._kept or message_id == REMOVE_ALL:
                told["id"] = message_id
            elif message_id in places:
                told["id"] = f"{{{{ {of_state(name)}[{places[message_id]}].id }}}}"
            asked = [call["id"] for call in calls]
            if told.get("tool_call_id") in asked and _is_by_chance(told["tool_call_id"]):
                told["tool_call_id"] = f"{{{{ calls[{asked.index(told['tool_call_id'])}].id }}}}"
            if kind not in _OF_MODELS:
                yield {"write": {name: [{"role": kind, **told}]}}
                continue
            told = {key: told[key] for key in _SAID if key in told}
            if "tool_calls" in told:
                told["tool_calls"] = [_call(call) for call in told["tool_calls"]]
            if name != held:
                told["channel"] = name
            content = told.get("content")
            if content == "" and len(told) > 1:
                del told["content"]
            yield {"say": content if told.keys() == {"content"} else told}


def _call(call: JsonObject) -> JsonObject:
    """Return a tool call as a step says it; an id that was drawn by chance is left out, so that it gets its own."""
    told = {key: call[key] for key in ("name", "args", "id") if call.get(key)}
    if _is_by_chance(told.get("id")):
        del told["id"]
    return told


def _is_by_chance(name: Json) -> bool:
    return isinstance(name, str) and bool(_BY_CHANCE.search(name))


def _add(steps: list[JsonObject], step: JsonObject) -> None:
    """Add a step; what is written one after the other to different channels is written at once."""
    if steps and "write" in step and "write" in steps[-1] and not step["write"].keys() & steps[-1]["write"].keys():
        steps[-1]["write"].update(step["write"])
    else:
        steps.append(step)


def _answers(messages: list[Json], calls: list[JsonObject]) -> JsonObject | None:
    """Return the answers by tool if messages answer all these calls, each tool in one way; None otherwise."""
    if not calls or [message.get("tool_call_id") for message in messages if is_message(message)] != [
        call["id"] for call in calls
    ]:
        return None
    answers: JsonObject = {}
    for message, call in zip(messages, calls, strict=True):
        told = {key: value for key, value in message.items() if value != _DEFAULTS.get(key, ...)}
        more = told.keys() - {"type", "id", "name", "tool_call_id", "content"}
        if message["type"] != "tool" or told.get("name") != call["name"] or not more <= {"status", "artifact"}:
            return None
        content = told["content"]
        if more or not isinstance(content, str):
            answer: Json = {"content": content, **{key: told[key] for key in sorted(more)}}
        else:
            answer = content
        if answers.setdefault(call["name"], template(answer)) != template(answer):
            return None
    return answers
