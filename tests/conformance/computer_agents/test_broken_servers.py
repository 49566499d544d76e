"""Servers that are broken on purpose, each in one way: the checker finds what, and leaves a correct one alone."""

from __future__ import annotations

import pytest
from schemathesis.engine.recorder import ScenarioRecorder

from tests.conformance.broken.fault import Fault
from tests.conformance.campaign import HEADERS
from tests.conformance.computer_agents.broken.faults import ANSWER_FAULTS, LAW_FAULTS, LEAKS
from tests.conformance.computer_agents.serving import API, Platform
from understudy.conformance.asking import Asker
from understudy.conformance.checking import Checkup
from understudy.conformance.computer_agents.survey import survey
from understudy.conformance.findings import Findings
from understudy.conformance.laws import running
from understudy.conformance.laws.all import LAWS
from understudy.conformance.laws.running import Trial
from understudy.conformance.ledger import Ledger
from understudy.conformance.preparing import prepare
from understudy.conformance.settings import Settings

KNOWN = {law.name: law for law in LAWS[API]}

EXAMPLES = 40
"""How many are tried at most to find a fault. Few are needed for most of them."""

MADE_UP = ("coverage", "fuzzing")


def settings(platform: Platform, *phases: str, **more: object) -> Settings:
    told = {"url": platform.url, "api": API, "contract": "observed", "phases": phases, "headers": HEADERS[API]}
    return Settings(**told, **more)  # type: ignore[arg-type]  # checked by those who read them


@pytest.fixture(scope="module")
def checkup(breaking: Platform) -> Checkup:
    """A document with which anything can be asked of the server."""
    breaking.break_with({})
    return prepare(settings(breaking, "laws", "streams"))


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look no further for the shortest way to break a law."""
    monkeypatch.setattr(running, "SHRINKING", 0.0)


def tries(platform: Platform, checkup: Checkup, name: str, fault: Fault | None = None, *, examples: int) -> Trial:
    """Try a law with a fault in front of a world of its own."""
    platform.break_with({})
    asker = Asker(checkup.schema, checkup.session, ScenarioRecorder(label=name))
    trial = Trial(KNOWN[name], survey(asker, Ledger("b0"), ()))
    platform.proxy.break_with(fault.changes if fault else {})
    trial.run(asker, examples=examples, seed=1)
    assert not platform.proxy.failures
    return trial


def checks(platform: Platform, operation: str, fault: Fault | None = None) -> set[tuple[str, str | None]]:
    """Check an operation with made-up requests; return what is found, as names of checks and operations."""
    platform.break_with({})
    told = prepare(settings(platform, *MADE_UP, include={"operation": (operation,)}, max_examples=3))
    findings = Findings(told.chosen)
    platform.proxy.break_with(fault.changes if fault else {})
    for event in told.carry_out():
        findings.take(event)
    assert not platform.proxy.failures
    found = {(cause.check, cause.failure.operation) for cause in findings.causes.values()}
    return found | {(title, label) for label, title in findings.errors}


@pytest.mark.parametrize("fault", LAW_FAULTS, ids=str)
def test_a_fault_breaks_its_law(platform: Platform, checkup: Checkup, fault: Fault) -> None:
    trial = tries(platform, checkup, fault.found_by, fault, examples=EXAMPLES)

    assert trial.broken is not None, (
        f"not found in {trial.examples} examples: {fault.sentence} {trial.unexamined or ''}"
    )
    assert trial.broken.message
    assert platform.url in trial.broken.steps[-1].curl


@pytest.mark.parametrize("name", KNOWN)
def test_a_correct_server_breaks_no_law(platform: Platform, checkup: Checkup, name: str) -> None:
    trial = tries(platform, checkup, name, examples=3)

    assert trial.broken is None, trial.broken
    assert trial.unexamined is None, trial.unexamined


@pytest.mark.parametrize("fault", ANSWER_FAULTS, ids=str)
def test_a_faulty_answer_fails_its_check(platform: Platform, fault: Fault) -> None:
    assert fault.at is not None
    found = checks(platform, fault.at, fault)

    assert (fault.found_by, fault.at) in found


@pytest.mark.parametrize("fault", LEAKS, ids=str)
def test_what_cannot_be_removed_is_told(platform: Platform, fault: Fault) -> None:
    assert fault.at is not None
    found = checks(platform, fault.at, fault)

    assert {check for check, _ in found} >= {fault.found_by}


@pytest.mark.parametrize("operation", sorted({str(fault.at) for fault in ANSWER_FAULTS}))
def test_a_correct_server_fails_no_check(platform: Platform, operation: str) -> None:
    assert checks(platform, operation) == set()


def test_there_is_a_fault_for_every_law() -> None:
    names = [fault.name for fault in (*LAW_FAULTS, *ANSWER_FAULTS, *LEAKS)]

    assert len(set(names)) == len(names)
    assert {fault.found_by for fault in LAW_FAULTS} == set(KNOWN)
