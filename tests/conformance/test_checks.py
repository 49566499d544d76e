"""Whatever is made up, the server keeps its contract: a short `understudy check`; the long one is __main__.py."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest
from schemathesis.checks import CHECKS
from schemathesis.engine.recorder import Interaction

from tests.conformance.campaign import API, Report, run
from tests.conftest import Server
from understudy.conformance.laws.all import LAWS
from understudy.contract.documents import load_contract
from understudy.contract.operations import operations
from understudy.scenarios import build, find, read
from understudy.state.clock import Clock

SUCCEEDING = sorted(
    str(operation)
    for operation in operations(load_contract(API).observed)
    if any(status.startswith("2") for status in operation.responses)
)
"""The operations that can go well; some of MCP and A2A are there to say that they are not."""


@dataclass
class Checked:
    """A check, and what was there before it and after."""

    report: Report
    before: dict[str, Any]
    after: dict[str, Any]


@pytest.fixture(scope="module")
def checked(running: Server) -> Checked:
    """One run on a world in which time stands still and ids repeat, so that the run does, and that others use too."""
    running.world = build([read(find("reference"))], Clock(datetime(2026, 1, 1, tzinfo=UTC)), seed=1)
    for number in range(3):
        running.post("/assistants", {"graph_id": "agent", "metadata": {"owner": number}}).raise_for_status()
        thread_id = running.create_thread(metadata={"graph_id": "steps", "owner": number})
        running.post(f"/threads/{thread_id}/runs/wait", {"assistant_id": "steps", "input": {"n": 1}}).raise_for_status()
        cron = {"assistant_id": "agent", "schedule": "0 0 29 2 *", "metadata": {"owner": number}}
        running.post("/runs/crons", cron).raise_for_status()
        item = {"namespace": ["memories", str(number)], "key": "weather", "value": {"likes": "rain"}}
        running.put("/store/items", item).raise_for_status()
    before = everything(running)
    report = run(running.url, examples=6, seed=1)
    return Checked(report, before, everything(running))


@pytest.fixture(scope="module")
def report(checked: Checked) -> Report:
    return checked.report


def everything(server: Server) -> dict[str, Any]:
    """Return all rows of a server that anybody can see."""
    all_of_it = {"limit": 1000}
    rows = {
        kind: server.post(f"/{path}/search", all_of_it).raise_for_status().json()
        for kind, path in {"assistants": "assistants", "threads": "threads", "crons": "runs/crons"}.items()
    }
    for thread in rows["threads"]:
        thread["history"] = server.post(f"/threads/{thread['thread_id']}/history", all_of_it).json()
    rows["items"] = server.post("/store/items/search", {"namespace_prefix": [], **all_of_it}).json()["items"]
    return rows


def test_nothing_is_found_wrong(report: Report) -> None:
    if complaint := report.complaint():
        pytest.fail(complaint, pytrace=False)


@pytest.mark.parametrize("kind", ["assistants", "threads", "crons", "items"])
def test_what_others_have_there_is_as_it_was(checked: Checked, kind: str) -> None:
    assert checked.report.checkup.leaks == []
    assert checked.before[kind]
    assert checked.after[kind] == checked.before[kind]


def test_every_law_is_tried(report: Report) -> None:
    tried = {trial.law.name for trial in report.checkup.trials}

    assert tried == {law.name for law in LAWS[API] if "observed" in law.contracts}


def test_every_check_is_made(report: Report) -> None:
    import_module("schemathesis.specs.openapi.checks")  # makes itself known to CHECKS

    # How long an answer may take, nobody says.
    assert report.checks >= set(CHECKS.get_all_names()) - {"max_response_time"}


def test_a_check_keeps_hardly_any_of_its_requests(report: Report) -> None:
    gc.collect()
    kept = sum(isinstance(each, Interaction) for each in gc.get_objects())

    assert kept < report.findings.requests / 20


@pytest.mark.parametrize("operation", SUCCEEDING)
def test_every_operation_is_reached(report: Report, operation: str) -> None:
    answers = report.answers(operation)

    assert min(answers, default=500) < 400, f"{operation} was only answered with {dict(answers)}"


def test_chains_of_requests_get_somewhere(report: Report) -> None:
    reached = {operation for operation in SUCCEEDING if min(report.answers(operation, "stateful"), default=500) < 300}

    assert any("{run_id}" in operation for operation in reached), "a thread, a run on it, and what becomes of that"
    assert len(reached) > 5
