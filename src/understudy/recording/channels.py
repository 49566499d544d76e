"""How the channels of a graph take in what is written to them, which no API tells: as far as histories show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.state.agents import START

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from understudy.wire import Json, JsonObject

_MESSAGES = ("ai", "human", "system", "tool", "function", "developer", "remove")


def channels_of(states: Iterable[JsonObject], schema: Json) -> dict[str, str]:
    """Return the channels that states have, and those of the schema, each with how it takes things in.

    The newest counts (`last`) unless all that is known speaks for another way and something does.
    """
    known = [state for state in states if isinstance(state["values"], dict)]
    declared = (schema.get("properties") or {}) if isinstance(schema, dict) else {}
    names = dict.fromkeys([*declared, *(name for state in known for name in state["values"])])
    changes = list(_changes(known))
    return {name: _way(name, known, changes) for name in names if name != START}


def _way(name: str, states: list[JsonObject], changes: list[tuple[JsonObject, list[JsonObject], JsonObject]]) -> str:
    # Channels with a reducer are there from the beginning, with nothing in them.
    if not states or not all(name in state["values"] for state in states):
        return "last"
    if _are_messages(name, states):
        return "messages"
    seen = [
        (before[name], [wrote[name] for wrote in writes if name in wrote], after[name])
        for before, writes, after in changes
    ]
    told = [(before, writes, after) for before, writes, after in seen if writes]
    # A channel that is there before anything was written to it has a reducer.
    from_nothing = any(_is_first(state) and state["values"][name] in ([], 0) for state in states)
    # Where each thing written is all that is there then, nothing speaks for a reducer.
    only_newest = all(_is_last(*each) for each in told)
    for way, (kind, fits) in _WAYS.items():
        fitting = all(isinstance(state["values"][name], kind) for state in states) and all(fits(*each) for each in told)
        if fitting and (from_nothing or not only_newest):
            return way
    return "last"


def _is_first(state: JsonObject) -> bool:
    return state.get("parent_checkpoint") is None and (state["metadata"] or {}).get("source") == "input"


def _are_messages(name: str, states: list[JsonObject]) -> bool:
    values = [state["values"][name] for state in states]
    found = [message for value in values if isinstance(value, list) for message in value]
    return bool(found) and all(
        isinstance(message, dict) and message.get("type") in _MESSAGES and "content" in message for message in found
    )


def _changes(states: list[JsonObject]) -> Iterable[tuple[JsonObject, list[JsonObject], JsonObject]]:
    """Yield what was there, what tasks wrote, and what is there then, of states that one superstep lies between."""
    by_id = {_key(state, state["checkpoint"]["checkpoint_id"]): state for state in states}
    for state in states:
        if (state["metadata"] or {}).get("source") != "loop":
            continue
        parent = by_id.get(_key(state, (state.get("parent_checkpoint") or {}).get("checkpoint_id")))
        if parent:
            tasks = sorted(parent["tasks"], key=place)
            writes = [task["result"] for task in tasks if isinstance(task.get("result"), dict)]
            yield parent["values"], writes, state["values"]


def place(task: JsonObject) -> list[str]:
    """Return what tasks are to be sorted by to have them in the order in which their writes are taken in."""
    return [str(part).zfill(9) for part in task.get("path") or ()]


def _key(state: JsonObject, checkpoint_id: str | None) -> tuple[str, str | None]:
    return state["checkpoint"].get("checkpoint_ns", ""), checkpoint_id


def _is_last(before: Json, writes: list[Json], after: Json) -> bool:
    return bool(after == writes[-1])


def _is_append(before: Json, writes: list[Json], after: Json) -> bool:
    whole = [*before]
    for wrote in writes:
        whole += wrote if isinstance(wrote, list) else [wrote]
    return bool(after == whole)


def _is_sum(before: Json, writes: list[Json], after: Json) -> bool:
    return all(isinstance(wrote, (int, float)) for wrote in writes) and bool(after == before + sum(writes))


_WAYS: dict[str, tuple[tuple[type, ...], Callable[[Json, list[Json], Json], bool]]] = {
    "append": ((list,), _is_append),
    "sum": ((int, float), _is_sum),
}
