"""What a schema says, prose aside: one spelling of what can be written in several ways."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from understudy.contract.changes import canonical
from understudy.errors import SetupError

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject

_PROSE = {
    *("title", "description", "summary", "example", "examples", "externalDocs", "xml"),
    *("$comment", "$id", "$schema", "$anchor", "$dynamicAnchor", "$defs", "definitions"),
}
HINTS = ("deprecated", "readOnly", "writeOnly", "discriminator")
"""Keywords that allow and forbid nothing."""
_ASIDE = {"default", "nullable", *HINTS}
"""What may stand beside a reference, or beside alternatives, without making a schema of its own."""
_EMPTY = {
    **dict.fromkeys(("uniqueItems", "deprecated", "readOnly", "writeOnly"), False),
    **dict.fromkeys(("minLength", "minItems", "minProperties"), 0),
}
"""What says as much as saying nothing."""
_ANYTHING: tuple[Json, ...] = (True, {})
_INNER = ("items", "additionalProperties", "unevaluatedProperties", "unevaluatedItems", "contentSchema")
_NAMED = {"properties", "patternProperties", "dependentSchemas", "dependentRequired"}
_VALUES = {"default", "enum", "const"}
_NAMES: dict[type, str] = {
    **{bool: "boolean", int: "integer", float: "number"},
    **{str: "string", dict: "object", list: "array"},
}
TYPES = frozenset(_NAMES.values())

NOTHING: JsonObject = {"not": {}}
"""The schema that nothing fits; in a document it is `false`."""


class BrokenReference(SetupError):
    """A `$ref` that leads nowhere, out of its document, or round in a circle."""


def mapping(value: Json) -> JsonObject:
    """Return an object of a document, an empty one where the document has something else."""
    return value if isinstance(value, dict) else {}


def sequence(value: Json) -> list[Json]:
    """Return a list of a document, an empty one where the document has something else."""
    return value if isinstance(value, list) else []


def follow(document: JsonObject, value: Json) -> tuple[Json, str | None]:
    """Return what `value` refers to in the end, and its name there; `value` and None if it is no reference.

    BrokenReference if there is no such thing.
    """
    name = None
    gone: set[str] = set()
    while isinstance(value, dict) and isinstance(value.get("$ref"), str):
        if name is not None and not is_bare(value):
            break  # a schema that says something beside its reference is one of its own
        ref: str = value["$ref"]
        if ref in gone or not ref.startswith("#/"):
            raise BrokenReference(f'"$ref": "{ref}" leads {"round in a circle" if ref in gone else "elsewhere"}')
        gone.add(ref)
        value = document
        for part in ref.removeprefix("#/").split("/"):
            name = unquote(part).replace("~1", "/").replace("~0", "~")
            try:
                value = value[int(name)] if isinstance(value, list) else value[name]
            except (LookupError, TypeError, ValueError):
                raise BrokenReference(f'"$ref": "{ref}" leads nowhere') from None
    return value, name


def is_bare(schema: JsonObject) -> bool:
    """Return whether a schema says nothing beside its reference."""
    return all(key == "$ref" or _is_prose(key) for key in schema)


def facts(schema: Json) -> JsonObject:
    """Return the facts of a schema, references not followed; the facts of facts are the same again.

    `type` becomes a sorted list without null; `nullable` says whether null is allowed, and is missing where nothing is
    said of types. `const` becomes `enum`, `anyOf` and `oneOf` become `alternatives`, `exclusive` for the latter; a
    single alternative, or a single member of `allOf`, becomes the schema itself.
    """
    if not isinstance(schema, dict):
        return dict(NOTHING) if schema is False else {}
    said = {key: value for key, value in schema.items() if not _is_prose(key) and not _is_empty(key, value)}
    if not isinstance(said.get("$ref", ""), str):
        del said["$ref"]
    if "const" in said:
        said["enum"] = [said.pop("const")]
    for key in ("minimum", "maximum"):
        exclusive = f"exclusive{key.capitalize()}"
        # As OpenAPI 3.0 has it.
        if isinstance(said.get(exclusive), bool) and said.pop(exclusive) and key in said:
            said[exclusive] = said.pop(key)
    nullable = _take_null(said)
    for key in ("oneOf", "anyOf"):
        if key in said and "alternatives" not in said:
            members = sequence(said.pop(key))
            others = [member for member in members if not _is_null(member)]
            nullable = nullable or len(others) < len(members)
            said.update({"alternatives": others, "exclusive": key == "oneOf"})
    for key in ("alternatives", "allOf"):
        members = sequence(said.get(key))
        if len(members) == 1 and said.keys() - {"exclusive"} <= {key, *_ASIDE}:
            del said[key]
            said.pop("exclusive", None)
            inner = facts(members[0])
            nullable = nullable or bool(inner.get("nullable"))
            said = {**inner, **said}
    if nullable or said.keys() & {"type", "enum", "$ref", "alternatives"}:
        said["nullable"] = nullable
    return said


def without_prose(value: Json, *, named: bool = False) -> Json:
    """Return a schema, or a part of one, without prose at any depth; `named`: the members of an object are names."""
    if isinstance(value, list):
        return [without_prose(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: inner if key in _VALUES and not named else without_prose(inner, named=key in _NAMED and not named)
        for key, inner in value.items()
        if named or not _is_prose(key)
    }


def types(said: JsonObject) -> frozenset[str]:
    """Return the types that facts allow, null aside; with "number" also "integer"."""
    if "type" in said:
        kinds = set(said["type"])
    elif "enum" in said:
        kinds = {_NAMES[type(value)] for value in said["enum"] if type(value) in _NAMES}
    else:
        return TYPES
    return frozenset(kinds | {"integer"} if "number" in kinds else kinds)


def described(schema: Json) -> str:
    """Return a few words for a schema: `string (uuid)`, `array of Message`, `"a", "b" or null`."""
    said = facts(schema)
    if "$ref" in said:
        words = str(said["$ref"]).rpartition("/")[2]
    elif said.get("alternatives"):
        words = " or ".join(described(member) for member in sequence(said["alternatives"]))
    elif "allOf" in said:
        words = " and ".join(described(member) for member in sequence(said["allOf"]))
    elif "enum" in said:
        words = ", ".join(map(canonical, said["enum"]))
    elif said == NOTHING:
        return "nothing"
    else:
        words = " or ".join(said["type"]) if "type" in said else "anything"
        if words == "array" and "items" in said:
            words = f"array of {described(said['items'])}"
        if isinstance(said.get("format"), str):
            words += f" ({said['format']})"
    return " or ".join(filter(None, (words, "null" if said.get("nullable") else "")))


def _is_prose(key: str) -> bool:
    return key in _PROSE or str(key).startswith("x-")


def _is_empty(key: str, value: Json) -> bool:
    if key in _INNER:
        return value in _ANYTHING
    return value == [] if key == "required" else key in _EMPTY and value == _EMPTY[key]


def _is_null(schema: Json) -> bool:
    said = mapping(schema)
    return said.get("type") in ("null", ["null"]) or said.get("enum") == [None] or said.get("const", 0) is None


def _take_null(said: JsonObject) -> bool:
    """Take null out of the types and values, and return whether it was allowed."""
    nullable = said.pop("nullable", False) is True
    if "type" in said:
        kinds = [said["type"]] if isinstance(said["type"], str) else sequence(said["type"])
        nullable = nullable or "null" in kinds
        said["type"] = sorted({kind for kind in kinds if isinstance(kind, str)} - {"null"})
    if "enum" in said:
        values = sequence(said["enum"])
        said["enum"] = [value for value in values if value is not None]
        nullable = nullable or ("type" not in said and None in values)
    return nullable
