"""What a person reads at the end: what broke, the worst first, what could not be looked at, and what is known."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from understudy.conformance.laws.law import Broken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from understudy.conformance.checking import Checkup
    from understudy.conformance.findings import Cause, Findings

_WIDEST = 160
_LINES = 3
"""How many lines of a failure's own words are shown."""
_WHOLE = 12
"""How many failures are shown with their requests; the others are counted."""
_STEPS = 3
"""How many requests are shown of those at the beginning, and of those at the end of a longer sequence."""
_CURL = 600
"""How much of a request is shown."""
_NAMED = 6
"""How many of the laws or operations that share a reason are named."""


class Summary:
    """The lines of a summary. `is_cut` says whether anything was left out of them."""

    def __init__(self, checkup: Checkup, findings: Findings) -> None:
        self._checkup = checkup
        self._findings = findings
        self.is_cut = False

    def lines(self) -> Iterator[str]:
        """Yield everything but the counts and the verdict."""
        broken = self._findings.broken
        for number, causes in enumerate(broken[:_WHOLE], start=1):
            yield from self._told(number, causes)
        if broken[_WHOLE:]:
            self.is_cut = True
            yield f"and {len(broken) - _WHOLE} more:"
            yield from _counted(broken[_WHOLE:])
            yield ""
        yield from self._not_looked_at()
        if self._findings.baseline is not None:
            yield from self._of_baseline()

    def counts(self, seconds: float) -> str:
        """Return how much was done."""
        findings, trials = self._findings, self._checkup.trials
        broken = {cause.check for cause in findings.news if isinstance(cause.failure, Broken)}
        known = {cause.check for cause in findings.known if isinstance(cause.failure, Broken)} - broken
        unexamined = sum(trial.broken is None and trial.unexamined is not None for trial in trials)
        holding = sum(trial.broken is None and trial.unexamined is None for trial in trials)
        of_known = f", {len(known)} known to be broken" if known else ""
        laws = f"; {holding} laws hold, {len(broken)} broken{of_known}, {unexamined} not examined"
        return (
            f"{len(findings.operations)} of {len(self._checkup.known)} operations, {findings.requests:,} requests, "
            f"{findings.checks:,} checks{laws if trials else ''}; {seconds:.0f} s"
        )

    def _told(self, number: int, causes: Sequence[Cause]) -> Iterator[str]:
        first = causes[0]
        yield f"{number}. {first.failure.operation}: {'; '.join(dict.fromkeys(each.failure.title for each in causes))}"
        checks = ", ".join(dict.fromkeys(_named(each) for each in causes))
        line = f", {first.line}" if first.line else ""
        yield f"   {checks}{line}{f', {first.times:,} times' if first.times > 1 else ''}"
        for cause in causes:
            words = [line for line in cause.failure.message.splitlines() if line.strip()]
            yield from (f"   | {_short(line)}" for line in words[:_LINES])
            self.is_cut = self.is_cut or len(words) > _LINES
        if first.status is not None:
            yield f"   answered {first.status} {_first(first.answer)}".rstrip()
        for curl in self._steps(max((each.curls for each in causes), key=len)):
            yield f"   {curl}"
        yield ""

    def _steps(self, curls: Sequence[str]) -> Iterator[str]:
        left_out = len(curls) - 2 * _STEPS
        for at, curl in enumerate(curls):
            if left_out > 1 and at == _STEPS:
                self.is_cut = True
                yield f"… {left_out} requests more"
            if left_out <= 1 or not _STEPS <= at < len(curls) - _STEPS:
                self.is_cut = self.is_cut or len(curl) > _CURL
                yield f"$ {_short(curl, _CURL)}"

    def _not_looked_at(self) -> Iterator[str]:
        by_reason = defaultdict[str, list[str]](list)
        for (label, title), message in self._findings.errors.items():
            by_reason[f"{title}: {_first(message)}"].append(label)
        for reason, labels in by_reason.items():
            yield f"! {reason}"
            yield f"    {_some(labels)}"
        laws = defaultdict[str, list[str]](list)
        for trial in self._checkup.trials:
            if trial.unexamined and not trial.broken:
                laws[_first(trial.unexamined)].append(trial.law.name)
        for reason, names in laws.items():
            yield f"? {len(names)} law{'' if len(names) == 1 else 's'} could not be examined: {reason}"
            yield f"    {_some(names)}"
        if by_reason or laws:
            yield ""

    def _of_baseline(self) -> Iterator[str]:
        findings = self._findings
        numbers = sorted({number for cause in findings.known for number in cause.deviations}, key=_numbered)
        told = f": {' '.join(numbers)}" if numbers else ""
        yield f"known from the baseline, and no failures: {len(findings.known)}{told}"
        if findings.stale:
            strict = "" if self._checkup.settings.strict_baseline else " (--strict-baseline fails for them)"
            yield f"in the baseline, but not seen any more: {len(findings.stale)}{strict}"
            shown = len(findings.stale) if self._checkup.settings.strict_baseline else _WHOLE
            for entry in findings.stale[:shown]:
                words = (entry.check, entry.signature.removeprefix(entry.check), *entry.extra.get("deviations", []))
                yield f"    {entry.operation}: {_short(' '.join(word.strip() for word in words if word))}"
            if findings.stale[shown:]:
                self.is_cut = True
                yield f"    and {len(findings.stale) - shown} more"


def _named(cause: Cause) -> str:
    return f"law {cause.check}" if isinstance(cause.failure, Broken) else cause.check


def _counted(broken: Iterable[Sequence[Cause]]) -> Iterator[str]:
    titles = Counter(causes[0].failure.title for causes in broken)
    yield from (f"    {count:4} × {title}" for title, count in titles.most_common())


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def _first(text: str) -> str:
    return _short(text.strip().partition("\n")[0])


def _short(text: str, widest: int = _WIDEST) -> str:
    return text if len(text) <= widest else f"{text[: widest - 1]}…"


def _numbered(deviation: str) -> tuple[str, int]:
    letters = deviation.rstrip("0123456789")
    return letters, int(deviation.removeprefix(letters) or 0)
