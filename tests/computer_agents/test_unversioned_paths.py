"""Older clients ask without `/v1`; where this API is served alone, they are answered all the same."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.computer_agents.making import project
from tests.conftest import Server
from understudy.config import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_every_path_answers_without_the_version(server: Server) -> None:
    project(server, id="orchard")

    assert server.get("/health").json()["status"] == "healthy"
    assert server.get("/projects/orchard").json() == server.get("/v1/projects/orchard").json()
    assert server.post("/threads", {}).status_code == 201


@pytest.mark.parametrize("path", ["/v1/projects/", "/v1/projects//", "/projects/", "/v1/projects/?limit=1"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_slash_at_the_end_changes_nothing(server: Server, method: str, path: str) -> None:
    answer = server.client.request(method, path, json={"name": "Orchard"})

    assert answer.status_code == {"GET": 200, "POST": 201}[method]


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/", "/v1/v1/health", "/v2/health", "/v1health", "/nope"])
def test_what_is_no_path_stays_none(server: Server, path: str) -> None:
    answer = server.get(path)

    assert (answer.status_code, answer.json()["error"]) == (404, "Not Found")


def test_the_journal_tells_the_path_that_was_asked(server: Server) -> None:
    server.get("/health")

    (entry,) = server.get("/_understudy/journal").json()["entries"]
    assert (entry["path"], entry["operation"]) == ("/health", "get_health")


def test_the_other_api_has_no_version(live: Server) -> None:
    assert live.get("/ok").status_code == 200
    assert live.get("/v1/ok").status_code == 404


@pytest.fixture(scope="module")
def live() -> Iterator[Server]:
    """A server of the Agent Server's API."""
    with closing(Server(Settings(strict=True))) as server:
        yield server
