"""Tools that a script answers for: each call that a model made gets a message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from understudy.agents.script.spots import shown
from understudy.agents.steps import Step, Write
from understudy.wire import dumps

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from understudy.agents.script.expressions import Value
    from understudy.agents.script.scopes import Scope
    from understudy.agents.script.spots import Spot
    from understudy.agents.script.words import Action
    from understudy.wire import Json, JsonObject

ANY = "*"
"""Stands for every tool that is not named."""

_FIELDS = ("artifact", "content", "id", "status")


def answer(spot: Spot, raw: Json) -> Action:
    """Answer the calls of the last message that are not answered yet, by the name of the tool."""
    channel = spot.graph.conversation
    if channel is None:
        spot.wrong("the agent has no channel with the reducer messages")
    told: Mapping[str, Value] = {}
    if isinstance(raw, dict):
        inside = spot.knowing("args", "call")
        told = {name: inside.at(name).value(value) for name, value in raw.items()}
    else:
        spot.wrong(f"must be an object with an answer for each tool, not {shown(raw)}")

    def act(scope: Scope) -> Generator[Step, Any, None]:
        messages = [_answer(call, told, scope) for call in scope["calls"]]
        if messages:
            yield Write({channel or "": messages})

    return act


def _answer(call: JsonObject, told: Mapping[str, Value], scope: Scope) -> JsonObject:
    name = call["name"]
    value = told.get(name) or told.get(ANY)
    message = {"role": "tool", "name": name, "tool_call_id": call["id"]}
    if value is None:
        known = ", ".join(told)
        return {**message, "content": f"Error: {name} is not a valid tool, try one of [{known}].", "status": "error"}
    result = value(scope.within(args=call.get("args") or {}, call=call))
    if isinstance(result, dict) and "content" in result and result.keys() <= set(_FIELDS):
        return {**message, **result, "content": _content(result["content"])}
    return {**message, "content": _content(result)}


def _content(result: Json) -> str | list[Json]:
    """Return what a tool message holds: a text as it is, blocks of content as they are, all else as JSON."""
    if isinstance(result, str):
        return result
    if isinstance(result, list) and result and all(isinstance(part, dict) and "type" in part for part in result):
        return result
    return dumps(result).decode()
