"""Servers that are broken on purpose, each in one way: the checker finds what, and leaves a correct one alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from schemathesis.engine.recorder import ScenarioRecorder

from tests.conformance.broken.fault import Fault
from tests.conformance.broken.faults import ANSWER_FAULTS, LAW_FAULTS, LEAKS
from tests.conformance.broken.proxy import Proxy
from tests.conftest import Server
from understudy import config
from understudy.conformance.agent_server.survey import survey
from understudy.conformance.asking import Asker
from understudy.conformance.checking import Checkup
from understudy.conformance.findings import Findings
from understudy.conformance.laws import playing, running
from understudy.conformance.laws.all import LAWS
from understudy.conformance.laws.running import Trial
from understudy.conformance.ledger import Ledger
from understudy.conformance.preparing import prepare
from understudy.conformance.settings import Contract, Settings

KNOWN = {law.name: law for law in LAWS["agent-server"]}

EXAMPLES = 40
"""How many are tried at most to find a fault. Few are needed for most of them."""

BESIDE = (
    "thread-patch-merges",
    "thread-extract",
    "state-update-appends",
    "wait-and-join-agree",
    "run-stream-is-whole",
    "assistant-patch-keeps",
    "assistant-select",
    "cron-patch-keeps",
    "cron-select",
    "store-filters",
)
"""Laws that are tried beside the one that a fault breaks: some of every kind."""

MADE_UP = ("coverage", "fuzzing")


class Broken:
    """A server in front of which a fault is put, and what checks it."""

    def __init__(self) -> None:
        self.server = Server(config.Settings(strict=True), self._around)
        self._checkups: dict[Contract, Checkup] = {}

    def _around(self, app: object) -> Proxy:
        self.proxy = Proxy(app)  # type: ignore[arg-type]  # an ASGI app
        return self.proxy

    def begin(self) -> None:
        """Make it a correct server with a new world."""
        self.proxy.break_with({})
        self.server.play("reference")

    def settings(self, contract: Contract, *phases: str, **more: object) -> Settings:
        graphs = ("steps", "agent")
        told = {"url": self.server.url, "contract": contract, "phases": phases, "graph_ids": graphs, "timeout": 1}
        return Settings(**told, **more)  # type: ignore[arg-type]  # checked by those who read them

    def tries(self, name: str, fault: Fault | None = None, *, examples: int = EXAMPLES) -> Trial:
        """Try a law with a fault in front of a world of its own."""
        self.begin()
        contract = fault.contract if fault else "observed"
        if contract not in self._checkups:
            self._checkups[contract] = prepare(self.settings(contract, "laws"))
            self.begin()
        checkup = self._checkups[contract]
        asker = Asker(checkup.schema, checkup.session, ScenarioRecorder(label=name))
        stage = survey(asker, Ledger("broken"), checkup.settings.graph_ids)
        trial = Trial(KNOWN[name], stage)
        self.proxy.break_with(fault.changes if fault else {})
        trial.run(asker, examples=examples, seed=1)
        assert not self.proxy.failures
        return trial

    def checks(self, operation: str, fault: Fault | None = None) -> set[tuple[str, str | None]]:
        """Check an operation with made-up requests; return what is found, as names of checks and operations."""
        self.begin()
        settings = self.settings("observed", *MADE_UP, include={"operation": (operation,)}, max_examples=3)
        checkup = prepare(settings)
        findings = Findings(checkup.chosen)
        self.proxy.break_with(fault.changes if fault else {})
        for event in checkup.carry_out():
            findings.take(event)
        assert not self.proxy.failures
        found = {(cause.check, cause.failure.operation) for cause in findings.causes.values()}
        return found | {(title, label) for label, title in findings.errors}


@pytest.fixture(scope="module")
def broken() -> Iterator[Broken]:
    made = Broken()
    yield made
    made.server.close()


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look no further for the shortest way to break a law, nor wait long for what does not come."""
    monkeypatch.setattr(running, "SHRINKING", 0.0)
    monkeypatch.setattr(playing, "PATIENCE", 1.0)


@pytest.mark.parametrize("fault", LAW_FAULTS, ids=str)
def test_a_fault_breaks_its_law(broken: Broken, fault: Fault) -> None:
    trial = broken.tries(fault.found_by, fault)

    assert trial.broken is not None, (
        f"not found in {trial.examples} examples: {fault.sentence} {trial.unexamined or ''}"
    )
    assert trial.broken.message
    assert trial.broken.steps
    assert broken.server.url in trial.broken.steps[-1].curl


@pytest.mark.parametrize("fault", [fault for fault in LAW_FAULTS if fault.changes], ids=str)
def test_a_fault_breaks_no_law_of_other_things(broken: Broken, fault: Fault) -> None:
    """Laws that ask nothing that the fault changes meet a correct server, and need not be tried."""
    rightly = {fault.found_by, *fault.also}
    for name in BESIDE:
        if name not in rightly and fault.changes.keys() & set(KNOWN[name].operations):
            trial = broken.tries(name, fault, examples=2)
            assert trial.broken is None, f"{name}: {trial.broken}"


@pytest.mark.parametrize("name", [law.name for law in KNOWN.values() if "observed" in law.contracts])
def test_a_correct_server_breaks_no_law(broken: Broken, name: str) -> None:
    trial = broken.tries(name, examples=3)

    assert trial.broken is None, trial.broken
    assert trial.unexamined is None


@pytest.mark.parametrize("fault", ANSWER_FAULTS, ids=str)
def test_a_faulty_answer_fails_its_check(broken: Broken, fault: Fault) -> None:
    assert fault.at is not None
    found = broken.checks(fault.at, fault)

    assert (fault.found_by, fault.at) in found
    assert found - {(check, fault.at) for check in fault.also} == {(fault.found_by, fault.at)}


@pytest.mark.parametrize("fault", LEAKS, ids=str)
def test_what_cannot_be_removed_is_told(broken: Broken, fault: Fault) -> None:
    assert fault.at is not None
    found = broken.checks(fault.at, fault)

    assert {check for check, _ in found} == {fault.found_by}


@pytest.mark.parametrize("operation", sorted({str(fault.at) for fault in ANSWER_FAULTS}))
def test_a_correct_server_fails_no_check(broken: Broken, operation: str) -> None:
    assert broken.checks(operation) == set()


def test_there_are_faults_for_every_law() -> None:
    names = [fault.name for fault in (*LAW_FAULTS, *ANSWER_FAULTS, *LEAKS)]

    assert len(names) >= 30
    assert len(set(names)) == len(names)
    assert {fault.found_by for fault in LAW_FAULTS} == set(KNOWN)
    assert all(name in KNOWN for fault in LAW_FAULTS for name in fault.also)
