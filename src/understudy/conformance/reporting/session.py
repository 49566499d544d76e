"""Carry out a check from a command line: prepare it, report on it, and say with what status it ends."""

from __future__ import annotations

import signal
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import click
from schemathesis.cli.commands.run.context import ExecutionContext
from schemathesis.cli.commands.run.handlers.base import EventHandler
from schemathesis.cli.executor import execute_event_loop
from schemathesis.engine import events

from understudy.conformance.checking import Checkup
from understudy.conformance.findings import Findings
from understudy.conformance.preparing import FILES, prepare
from understudy.conformance.reporting import page, sarif
from understudy.conformance.reporting.hiding import Hiding
from understudy.conformance.reporting.summary import Summary
from understudy.conformance.reporting.terminal import Line, Progress
from understudy.conformance.reporting.verdict import INTERRUPTED, KEPT, Verdict, judge
from understudy.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemathesis.cli.context import BaseExecutionContext

    from understudy.conformance.settings import Settings

OWN = {"html": ("Summary", "index.html", page.render), "sarif": ("SARIF", "check.sarif", sarif.render)}
"""What understudy writes itself of a kind of report: its name, its file in the folder, and what makes its text."""


def check(settings: Settings) -> int:
    """Check a deployment, tell what came of it, and return the exit status.

    SetupError when it cannot be checked at all: see `prepare`, and for files that cannot be read or written.
    """
    _ready(settings)
    signals = Signals()
    with signals.taken():
        checkup = prepare(settings)
        findings = Findings(checkup.chosen, checkup.schema.config.load_baseline())
        session = Session(checkup, findings, signals)
        try:
            session.carry_out()
            checkup.close()
        except KeyboardInterrupt:  # a second one, while cleaning up
            session.verdict = judge(checkup, findings, INTERRUPTED)
        except SetupError:
            checkup.close()
            raise
        session.close()
    return session.verdict.status


class Session(EventHandler["BaseExecutionContext"]):
    """Takes in what happens in a check, and has the terminal and the files told of it."""

    def __init__(self, checkup: Checkup, findings: Findings, signals: Signals) -> None:
        self._signals = signals
        self._checkup = checkup
        self._findings = findings
        self._hide = Hiding(checkup.settings)
        self._out = Line(sys.stdout, self._hide)
        self._progress = Progress(checkup, findings, Line(sys.stderr, self._hide))
        self._began = time.monotonic()
        self._context = ExecutionContext(config=checkup.schema.config, baseline_update=checkup.settings.update_baseline)
        self.verdict = Verdict(KEPT, "")

    def carry_out(self) -> None:
        """Let the check happen, and say in `verdict` what came of it."""
        ended: object = KEPT
        try:
            execute_event_loop(
                self._checkup.carry_out(self._findings.baseline),
                config=self._checkup.schema.config,
                args=[],
                params={},
                output_handler=self,
                context_factory=lambda config: self._context,
            )
        except SystemExit as exit:
            ended = exit.code
        except click.ClickException as error:
            raise SetupError(error.format_message()) from None
        self.verdict = judge(self._checkup, self._findings, ended if isinstance(ended, int) else KEPT)

    def start(self, ctx: BaseExecutionContext) -> None:
        """Say what is checked."""
        for kind in self._own():
            name, file, _ = OWN[kind]
            ctx.add_report(name, self._checkup.settings.report_dir / file)
        self._progress.start()

    def handle_event(self, ctx: BaseExecutionContext, event: events.EngineEvent) -> None:
        """Take in what happened, and show how far it has got."""
        self._findings.take(event)
        self._progress.show(event)
        self._signals.look(event)

    def shutdown(self, ctx: BaseExecutionContext) -> None:
        """Nothing more comes."""
        self._progress.stop()

    def close(self) -> None:
        """Write the files, and tell what came of the check."""
        seconds = time.monotonic() - self._began
        summary = Summary(self._checkup, self._findings)
        for line in summary.lines():
            self._out.write(f"{line}\n")
        for line in self._of_update():
            self._out.write(f"{line}\n")
        counts = summary.counts(seconds)
        self._out.write(f"{counts}\n")
        self._write(counts)
        if summary.is_cut and "html" not in self._checkup.settings.reports:
            self._out.write("more of it, and all of each: --report html\n")
        # What understudy writes itself is to be read first.
        for name, path in sorted(self._context.all_reports(), key=lambda report: report not in self._context.reports):
            self._out.write(f"{name}: {path}\n")
        self._out.write(f"{self.verdict.sentence}\n")

    def _own(self) -> list[str]:
        return [kind for kind in OWN if kind in self._checkup.settings.reports]

    def _write(self, counts: str) -> None:
        folder = self._checkup.settings.report_dir
        links = {
            name: path.resolve().relative_to(folder.resolve()).as_posix()
            for name, path in self._context.all_reports()
            if path != folder / OWN["html"][1]
        }
        for kind in self._own():
            _, file, render = OWN[kind]
            text = render(self._checkup, self._findings, self.verdict, counts, links)
            (folder / file).write_text(self._hide(text), encoding="utf-8")
        written = [folder / FILES[kind] for kind in self._checkup.settings.reports if kind in FILES]
        files = [file for path in written for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file()]
        self._hide.clean(files)

    def _of_update(self) -> Iterator[str]:
        context = self._context
        if context.baseline_write_error is not None:
            yield context.baseline_write_error
        elif context.baseline_recorded is not None:
            before = len(self._findings.baseline.entries) if self._findings.baseline else 0
            added = context.baseline_recorded
            yield f"{self._checkup.settings.baseline}: {added} entries added, {before + added} in all"


def _ready(settings: Settings) -> None:
    """Make the folder of reports before anything is sent. SetupError if nothing can be written there."""
    if not settings.reports:
        return
    files = [FILES[kind] for kind in settings.reports if kind in FILES and kind != "html"]
    try:
        settings.report_dir.mkdir(parents=True, exist_ok=True)
        for file in (*files, *(OWN[kind][1] for kind in settings.reports if kind in OWN)):
            (settings.report_dir / file).touch()
    except OSError as error:
        raise SetupError(f"cannot write reports to {settings.report_dir}: {error.strerror}") from None


class Signals:
    """Takes Ctrl-C and a request to terminate for the same: what was made is removed before the end."""

    def __init__(self) -> None:
        self.came = False
        """Whether there was one that nothing has come of yet."""

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Take them from now on."""
        former = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def look(self, event: events.EngineEvent) -> None:
        """Interrupt what goes on as if nothing had come: Schemathesis overlooks one that comes between its phases."""
        if isinstance(event, events.Interrupted):
            self.came = False
        elif self.came and isinstance(event, events.PhaseStarted | events.ScenarioStarted):
            self.came = False
            raise KeyboardInterrupt

    def _stop(self, number: int, frame: object) -> NoReturn:
        self.came = True
        raise KeyboardInterrupt
