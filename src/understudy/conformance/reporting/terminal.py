"""How far a check has got, while it runs: a line that changes where there is a terminal, a line per phase otherwise."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, TextIO

from schemathesis.engine import events
from schemathesis.engine.run import INTERNAL_PHASES

from understudy.conformance.checking import CLEANING

if TYPE_CHECKING:
    from understudy.conformance.checking import Checkup
    from understudy.conformance.findings import Findings
    from understudy.conformance.reporting.hiding import Hiding

_OFTEN = 0.1
"""Seconds between two changes of the line that shows how far a check has got."""
_WIDEST = 120
_ERASE = "\r\x1b[2K"


class Line:
    """A stream of text without credentials. Once nobody reads it any more, it says nothing."""

    def __init__(self, stream: TextIO, hide: Hiding) -> None:
        self._stream = stream
        self._hide = hide
        self.is_live = stream.isatty()

    def write(self, text: str) -> None:
        """Write, so that it is there to be read."""
        try:
            self._stream.write(self._hide(text))
            self._stream.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())


class Progress:
    """Tells how far a check has got."""

    def __init__(self, checkup: Checkup, findings: Findings, line: Line) -> None:
        self._checkup = checkup
        self._findings = findings
        self._line = line
        self._laws = {law.name for law in checkup.laws}
        self._phase: str | None = None
        self._began = self._shown_at = time.monotonic()
        self._requests_before = 0

    def start(self) -> None:
        """Say what is checked, and by what."""
        told = self._checkup
        version = f" (version {told.version})" if told.version else ""
        played = ", ".join(told.stage.played)
        self._line.write(
            f"understudy check: {told.settings.url}{version}, held to {told.chosen.name}\n"
            f"  {len(told.selected)} of {len(told.known)} operations, {len(told.laws)} laws, "
            f"seed {told.settings.seed}{f', {told.api.players} {played}' if played else ''}\n"
        )

    def show(self, event: events.EngineEvent) -> None:
        """Show what is done now, and what came of a phase that is over."""
        if isinstance(event, events.PhaseStarted) and event.phase.name not in INTERNAL_PHASES:
            self._turn_to(event.phase.name.value)
        elif isinstance(event, events.ScenarioStarted):
            # The laws and the cleaning come as phases of Schemathesis' own kind.
            if event.label in self._laws:
                self._turn_to("laws")
            elif event.label == CLEANING:
                self._turn_to(CLEANING)
            self._show(event.label)
        elif isinstance(event, events.PhaseFinished) and event.phase.name not in INTERNAL_PHASES:
            self._turn_to(None)

    def stop(self) -> None:
        """Say what came of a phase that was cut short."""
        self._turn_to(None)

    def _turn_to(self, phase: str | None) -> None:
        if phase == self._phase:
            return
        now, requests = time.monotonic(), self._findings.requests
        erase = _ERASE if self._line.is_live else ""
        if self._phase is not None and requests > self._requests_before:
            sent = requests - self._requests_before
            told = f"  {self._phase:11} {sent:7,} requests  {now - self._began:6.1f} s  {self._found()}\n"
            self._line.write(f"{erase}{told}")
        elif erase:
            self._line.write(erase)
        self._phase, self._began, self._requests_before = phase, now, requests

    def _show(self, label: str | None) -> None:
        now = time.monotonic()
        if not self._line.is_live or now - self._shown_at < _OFTEN:
            return
        self._shown_at = now
        what = f"{self._phase}: {label}" if label not in (None, self._phase) else str(self._phase)
        self._line.write(f"{_ERASE}{f'  {what}, {self._findings.requests:,} requests, {self._found()}'[:_WIDEST]}")

    def _found(self) -> str:
        broken, known = len(self._findings.broken), len(self._findings.known)
        return f"{broken} broken" + (f", {known} known" if self._findings.baseline is not None else "")
