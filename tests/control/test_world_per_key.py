"""A world for each API key."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.conftest import Server
from tests.control.hosting import WORLDS
from understudy.config import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def keyed() -> Iterator[Server]:
    with closing(Server(Settings(world_per_key=True))) as server:
        yield server


def test_each_api_key_has_a_world_of_its_own(keyed: Server) -> None:
    def seen(**headers: str) -> int:
        return len(keyed.post("/threads/search", {}, headers=headers).json())

    keyed.post("/threads", {}, headers={"x-api-key": "ada"}).raise_for_status()
    keyed.post("/threads", {}).raise_for_status()
    keyed.post("/threads", {}).raise_for_status()

    assert seen(**{"x-api-key": "ada"}) == 1
    assert seen(**{"x-api-key": "grace"}) == 0
    assert seen() == 2


def test_a_world_that_is_named_counts_more_than_the_key(keyed: Server) -> None:
    thread = keyed.post("/threads", {}, headers={"x-api-key": "linus"}).json()["thread_id"]

    answer = keyed.get(f"/threads/{thread}", headers={"x-api-key": "linus", "X-Understudy-World": "mine"})

    assert answer.status_code == 404


def test_no_world_tells_the_key_that_it_is_for(keyed: Server) -> None:
    keyed.get("/ok", headers={"x-api-key": "a-secret-of-mine"})

    assert "a-secret-of-mine" not in keyed.get(WORLDS).text


def test_a_key_that_is_refused_gets_no_world() -> None:
    with closing(Server(Settings(world_per_key=True, api_keys=("ada",)))) as server:
        answers = [server.post("/threads", {}, headers={"x-api-key": key}) for key in ("ada", "mallory", "eve")]

        assert [answer.status_code for answer in answers] == [200, 403, 403]
        assert len(server.get(WORLDS).json()) == 2


def test_without_keys_of_their_own_all_requests_are_in_one_world(host: Server) -> None:
    host.post("/threads", {}, headers={"x-api-key": "ada"}).raise_for_status()

    assert [world["name"] for world in host.get(WORLDS).json()] == ["default"]
