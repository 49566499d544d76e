"""Checks of a live server of our own: `understudy check` as it is, with what its answers were counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from schemathesis.engine import events

from understudy.conformance.checking import Checkup
from understudy.conformance.findings import Findings
from understudy.conformance.laws.running import Trial
from understudy.conformance.preparing import prepare
from understudy.conformance.settings import PHASES, Settings
from understudy.contract.documents import load_contract
from understudy.contract.operations import operations

API = "agent-server"

KEY = "tb_test"
"""The key that a server of an API is started with that always asks for one."""

CODER = Path(__file__).with_name("computer_agents") / "coder.yaml"
"""A scenario of the Computer Agents API with an agent `coder`, which writes files."""

HEADERS = {"computer-agents": {"authorization": f"Bearer {KEY}"}}
"""What is sent along, by API."""


@dataclass
class Report:
    """What came of a check. Operations are named as in `POST /threads`."""

    checkup: Checkup
    findings: Findings
    checks: set[str] = field(default_factory=set)
    """The checks that were made."""
    statuses: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    """How often an operation was answered with a status, by phase, operation and status."""

    @property
    def unexamined(self) -> list[Trial]:
        """The laws that could not be looked at."""
        return [trial for trial in self.checkup.trials if trial.unexamined]

    def answers(self, operation: str, phase: str | None = None) -> Counter[int]:
        """Return how often each status was answered to an operation, in a phase or in all."""
        found: Counter[int] = Counter()
        for (during, asked, status), times in self.statuses.items():
            if asked == operation and phase in (None, during):
                found[status] += times
        return found

    def complaint(self) -> str:
        """Return what went wrong, the worst first; nothing if all went well."""
        broken = [
            f"{cause.failure.operation}: {cause.failure.title} ({cause.check})\n{cause.failure.message}\n"
            + "\n".join(cause.curls)
            for cause in self.findings.news
        ]
        errors = [f"{label}: {title}: {message}" for (label, title), message in self.findings.errors.items()]
        unexamined = [f"{trial.law.name} was not examined: {trial.unexamined}" for trial in self.unexamined]
        return "\n\n".join([*broken, *errors, *unexamined])


def imitated(api: str = API) -> frozenset[str]:
    """Return the operations that this server answers: those with an `x-handler` in the document."""
    known = operations(load_contract(api).observed)
    return frozenset(str(operation) for operation in known if operation.handler is not None)


def run(
    url: str,
    *,
    examples: int,
    seed: int,
    api: str = API,
    phases: tuple[str, ...] = PHASES,
    graph_ids: tuple[str, ...] = (),
) -> Report:
    """Hold the server at `url` to the observed contract, without any baseline."""
    settings = Settings(
        url=url,
        api=api,
        contract="observed",
        phases=phases,
        graph_ids=graph_ids,
        headers=HEADERS.get(api, {}),
        max_examples=examples,
        seed=seed,
    )
    checkup = prepare(settings)
    report = Report(checkup, Findings(checkup.chosen))
    for event in checkup.carry_out():
        report.findings.take(event)
        if isinstance(event, events.ScenarioFinished):
            _count(report, event)
    return report


def _count(report: Report, event: events.ScenarioFinished) -> None:
    recorder = event.recorder
    for case_id, interaction in recorder.interactions.items():
        if interaction.response is not None:
            operation = f"{interaction.request.method} {recorder.cases[case_id].value.path}"
            report.statuses[event.phase.value, operation, interaction.response.status_code] += 1
        report.checks.update(check.name for check in recorder.checks.get(case_id, []))
