"""What tells the plays of a node apart: expressions, and the value that each had when the node began."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from understudy.agents.script.conversations import answers_in, asked_in, calls_in, channel_of, conversation, text_in
from understudy.agents.script.sandbox import METHODS
from understudy.recording.scripts.conditions import ANSWERS
from understudy.recording.scripts.literals import key_of, literal
from understudy.recording.scripts.rows import asked_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from understudy.recording.scripts.plays import Moment
    from understudy.state.agents import ReducerName
    from understudy.wire import JsonObject

CALLS = 'calls | map(attribute="args") | list'
LENGTH = "state.messages | length"

COUNTS = ("times", "run_visit", "visit", LENGTH)
"""Expressions that only count."""

_WEIGHTS = {"run_visit": 1.5, "run_input": 1.5, "text": 1.5, LENGTH: 2.5, "visit": 2.5}
"""How much an expression weighs in a condition if not 1: the lighter condition is the better one."""

_SERVERS_OWN = frozenset({"run_id", "thread_id", "graph_id", "assistant_id", "user_id", "cron_id"})
_SERVERS_OWN_PREFIXES = ("__", "langgraph_", "checkpoint_")

_LONG = 200
"""Characters of a value that nobody wants to read in a condition, if there is another one: it weighs 1 more."""

_MOST = 3
"""How many expressions a condition has at most."""


def features(moment: Moment, channels: Mapping[str, ReducerName]) -> JsonObject:
    """Return the value of each expression at a moment, those first that make the best conditions."""
    kwargs = asked_for(moment.run)
    values = moment.values
    held = channel_of(channels)
    found: JsonObject = {}
    messages = conversation(values, held)
    asked = asked_in(messages)
    if held:
        found["asked"] = asked[-1] if asked else ""
        found[ANSWERS] = len(answers_in(messages))
    calls = calls_in(messages)
    if calls:
        found[CALLS] = [call.get("args") for call in calls]
    for name, _ in sorted(channels.items(), key=lambda channel: channel[1] != "last"):
        if channels[name] != "messages" and name not in moment.unknown:
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
        found[LENGTH if held == "messages" else f"{of_state(held)} | length"] = len(messages)
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
    names = [name for name in told[0] if name not in required and all(name in one for one in told)]
    weights = {name: _WEIGHTS.get(name, 1) + (max(len(literal(one[name])) for one in told) > _LONG) for name in names}
    choices = [more for count in range(_MOST + 1) for more in combinations(names, count)]
    choices.sort(key=lambda more: sum(weights[name] for name in more))
    keyed = [{name: key_of(value) for name, value in one.items()} for one in told]
    best = len(told) + 1, tuple(required)
    for more in choices:
        chosen = (*required, *more)
        odds = broken(grouped(keyed, chosen))
        if odds < best[0]:
            best = odds, chosen
        if not odds:
            break
    return best[1]


def grouped(told: Sequence[Mapping[str, str]], names: Sequence[str]) -> list[list[int]]:
    """Return the numbers of those that have the same under these names, in the order of the first of them."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for at, one in enumerate(told):
        groups.setdefault(tuple(one[name] for name in names), []).append(at)
    return list(groups.values())
