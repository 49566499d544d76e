"""The documents as validators: everything compiles, and both libraries come to the same verdict on every body."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from understudy.contract.documents import load_contract
from understudy.contract.operations import Operation, operations, resolve
from understudy.contract.validators import Schema, left_to_the_server

CONTRACT = load_contract("agent-server")

DOCUMENTS = {"published": CONTRACT.published, "observed": CONTRACT.observed}

BODIES = {str(each): each.body for each in operations(CONTRACT.observed) if each.body is not None}

scalars = (
    st.none()
    | st.booleans()
    | st.sampled_from([0, 1, -1, 2.0, 0.5, 1000, 1001, 10**20])
    | st.sampled_from(["", "x", "a.b", "agent", "\0", "1a", "33333333-3333-4333-8333-333333333333", "langgraph"])
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=3,
)


def reference(document: Any, schema: Any) -> jsonschema.Draft202012Validator:
    """Return the validator that is the authority: slow, and true to the letter."""
    return jsonschema.Draft202012Validator({**schema, "components": document["components"]})


def resolved(schema: Any) -> Any:
    return resolve(CONTRACT.observed, schema)


def fitting(schema: Any, depth: int = 4) -> st.SearchStrategy[Any]:
    """Return values that fit a schema, but for the rules that only few schemas have."""
    schema = resolved(schema)
    if not isinstance(schema, dict) or depth == 0:
        return anything
    for part in map(resolved, schema.get("allOf", [])):
        properties = {**part.get("properties", {}), **schema.get("properties", {})}
        required = [*part.get("required", []), *schema.get("required", [])]
        schema = {**schema, **({"properties": properties, "required": required} if properties else {})}
    if "const" in schema or "enum" in schema:
        return st.sampled_from(schema.get("enum", [schema.get("const")]))
    if branches := [*schema.get("anyOf", []), *schema.get("oneOf", [])]:
        return st.one_of([fitting({**schema, "anyOf": [], "oneOf": [], **branch}, depth) for branch in branches])
    kind = schema.get("type", "object" if "properties" in schema else [])
    return st.one_of(
        [of_kind(schema, each, depth) for each in (kind if isinstance(kind, list) else [kind])] or anything
    )


def of_kind(schema: Any, kind: str, depth: int) -> st.SearchStrategy[Any]:
    lowest, highest = schema.get("minimum"), schema.get("maximum")
    match kind:
        case "object":
            fields = {name: fitting(inner, depth - 1) for name, inner in schema.get("properties", {}).items()}
            required = [name for name in schema.get("required", []) if name in fields]
            optional = {name: fields[name] for name in fields if name not in required}
            return st.fixed_dictionaries({name: fields[name] for name in required}, optional=optional)
        case "array":
            return st.lists(fitting(schema.get("items", {}), depth - 1), min_size=schema.get("minItems", 0), max_size=2)
        case "string" if "pattern" in schema:
            # Python's `$` also matches before a newline at the end; that of JSON Schema does not.
            return st.from_regex(schema["pattern"]).filter(lambda text: not text.endswith("\n"))
        case "string":
            return st.text(min_size=schema.get("minLength", 0), max_size=9)
        case "integer":
            return st.integers(lowest, highest)
        case "number":
            above = schema.get("exclusiveMinimum", lowest)
            return st.floats(above, highest, exclude_min=above != lowest, allow_nan=False, allow_infinity=False)
        case "boolean":
            return st.booleans()
    return st.none()


@st.composite
def broken(draw: st.DrawFn, schema: Any) -> Any:
    """Return a value that fits a schema, with something else in the place of a part of it."""
    value = draw(fitting(schema))
    part = value
    while isinstance(part, (dict, list)) and part:
        at = draw(st.sampled_from(sorted(part) if isinstance(part, dict) else range(len(part))))
        if not isinstance(part[at], (dict, list)) or not part[at] or draw(st.booleans()):
            if isinstance(part, dict) and draw(st.booleans()):
                del part[at]
            else:
                part[at] = draw(anything)
            return value
        part = part[at]
    return draw(anything)


@pytest.mark.parametrize("which", DOCUMENTS)
def test_every_schema_of_the_document_compiles_and_is_one(which: str) -> None:
    document = DOCUMENTS[which]
    schemas = document["components"]["schemas"]

    assert len(schemas) >= 58
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)
        Schema(document, schema)


@pytest.mark.parametrize("which", DOCUMENTS)
def test_every_schema_of_an_operation_compiles(which: str) -> None:
    document = DOCUMENTS[which]
    schemas = [schema for operation in operations(document) for schema in schemas_of(operation)]

    assert len(schemas) > 200
    for schema in schemas:
        Schema(document, schema)
        Schema(left_to_the_server(document), schema)


def schemas_of(operation: Operation) -> list[Any]:
    bodies = [] if operation.body is None else [operation.body]
    contents = [
        content for response in operation.responses.values() for content in response.get("content", {}).values()
    ]
    return [
        *bodies,
        *(parameter.schema for parameter in operation.parameters),
        *(content["schema"] for content in contents if "schema" in content),
    ]


@pytest.mark.parametrize("name", BODIES)
def test_both_libraries_come_to_the_same_verdict_on_a_body(name: str) -> None:
    schema: Any = BODIES[name]
    fast, slow = Schema(CONTRACT.observed, schema), reference(CONTRACT.observed, schema)
    verdicts = set()

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(body=fitting(schema) | broken(schema))
    def agree(body: Any) -> None:
        verdict = slow.is_valid(body)
        assert fast.fits(body) == verdict
        assert (fast.complaint(body) is None) == verdict
        verdicts.add(verdict)

    agree()
    assert verdicts == {True, False}, "the bodies that were tried say little"


@pytest.mark.parametrize("which", DOCUMENTS)
def test_no_required_name_is_ever_forgotten(which: str) -> None:
    document = DOCUMENTS[which]
    for schema in document["components"]["schemas"].values():
        required = schema.get("required", [])
        for missing in required:
            body = dict.fromkeys(name for name in required if name != missing)
            assert not Schema(document, schema).fits(body)
            assert not reference(document, schema).is_valid(body)


@pytest.mark.parametrize("required", [1, 2, 3, 4])
def test_wide_schemas_keep_their_required_names(required: int) -> None:
    # Version 0.44 of jsonschema-rs drops two required names of a schema with fifteen properties or more.
    for width in range(required, 40):
        names = [f"name{number}" for number in range(width)]
        schema = {"type": "object", "properties": {name: {} for name in names}, "required": names[:required]}
        validator = Schema({"components": {"schemas": {}}}, schema)
        complete = dict.fromkeys(names[:required], 1)
        assert validator.fits(complete)
        for missing in names[:required]:
            body = {name: value for name, value in complete.items() if name != missing}
            assert not validator.fits(body)
            assert missing in str(validator.complaint(body))


@pytest.mark.parametrize(
    ("schema", "instance", "complaint"),
    [
        ({"type": "object"}, [], '[] is not of type "object"'),
        ({"enum": ["a", "b"]}, "c", '"c" is not one of "a" or "b"'),
        ({"required": ["n"]}, {}, '"n" is a required property'),
        ({"$ref": "#/components/schemas/N"}, "1", '"1" is not of type "integer"'),
        ({"items": {"$ref": "#/components/schemas/N"}}, [1, "2"], '"2" is not of type "integer"'),
    ],
)
def test_a_complaint_names_the_value_and_what_is_wrong_with_it(schema: Any, instance: Any, complaint: str) -> None:
    document = {"components": {"schemas": {"N": {"type": "integer"}}}}

    told = str(Schema(document, schema).complaint(instance))

    assert told.partition("\n")[0] == complaint


@pytest.mark.parametrize(
    ("schema", "instance"),
    [
        ({"type": "integer"}, 2.0),
        ({"type": "string", "format": "uuid"}, "none"),
        ({"type": "string", "format": "date-time"}, "none"),
        ({"type": ["string", "null"]}, None),
        ({"type": "object"}, {"unknown": 1}),
    ],
)
def test_what_the_real_server_takes_is_taken(schema: Any, instance: Any) -> None:
    validator = Schema({"components": {"schemas": {}}}, schema)

    assert validator.fits(instance)
    assert validator.complaint(instance) is None


def test_rules_that_handlers_enforce_are_no_concern_of_the_validator() -> None:
    rule = {"x-checked-by": "handler", "maxLength": 1}
    document = {"components": {"schemas": {"Name": {"type": "string", "allOf": [rule]}}}}
    schema = {"$ref": "#/components/schemas/Name"}

    assert not Schema(document, schema).fits("long")
    assert Schema(left_to_the_server(document), schema).fits("long")
    assert not Schema(left_to_the_server(document), schema).fits(1)
