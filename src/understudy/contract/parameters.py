"""Readers of parameters: from the text in a request to the value that a handler gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from understudy.contract.validators import Schema
from understudy.errors import Invalid
from understudy.wire import canonical

if TYPE_CHECKING:
    from understudy.contract.operations import Parameter
    from understudy.wire import Json, JsonObject

Reader = Callable[[list[str]], "Json"]
"""Takes the texts given for a parameter, none if it is absent; returns its value or raises Invalid."""

_BOOLEANS = {"true": True, "True": True, "false": False, "False": False}


def reader(document: JsonObject, parameter: Parameter) -> Reader:
    """Return the reader of a parameter, compiled from its schema."""
    if parameter.checked_by_handler:
        return _plain_reader(parameter)
    kinds = _kinds(parameter.schema)
    if kinds == {"string"} and parameter.schema.get("format") == "uuid":
        return _uuid_reader(parameter)
    default = parameter.schema.get("default")
    is_list = "array" in kinds
    convert = _converter(_kinds(parameter.schema.get("items", {})) if is_list else kinds)
    schema = Schema(document, parameter.schema)

    def read(texts: list[str]) -> Json:
        if not texts:
            if parameter.required:
                raise Invalid(f"{parameter.name} is required", parameter.name)
            return default
        # Where a parameter has one value and comes several times, the last one counts.
        value = [convert(text) for text in texts] if is_list else convert(texts[-1])
        if not schema.fits(value):
            raise Invalid(f"Invalid {parameter.name} {texts[-1]}", parameter.name)
        return value

    return read


def _plain_reader(parameter: Parameter) -> Reader:
    default = parameter.schema.get("default")
    return lambda texts: texts[-1] if texts else default


def _uuid_reader(parameter: Parameter) -> Reader:
    noun = parameter.name.removesuffix("_id").replace("_", " ")
    refusal = f"Invalid {noun} ID: must be a UUID"

    def read(texts: list[str]) -> str:
        try:
            return canonical(texts[-1])
        except (ValueError, IndexError):
            raise Invalid(refusal, parameter.name) from None

    return read


def _kinds(schema: JsonObject) -> set[str]:
    """Return the JSON types that a schema speaks of; none where it allows anything."""
    kind = schema.get("type", [])
    kinds = set(kind) if isinstance(kind, list) else {kind}
    for branch in [*schema.get("anyOf", []), *schema.get("oneOf", [])]:
        kinds |= _kinds(branch)
    return kinds


def _converter(kinds: set[str]) -> Callable[[str], Json]:
    """Return what makes a value of a text: of the likeliest of these types, the text itself where none fits."""

    def convert(text: str) -> Json:
        if "boolean" in kinds and text in _BOOLEANS:
            return _BOOLEANS[text]
        if "integer" in kinds:
            try:
                return int(text)
            except ValueError:
                pass
        if "number" in kinds:
            try:
                return float(text)
            except ValueError:
                pass
        return text

    return convert
