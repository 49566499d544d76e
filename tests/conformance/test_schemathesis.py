"""Whatever Schemathesis thinks up, the server keeps its contract: a short run; the long one is __main__.py."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest
from schemathesis.checks import CHECKS

from tests.conformance.campaign import API, CONFIG, Report, finite, imitated, run
from tests.conftest import Server
from understudy.contract.documents import load_contract
from understudy.contract.operations import operations
from understudy.scenarios import build, find, read
from understudy.state.clock import FrozenClock


@pytest.fixture(scope="module")
def report(running: Server, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """One run on a world in which time stands still and ids repeat, so that the run does."""
    running.world = build([read(find("reference"))], FrozenClock(datetime(2026, 1, 1, tzinfo=UTC)), seed=1)
    return run(running.url, examples=8, seed=1, folder=tmp_path_factory.mktemp("schemathesis"))


def test_schemathesis_finds_nothing_wrong(report: Report) -> None:
    if not report.passed:
        pytest.fail(report.complaint(), pytrace=False)


def test_every_imitated_operation_is_tested_that_has_an_end(report: Report) -> None:
    assert report.tested == finite()
    assert imitated() - finite() == {"GET /threads/{thread_id}/stream", "POST /threads/{thread_id}/stream/events"}


def test_all_operations_are_imitated_but_those_of_other_protocols() -> None:
    others = {str(each) for each in operations(load_contract(API).observed)} - imitated()

    assert {operation.split("/")[1] for operation in others} == {"a2a", "mcp"}


def test_every_check_is_made(report: Report) -> None:
    import_module("schemathesis.specs.openapi.checks")  # makes itself known to CHECKS

    # How long an answer may take, nobody says.
    assert report.checks == set(CHECKS.get_all_names()) - {"max_response_time"}


@pytest.mark.parametrize("operation", sorted(finite()))
def test_every_operation_is_reached(report: Report, operation: str) -> None:
    answers = report.answers(operation)

    assert min(answers, default=500) < 300, f"{operation} was only answered with {dict(answers)}"


def test_chains_of_requests_get_somewhere(report: Report) -> None:
    reached = {operation for operation in finite() if min(report.answers(operation, "stateful"), default=500) < 300}

    assert any("{run_id}" in operation for operation in reached), "a thread, a run on it, and what becomes of that"
    assert len(reached) > 5


def test_exceptions_name_operations_that_are_tested() -> None:
    known = {str(each): each.path for each in operations(load_contract(API).observed) if each.handler is not None}

    for exception in tomllib.loads(CONFIG.read_text())["operations"]:
        assert set(_all(exception, "include-name")) <= set(known)
        assert set(_all(exception, "include-path")) <= set(known.values())
        assert exception.keys() & {"include-name", "include-path"}


def _all(exception: dict[str, Any], key: str) -> Iterator[str]:
    named = exception.get(key, [])
    return iter([named] if isinstance(named, str) else named)
