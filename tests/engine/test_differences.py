"""Two documents compared: what is told of a difference, and whether it breaks clients written by the first."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.openapi import Object, answering, document, line, operation, parameter, props, told
from understudy.contract.differences import BrokenReference, differences
from understudy.contract.documents import load_contract

OLD = props(a={"type": "string"})
NEW = props(a={"type": "string"}, b={"type": "integer"})

BOTH_OPERATIONS: Object = {"get": {"responses": {}}, "post": {"responses": {}}}
REQUIRED: Object = {"required": True, "content": {"application/json": {}}}
OPTIONAL: Object = {"content": {"application/json": {}}}
KEYED: list[Object] = [{"key": []}]


def path_with(name: str) -> Object:
    parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}}]
    return document({f"/things/{{{name}}}": {"parameters": parameters, "get": {"responses": {}}}})


def answered(*statuses: str, **keys: Any) -> Object:
    return operation(responses={status: {"description": "It.", **keys} for status in statuses})


OPERATIONS: list[tuple[Object, Object, list[str]]] = [
    (
        document({"/things": {"get": {"responses": {}}}}),
        document({"/things": BOTH_OPERATIONS}),
        ['POST /things: operation added null -> "POST /things"'],
    ),
    (
        document({"/things": BOTH_OPERATIONS}),
        document({"/things": {"get": {"responses": {}}}}),
        ['! POST /things: operation removed "POST /things" -> null'],
    ),
    (operation(), operation(deprecated=True), ["GET /things: deprecated changed false -> true"]),
    (operation(operationId="a_b"), operation(operationId="A_B"), []),
    (operation(operationId="a"), operation(operationId="b"), ['GET /things: operation id changed "a" -> "b"']),
    (
        path_with("id"),
        path_with("thing_id"),
        ['GET /things/{id}: path changed "/things/{id}" -> "/things/{thing_id}"'],
    ),
    (
        operation(),
        parameter(schema={"type": "integer"}),
        ['GET /things, query parameter limit: parameter added null -> "integer"'],
    ),
    (
        operation(),
        parameter(required=True),
        ['! GET /things, query parameter limit: required parameter added null -> "anything"'],
    ),
    (
        parameter(),
        operation(),
        ['! GET /things, query parameter limit: parameter removed "anything" -> null'],
    ),
    (
        parameter(),
        parameter(required=True),
        ["! GET /things, query parameter limit: required changed false -> true"],
    ),
    (
        parameter(required=True),
        parameter(),
        ["GET /things, query parameter limit: required changed true -> false"],
    ),
    (
        parameter(schema={"maximum": 9}),
        parameter(schema={"maximum": 5}),
        ["! GET /things, query parameter limit: maximum changed 9 -> 5"],
    ),
    (
        parameter(),
        parameter(explode=False),
        ["! GET /things, query parameter limit: explode changed true -> false"],
    ),
    (parameter(), parameter(style="form", explode=True), []),
    (
        operation(),
        operation(requestBody=OPTIONAL),
        ['GET /things, request body: body added null -> "application/json"'],
    ),
    (
        operation(),
        operation(requestBody=REQUIRED),
        ['! GET /things, request body: required body added null -> "application/json"'],
    ),
    (
        operation(requestBody=OPTIONAL),
        operation(requestBody=REQUIRED),
        ["! GET /things, request body: required changed false -> true"],
    ),
    (
        operation(requestBody={"content": {"application/json": {}, "text/plain": {}}}),
        operation(requestBody={"content": {"application/json; charset=utf-8": {}}}),
        ['! GET /things, request body: media type removed "text/plain" -> null'],
    ),
    (answered("200"), answered("200", "201"), ['! GET /things, answer 201: status added null -> "201"']),
    (answered("200", "201"), answered("200"), ['! GET /things, answer 201: status removed "201" -> null']),
    (answered("200"), answered("200", "404"), ['GET /things, answer 404: status added null -> "404"']),
    (answered("200", "default"), answered("200"), ['GET /things, answer default: status removed "default" -> null']),
    (
        answered("200", content={"application/json": {}}),
        answered("200", content={"text/html": {}}),
        [
            '! GET /things, answer 200: media type removed "application/json" -> null',
            'GET /things, answer 200: media type added null -> "text/html"',
        ],
    ),
    (
        answered("200", headers={"Location": {"schema": {"type": "string"}}}),
        answered("200"),
        ['! GET /things, answer 200, header location: header removed "string" -> null'],
    ),
    (operation(), operation(security=KEYED), ['! GET /things, credentials: credentials added null -> "key"']),
    (
        operation(security=KEYED),
        operation(security=[]),
        ['GET /things, credentials: credentials removed "key" -> null'],
    ),
    (
        operation(security=KEYED),
        operation(security=[*KEYED, {"token": []}]),
        ['GET /things, credentials: credentials changed "key" -> "key or token"'],
    ),
    ({**operation(), "security": KEYED}, operation(security=KEYED), []),
]


@pytest.mark.parametrize(("before", "after", "expected"), OPERATIONS)
def test_a_difference_of_operations_is_told_with_its_place(before: Object, after: Object, expected: list[str]) -> None:
    assert told(before, after) == expected


def test_references_are_followed_and_names_do_not_matter() -> None:
    before = answering({"$ref": "#/components/schemas/Thing"}, schemas={"Thing": OLD})
    renamed = answering({"$ref": "#/components/schemas/Item"}, schemas={"Item": OLD})
    wrapped = answering({"allOf": [{"$ref": "#/components/schemas/Thing"}]}, schemas={"Thing": OLD})

    for same in (answering(OLD), renamed, wrapped):
        assert told(before, same) == told(same, before) == []


def test_shared_parameters_bodies_and_answers_are_followed_too() -> None:
    shared = {"limit": {"name": "limit", "in": "query", "schema": {"maximum": 9}}}
    before = document(
        {"/things": {"get": {"parameters": [{"$ref": "#/components/parameters/limit"}]}}}, parameters=shared
    )
    after = document({"/things": {"parameters": [shared["limit"]], "get": {}}})

    assert told(before, after) == []


def test_a_schema_that_many_operations_share_is_told_once_with_all_of_them() -> None:
    def shop(thing: Object) -> Object:
        answer = {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}
        return document({f"/{n}": {"get": {"responses": answer}} for n in range(40)}, schemas={"Thing": thing})

    (difference,) = differences(shop(NEW), shop(OLD))

    assert line(difference) == '! schema Thing, b: property removed "integer" -> null'
    assert len(difference.operations) == 40
    assert difference.sides == ("answer",)
    assert difference.why == "clients count on it"


def test_a_schema_for_requests_and_answers_breaks_if_either_does() -> None:
    def both(thing: Object) -> Object:
        content = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
        return document(
            {"/t": {"post": {"requestBody": content, "responses": {"200": content}}}}, schemas={"Thing": thing}
        )

    (wider,) = differences(both({"enum": ["x"]}), both({"enum": ["x", "y"]}))
    (narrower,) = differences(both({"enum": ["x", "y"]}), both({"enum": ["x"]}))

    assert (wider.sides, wider.why) == (("request", "answer"), "clients may get what they do not know")
    assert (narrower.sides, narrower.why) == (("request", "answer"), "what clients send may be refused")


def test_the_same_difference_written_out_in_many_operations_is_told_once() -> None:
    def shop(*statuses: str) -> Object:
        return document({f"/{n}": {"get": {"responses": {status: {} for status in statuses}}} for n in range(40)})

    (difference,) = differences(shop("200"), shop("200", "503"))

    assert line(difference) == 'answer 503: status added null -> "503"'
    assert len(difference.operations) == 40


@pytest.mark.parametrize("period", [1, 2, 3])
def test_schemas_that_hold_themselves_are_compared_to_the_end(period: int) -> None:
    tree: Object = {"type": "object", "properties": {"child": {"$ref": "#/components/schemas/Tree"}, "n": {}}}
    other: Object = {"$ref": "#/components/schemas/Tree"}
    for _ in range(period):
        other = {"type": "object", "properties": {"child": other, "n": {"type": "integer"}}}
    before = answering({"$ref": "#/components/schemas/Tree"}, schemas={"Tree": tree})
    after = answering({"type": "object", "properties": {"child": other, "n": {}}}, schemas={"Tree": other})

    assert any("n: type added" in each for each in told(before, after))
    assert told(after, after) == []


@pytest.mark.parametrize(
    "ref", ["#/components/schemas/None", "other.json#/Thing", "#/components/schemas/Loop", "Thing"]
)
def test_a_reference_to_nothing_is_refused_by_name(ref: str) -> None:
    broken = answering({"$ref": ref}, schemas={"Loop": {"$ref": "#/components/schemas/Loop"}})

    for one, other in ((broken, broken), (broken, answering(OLD)), (answering(OLD), broken)):
        with pytest.raises(BrokenReference, match=r'"\$ref": ".*" leads'):
            differences(one, other)


def test_the_corrections_of_the_contract_are_differences_and_it_has_none_with_itself() -> None:
    contract = load_contract("agent-server")

    assert differences(contract.published, contract.published) == []
    assert differences(contract.observed, contract.observed) == []
    assert differences(contract.published, contract.observed)
