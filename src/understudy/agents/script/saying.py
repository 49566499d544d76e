"""Messages that a script says, as a model would: piece by piece, or whole."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from understudy.agents.script.errors import ScriptError
from understudy.agents.script.spots import shown
from understudy.agents.steps import Say, Step, Write
from understudy.errors import did_you_mean
from understudy.paths import quoted
from understudy.wire import dumps

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from understudy.agents.script.scopes import Scope
    from understudy.agents.script.spots import Spot
    from understudy.agents.script.words import Action
    from understudy.wire import Json, JsonObject

_WORDS = re.compile(r"\s|[^\s]+")

PIECES: dict[str, Callable[[str], Sequence[str]]] = {
    "character": list,
    "message": lambda text: (text,),
    "word": _WORDS.findall,
}
"""What a message is said by. Words and the spaces between them are pieces of their own; a whole one is not streamed."""

_OF_THE_MESSAGE = ("additional_kwargs", "content", "id", "name", "response_metadata", "tool_calls", "usage_metadata")


def say(spot: Spot, raw: Json) -> Action:
    """Say a message: a text, or an object with `content` and how it is to be said."""
    if not isinstance(raw, dict):
        raw = {"content": raw}
    told = spot.fields(raw, (*_OF_THE_MESSAGE, "by", "channel", "chunks", "pace"))
    channel = _channel(spot, raw)
    message = {name: spot.at(name).value(raw[name]) for name in _OF_THE_MESSAGE if name in raw}
    by = raw.get("by", "word")
    if by not in PIECES:
        spot.at("by").wrong(f"{quoted(by)} is nothing to say a message by.{did_you_mean(str(by), PIECES)}")
        told = None
    pace = spot.at("pace").number(raw.get("pace", 0))
    chunks = spot.at("chunks").labels(raw["chunks"]) if "chunks" in raw else None
    if chunks and "content" in raw:
        spot.at("chunks").wrong("stands in the place of content; leave one of them out")
    if isinstance(raw.get("tool_calls"), list):
        for at, call in enumerate(raw["tool_calls"]):
            spot.at("tool_calls", at).fields(call, ("args", "id", "name"), ("name",))

    def act(scope: Scope) -> Generator[Step, Any, Json]:
        if told is None:
            return None
        whole = {name: value(scope) for name, value in message.items()}
        pieces = chunks(scope) if chunks else None
        whole["content"] = "".join(pieces) if pieces is not None else _content(whole.get("content"))
        if whole.get("tool_calls"):
            whole["tool_calls"] = _calls(whole["tool_calls"], scope)
        if by == "message" or not isinstance(whole["content"], str):
            if channel:
                yield Write({channel: [{"role": "ai", **whole}]})
            return whole
        pieces = pieces if pieces is not None else PIECES[by](whole["content"])
        return (yield Say(whole, tuple(pieces) or ("",), pace(scope), channel))

    return act


def _channel(spot: Spot, raw: JsonObject) -> str | None:
    """Return the channel that a message is written to; null for none."""
    if "channel" in raw:
        channel: str | None = raw["channel"]
        if channel is not None:
            holding = [name for name, reducer in spot.graph.channels.items() if reducer == "messages"]
            spot.at("channel").known("channel with the reducer messages", channel, holding)
        return channel
    if spot.graph.conversation is None:
        spot.wrong("the agent has no channel with the reducer messages; `channel: null` streams without writing")
    return spot.graph.conversation


def _content(content: Json) -> Json:
    """Return what a message may hold: texts and lists as they are, nothing as an empty text, all else as a text."""
    if content is None:
        return ""
    if isinstance(content, (str, list)):
        return content
    return str(content) if isinstance(content, (int, float)) else dumps(content).decode()


def _calls(calls: Json, scope: Scope) -> list[JsonObject]:
    """Return tool calls with arguments and ids where none are told; the ids are the same whenever all else is."""
    if not isinstance(calls, list):
        raise ScriptError(f"tool_calls must be a list, not {shown(calls)}")
    told = []
    for call in calls:
        if not isinstance(call, dict) or not isinstance(call.get("name"), str):
            raise ScriptError(f"a tool call must be an object with a name, not {shown(call)}")
        whole = {"args": {}, **call}
        told.append({**whole, "id": whole.get("id") or _id(whole, scope)})
    return told


def _id(call: JsonObject, scope: Scope) -> str:
    scope.said += 1
    situation = scope.situation
    place = [situation.node, situation.visit, scope.said, call["name"], situation.input]
    return f"call_{blake2b(dumps(place), digest_size=12).hexdigest()}"
