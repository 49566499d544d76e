"""Streams keep the contract, event by event and as a whole, whatever runs, however it is watched."""

from __future__ import annotations

import pytest

from tests.conformance.campaign import API, Report, imitated, run
from tests.conftest import Server
from understudy.contract.documents import load_contract
from understudy.contract.events import event_schema
from understudy.contract.operations import operations


@pytest.fixture(scope="module")
def report(running: Server) -> Report:
    """A run of the laws of streams alone, with more examples than other laws get."""
    running.play("reference")
    return run(running.url, examples=80, seed=1, phases=("streams",))


def test_streams_keep_the_contract(report: Report) -> None:
    if complaint := report.complaint():
        pytest.fail(complaint, pytrace=False)


def test_every_operation_that_streams_is_followed(report: Report) -> None:
    document = load_contract(API).observed
    streaming = {str(each) for each in operations(document) if event_schema(document, each.path, each.method)}
    followed = {operation for trial in report.checkup.trials for operation in trial.law.operations}

    assert streaming & imitated() <= followed
    for operation in streaming & imitated():
        assert min(report.answers(operation), default=500) == 200, operation


def test_a_document_that_takes_events_for_text_says_nothing_of_them() -> None:
    document = load_contract(API).published

    assert event_schema(document, "/runs/stream", "POST") is None
    assert event_schema(document, "/threads", "POST") is None
