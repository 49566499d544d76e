"""The page to read first: what broke, the worst first, with all its requests; what is known and what is stale."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import jinja2

from understudy.conformance.laws.law import Broken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from understudy.conformance.checking import Checkup
    from understudy.conformance.findings import Cause, Findings
    from understudy.conformance.reporting.verdict import Verdict

_OPEN = 5
"""How many failures are unfolded at first."""


def render(checkup: Checkup, findings: Findings, verdict: Verdict, counts: str, links: Mapping[str, str]) -> str:
    """Return an HTML page. `links` are the other reports, by name, as seen from its folder."""
    text = (files("understudy.conformance.reporting") / "page.html").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    template = environment.from_string(text)
    return template.render(
        checkup=checkup,
        findings=findings,
        verdict=verdict,
        counts=counts,
        links=links,
        open=_OPEN,
        unexamined=[trial for trial in checkup.trials if trial.unexamined and not trial.broken],
        named=_named,
        steps=_steps,
    )


def _named(cause: Cause) -> str:
    return f"law {cause.check}" if isinstance(cause.failure, Broken) else cause.check


def _steps(causes: list[Cause]) -> list[str]:
    return max((list(cause.curls) for cause in causes), key=len)
