"""Picking values out of rows by paths such as `values.messages[-1].content`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understudy.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from understudy.wire import Json, JsonObject

Path = tuple["str | int", ...]

ROOTS = ("config", "interrupts", "metadata", "values")
"""The fields of a thread in which a path may begin."""

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_PART = re.compile(r"([^.\[\]]+)|\[(-?\d{1,9})\]")


def parse(wanted: Mapping[str, str], *, reserved: Iterable[str]) -> dict[str, Path]:
    """Return the paths by alias. Invalid names the first alias or path that breaks a rule.

    An alias is an identifier and none of the `reserved` names; a path begins in one of `ROOTS`.
    """
    taken = [alias for alias in wanted if alias in set(reserved)]
    if taken:
        raise Invalid(f"Extract keys cannot use reserved field names: {sorted(taken)}")
    for alias in wanted:
        if not _IDENTIFIER.match(alias):
            raise Invalid(f"Extract key '{alias}' must be a valid identifier (letters, digits, underscores)")
    return {alias: _path(alias, text) for alias, text in wanted.items()}


def pick(row: JsonObject, paths: Mapping[str, Path]) -> JsonObject:
    """Return the value at each path of `row`, None where the path leads nowhere."""
    return {alias: _follow(row, path) for alias, path in paths.items()}


def _path(alias: str, text: str) -> Path:
    if not text.strip():
        raise Invalid(f"Extract path for '{alias}' must be a non-empty string")
    parts = tuple(name or int(index) for name, index in _PART.findall(text))
    if not parts or parts[0] not in ROOTS:
        raise Invalid(f"Extract path '{text}' must start with one of: {', '.join(ROOTS)}")
    return parts


def _follow(value: Json, path: Path) -> Json:
    for part in path:
        if isinstance(part, int):
            if not isinstance(value, list) or not -len(value) <= part < len(value):
                return None
            value = value[part]
        elif isinstance(value, dict):
            value = value.get(part)
        else:
            return None
    return value
