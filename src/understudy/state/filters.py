"""Filters of the store: what the value of an item has to be like."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

from understudy.errors import Unacceptable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from understudy.wire import Json, JsonObject

    Comparison = Callable[[Json, Json], bool]


def check(wanted: JsonObject) -> None:
    """Refuse a filter that could not be applied to any item, even while there is none: Unacceptable."""
    for condition in wanted.values():
        if _has_operators(condition):
            for name, operand in condition.items():
                _comparison(name)
                if name in _ORDER and _number(operand) is None:
                    raise Unacceptable(f"{name} compares with a number, not with {_kind(operand)}")


def matches(document: JsonObject, wanted: JsonObject) -> bool:
    """Return whether every wanted field of the document is as wanted; Unacceptable if that cannot be told.

    As in the reference server: of an object only the wanted keys count, and a missing key is a null; arrays must be
    of one length and match element by element; an object with a key that starts with `$` holds comparisons, all of
    which must be true; everything else must be equal, and 1 equals true. Comparisons of order take numbers and text
    that reads as a number; other text is refused. Where an item has nothing of either kind, it does not match.
    """
    return all(_meets(document.get(name), condition) for name, condition in wanted.items())


def _meets(value: Json, condition: Json) -> bool:
    if isinstance(condition, dict):
        if _has_operators(condition):
            return all(_comparison(name)(value, operand) for name, operand in condition.items())
        return isinstance(value, dict) and matches(value, condition)
    if isinstance(condition, list):
        return isinstance(value, list) and len(value) == len(condition) and all(map(_meets, value, condition))
    return bool(value == condition)


def _has_operators(condition: Json) -> bool:
    return isinstance(condition, dict) and any(name.startswith("$") for name in condition)


def _comparison(name: str) -> Comparison:
    comparison = _COMPARISONS.get(name)
    if comparison is None:
        raise Unacceptable(f"Unsupported operator: {name}")
    return comparison


def _number(value: Json) -> float | None:
    """Return the number that a value is or reads as, None for null, arrays and objects; Unacceptable for other text."""
    if value is None or isinstance(value, (dict, list)):
        return None
    try:
        return float(value)
    except ValueError as error:
        raise Unacceptable(str(error)) from None


def _by_order(compare: Callable[[float, float], bool]) -> Comparison:
    def comparison(value: Json, operand: Json) -> bool:
        left, right = _number(value), _number(operand)
        return left is not None and right is not None and compare(left, right)

    return comparison


def _kind(value: Json) -> str:
    if value is None:
        return "null"
    return "an object" if isinstance(value, dict) else "an array"


_ORDER: Mapping[str, Comparison] = {
    "$gt": _by_order(operator.gt),
    "$gte": _by_order(operator.ge),
    "$lt": _by_order(operator.lt),
    "$lte": _by_order(operator.le),
}

_COMPARISONS: Mapping[str, Comparison] = {"$eq": operator.eq, "$ne": operator.ne, **_ORDER}
