"""What tells the plays of a node apart: expressions, and the value that each had when the node began."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from understudy.agents.script.conversations import answers_in, asked_in, channel_of, conversation, text_in
from understudy.agents.script.sandbox import METHODS
from understudy.recording.scripts.conditions import ANSWERS
from understudy.recording.scripts.literals import key_of, literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from understudy.recording.scripts.plays import Moment
    from understudy.wire import JsonObject

COUNTS = ("times", "run_visit", "state.{} | length", "visit")
"""Expressions that only count."""

_SERVERS_OWN = frozenset({"run_id", "thread_id", "graph_id", "assistant_id", "user_id", "cron_id"})
_SERVERS_OWN_PREFIXES = ("__", "langgraph_", "checkpoint_")

_LONG = 200
"""Characters of a value that nobody wants to read in a condition, if there is another one."""

_MOST = 3
"""How many expressions a condition has at most."""


def features(moment: Moment, channels: Mapping[str, str]) -> JsonObject:
    """Return the value of each expression at a moment, those first that make the best conditions."""
    values, kwargs = moment.values, moment.run.row.get("kwargs") or {}
    held = channel_of(channels)
    found: JsonObject = {}
    messages = conversation(values, held)
    asked = asked_in(messages)
    if held:
        found["asked"] = asked[-1] if asked else ""
        found[ANSWERS] = len(answers_in(messages))
    for name, _ in sorted(channels.items(), key=lambda channel: channel[1] != "last"):
        if channels[name] != "messages":
            found[of_state(name)] = values.get(name)
    found["context"] = kwargs.get("context") or {}
    configurable = (kwargs.get("config") or {}).get("configurable") or {}
    for name, value in configurable.items():
        if name not in _SERVERS_OWN and not name.startswith(_SERVERS_OWN_PREFIXES):
            found[f"configurable.get({literal(name)})"] = value
    if held:
        found["times"] = asked.count(asked[-1]) if asked else 0
    found["run_visit"] = moment.run_visit
    if held:
        found["text"] = text_in(messages)
        found[COUNTS[2].format(held)] = len(messages)
    return {**found, "run_input": kwargs.get("input"), "visit": moment.visit}


def of_state(name: str) -> str:
    """Return the expression for a channel's value."""
    plain = name.isidentifier() and name.isascii() and name not in METHODS[dict]
    return f"state.{name}" if plain else f"state[{literal(name)}]"


def lasting(moments: Iterable[JsonObject]) -> JsonObject:
    """Return the expressions that had the same value at all of these moments."""
    first, *others = moments
    return {name: value for name, value in first.items() if all(other.get(name) == value for other in others)}


def telling(
    told: Sequence[JsonObject], required: Sequence[str], broken: Callable[[Sequence[Sequence[int]]], int]
) -> tuple[str, ...]:
    """Return the fewest expressions that tell the plays apart, the `required` ones first.

    `told` has the features of each play; `broken` says how many plays of a grouping are at odds with their group.
    """
    names = [name for name in dict.fromkeys(name for one in told for name in one) if name not in required]
    names = [name for name in names if all(name in one for one in told)]
    names.sort(key=lambda name: max(len(literal(one[name])) for one in told) > _LONG)
    keyed = [{name: key_of(value) for name, value in one.items()} for one in told]
    best: tuple[int, tuple[str, ...]] | None = None
    for count in range(min(_MOST, len(names)) + 1):
        for more in combinations(names, count):
            chosen = (*required, *more)
            odds = broken(grouped(keyed, chosen))
            if best is None or odds < best[0]:
                best = odds, chosen
            if not odds:
                return chosen
    assert best is not None
    return best[1]


def grouped(told: Sequence[Mapping[str, str]], names: Sequence[str]) -> list[list[int]]:
    """Return the numbers of those that have the same under these names, in the order of the first of them."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for at, one in enumerate(told):
        groups.setdefault(tuple(one[name] for name in names), []).append(at)
    return list(groups.values())
