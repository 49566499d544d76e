"""Who is let in: a request needs a key, in either of two headers; health is open to everyone."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.conftest import Server
from understudy.config import Settings
from understudy.contract.documents import load_contract
from understudy.contract.operations import operations
from understudy.state.worlds import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.contract.operations import Operation

OPERATIONS = list(operations(load_contract("computer-agents").observed))


def asked(server: Server, **headers: str) -> httpx.Response:
    """Ask with these headers alone; those that are sent by default are not."""
    return httpx.get(f"{server.url}/v1/projects", headers={name.replace("_", "-"): headers[name] for name in headers})


@pytest.fixture(scope="module")
def guarded() -> Iterator[Server]:
    """A server that knows two keys, each with a world of its own."""
    settings = Settings(apis=("computer-agents",), api_keys=("one", "two"), world_per_key=True, strict=True)
    with closing(Server(settings)) as server:
        yield server


@pytest.mark.parametrize(
    "headers", [{"authorization": "Bearer any"}, {"authorization": "bearer any"}, {"x_api_key": "any"}]
)
def test_a_server_without_keys_takes_any(server: Server, headers: dict[str, str]) -> None:
    assert asked(server, **headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x_api_key": ""},
        {"authorization": "Bearer"},
        {"authorization": "Basic b25lOg=="},
        {"x_computer_agents_organization": "org_1"},
    ],
)
def test_but_not_none(server: Server, headers: dict[str, str]) -> None:
    answer = asked(server, **headers)

    assert answer.status_code == 401
    assert answer.json() == {
        "error": "Unauthorized",
        "message": "Missing API key: send it in the Authorization header after Bearer or in the X-API-Key header",
    }


@pytest.mark.parametrize("headers", [{"authorization": "Bearer one"}, {"x_api_key": "two"}])
def test_each_of_the_keys_lets_in(guarded: Server, headers: dict[str, str]) -> None:
    assert asked(guarded, **headers).status_code == 200


@pytest.mark.parametrize(
    ("headers", "header"),
    [
        ({"authorization": "Bearer three"}, "Authorization"),
        ({"x_api_key": "ONE"}, "X-API-Key"),
        ({"authorization": "Bearer three", "x_api_key": "one"}, "Authorization"),
    ],
)
def test_a_key_that_is_not_known_is_told_as_a_missing_one_is(
    guarded: Server, headers: dict[str, str], header: str
) -> None:
    answer = asked(guarded, **headers)

    assert answer.status_code == 401
    assert answer.json() == {"error": "Unauthorized", "message": f"Unknown API key in the {header} header"}


def test_a_key_in_the_other_header_counts_where_the_first_has_none(guarded: Server) -> None:
    assert asked(guarded, authorization="Basic b25lOg==", x_api_key="one").status_code == 200


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_only_health_is_open_to_everyone(server: Server, operation: Operation) -> None:
    path = server.url + operation.path.replace("{", "").replace("}", "")

    answer = httpx.request(operation.method, path, content=b"{")

    assert answer.status_code == (200 if operation.path == "/v1/health" else 401)


def test_each_key_has_its_world_in_either_header(guarded: Server) -> None:
    made = httpx.post(f"{guarded.url}/v1/projects", json={"name": "Orchard"}, headers={"x-api-key": "one"})

    assert made.status_code == 201
    assert asked(guarded, authorization="Bearer one").json()["count"] == 1
    assert asked(guarded, authorization="Bearer two").json()["count"] == 0


def test_a_key_that_is_refused_gets_no_world(guarded: Server) -> None:
    def worlds() -> set[str]:
        return {world["name"] for world in guarded.get("/_understudy/worlds").json()} - {DEFAULT}

    before = worlds()

    asked(guarded, authorization="Bearer guess")
    asked(guarded, x_api_key="")

    assert worlds() == before


def test_no_key_is_kept_in_the_journal(server: Server) -> None:
    server.get("/v1/projects", headers={"authorization": "Bearer tb_secret", "x-api-key": "tb_secret"})

    assert "tb_secret" not in server.get("/_understudy/journal").text
