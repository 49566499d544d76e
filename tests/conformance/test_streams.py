"""Streams keep the contract, event by event and as a whole, whatever runs, however it is watched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.conformance.campaign import imitated
from tests.conformance.streams import CHECKS, Follower, schemas
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
    made_up, follow = CHECKS[what]

    @settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
    @given(made_up)
    def follow_all(request: Any) -> None:
        follow(follower, request)

    follow_all()


def test_every_operation_that_streams_is_followed() -> None:
    assert {operation for operation in schemas() if operation in imitated()} == {
        "POST /threads/{thread_id}/runs/stream",
        "GET /threads/{thread_id}/runs/{run_id}/stream",
        "POST /runs/stream",
        "GET /threads/{thread_id}/stream",
        "POST /threads/{thread_id}/stream/events",
    }
