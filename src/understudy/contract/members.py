"""Members of a JSON body: which ones a document knows, and which of those that came it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.contract.operations import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.paths import Path
    from understudy.wire import Json, JsonObject

Known = dict[str, list["JsonObject"]]
"""The members that an object may have, each with the schemas that its value is held to."""

_CHOICES = ("anyOf", "oneOf")

_OPEN = frozenset({"config", "configurable", "params"})
"""Members that clients fill as they like, although documents describe some of what is in them."""


def members(document: JsonObject, schema: JsonObject) -> Known | None:
    """Return the members that a schema knows an object to have; None where it may have any.

    A schema that names members and does not speak of others (`additionalProperties`) knows those that it names.
    """
    schema = _described(document, schema)
    if schema.get("additionalProperties") or "patternProperties" in schema:
        return None
    if schema.get("type") == "object" and not schema.get("properties"):
        return None
    known: Known = {name: [inner] for name, inner in schema.get("properties", {}).items()}
    parts = [*schema.get("allOf", [])]
    for choice in _CHOICES:
        parts += [part for part in schema.get(choice, []) if _may_be_object(_described(document, part))]
    for part in parts:
        more = members(document, part)
        if more is None:
            return None
        for name, inner in more.items():
            known.setdefault(name, []).extend(inner)
    return known


def unknown(document: JsonObject, schema: JsonObject, value: Json, path: Path = ()) -> Iterator[tuple[Path, Known]]:
    """Yield where a value has a member that its schema does not know, and the members it knows there."""
    if isinstance(value, list):
        inner = {"anyOf": list(_items(document, schema))}
        for at, each in enumerate(value):
            yield from unknown(document, inner, each, (*path, at))
    elif isinstance(value, dict) and (known := members(document, schema)):
        for name, each in value.items():
            if name not in known:
                yield (*path, name), known
            elif name not in _OPEN:
                yield from unknown(document, {"anyOf": known[name]}, each, (*path, name))


def _items(document: JsonObject, schema: JsonObject) -> Iterator[JsonObject]:
    """Yield the schemas of the elements of a list."""
    schema = _described(document, schema)
    if "items" in schema:
        yield schema["items"]
    for name in ("allOf", *_CHOICES):
        for part in schema.get(name, []):
            yield from _items(document, part)


def _described(document: JsonObject, schema: Json) -> JsonObject:
    """Return a schema as an object, also one that is true or false and so says nothing of members."""
    resolved = resolve(document, schema)
    return resolved if isinstance(resolved, dict) else {}


def _may_be_object(schema: JsonObject) -> bool:
    kind = schema.get("type", "object")
    return "object" in (kind if isinstance(kind, list) else [kind])
