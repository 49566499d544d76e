"""Compiled JSON Schema validators (2020-12) for the schemas of a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsonschema_rs
from jsonschema_rs import ValidationErrorKind as Kind

from understudy.errors import Invalid
from understudy.paths import spelled

if TYPE_CHECKING:
    from understudy.paths import Path
    from understudy.wire import Json, JsonObject


_SCHEMAS = "#/components/schemas/"


class Schema:
    """A schema of a document, compiled once.

    Complaints read as those of the Agent Server, which uses the same library: a sentence, the rule that is broken, the
    place in the instance. `format` is not checked, as there.
    """

    def __init__(self, document: JsonObject, schema: JsonObject) -> None:
        target = schema
        while set(target) == {"$ref"}:
            target = _lookup(document, target["$ref"])
        whole = {**target, **_shared(document, target)}
        self._validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=False)

    def fits(self, instance: Json) -> bool:
        """Return whether the instance is valid."""
        return self._validator.is_valid(instance)

    def complaint(self, instance: Json) -> str | None:
        """Return what is wrong first with the instance, None if nothing is."""
        error = self._first_error(instance)
        return None if error is None else str(error)

    def check(self, instance: Json) -> None:
        """Raise Invalid with what is wrong first with the instance, and the field where it is."""
        error = self._first_error(instance)
        if error is not None:
            raise Invalid(str(error), spelled(_place(error)) or None)

    def _first_error(self, instance: Json) -> jsonschema_rs.ValidationError | None:
        if self._validator.is_valid(instance):
            return None
        return next(iter(self._validator.iter_errors(instance)), None)


def left_to_the_server(document: JsonObject) -> JsonObject:
    """Return the document with the schemas `x-checked-by: handler` taken out: what is to be checked of a request."""
    return {**document, "components": _unmarked(document["components"])}


def _place(error: jsonschema_rs.ValidationError) -> Path:
    """Return where an instance is wrong: of a member that is missing or too much, its own place."""
    path = tuple(error.instance_path)
    match error.kind:
        case Kind.Required(property=name):
            return (*path, name)
        case Kind.AdditionalProperties(unexpected=[name, *_]) | Kind.UnevaluatedProperties(unexpected=[name, *_]):
            return (*path, name)
    return path


def _unmarked(value: Json) -> Json:
    if isinstance(value, dict):
        if value.get("x-checked-by") == "handler":
            return {}
        return {name: _unmarked(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_unmarked(inner) for inner in value]
    return value


def _shared(document: JsonObject, schema: JsonObject) -> JsonObject:
    """Return the `components` that a schema refers to, directly or through others, and nothing else."""
    schemas = document["components"]["schemas"]
    found: dict[str, JsonObject] = {}
    waiting: list[Json] = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
            ref = value.get("$ref")
            if isinstance(ref, str):
                name = ref.removeprefix(_SCHEMAS).partition("/")[0]
                if name not in found:
                    found[name] = schemas[name]
                    waiting.append(schemas[name])
    return {"components": {"schemas": found}} if found else {}


def _lookup(document: JsonObject, ref: str) -> JsonObject:
    schema: JsonObject = document["components"]["schemas"][ref.removeprefix(_SCHEMAS)]
    return schema
