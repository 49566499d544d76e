"""A server that wants API keys: who gets in, who does not, and what is open to everyone."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.conftest import Server
from tests.engine.test_routes import OPERATIONS, address
from understudy.config import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.contract.operations import Operation

MISSING_KEY = (401, {"detail": "Missing API key: send it in the x-api-key header"})
UNKNOWN_KEY = (403, {"detail": "Unknown API key in the x-api-key header"})

PUBLIC = {"/", "/docs", "/info", "/metrics", "/ok", "/openapi.json"}


@pytest.fixture(scope="module")
def guarded() -> Iterator[Server]:
    """A server that knows two keys."""
    with closing(Server(Settings(api_keys=("one", "two"), strict=True))) as server:
        yield server


def test_what_is_public_is_what_tells_of_the_server_itself() -> None:
    assert {operation.path for operation in OPERATIONS if operation.public} == PUBLIC


@pytest.mark.parametrize("key", ["one", "two"])
def test_each_of_the_keys_lets_in(guarded: Server, key: str) -> None:
    answer = guarded.post("/threads/count", {}, headers={"x-api-key": key})

    assert (answer.status_code, answer.json()) == (200, 0)


@pytest.mark.parametrize("key", ["", "three", "ONE", "one,two", "ünï"])
def test_another_key_does_not(guarded: Server, key: str) -> None:
    answer = guarded.post("/threads/count", {}, headers={"x-api-key": key.encode()})

    assert (answer.status_code, answer.json()) == UNKNOWN_KEY


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_every_operation_that_is_not_public_wants_a_key_before_anything_else(
    guarded: Server, operation: Operation
) -> None:
    path = address(operation).replace("33333333", "none")

    answer = guarded.client.request(operation.method, path, content=b"{")
    guess = guarded.client.request(operation.method, path, content=b"{", headers={"x-api-key": "guess"})

    if operation.public:
        assert answer.status_code == guess.status_code == 200
    else:
        # What answers a HEAD has no body.
        bodies = operation.method != "head"
        assert (answer.status_code, answer.json() if bodies else MISSING_KEY[1]) == MISSING_KEY
        assert (guess.status_code, guess.json() if bodies else UNKNOWN_KEY[1]) == UNKNOWN_KEY


def test_a_browser_asks_without_a_key_whether_it_may_send_one(guarded: Server) -> None:
    asked = {"origin": "http://page", "access-control-request-method": "POST"}

    assert guarded.client.options("/threads", headers=asked).status_code == 200
    refused = guarded.post("/threads", {}, headers={"origin": "http://page"})
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, "*")


def test_where_nothing_is_there_is_nothing_to_guard(guarded: Server) -> None:
    assert guarded.get("/nope").status_code == 404
    assert guarded.get("/threads").status_code == 405


def test_without_keys_a_server_takes_any(server: Server) -> None:
    for headers in ({}, {"x-api-key": ""}, {"x-api-key": "any"}, {"authorization": "Bearer x"}):
        assert server.post("/threads/count", {}, headers=headers).status_code == 200
