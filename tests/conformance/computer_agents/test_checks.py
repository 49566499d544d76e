"""Whatever is made up, the server keeps its contract: a short `understudy check`; the long one is __main__.py."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
from schemathesis.checks import CHECKS
from schemathesis.engine.recorder import Interaction

from tests.conformance.campaign import CODER, Report, imitated, run
from tests.conformance.computer_agents.serving import API, Platform
from understudy.conformance.laws.all import LAWS
from understudy.contract.documents import load_contract
from understudy.contract.operations import operations
from understudy.scenarios import build, find, read


@dataclass
class Checked:
    """A check, and what was there before it and after."""

    report: Report
    before: dict[str, Any]
    after: dict[str, Any]


@pytest.fixture(scope="module")
def checked(breaking: Platform) -> Checked:
    """One run on a platform with an agent that writes files, and that others use too."""
    breaking.break_with({})
    breaking.server.begin(lambda: build([read(find(str(CODER)))]))
    for number in range(2):
        project = breaking.make("projects", name=f"Orchard {number}", type="cloud")
        place = breaking.make("environments", name=f"Theirs {number}", projectId=project["id"])
        agent = breaking.make("agents", name="Theirs", model="claude-sonnet-4-5", metadata={"owner": number})
        thread = breaking.make("threads", environmentId=place["id"], agentId=agent["id"], projectId=project["id"])
        breaking.server.post(f"/v1/threads/{thread['id']}/messages", {"content": "hello"}).raise_for_status()
    before = breaking.holds()
    report = run(breaking.url, api=API, examples=3, seed=1, graph_ids=("coder",))
    return Checked(report, before, breaking.holds())


@pytest.fixture(scope="module")
def report(checked: Checked) -> Report:
    return checked.report


def test_nothing_is_found_wrong(report: Report) -> None:
    if complaint := report.complaint():
        pytest.fail(complaint, pytrace=False)


@pytest.mark.parametrize("kind", ["threads", "environments", "agents", "projects"])
def test_what_others_have_there_is_as_it_was(checked: Checked, kind: str) -> None:
    def known(rows: list[Any]) -> list[Any]:
        # With the agent that was named, it may execute.
        return [{**row, "lastRunAt": None} if row["id"] == "coder" else row for row in rows]

    assert checked.report.checkup.leaks == []
    assert known(checked.after[kind]) == known(checked.before[kind])


def test_all_operations_are_imitated() -> None:
    assert {str(each) for each in operations(load_contract(API).observed)} == imitated(API)


def test_every_law_is_tried(report: Report) -> None:
    assert {trial.law.name for trial in report.checkup.trials} == {law.name for law in LAWS[API]}


def test_every_check_is_made(report: Report) -> None:
    import_module("schemathesis.specs.openapi.checks")  # makes itself known to CHECKS

    # How long an answer may take, nobody says.
    assert report.checks >= set(CHECKS.get_all_names()) - {"max_response_time"}


def test_a_check_keeps_hardly_any_of_its_requests(report: Report) -> None:
    gc.collect()
    kept = sum(isinstance(each, Interaction) for each in gc.get_objects())

    assert kept < report.findings.requests / 20


@pytest.mark.parametrize("operation", sorted(imitated(API)))
def test_every_operation_is_reached(report: Report, operation: str) -> None:
    answers = report.answers(operation)

    assert min(answers, default=500) < 300, f"{operation} was only answered with {dict(answers)}"
