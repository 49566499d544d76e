"""An overlay corrects a document; the one that is shipped accounts for all that is known of the Agent Server."""

from __future__ import annotations

import copy
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema_rs
import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from understudy.contract import overlay
from understudy.contract.operations import METHODS, operations, resolve
from understudy.contract.overlay import OverlayError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.wire import Json, JsonObject

SPECS = Path(__file__).parents[2] / "specs"
DEVIATIONS = [f"D{number}" for number in range(1, 95)]
NUMBERED = re.compile(r"(?P<number>[DS]\d+) - \S")


def corrected(document: JsonObject, *actions: Json) -> JsonObject:
    return overlay.apply(document, {"overlay": "1.0.0", "actions": list(actions)})


def test_an_update_is_merged_into_an_object() -> None:
    document = {"info": {"title": "Old", "contact": {"name": "Ada"}}}

    result = corrected(document, {"target": "$.info", "update": {"title": "New", "contact": {"url": "/ada"}}})

    assert result == {"info": {"title": "New", "contact": {"name": "Ada", "url": "/ada"}}}


def test_lists_that_meet_in_a_merge_are_joined() -> None:
    document = {"schema": {"required": ["a"]}}

    result = corrected(document, {"target": "$.schema", "update": {"required": ["b", "c"]}})

    assert result == {"schema": {"required": ["a", "b", "c"]}}


def test_a_single_value_gives_way_to_anything() -> None:
    document = {"schema": {"type": "object"}}

    result = corrected(document, {"target": "$.schema", "update": {"type": ["object", "null"]}})

    assert result == {"schema": {"type": ["object", "null"]}}


@pytest.mark.parametrize("update", [{"name": "limit"}, "limit", ["limit"]])
def test_an_update_is_appended_to_a_list(update: Json) -> None:
    result = corrected({"tags": ["first"]}, {"target": "$.tags", "update": update})

    assert result == {"tags": ["first", update]}


def test_what_is_removed_is_gone_from_its_object_or_list() -> None:
    document: JsonObject = {
        "paths": {"/a": {}, "/b": {}},
        "tags": [{"name": "x"}, {"name": "y"}, {"name": "x"}],
    }

    result = corrected(
        document,
        {"target": "$.paths['/a']", "remove": True},
        {"target": "$.tags[?@.name == 'x']", "remove": True},
    )

    assert result == {"paths": {"/b": {}}, "tags": [{"name": "y"}]}


def test_nodes_inside_each_other_are_all_removed() -> None:
    document: JsonObject = {"a": {"x": {"x": {"deep": []}}}, "x": {}}

    assert corrected(document, {"target": "$..x", "remove": True}) == {"a": {}}


def test_where_both_are_said_the_removal_counts() -> None:
    document: JsonObject = {"a": {}, "b": {}}

    assert corrected(document, {"target": "$.a", "remove": True, "update": {"c": 1}}) == {"b": {}}


def test_an_action_reaches_every_node_its_target_selects_once() -> None:
    document: JsonObject = {"a": {"n": []}, "b": {"n": []}}

    result = corrected(document, {"target": "$['a', 'b', 'a'].n", "update": 1})

    assert result == {"a": {"n": [1]}, "b": {"n": [1]}}


def test_actions_see_what_those_before_them_did() -> None:
    result = corrected(
        {"schema": {"required": ["old"]}},
        {"target": "$.schema.required", "remove": True},
        {"target": "$.schema", "update": {"required": ["new"], "properties": {}}},
        {"target": "$.schema.properties", "update": {"new": {"type": "string"}}},
    )

    assert result == {"schema": {"required": ["new"], "properties": {"new": {"type": "string"}}}}


def test_neither_the_document_nor_the_overlay_is_changed() -> None:
    document = {"a": {"list": [1]}, "b": {"list": [1]}}
    actions = [
        {"target": "$.*", "update": {"shared": {"list": [2]}}},
        {"target": "$.a.shared.list", "update": 3},
        {"target": "$.b.list", "update": 4},
    ]
    before = copy.deepcopy((document, actions))

    result = corrected(document, *actions)

    assert (document, actions) == before
    assert result == {
        "a": {"list": [1], "shared": {"list": [2, 3]}},
        "b": {"list": [1, 4], "shared": {"list": [2]}},
    }


def test_what_no_action_touches_is_shared_with_the_document() -> None:
    document: JsonObject = {"touched": {"inner": {}}, "left": {"inner": {}}}

    result = corrected(document, {"target": "$.touched", "update": {"new": 1}})

    assert result["left"] is document["left"]
    assert result["touched"]["inner"] is document["touched"]["inner"]


@pytest.mark.parametrize(
    ("action", "complaint"),
    [
        ({"target": "$.nowhere", "remove": True}, "target matches nothing"),
        ({"target": "$.list[", "remove": True}, "target is no JSONPath of RFC 9535: "),
        ({"remove": True}, "target is a JSONPath expression"),
        (
            {"target": "$.name", "remove": True},
            "target selects a string; select the object or list that holds it",
        ),
        ({"target": "$.list[0]", "update": {}}, "target selects a number; "),
        ({"target": "$.nothing", "update": {}}, "target selects null; "),
        ({"target": "$.yes", "update": {}}, "target selects a boolean; "),
        ({"target": "$.object"}, "there is neither update nor remove"),
        ({"target": "$.object", "remove": False}, "there is neither update nor remove"),
        ({"target": "$.object", "remove": "yes"}, "remove is true or false, not a string"),
        ({"target": "$", "remove": True}, "the whole document cannot be removed"),
        ({"target": "$.object", "update": 1}, "the update of an object is an object, not a number"),
        (
            {"target": "$", "update": {"object": {"of": []}}},
            "update has a list at object.of, where there is an object",
        ),
        ({"target": "$", "update": {"list": None}}, "update has null at list, where there is a list"),
        ("remove it", "an action is an object, not a string"),
    ],
)
def test_an_error_names_the_action_and_what_is_wrong_with_it(action: Json, complaint: str) -> None:
    document: JsonObject = {"object": {"of": {}}, "list": [1], "name": "x", "nothing": None, "yes": True}
    harmless = {"target": "$.object", "update": {}}

    with pytest.raises(OverlayError) as error:
        corrected(document, harmless, action)

    named = f"action 2, target {action['target']}" if "target" in action else "action 2"
    assert str(error.value).startswith(f"{named}: {complaint}")


@pytest.mark.parametrize("version", ["2.0.0", "1.1.0", 1.0, None])
def test_an_unknown_version_is_refused(version: Json) -> None:
    with pytest.raises(OverlayError, match=f"overlay version {version!r} is not understood"):
        overlay.apply({"a": {}}, {"overlay": version, "actions": [{"target": "$.a", "update": {}}]})


@pytest.mark.parametrize("actions", [None, [], {}])
def test_an_overlay_without_actions_is_refused(actions: Json) -> None:
    with pytest.raises(OverlayError, match="an overlay has a list of one action or more"):
        overlay.apply({}, {"overlay": "1.0.0", "actions": actions})


@cache
def read(name: str) -> JsonObject:
    document: JsonObject = yaml.load((SPECS / name).read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return document


@cache
def observed() -> JsonObject:
    return overlay.apply(read("agent-server.yaml"), read("agent-server.overlay.yaml"))


def actions() -> list[JsonObject]:
    found: list[JsonObject] = read("agent-server.overlay.yaml")["actions"]
    return found


def number(action: JsonObject) -> str:
    match = NUMBERED.match(action["description"])
    assert match, f"{action['description']!r} begins with no number"
    return match["number"]


def test_every_action_of_the_agent_server_changes_something() -> None:
    document = read("agent-server.yaml")

    for action in actions():
        previous, document = document, corrected(document, action)
        assert document != previous, action

    assert document == observed()


def test_all_deviations_are_accounted_for_and_none_twice() -> None:
    acted = {number(action) for action in actions() if number(action).startswith("D")}
    needless = [entry["number"] for entry in read("agent-server.overlay.yaml")["x-not-expressible"]]

    assert sorted([*acted, *needless], key=DEVIATIONS.index) == DEVIATIONS


def test_the_actions_of_a_deviation_stand_together_and_the_deviations_in_order() -> None:
    numbers = [number(action) for action in actions() if number(action).startswith("D")]

    assert numbers == sorted(numbers, key=DEVIATIONS.index)


def test_a_deviation_without_an_action_has_a_reason() -> None:
    for entry in read("agent-server.overlay.yaml")["x-not-expressible"]:
        assert entry.keys() == {"number", "reason"}
        assert entry["reason"].strip().endswith(".")


def test_the_published_document_stays_as_it_is() -> None:
    published = read("agent-server.yaml")
    before = copy.deepcopy(published)

    overlay.apply(published, read("agent-server.overlay.yaml"))

    assert published == before


def test_what_is_observed_is_a_valid_openapi_document() -> None:
    assert list(OpenAPIV31SpecValidator(observed()).iter_errors()) == []


def test_a_mark_says_that_the_handler_checks() -> None:
    marks = {node["x-checked-by"] for node in objects(observed()) if "x-checked-by" in node}

    assert marks == {"handler"}


def test_links_lead_to_operations_and_name_their_parameters() -> None:
    targets = {
        operation.id: {parameter.name for parameter in operation.parameters} for operation in operations(observed())
    }

    for name, link in observed()["components"]["links"].items():
        known = targets[link["operationId"]]
        assert {name for name in known if name.endswith("_id")} <= link["parameters"].keys() <= known, name


def test_examples_are_valid() -> None:
    for schema, example in examples():
        validator = jsonschema_rs.Draft202012Validator({**schema, "components": observed()["components"]})
        validator.validate(example)


def examples() -> Iterator[tuple[JsonObject, Json]]:
    """Yield each example of a request with its schema."""
    for item in observed()["paths"].values():
        for entry in (value for name, value in item.items() if name in METHODS):
            for parameter in (resolve(observed(), value) for value in entry.get("parameters", [])):
                if "example" in parameter:
                    yield parameter["schema"], parameter["example"]
            for media in entry.get("requestBody", {}).get("content", {}).values():
                for example in media.get("examples", {}).values():
                    yield media["schema"], example["value"]


def objects(value: Json) -> Iterator[JsonObject]:
    """Yield every object in a document."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from objects(inner)
