"""How a check ends: its exit status, and the sentence that says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from understudy.conformance.checking import Checkup
    from understudy.conformance.findings import Findings

KEPT, BROKEN, FAILED, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses, as `understudy.cli` has them."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """An exit status, and why."""

    status: int
    sentence: str


def judge(checkup: Checkup, findings: Findings, ended: int) -> Verdict:
    """Return what came of a check. `ended` is the exit status with which Schemathesis ended its events."""
    url, name = checkup.settings.url, checkup.chosen.name
    ways = len(findings.broken)
    broken = f"{url} breaks its contract ({name}) in {ways} way{'' if ways == 1 else 's'}"
    if ended == INTERRUPTED:
        return Verdict(INTERRUPTED, f"interrupted: {url} was not checked to the end; {_of_cleaning(checkup)}")
    if ways:
        return Verdict(BROKEN, broken if checkup.is_clean else f"{broken}; {_of_cleaning(checkup)}")
    if not checkup.is_clean:
        return Verdict(FAILED, f"{url} could not be checked to the end; {_of_cleaning(checkup)}")
    silent = {*findings.silent, *(operation for trial in checkup.trials for operation in trial.unanswered)}
    if silent:
        told = ", ".join(sorted(silent))
        return Verdict(BROKEN, f"{url} breaks its contract ({name}): no whole answer came from {told}")
    if ended == FAILED or findings.errors or not findings.operations:
        return Verdict(FAILED, f"{url} could not be checked to the end")
    if not checkup.selected and all(trial.unexamined for trial in checkup.trials):
        return Verdict(FAILED, f"{url} could not be checked: none of the laws could be examined")
    if checkup.settings.strict_baseline and findings.stale:
        return Verdict(BROKEN, f"{url} does not do any more what the baseline says of it (--strict-baseline)")
    return Verdict(KEPT, f"{url} keeps its contract ({name})")


def _of_cleaning(checkup: Checkup) -> str:
    if checkup.settings.read_only:
        return "nothing was made"
    if checkup.is_clean:
        return "what the check made is removed"
    return (
        f"some of what the check made may be left, and this removes it: understudy check --sweep {checkup.settings.url}"
    )
