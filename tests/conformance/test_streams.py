"""Streams keep the contract, event by event and as a whole, whatever runs, however it is watched."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.campaign import imitated
from tests.conformance.streams import CHECKS, Follower, follow_all, schemas
from tests.conftest import Server


@pytest.fixture(scope="module")
def follower(running: Server) -> Iterator[Follower]:
    """A client of a server with the scenario `reference`, which all examples share."""
    running.play("reference")
    follower = Follower(running.url)
    yield follower
    follower.close()


@pytest.mark.parametrize("what", CHECKS)
def test_streams_keep_the_contract(follower: Follower, what: str) -> None:
    follow_all(follower, CHECKS[what], examples=25, seed=1)


def test_every_operation_that_streams_is_followed() -> None:
    assert {operation for operation in schemas() if operation in imitated()} == {
        "POST /threads/{thread_id}/runs/stream",
        "GET /threads/{thread_id}/runs/{run_id}/stream",
        "POST /runs/stream",
        "GET /threads/{thread_id}/stream",
        "POST /threads/{thread_id}/stream/events",
    }
