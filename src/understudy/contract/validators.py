"""Compiled JSON Schema validators (2020-12) for the schemas of a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsonschema_rs

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject


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
        if self._validator.is_valid(instance):
            return None
        error = next(iter(self._validator.iter_errors(instance)), None)
        return None if error is None else str(error)


def _shared(document: JsonObject, schema: JsonObject) -> JsonObject:
    """Return the `components` that a schema refers to, directly or through others, and nothing else."""
    found: dict[str, JsonObject] = {}
    waiting: list[Json] = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
            ref = value.get("$ref")
            if isinstance(ref, str) and ref not in found:
                found[ref] = _lookup(document, ref)
                waiting.append(found[ref])
    if not found:
        return {}
    return {"components": {"schemas": {ref.rpartition("/")[2]: target for ref, target in found.items()}}}


def _lookup(document: JsonObject, ref: str) -> JsonObject:
    schema: JsonObject = document["components"]["schemas"][ref.removeprefix("#/components/schemas/")]
    return schema
