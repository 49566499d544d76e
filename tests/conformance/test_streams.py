"""Streams keep the contract, event by event and as a whole, whatever runs, however it is watched."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.campaign import API, imitated
from tests.conformance.streams import CHECKS, Follower, follow_all
from tests.conftest import Server
from understudy.contract.documents import load_contract
from understudy.contract.events import event_schema
from understudy.contract.operations import operations


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
    document = load_contract(API).observed
    streaming = {str(each) for each in operations(document) if event_schema(document, each.path, each.method)}
    followed = {operation for law in CHECKS.values() for operation in law.operations}

    assert streaming & imitated() <= followed


def test_a_document_that_takes_events_for_text_says_nothing_of_them() -> None:
    document = load_contract(API).published

    assert event_schema(document, "/runs/stream", "POST") is None
    assert event_schema(document, "/threads", "POST") is None
