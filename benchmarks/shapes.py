"""Whether two answers have the same shape: the same keys, as many rows, values of the same types."""

from __future__ import annotations

from typing import Any


def difference(value: Any, other: Any, path: str = "$") -> str:
    """Return where two JSON values first differ in shape, or an empty text."""
    if isinstance(value, dict) and isinstance(other, dict):
        if more := sorted(value.keys() - other.keys()):
            return f"{path} also has {', '.join(more)}"
        if less := sorted(other.keys() - value.keys()):
            return f"{path} lacks {', '.join(less)}"
        found = (difference(value[key], other[key], f"{path}.{key}") for key in value)
    elif isinstance(value, list) and isinstance(other, list):
        if len(value) != len(other):
            return f"{path} has {len(value)} items instead of {len(other)}"
        pairs = zip(value, other, strict=True)
        found = (difference(mine, theirs, f"{path}[{n}]") for n, (mine, theirs) in enumerate(pairs))
    elif type(value) is not type(other):
        return f"{path} is {_name(value)} instead of {_name(other)}"
    else:
        return ""
    return next(filter(None, found), "")


def _name(value: Any) -> str:
    return "null" if value is None else type(value).__name__
