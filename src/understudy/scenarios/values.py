"""The values of an agent's state: short forms written out, and what one state has that the one before has not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents.messages import coerce
from understudy.agents.reducers import initial
from understudy.errors import Refusal
from understudy.state.clock import Clock
from understudy.state.ids import Ids
from understudy.wire import dumps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from understudy.paths import Path
    from understudy.scenarios.references import Complain
    from understudy.state.agents import Agent, ReducerName
    from understudy.wire import Json, JsonObject


def empty(agent: Agent) -> JsonObject:
    """Return the values of a state in which nothing was written yet."""
    return {name: initial(reducer) for name, reducer in agent.channels.items() if reducer != "last"}


def complete(values: JsonObject, agent: Agent, thread_id: str, path: Path, complain: Complain) -> JsonObject:
    """Return values as the server keeps them: chat messages with all their fields, channels that are never absent.

    A message without an id gets one that is the same wherever the message stands at the same place of this thread.
    """
    whole = {**dict.fromkeys(agent.channels), **empty(agent), **values}
    whole = {name: value for name, value in whole.items() if name in values or agent.channels[name] != "last"}
    for channel, value in values.items():
        if agent.channels.get(channel) == "messages" and isinstance(value, list):
            whole[channel] = [
                _message(message, [thread_id, channel, at], (*path, channel, at), complain)
                for at, message in enumerate(value)
            ]
    return whole


def _message(message: Json, place: list[Json], path: Path, complain: Complain) -> Json:
    if isinstance(message, dict) and "response_metadata" in message and isinstance(message.get("id"), str):
        return message
    try:
        return coerce([message], Ids(Clock(), seed=int.from_bytes(dumps([*place, message]))))[0]
    except Refusal as refusal:
        complain(path, refusal.detail.partition("\n")[0])
        return message


def written(
    before: JsonObject,
    after: JsonObject,
    channels: Mapping[str, ReducerName],
    as_written: JsonObject | None = None,
) -> JsonObject:
    """Return what a node wrote that turned `before` into `after`, messages in the form they have in `as_written`."""
    return {
        name: _added(before.get(name), value, channels.get(name, "last"), (as_written or {}).get(name, value))
        for name, value in after.items()
        if name not in before or before[name] != value
    }


def _added(old: Json, new: Json, reducer: ReducerName, short: Json) -> Json:
    if reducer == "sum" and isinstance(old, (int, float)) and isinstance(new, (int, float)):
        return new - old
    if isinstance(old, list) and isinstance(new, list):
        if reducer == "append" and new[: len(old)] == old:
            return new[len(old) :]
        if reducer == "messages":
            return [said for said, message in zip(short, new, strict=True) if message not in old]
    return new
