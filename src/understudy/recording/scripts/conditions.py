"""Conditions of turns and edges: what has which value."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from understudy.recording.scripts.literals import literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understudy.wire import Json, JsonObject

ANSWERS = "answers | length"
"""How many tools have answered since the model spoke last."""

Condition: TypeAlias = tuple[str, str, "Json"]
"""An expression, how it is compared, and with what."""


def conditions(told: JsonObject, names: Sequence[str]) -> list[Condition]:
    """Return that these expressions have the values that are told."""
    return [(name, "==", told[name]) for name in names]


def all_of(told: Sequence[Condition]) -> str:
    """Return the expression that holds when all of these do."""
    return " and ".join(map(_one, told))


def any_of(several: Sequence[Sequence[Condition]]) -> str:
    """Return the expression that holds when all conditions of one of these lists do."""
    first = several[0]
    for at, (name, how, _) in enumerate(first):
        others = [*first[:at], *first[at + 1 :]]
        if how == "==" and all(
            len(one) == len(first) and one[at][:2] == (name, how) and [*one[:at], *one[at + 1 :]] == others
            for one in several
        ):
            return all_of([*first[:at], (name, "in", [one[at][2] for one in several]), *first[at + 1 :]])
    return " or ".join(f"({all_of(one)})" if len(one) > 1 else all_of(one) for one in several)


def _one(condition: Condition) -> str:
    name, how, value = condition
    if how == "in" and len(value) == 1:
        how, value = "==", value[0]
    if (name, how, value) == (ANSWERS, "==", 0):
        return "not answers"
    if how == "==" and value is None:
        how = "is"
    return f"{name} {how} {literal(value)}"
