"""What a check has found: failures gathered by their cause, known ones told apart from news."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from schemathesis.baseline.model import failure_identity
from schemathesis.engine import Status, events

from understudy.conformance.laws.law import Broken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemathesis.baseline import Baseline, BaselineEntry
    from schemathesis.baseline.model import Identity
    from schemathesis.core.failures import Failure
    from schemathesis.engine.recorder import CheckFailureInfo, ScenarioRecorder

    from understudy.conformance.contracts import Chosen

_SILENCE = "Network Error"
"""What Schemathesis calls it when a request gets no answer in time, or only half of one."""

_LOOKED_AT = 2000
"""Bytes of an answer that are kept, and in which the sign of a deviation is looked for."""

_REFUSED, _SERVER_ERRORS = 400, 500
_ENOUGH = 3
"""So many server errors, and nothing else, are no accident of some requests."""

_SEVERITIES = ("critical", "high", "medium", "low")


@dataclass
class Cause:
    """One way in which a deployment breaks its contract, however often it did."""

    failure: Failure
    check: str
    """The name of the check or of the law."""
    found_by: str
    """Where it was found first: the phase, or the law that happened to meet it."""
    curls: Sequence[str]
    """The requests that show it, the last one being the one that breaks it."""
    status: int | None
    answer: str
    line: str | None
    """Where the document says otherwise, such as `agent-server.yaml:812`."""
    known: BaselineEntry | None
    times: int = 0
    deviations: dict[str, str] = field(default_factory=dict)
    """Under which numbers of the baseline it occurred, such as D42, with the request that showed each."""

    @property
    def identity(self) -> Identity:
        """What makes two failures the same, as in baselines."""
        return failure_identity(self.failure, self.check)

    @property
    def order(self) -> tuple[int, bool, str, str]:
        """The worst first, laws before what else is as bad, then by operation."""
        no_law = not isinstance(self.failure, Broken)
        return _SEVERITIES.index(self.failure.severity.value), no_law, self.failure.operation or "", self.check


@dataclass
class Findings:
    """Gathers what the events of a check tell."""

    chosen: Chosen
    baseline: Baseline | None = None
    causes: dict[tuple[Identity, bool], Cause] = field(default_factory=dict)
    """By what makes them the same, and whether the baseline knows them."""
    errors: dict[tuple[str, str], str] = field(default_factory=dict)
    """What could not be tested, and why."""
    requests: int = 0
    checks: int = 0
    made: set[str] = field(default_factory=set)
    """The checks that were made, and the laws that were tried, by name."""
    operations: set[str] = field(default_factory=set)
    """The operations that were answered."""
    alive: set[str] = field(default_factory=set)
    """Those of them that succeeded at least once."""

    def take(self, event: events.EngineEvent) -> None:
        """Take in an event."""
        if isinstance(event, events.ScenarioFinished):
            self._take(event.recorder, event.label if event.label == event.recorder.label else None, event.phase.value)
        elif isinstance(event, events.NonFatalError):
            self.errors.setdefault((event.label, event.info.title), event.info.message)
        elif isinstance(event, events.FatalError):
            self.errors.setdefault(("the check", type(event.exception).__name__), str(event.exception))

    @property
    def news(self) -> list[Cause]:
        """What the baseline does not know, the worst first."""
        return sorted((each for each in self.causes.values() if self._is_news(each)), key=lambda each: each.order)

    @property
    def broken(self) -> list[list[Cause]]:
        """The news, those together that one request showed: a server error is no documented status either."""
        together: dict[tuple[str, ...], list[Cause]] = {}
        for cause in self.news:
            together.setdefault((cause.failure.operation or "", *cause.curls), []).append(cause)
        return list(together.values())

    @property
    def known(self) -> list[Cause]:
        """What the baseline knows."""
        return sorted((each for each in self.causes.values() if not self._is_news(each)), key=lambda each: each.order)

    def _is_news(self, cause: Cause) -> bool:
        """Return whether the baseline does not know a cause. What it knows of some requests is not that all fail."""
        if cause.known is None:
            return True
        told = cause.known.extra.get("deviations")
        of_some = isinstance(told, dict) and not any(told.get(number) for number in cause.deviations)
        is_down = (cause.status or 0) >= _SERVER_ERRORS and cause.failure.operation not in self.alive
        return of_some and is_down and cause.times >= _ENOUGH

    @property
    def deviations(self) -> dict[str, Cause]:
        """The numbers of the baseline that occurred, each with what it occurred in first."""
        return {number: cause for cause in reversed(self.known) for number in cause.deviations}

    @property
    def silent(self) -> list[str]:
        """What gave no answer, although the deployment answers others."""
        return [label for label, title in self.errors if title == _SILENCE] if self.operations else []

    @property
    def stale(self) -> list[BaselineEntry]:
        """What the baseline knows and did not occur, although it was looked for and is not found by chance only."""
        entries = self.baseline.entries if self.baseline is not None else []
        return [each for each in entries if (each.identity, True) not in self.causes and self._was_looked_for(each)]

    def _was_looked_for(self, entry: BaselineEntry) -> bool:
        return entry.operation in self.operations and entry.check in self.made and not entry.extra.get("rare")

    def _take(self, recorder: ScenarioRecorder, label: str | None, phase: str) -> None:
        self.requests += len(recorder.cases)
        for case_id, node in recorder.cases.items():
            interaction = recorder.interactions.get(case_id)
            if interaction is not None and interaction.response is not None:
                operation = node.value.operation
                self.operations.add(operation.label)
                if (
                    interaction.response.status_code < _REFUSED
                    and interaction.request.method == operation.method.upper()
                ):
                    self.alive.add(operation.label)
        for case_id, checks in recorder.checks.items():
            self.checks += len(checks)
            self.made.update(check.name for check in checks)
            for check in checks:
                if check.status is Status.FAILURE and check.failure_info is not None:
                    self._found(check.name, check.failure_info, recorder, case_id, label or phase)

    def _found(
        self, name: str, info: CheckFailureInfo, recorder: ScenarioRecorder, case_id: str, found_by: str
    ) -> None:
        response = recorder.find_response(case_id=case_id)
        answer = "" if response is None else response.content[:_LOOKED_AT].decode(errors="replace")
        curls = [step.curl for step in info.steps] or [info.code_sample]
        entry = self.baseline.match(info.failure, name) if self.baseline is not None else None
        numbers = _numbers(entry, "\n".join([*curls, info.failure.message, answer])) if entry is not None else []
        if entry is not None and entry.extra.get("narrow") and not numbers:
            entry = None
        key = (failure_identity(info.failure, name), entry is not None)
        cause = self.causes.get(key)
        if cause is None:
            cause = self.causes[key] = Cause(
                failure=info.failure,
                check=name,
                found_by=found_by,
                curls=curls,
                status=None if response is None else response.status_code,
                answer=answer,
                line=self._line(info.failure, response.status_code if response is not None else None),
                known=entry,
            )
        cause.times += 1
        for number in numbers:
            cause.deviations.setdefault(number, curls[-1])

    def _line(self, failure: Failure, status: int | None) -> str | None:
        operation = failure.operation or ""
        pointer = ("responses", str(status)) if status is not None else ()
        if not hasattr(failure, "schema_path"):
            return self.chosen.line(operation, *(pointer if status is not None and status >= 500 else ()))
        return self.chosen.line(operation, *pointer, "content", "application/json", "schema")


def _numbers(entry: BaselineEntry, seen: str) -> list[str]:
    """Return under which of its numbers a baseline's entry has occurred, by the sign of each in request and answer."""
    told = entry.extra.get("deviations")
    if not isinstance(told, dict):  # a file of one's own may say nothing of the kind
        return []
    return [number for number, sign in told.items() if re.search(sign, seen)]
