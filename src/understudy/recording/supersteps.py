"""A thread's history as changes from outside that lead through the same states: what each task wrote, as its node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.scenarios.values import written
from understudy.state.agents import END, START

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from understudy.state.agents import Agent
    from understudy.wire import Json, JsonObject

_INPUT = "__input__"
"""Takes in an input without running anything."""

_SENT = (
    *("role", "type", "content", "name", "id", "tool_call_id", "tool_calls"),
    *("additional_kwargs", "response_metadata", "status", "artifact"),
)
"""What servers take from a message; anything else would end up among its `additional_kwargs`."""


@dataclass(frozen=True, slots=True)
class Superstep:
    """What leads to one state: the state it starts from, as its place in the history, and what nodes write."""

    start: int | None
    updates: list[JsonObject]


def own_states(history: Iterable[JsonObject]) -> list[JsonObject]:
    """Return the states of the graph itself, without those inside its nodes, which only runs can make."""
    return [state for state in history if not state["checkpoint"].get("checkpoint_ns")]


def supersteps(history: Sequence[JsonObject], agent: Agent) -> list[Superstep]:
    """Return what leads to each state of a history, oldest first, of which each has an `as_node` and `values`."""
    places = {state["checkpoint"]["checkpoint_id"]: at for at, state in enumerate(history)}
    starts = [places.get(state["parent_checkpoint_id"]) for state in history]
    # Tasks tell what they wrote once, whatever else started from there.
    ran = [state["metadata"].get("source") == "loop" for state in history]
    ways = list(zip(starts, ran, strict=True))
    return [
        Superstep(
            start,
            _updates(
                state,
                None if start is None else history[start],
                agent,
                is_told=ways.count((start, True)) == 1 if looped else starts.count(start) == 1,
            ),
        )
        for state, start, looped in zip(history, starts, ran, strict=True)
    ]


def _updates(state: JsonObject, before: JsonObject | None, agent: Agent, *, is_told: bool) -> list[JsonObject]:
    if state["metadata"].get("source") == "input":
        # What came in is what the task that takes it in has written.
        told = next((task["result"] for task in state["tasks"] if task["name"] == START), None)
        return [_update(_INPUT, told or {}, agent, [])]
    had: JsonObject = before["values"] if before else {}
    said = [message for name in _conversations(agent) for message in _list(state["values"].get(name))]
    tasks = before["tasks"] if before else []
    if state["metadata"].get("source") != "loop":
        tasks = [task for task in tasks if task["result"] is not None]
    if tasks and (is_told or len(tasks) > 1):
        return [_update(task["name"], task["result"], agent, said) for task in tasks]
    node = _writer(state["next"], agent, [task["name"] for task in (before or state)["tasks"]])
    return [_update(node, written(had, state["values"], agent.channels) or None, agent, said)]


def _writer(following: Sequence[str], agent: Agent, likely: Sequence[str]) -> str:
    """Return the node after which these follow: one whose ways all lead there if there is any, or else some do."""
    wanted = set(following) or {END}
    names = dict.fromkeys([*(name for name in likely if name not in following), *agent.nodes, START])
    ways = {name: {edge.target for edge in agent.edges if edge.source == name} for name in names}
    for fits in (wanted.__eq__, wanted.issubset):
        found = next((name for name, targets in ways.items() if fits(targets)), None)
        if found:
            return found
    return next(iter(names))


def _update(node: str, values: JsonObject | None, agent: Agent, said: Iterable[Json]) -> JsonObject:
    """Return what a node writes, chat messages in a form that servers take and with the ids that they are to have."""
    conversations = _conversations(agent)
    ids = [(_gist(message), message["id"]) for message in said if isinstance(message, dict) and message.get("id")]
    told = {
        name: _messages(value, ids) if name in conversations and value is not None else value
        for name, value in (values or {}).items()
    }
    return {"as_node": node, "values": told if values is not None else None}


def _messages(value: Json, ids: list[tuple[Json, str]]) -> Json:
    if not isinstance(value, list):
        return _message(value, ids)
    return [_message(message, ids) for message in value]


def _message(message: Json, ids: list[tuple[Json, str]]) -> Json:
    if not isinstance(message, dict):
        return message
    sent = {name: message[name] for name in _SENT if message.get(name) not in (None, [], {})}
    sent["content"] = message.get("content", "")
    if "id" not in sent:
        # The latest of those that say this.
        known = [told for gist, told in ids if gist == _gist(message)]
        sent |= {"id": known[-1]} if known else {}
    return sent


def _gist(message: JsonObject) -> Json:
    role = message.get("role") or message.get("type")
    return {"user": "human", "assistant": "ai"}.get(str(role), role), message.get("content"), message.get("name")


def _conversations(agent: Agent) -> list[str]:
    return [name for name, way in agent.channels.items() if way == "messages"]


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
