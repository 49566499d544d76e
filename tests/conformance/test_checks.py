"""Whatever is made up, the server keeps its contract: a short `understudy check`; the long one is __main__.py."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module

import pytest
from schemathesis.checks import CHECKS

from tests.conformance.campaign import API, NOT_PLAYED, Report, imitated, run
from tests.conftest import Server
from understudy.conformance.laws.all import LAWS
from understudy.contract.documents import load_contract
from understudy.contract.operations import operations
from understudy.scenarios import build, find, read
from understudy.state.clock import FrozenClock

PLAYED = sorted(imitated())


@pytest.fixture(scope="module")
def report(running: Server) -> Report:
    """One run on a world in which time stands still and ids repeat, so that the run does."""
    running.world = build([read(find("reference"))], FrozenClock(datetime(2026, 1, 1, tzinfo=UTC)), seed=1)
    return run(running.url, examples=6, seed=1)


def test_nothing_is_found_wrong(report: Report) -> None:
    if complaint := report.complaint():
        pytest.fail(complaint, pytrace=False)


def test_nothing_is_left_behind(running: Server, report: Report) -> None:
    assert report.checkup.leaks == []
    assert len(running.world.threads) == 0


def test_all_operations_are_imitated_but_those_of_other_protocols() -> None:
    others = [each for each in operations(load_contract(API).observed) if str(each) not in imitated()]

    assert {tag for operation in others for tag in operation.tags} == set(NOT_PLAYED)


def test_every_law_is_tried(report: Report) -> None:
    skipped = {law.name for law in LAWS[API] if "observed" in law.contracts and "/a2a/" in law.operations[0]}

    tried = {trial.law.name for trial in report.checkup.trials}
    assert tried == {law.name for law in LAWS[API] if "observed" in law.contracts} - skipped


def test_every_check_is_made(report: Report) -> None:
    import_module("schemathesis.specs.openapi.checks")  # makes itself known to CHECKS

    # How long an answer may take, nobody says.
    assert report.checks >= set(CHECKS.get_all_names()) - {"max_response_time"}


@pytest.mark.parametrize("operation", PLAYED)
def test_every_operation_is_reached(report: Report, operation: str) -> None:
    answers = report.answers(operation)

    assert min(answers, default=500) < 300, f"{operation} was only answered with {dict(answers)}"


def test_chains_of_requests_get_somewhere(report: Report) -> None:
    reached = {operation for operation in PLAYED if min(report.answers(operation, "stateful"), default=500) < 300}

    assert any("{run_id}" in operation for operation in reached), "a thread, a run on it, and what becomes of that"
    assert len(reached) > 5
