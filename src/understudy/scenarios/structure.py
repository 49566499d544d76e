"""The shape of a scenario: what keys there are, and what kind of value each takes; told in words where it is wrong."""

from __future__ import annotations

import json
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, TypeAlias

import jsonschema_rs

from understudy.errors import did_you_mean
from understudy.paths import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jsonschema import ValidationError

    from understudy.paths import Path
    from understudy.wire import Json, JsonObject

_KINDS = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "text",
}

Fault: TypeAlias = "tuple[Path, str, Path]"
"""Where something is wrong, what, and the path of the value whose line shows it best."""


def faults(value: Json) -> list[Fault]:
    """Return everything that is wrong with the shape of a scenario, in the order of its lines."""
    schema, is_valid = _schema()
    if is_valid(value):
        return []
    from jsonschema import Draft202012Validator

    found: list[Fault] = []
    try:
        for error in Draft202012Validator(schema).iter_errors(value):
            found += _told(error)
    except RecursionError:
        found.append(((), "one thing stands inside the other too often, subgraphs or tasks, to say what is wrong", ()))
    return found


@cache
def _schema() -> tuple[JsonObject, Callable[[Json], bool]]:
    schema = json.loads((files("understudy.fixtures") / "scenario.schema.json").read_bytes())
    return schema, jsonschema_rs.Draft202012Validator(schema).is_valid


def _told(error: ValidationError) -> Iterator[Fault]:
    """Yield what an error means to the writer of a scenario."""
    path: Path = tuple(error.absolute_path)
    if _is_script(path):
        return
    rule: Json = error.validator_value
    schema: Json = error.schema
    value: Json = error.instance
    match error.validator:
        case "additionalProperties":
            known = schema.get("properties", {})
            for key in (key for key in value if key not in known):
                yield path, f"unknown key {quoted(key)}.{did_you_mean(key, known)}", (*path, key)
        case "required":
            unknown = value.keys() - schema.get("properties", {}).keys()
            for key in rule:
                # A key that is nearly this one is told of as unknown.
                if key not in value and not get_close_matches(key, unknown, n=1):
                    yield path, f"{key} is missing", path
        case "anyOf":
            yield from _of_the_branch_meant(error, path)
        case "enum":
            words = [word if isinstance(word, str) else json.dumps(word) for word in rule]
            hint = did_you_mean(value, words) if isinstance(value, str) else f" Known: {', '.join(words)}."
            yield path, f"{quoted(value)} is none of the words that may stand here.{hint}", path
        case "type":
            quotes = "; put it in quotes" if "string" in rule and isinstance(value, (bool, int, float)) else ""
            yield path, f"must be {_kinds(rule)}, not {_shown(value)}{quotes}", path
        case "minimum":
            yield path, f"must be at least {rule}, not {value}", path
        case "maximum":
            yield path, f"must be at most {rule}, not {value}", path
        case "minItems" | "maxItems" if rule == schema.get("maxItems"):
            yield path, f"must have {rule} parts, not {len(value)}", path
        case "minItems" | "minLength" | "minProperties":
            yield path, "must not be empty", path
        case "uniqueItems":
            twice = next(item for at, item in enumerate(value) if item in value[:at])
            yield path, f"{quoted(twice)} is there twice", path
        case "not":
            yield path, f"{quoted(value)} must not stand here: it is there by itself", path
        case _:
            yield path, error.message, path


def _is_script(path: Path) -> bool:
    """Return whether what stands here is the script of a node, of which its reader tells what is wrong."""
    # agents, its id, perhaps subgraphs and their nodes, then nodes and the name of one.
    keys = zip(path[2::2], path[3::2], strict=False)
    return path[:1] == ("agents",) and any(key == "nodes" and isinstance(node, str) for key, node in keys)


def _of_the_branch_meant(error: ValidationError, path: Path) -> Iterator[Fault]:
    """Yield what is wrong by the branch of `anyOf` that the value's type fits; if it fits none, say so."""
    branches: dict[int, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(int(inner.schema_path[0]), []).append(inner)
    for inners in branches.values():
        if not any(inner.validator == "type" and inner.absolute_path == error.absolute_path for inner in inners):
            for inner in inners:
                yield from _told(inner)
            return
    kinds: list[str] = []
    for inners in branches.values():
        for inner in inners:
            if inner.validator == "type":
                rule: Json = inner.validator_value
                kinds += rule if isinstance(rule, list) else [rule]
    yield path, f"must be {_kinds(kinds)}, not {_shown(error.instance)}", path


def _kinds(rule: str | list[str]) -> str:
    kinds = [rule] if isinstance(rule, str) else rule
    return " or ".join(_KINDS[kind] for kind in kinds)


def _shown(value: Json) -> str:
    """Return a value in words: short ones themselves, others by their kind."""
    if isinstance(value, dict):
        return "an object" if value else "{}"
    if isinstance(value, list):
        return "a list" if value else "[]"
    return quoted(value)
