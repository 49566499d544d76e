"""Carry out a check from a command line: prepare it, report on it, and say with what status it ends."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from schemathesis.cli.commands.run.context import ExecutionContext
from schemathesis.cli.executor import execute_event_loop

from understudy.conformance.checking import Checkup, prepare
from understudy.conformance.findings import Findings
from understudy.conformance.reporting.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.conformance.settings import Settings

KEPT, BROKEN, FAILED, INTERRUPTED = 0, 1, 2, 130


def check(settings: Settings) -> int:
    """Check a deployment, tell what came of it, and return the exit status."""
    checkup = prepare(settings)
    findings = Findings(checkup.chosen, checkup.schema.config.load_baseline())
    with _stopped_by_signals():
        status = follow(checkup, findings, Terminal(checkup, findings))
    return status


def follow(checkup: Checkup, findings: Findings, terminal: Terminal) -> int:
    """Let a prepared check happen, with everything that reports on it, and return the exit status."""
    settings = checkup.settings
    try:
        execute_event_loop(
            checkup.carry_out(findings.baseline),
            config=checkup.schema.config,
            args=[],
            params={},
            output_handler=terminal,
            context_factory=lambda config: ExecutionContext(config=config, baseline_update=settings.update_baseline),
        )
    except SystemExit as ended:
        if ended.code == INTERRUPTED:
            return INTERRUPTED
    if findings.news or (settings.strict_baseline and findings.stale) or checkup.leaks:
        return BROKEN
    return FAILED if findings.errors or not findings.operations else KEPT


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Take a request to terminate for a Ctrl-C: what was made is removed before the end."""

    def stop(number: int, frame: object) -> NoReturn:
        raise KeyboardInterrupt

    former = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)
