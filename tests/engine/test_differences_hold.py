"""What holds of the differences between any two documents."""

from __future__ import annotations

import contextlib
import copy
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.engine.openapi import Object, document
from understudy.contract.differences import BrokenReference, differences

names = st.sampled_from(["a", "b", "c"])
leaves: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([{}, True, False, {"$ref": "#/components/schemas/One"}, {"$ref": "#/components/schemas/Two"}]),
    st.fixed_dictionaries(
        {"type": st.sampled_from(["string", "integer", "number", "boolean", ["string", "null"]])},
        optional={"enum": st.lists(st.integers(0, 3), min_size=1), "format": names, "default": st.integers(0, 3)},
    ),
    st.fixed_dictionaries({}, optional={"minimum": st.integers(0, 3), "maximum": st.integers(4, 6), "const": names}),
)
schemas = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.fixed_dictionaries(
            {"type": st.just("object"), "properties": st.dictionaries(names, inner)},
            optional={"required": st.lists(names, unique=True), "additionalProperties": inner},
        ),
        st.fixed_dictionaries({"type": st.just("array"), "items": inner}),
        *(st.fixed_dictionaries({key: st.lists(inner, min_size=1, max_size=3)}) for key in ("anyOf", "oneOf", "allOf")),
    ),
    max_leaves=6,
)


def shop(schema: Any, one: Any, two: Any) -> Object:
    """A document whose schemas may refer to one another, in a request and in an answer."""
    content = {"content": {"application/json": {"schema": schema}}}
    written_out = {"One": {"type": "object", "properties": {"in": one}}, "Two": {"type": "array", "items": two}}
    return document({"/t": {"post": {"requestBody": content, "responses": {"200": content}}}}, schemas=written_out)


documents = st.builds(shop, schemas, schemas, schemas)

MIRRORED = {"added": "removed", "removed": "added", "changed": "changed"}


@given(documents)
def test_a_document_has_no_differences_with_itself(one: Object) -> None:
    assert differences(one, copy.deepcopy(one)) == []


@given(documents, documents)
def test_the_other_way_round_everything_added_is_removed(one: Object, other: Object) -> None:
    forth = [(each.where, each.what, each.kind, str(each.before), str(each.after)) for each in differences(one, other)]
    back = [
        (each.where, each.what, MIRRORED[each.kind], str(each.after), str(each.before))
        for each in differences(other, one)
    ]

    assert sorted(forth) == sorted(back)


@given(documents, st.sampled_from(["property", "parameter", "status", "operation"]))
def test_what_is_added_is_told_and_all_that_is_told(one: Object, what: str) -> None:
    other = copy.deepcopy(one)
    operation = other["paths"]["/t"]["post"]
    additions: dict[str, Any] = {
        "property": lambda: other["components"]["schemas"]["One"]["properties"].update(added={}),
        "parameter": lambda: operation.update(parameters=[{"name": "added", "in": "query"}]),
        "status": lambda: operation["responses"].update({"418": {}}),
        "operation": lambda: other["paths"].update({"/added": {"get": {}}}),
    }
    additions[what]()

    found = differences(one, other)

    assert {(each.what, each.kind, each.breaking) for each in found} <= {(what, "added", False)}
    assert len(found) <= 1
    assert len(found) == 1 or "#/components/schemas/One" not in json.dumps(one["paths"])


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=4,
)


@given(documents, anything, st.data())
def test_a_document_may_hold_anything_anywhere(one: Object, value: Any, data: st.DataObject) -> None:
    other = copy.deepcopy(one)
    keywords = ["type", "enum", "required", "properties", "anyOf", "allOf", "minimum", "items", "$ref", "nullable"]
    keywords += [
        "alternatives",
        "exclusive",
        "default",
        "not",
        "content",
        "parameters",
        "responses",
        "security",
        "schema",
    ]
    places: list[Object] = []
    waiting: list[Any] = [other["paths"], other["components"]]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            places.append(node)
        waiting += list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
    place = data.draw(st.sampled_from(places))
    place[data.draw(st.sampled_from([*keywords, *place]))] = value

    with contextlib.suppress(BrokenReference):
        differences(one, other)
        differences(other, other)
