"""Picking values out of rows by paths such as `values.messages[-1].content`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understudy.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from understudy.wire import Json, JsonObject

Path = tuple["str | int | None", ...]
"""Keys and indexes from the root on; None is a step that leads nowhere."""

ROOTS = ("config", "interrupts", "metadata", "values")
"""The fields of a thread in which a path may begin."""

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_CUT = re.compile(r"[.\[]")


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
    if not text:
        raise Invalid(f"Extract path for '{alias}' must be a non-empty string")
    root, *steps = _CUT.split(text)
    if root not in ROOTS:
        raise Invalid(f"Extract path '{text}' must start with one of: {', '.join(ROOTS)}")
    return (root, *(_step(step) for step in steps if step))


def _step(text: str) -> str | int | None:
    """Return a key, or the index that a closing bracket makes of a number. A name with an underscore leads nowhere."""
    if text.startswith("_"):
        return None
    if not text.endswith("]"):
        return text
    try:
        return int(text.rstrip("]"))
    except ValueError:
        return None


def _follow(value: Json, path: Path) -> Json:
    for part in path:
        if isinstance(part, int):
            if not isinstance(value, list) or not -len(value) <= part < len(value):
                return None
            value = value[part]
        elif part is not None and isinstance(value, dict):
            value = value.get(part)
        else:
            return None
    return value
