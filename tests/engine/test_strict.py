"""A strict server holds its own answers to the contract: what is broken is said, and goes to nobody."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import Server
from understudy.config import Settings
from understudy.contract.operations import operations
from understudy.server.strict import AnswerCheck, ContractBroken

if TYPE_CHECKING:
    from collections.abc import Iterator

JSON = (b"content-type", b"application/json")

DOCUMENT: dict[str, Any] = {
    "paths": {
        "/it": {
            "get": {
                "operationId": "it",
                "responses": {
                    "200": {
                        "headers": {
                            "X-Needed": {"required": True, "schema": {"type": "integer"}},
                            "X-Spare": {"schema": {}},
                        },
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/It"}},
                            "text/plain": {},
                        },
                    },
                    "204": {"description": "nothing"},
                    "404": {"$ref": "#/components/responses/Gone"},
                },
            }
        }
    },
    "components": {
        "schemas": {
            "It": {"type": "object", "required": ["n"], "properties": {"n": {"$ref": "#/components/schemas/N"}}},
            "N": {"type": "integer"},
        },
        "responses": {
            "Gone": {"content": {"application/json": {"schema": {"type": "string"}}}},
        },
    },
}


@pytest.fixture(scope="module")
def check() -> AnswerCheck:
    (operation,) = operations(DOCUMENT)
    return AnswerCheck(DOCUMENT, operation)


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (200, [JSON, (b"x-needed", b"1")], b'{"n":1}'),
        (200, [(b"content-type", b"application/json; charset=utf-8"), (b"x-needed", b"1")], b'{"n":1}'),
        (200, [(b"content-type", b"text/plain"), (b"x-needed", b"1")], b"anything"),
        (204, [], b""),
        (404, [JSON], b'"gone"'),
    ],
)
def test_an_answer_as_documented_passes(
    check: AnswerCheck, status: int, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    check.check(status, headers, body)


@pytest.mark.parametrize(
    ("status", "headers", "body", "complaint"),
    [
        (201, [JSON], b"{}", "status 201 is not documented"),
        (200, [JSON], b'{"n":1}', "200 lacks the header x-needed"),
        (
            200,
            [(b"content-type", b"text/html"), (b"x-needed", b"1")],
            b"",
            '200 with content type "text/html" is not documented',
        ),
        (200, [JSON, (b"x-needed", b"1")], b'{"n":"1"}', '200 with a body that does not fit: "1" is not of type'),
        (200, [JSON, (b"x-needed", b"1")], b"{}", '200 with a body that does not fit: "n" is a required property'),
        (404, [JSON], b"{}", '404 with a body that does not fit: {} is not of type "string"'),
    ],
)
def test_an_answer_that_is_not_as_documented_is_told_with_its_body(
    check: AnswerCheck, status: int, headers: list[tuple[bytes, bytes]], body: bytes, complaint: str
) -> None:
    with pytest.raises(ContractBroken) as broken:
        check.check(status, headers, body)

    assert str(broken.value).startswith(f"GET /it broke its contract: {complaint}")
    assert str(broken.value).endswith(f"\n{body.decode()}")


def miscount(**_: Any) -> str:
    return "many"


def test_a_strict_server_says_what_it_has_broken(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server.world.threads, "count", miscount)

    answer = server.post("/threads/count", {})

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith(
        'POST /threads/count broke its contract: 200 with a body that does not fit: "many" is not of type "integer"'
    )


@pytest.fixture(scope="module")
def lenient() -> Iterator[Server]:
    """A server that does not check its answers."""
    with closing(Server(Settings(strict=False))) as server:
        yield server


def test_a_lenient_server_answers_all_the_same(lenient: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lenient.world.threads, "count", miscount)

    assert lenient.post("/threads/count", {}).json() == "many"
