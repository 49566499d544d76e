"""What is wrong with a request: its kind, a sentence, and the field, as the document has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.computer_agents.making import project
from understudy.contract.validators import Schema
from understudy.errors import Invalid

if TYPE_CHECKING:
    import httpx

    from tests.conftest import Server


def told(answer: httpx.Response) -> tuple[str, str]:
    """Return the field and the sentence of a refusal of a request that does not fit."""
    body = answer.json()
    assert answer.status_code == 400
    assert (body["error"], body["code"]) == ("Validation Error", "VALIDATION_FAILED")
    (detail,) = body["details"]
    return detail["field"], detail["message"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, ("name", '"name" is a required property')),
        ({"name": 1}, ("name", '1 is not of type "string"')),
        ({"name": "Orchard", "tags": ["a", 1]}, ("tags[1]", '1 is not of type "string"')),
        ([], ("body", '[] is not of type "object"')),
    ],
)
def test_a_body_that_does_not_fit_is_told_with_the_field(server: Server, body: Any, expected: tuple[str, str]) -> None:
    assert told(server.post("/v1/projects", body)) == expected


@pytest.mark.parametrize("content", [b"", b"{", b"\xff"])
def test_a_body_that_is_no_json_is_told_as_the_body(server: Server, content: bytes) -> None:
    assert told(server.post("/v1/projects", content=content)) == ("body", "Invalid JSON in request body")


def test_a_parameter_that_does_not_fit_is_told_by_its_name(server: Server) -> None:
    assert told(server.get("/v1/agents?limit=many")) == ("limit", "Invalid limit many")
    assert told(server.get("/v1/agents?offset=-1")) == ("offset", "Invalid offset -1")


def test_what_is_not_there_is_told_with_the_thing_and_its_id(server: Server) -> None:
    answer = server.get("/v1/threads/thread_gone")

    assert (answer.status_code, answer.json()) == (
        404,
        {"error": "Not Found", "message": "Thread thread_gone not found"},
    )


def test_what_is_there_already_is_a_conflict(server: Server) -> None:
    project(server, id="orchard")

    answer = server.post("/v1/projects", {"name": "Orchard", "id": "orchard"})

    assert (answer.status_code, answer.json()["error"]) == (409, "Conflict")


def test_a_path_that_nothing_answers_and_a_wrong_method(server: Server) -> None:
    missing, wrong = server.get("/v1/nope"), server.put("/v1/agents")

    assert (missing.status_code, missing.json()) == (404, {"error": "Not Found", "message": "Not Found"})
    assert (wrong.status_code, wrong.json()["error"]) == (405, "Method Not Allowed")
    assert wrong.headers["allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/v1/threads", "GET, HEAD, POST"),
        ("OPTIONS", "/v1/threads", "GET, HEAD, POST"),
        ("POST", "/v1/threads/thread_1", "DELETE, GET, HEAD, PATCH"),
        ("PUT", "/v1/threads/search", "DELETE, GET, HEAD, PATCH, POST"),
        ("PUT", "/projects", "GET, HEAD, POST"),
    ],
)
def test_a_wrong_method_is_told_all_that_its_path_has(server: Server, method: str, path: str, allow: str) -> None:
    answer = server.client.request(method, path)

    assert (answer.status_code, answer.headers["allow"]) == (405, allow)


def test_a_mistake_of_the_servers_own_is_told_as_any_other_error(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server.world.computer_agents, "projects", None)

    answer = server.get("/v1/projects")

    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/json")
    assert answer.json() == {"error": "Internal Server Error", "message": "Internal Server Error"}


def test_a_header_that_steers_nothing_is_a_bad_request(server: Server) -> None:
    answer = server.get("/v1/agents", headers={"x-understudy-wurld": "a"})

    assert answer.status_code == 400
    assert answer.json()["error"] == "Bad Request"
    assert 'Did you mean "x-understudy-world"?' in answer.json()["message"]


# The field, where it is not that of a plain member.
FIELDS: list[tuple[dict[str, Any], Any, str | None]] = [
    ({"properties": {"a": {}}, "additionalProperties": False}, {"a b": 1}, '["a b"]'),
    ({"type": "object", "unevaluatedProperties": False}, {"a": 1}, "a"),
    ({"properties": {"m": {"items": {"required": ["r"]}}}}, {"m": [{}]}, "m[0].r"),
    ({"properties": {"m": {"anyOf": [{"type": "string"}, {"type": "null"}]}}}, {"m": 1}, "m"),
    ({"minProperties": 1}, {}, None),
]


@pytest.mark.parametrize(("schema", "value", "field"), FIELDS)
def test_the_field_is_the_place_of_what_is_wrong(schema: dict[str, Any], value: Any, field: str | None) -> None:
    with pytest.raises(Invalid) as refusal:
        Schema({"components": {"schemas": {}}}, schema).check(value)

    assert refusal.value.field == field


def test_a_request_that_does_not_fit_is_a_violation_in_the_journal(server: Server) -> None:
    server.post("/v1/projects", {"name": ""})
    server.post("/v1/projects", {"name": "Orchard"})
    server.get("/v1/projects/gone")

    entries = server.get("/_understudy/journal").json()["entries"]
    assert [entry["request_verdict"]["kept"] for entry in entries] == [False, True, True]
    assert [entry["answer_verdict"]["kept"] for entry in entries] == [True, True, True]


def test_a_rule_of_the_handlers_own_is_a_violation_and_what_is_not_possible_is_none(server: Server) -> None:
    thread = server.post("/v1/threads", {}).json()["thread"]["id"]

    refused = server.post(f"/v1/threads/{thread}/messages", {"content": "Hi", "editMessageId": "msg_gone"})
    nothing = server.post(f"/v1/threads/{thread}/cancel", {})

    assert told(refused)[0] == "editMessageId"
    assert (nothing.status_code, nothing.json()["error"]) == (400, "Bad Request")
    entries = server.get("/_understudy/journal").json()["entries"][-2:]
    assert [entry["request_verdict"]["kept"] for entry in entries] == [False, True]
