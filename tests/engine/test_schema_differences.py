"""Two schemas compared: what is told of a difference, and whether it breaks clients written by the first."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.openapi import answering, asking, props, told

A, AB = {"a": {"type": "string"}}, {"a": {"type": "string"}, "b": {"type": "integer"}}
NEW = props(**AB)
OLD = props(**A)

# schema before, schema after, what differs, whether it breaks in a request, whether it breaks in an answer
SCHEMAS: list[tuple[Any, Any, str, bool, bool]] = [
    (OLD, NEW, '.b: property added null -> "integer"', False, False),
    (NEW, OLD, '.b: property removed "integer" -> null', True, True),
    (OLD, {**NEW, "required": ["b"]}, '.b: required property added null -> "integer"', True, False),
    ({**NEW, "required": ["b"]}, OLD, '.b: required property removed "integer" -> null', True, True),
    (OLD, {**OLD, "required": ["a"]}, ".a: required changed false -> true", True, False),
    ({**OLD, "required": ["a"]}, OLD, ".a: required changed true -> false", False, True),
    (
        {**OLD, "additionalProperties": False},
        {**NEW, "additionalProperties": False},
        '.b: property added null -> "integer"',
        False,
        True,
    ),
    (OLD, {**OLD, "additionalProperties": False}, ': additionalProperties added null -> "nothing"', True, False),
    ({**OLD, "additionalProperties": False}, OLD, ': additionalProperties removed "nothing" -> null', False, True),
    (
        {"additionalProperties": {"type": "string"}},
        {"additionalProperties": {"type": "object"}},
        '.*: type changed "string" -> "object"',
        True,
        True,
    ),
    ({"enum": ["x"]}, {"enum": ["y", "x"]}, ': enum value added null -> ["y"]', False, True),
    ({"enum": ["x", "y"]}, {"enum": ["y"]}, ': enum value removed ["x"] -> null', True, False),
    ({"type": "string"}, {"type": "string", "enum": ["x"]}, ': enum added null -> ["x"]', True, False),
    ({"type": "string", "const": "x"}, {"type": "string"}, ': enum removed ["x"] -> null', False, True),
    ({"type": "string"}, {"type": "integer"}, ': type changed "string" -> "integer"', True, True),
    ({"type": "integer"}, {"type": "number"}, ': type changed "integer" -> "number"', False, True),
    ({"type": "number"}, {"type": "integer"}, ': type changed "number" -> "integer"', True, False),
    ({}, {"type": "string"}, ': type added null -> "string"', True, False),
    ({"type": "string"}, {}, ': type removed "string" -> null', False, True),
    ({"type": "string"}, {"type": ["string", "null"]}, ": nullable changed false -> true", False, True),
    ({"type": "string", "nullable": True}, {"type": "string"}, ": nullable changed true -> false", True, False),
    ({"type": "string"}, {"type": "string", "format": "uuid"}, ': format added null -> "uuid"', True, False),
    ({"type": "string", "format": "uuid"}, {"type": "string"}, ': format removed "uuid" -> null', False, True),
    (
        {"type": "string", "format": "uuid"},
        {"type": "string", "format": "date"},
        ': format changed "uuid" -> "date"',
        True,
        True,
    ),
    ({"type": "string"}, {"type": "string", "pattern": "x"}, ': pattern added null -> "x"', True, False),
    ({"maximum": 9}, {"maximum": 5}, ": maximum changed 9 -> 5", True, False),
    ({"maximum": 5}, {"maximum": 9}, ": maximum changed 5 -> 9", False, True),
    ({"minLength": 1}, {"minLength": 2}, ": minLength changed 1 -> 2", True, False),
    ({"minItems": 2}, {"minItems": 1}, ": minItems changed 2 -> 1", False, True),
    ({"exclusiveMinimum": 2}, {}, ": exclusiveMinimum removed 2 -> null", False, True),
    ({"default": 1}, {"default": 2}, ": default changed 1 -> 2", True, False),
    ({"default": 1}, {}, ": default removed 1 -> null", True, False),
    ({}, {"default": None}, ": default added null -> null", False, False),
    ({"readOnly": True}, {}, ": readOnly removed true -> null", False, False),
    ({"items": {"type": "string"}}, {"items": {"type": "array"}}, '.[]: type changed "string" -> "array"', True, True),
    ({"type": "array"}, {"type": "array", "items": {"type": "string"}}, ': items added null -> "string"', True, False),
    (
        {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        {"type": "string"},
        ': alternative removed "integer" -> null',
        True,
        False,
    ),
    (
        {"oneOf": [OLD, {"type": "integer"}]},
        {"oneOf": [{"type": "integer"}, NEW]},
        '. (object).b: property added null -> "integer"',
        False,
        False,
    ),
    (
        {"allOf": [OLD, {"minProperties": 1}]},
        {"allOf": [OLD]},
        ': part of allOf removed "anything" -> null',
        False,
        True,
    ),
    (
        {"anyOf": [{"type": "string"}, {"type": "array"}]},
        {"oneOf": [{"type": "string"}, {"type": "array"}]},
        ': alternatives changed "any of them" -> "exactly one of them"',
        False,
        False,
    ),
    ({"not": {"type": "null"}}, {"not": {"const": 1}}, "not changed", True, True),
]


@pytest.mark.parametrize(("before", "after", "expected", "breaks_requests", "breaks_answers"), SCHEMAS)
def test_a_difference_of_schemas_breaks_by_who_writes_what_is_described(
    before: Any, after: Any, expected: str, breaks_requests: bool, breaks_answers: bool
) -> None:
    place = expected.replace(".[]", ", []").replace(". (", " (") if expected.startswith((".[", ". (")) else expected
    place = f", {place[1:]}" if place.startswith(".") else place

    (in_request,) = told(asking(before), asking(after))
    (in_answer,) = told(answering(before), answering(after))

    assert place in in_request
    assert place in in_answer
    assert in_request.startswith("! ") is breaks_requests
    assert in_answer.startswith("! ") is breaks_answers


SAME: list[tuple[Any, Any]] = [
    ({"const": "x"}, {"enum": ["x"]}),
    ({"enum": ["x", "y"]}, {"enum": ["y", "x"]}),
    ({"type": "string", "nullable": True}, {"type": ["null", "string"]}),
    ({"anyOf": [{"type": "string"}, {"type": "null"}]}, {"type": ["string", "null"]}),
    ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, {"type": ["integer", "string"]}),
    ({"anyOf": [{"type": "string"}, OLD]}, {"anyOf": [OLD, {"type": "string"}]}),
    ({"allOf": [OLD], "default": {}}, {**OLD, "default": {}}),
    ({"required": []}, {}),
    (True, {}),
    ({"items": {}}, {"items": True}),
    ({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
    (props(title={"type": "string", "title": "T"}), props(title={"type": "string", "description": "D", "x-y": 1})),
    ({"not": {"type": "null", "title": "T"}}, {"not": {"type": "null"}}),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_ways_of_saying_the_same_do_not_differ(one: Any, other: Any) -> None:
    assert told(asking(one), asking(other)) == []
