"""What a person reads: how far a check has got while it runs, and at its end what broke, grouped by cause."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, TextIO

from schemathesis.cli.commands.run.handlers.base import EventHandler
from schemathesis.engine import events
from schemathesis.engine.run import INTERNAL_PHASES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemathesis.cli.context import BaseExecutionContext

    from understudy.conformance.checking import Checkup
    from understudy.conformance.findings import Cause, Findings

_OFTEN = 0.1
"""Seconds between two changes of the line that shows how far a check has got."""
_WIDEST = 160
_SHOWN = 3
"""How many lines of a failure's own words are shown."""


class Terminal(EventHandler["BaseExecutionContext"]):
    """Tells a person. What was found goes to `out`, how far it has got to `err`."""

    def __init__(
        self, checkup: Checkup, findings: Findings, out: TextIO = sys.stdout, err: TextIO = sys.stderr
    ) -> None:
        self._checkup = checkup
        self._findings = findings
        self._out = out
        self._err = err
        self._live = err.isatty()
        self._began = self._shown_at = time.monotonic()
        self._phase = ""
        self._phase_began = 0.0
        self._phase_requests = 0
        self._laws = False

    def start(self, ctx: BaseExecutionContext) -> None:
        """Say what is checked, and by what."""
        told = self._checkup
        version = f" (version {told.version})" if told.version else ""
        graphs = ", ".join(graph.graph_id for graph in told.stage.graphs)
        self._err.write(
            f"understudy check: {told.settings.url}{version}, held to {told.chosen.name}\n"
            f"  {len(told.selected)} of {len(told.known)} operations, {len(told.laws)} laws, "
            f"seed {told.settings.seed}{f', graphs {graphs}' if graphs else ''}\n"
        )

    def handle_event(self, ctx: BaseExecutionContext, event: events.EngineEvent) -> None:
        """Take in what happened, and show how far it has got."""
        self._findings.take(event)
        if isinstance(event, events.PhaseStarted) and event.phase.name not in INTERNAL_PHASES:
            self._phase, self._phase_began = event.phase.name.value, time.monotonic()
            self._phase_requests = self._findings.requests
        elif isinstance(event, events.ScenarioStarted):
            self._show(event.label or self._phase)
        elif isinstance(event, events.PhaseFinished) and event.phase.name not in INTERNAL_PHASES:
            self._finish(event)

    def _show(self, label: str) -> None:
        now = time.monotonic()
        if not self._live or now - self._shown_at < _OFTEN:
            return
        self._shown_at = now
        self._err.write(f"\r\x1b[2K  {self._phase}: {label}, {self._counts()}"[:_WIDEST])
        self._err.flush()

    def _finish(self, event: events.PhaseFinished) -> None:
        sent = self._findings.requests - self._phase_requests
        if not sent:
            return
        seconds = time.monotonic() - self._phase_began
        name = self._phase if not self._laws else "laws"
        self._laws = self._laws or event.phase.name.value == "stateful"
        start = "\r\x1b[2K" if self._live else ""
        self._err.write(f"{start}  {name:9} {sent:7,} requests  {seconds:6.1f} s  {self._found()}\n")
        self._err.flush()

    def _counts(self) -> str:
        return f"{self._findings.requests:,} requests, {self._found()}"

    def _found(self) -> str:
        new, known = len(self._findings.news), len(self._findings.known)
        return f"{new} broken" + (f", {known} known" if self._findings.baseline is not None else "")

    def shutdown(self, ctx: BaseExecutionContext) -> None:
        """Tell what came of it."""
        if self._live:
            self._err.write("\r\x1b[2K")
        for line in self._summary(ctx):
            self._out.write(f"{line}\n")
        self._out.flush()

    def _summary(self, ctx: BaseExecutionContext) -> Iterator[str]:
        findings, checkup = self._findings, self._checkup
        news = findings.news
        for number, cause in enumerate(news, start=1):
            yield from _told(number, cause)
        for (label, title), message in findings.errors.items():
            yield f"! {label}: {title}: {_first(message)}"
        unexamined = [trial for trial in checkup.trials if trial.unexamined and not trial.broken]
        for trial in unexamined:
            yield f"? law {trial.law.name} could not be examined: {_first(trial.unexamined or '')}"
        if unexamined or findings.errors:
            yield ""
        if findings.baseline is not None:
            yield from self._of_baseline()
        broken = sum(trial.broken is not None for trial in checkup.trials)
        held = len(checkup.trials) - broken - len(unexamined)
        yield (
            f"{len(findings.operations)} of {len(checkup.known)} operations, {findings.requests:,} requests, "
            f"{findings.checks:,} checks; {held} laws hold, {broken} broken, {len(unexamined)} not examined; "
            f"{time.monotonic() - self._began:.0f} s"
        )
        for name, path in ctx.all_reports():
            yield f"{name}: {path}"
        yield f"{checkup.settings.url} {'breaks' if news else 'keeps'} its contract ({checkup.chosen.name})" + (
            f" in {len(news)} way{'s' if len(news) > 1 else ''}" if news else ""
        )

    def _of_baseline(self) -> Iterator[str]:
        findings = self._findings
        numbers = sorted({number for cause in findings.known for number in cause.deviations}, key=_number)
        yield f"known from the baseline: {len(findings.known)} causes ({' '.join(numbers)})"
        if findings.stale:
            yield f"in the baseline, but not seen: {len(findings.stale)}"
            yield from (f"  {entry.operation}: {entry.failure} {entry.signature}" for entry in findings.stale)


def _told(number: int, cause: Cause) -> Iterator[str]:
    failure = cause.failure
    yield f"{number}. {failure.operation}: {failure.title}"
    yield f"   {cause.check}, found by {cause.found_by}, {cause.times} times" + (
        f", {cause.line}" if cause.line else ""
    )
    lines = [line for line in failure.message.splitlines() if line.strip()]
    yield from (f"   | {line[:_WIDEST]}" for line in lines[:_SHOWN])
    if cause.status is not None:
        yield f"   answered {cause.status} {_first(cause.answer)}".rstrip()
    for curl in cause.curls:
        yield f"   $ {curl}"
    yield ""


def _first(text: str) -> str:
    line = text.strip().partition("\n")[0]
    return line if len(line) <= _WIDEST else f"{line[: _WIDEST - 1]}…"


def _number(deviation: str) -> tuple[str, int]:
    letters = deviation.rstrip("0123456789")
    return letters, int(deviation.removeprefix(letters) or 0)
