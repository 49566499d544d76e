"""What a graph can be started with, made up from the schema of its input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Mapping

    from understudy.wire import Json, JsonObject

TEXTS = ("hi", "ask", "boom", "")
"""Texts that say little; graphs made for tests ask or fail when they are told so."""

MESSAGES: st.SearchStrategy[Json] = st.lists(
    st.one_of(
        st.builds(lambda text: {"role": "user", "content": text}, st.sampled_from(TEXTS)),
        st.builds(lambda text: {"type": "human", "content": text, "id": "m1"}, st.sampled_from(TEXTS)),
        st.just({"role": "assistant", "content": "so", "id": "m2"}),
    ),
    min_size=1,
    max_size=2,
)
"""Messages as chat graphs take them; one with an id of its own replaces the one before."""

_NAMED: Mapping[str, st.SearchStrategy[Json]] = {"messages": MESSAGES}
"""What properties of these names take, whose schemas say less than what they mean."""

_ANY: st.SearchStrategy[Json] = st.sampled_from(["x", 1, None, True, [], {"a": {"b": 1}}, 0.5])

_BY_TYPE: Mapping[str, st.SearchStrategy[Json]] = {
    "string": st.sampled_from(["x", *TEXTS]),
    "integer": st.sampled_from([1, 0, 2]),
    "number": st.sampled_from([0, 0.01]),  # it may be seconds to wait
    "boolean": st.booleans(),
    "null": st.none(),
    "object": st.sampled_from([{}, {"a": 1}]),
}
_DEEPEST = 4

WRONG: st.SearchStrategy[Json] = st.sampled_from([None, {}, {"unknown": 1}, [], "x", 1])
"""Inputs that hardly any graph has use for."""


def inputs(schema: JsonObject | None) -> st.SearchStrategy[Json]:
    """Return a strategy of inputs that fit a schema; objects with and without messages where there is none."""
    if not schema or "properties" not in schema:
        return st.one_of(st.just({}), st.builds(lambda messages: {"messages": messages}, MESSAGES))
    return _fitting(schema, schema, 0)


def _fitting(schema: Json, root: JsonObject, depth: int) -> st.SearchStrategy[Json]:
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return _ANY
    if "$ref" in schema:
        return _fitting(root.get("$defs", {}).get(schema["$ref"].rpartition("/")[2]), root, depth + 1)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for one_of in ("anyOf", "oneOf"):
        if schema.get(one_of):
            return st.one_of(*(_fitting(each, root, depth + 1) for each in schema[one_of]))
    kind = schema.get("type")
    if kind == "array":
        return st.lists(_fitting(schema.get("items") or None, root, depth + 1), max_size=2)
    if kind == "object" and "properties" in schema:
        return _object(schema, root, depth)
    return _BY_TYPE.get(str(kind), _ANY)


def _object(schema: JsonObject, root: JsonObject, depth: int) -> st.SearchStrategy[Json]:
    parts = {
        name: _NAMED[name] if name in _NAMED else _fitting(part, root, depth + 1)
        for name, part in schema["properties"].items()
    }
    required = schema.get("required", ())
    return st.fixed_dictionaries(
        {name: part for name, part in parts.items() if name in required},
        optional={name: part for name, part in parts.items() if name not in required},
    )
