"""Try a law: examples of Hypothesis, the shortest sequence of requests that breaks it, and what becomes of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis.errors import Flaky, Unsatisfiable
from hypothesis.stateful import run_state_machine_as_test

from understudy.conformance.asking import Unexamined
from understudy.conformance.laws.law import Broken

if TYPE_CHECKING:
    from schemathesis.engine.recorder import ScenarioRecorder

    from understudy.conformance.asking import Asker
    from understudy.conformance.laws.law import Law
    from understudy.conformance.stage import Stage

ATTEMPTS = 3
"""How often a law is tried that could not be looked at: other examples may not meet what was refused."""

_APART = 7919

SHRINKING = 15.0
"""Seconds in which a shorter sequence is looked for once a law is broken."""


@dataclass
class Trial:
    """A law that is tried, and what came of it. It keeps none of the requests."""

    law: type[Law]
    stage: Stage
    deadline: float = float("inf")
    """No example begins after it, by the monotonic clock."""
    examples: int = 0
    seconds: float = 0
    broken: Broken | None = None
    """The shortest sequence that breaks it."""
    unexamined: str | None = None
    """Why it could not be looked at."""
    unanswered: list[str] = field(default_factory=list)
    """The operations that gave no answer, if it could not be looked at."""
    _until: float = field(default=float("inf"), init=False)

    def run(self, asker: Asker, *, examples: int, seed: int) -> None:
        """Try so many examples, at most, and say in `broken` and `unexamined` what became of them."""
        settings = hypothesis.settings(
            max_examples=max(1, round(examples * self.law.examples)),
            stateful_step_count=self.law.steps,
            deadline=None,
            database=None,
            report_multiple_bugs=False,
            print_blob=False,
            verbosity=hypothesis.Verbosity.quiet,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        )
        began = time.monotonic()
        for attempt in range(ATTEMPTS):
            self.unexamined = self._try(asker, settings, seed + attempt * _APART)
            if self.broken is not None or self.unexamined is None:
                break
        if not self.examples and self.unexamined is None:
            self.unexamined = "the time was over before its turn came"
        self.seconds = time.monotonic() - began
        recorder = asker.recorder
        if self.unexamined is not None:
            silent = [case_id for case_id, seen in recorder.interactions.items() if seen.response is None]
            self.unanswered = [recorder.cases[case_id].value.operation.label for case_id in silent]
        if self.broken is not None:
            # What it was raised through holds every request of the law, and it is kept to the end.
            self._record(self.broken.with_traceback(None), recorder)
        elif asker.last is not None:
            recorder.record_check_success(name=self.law.name, case_id=asker.last)

    def _try(self, asker: Asker, settings: hypothesis.settings, seed: int) -> str | None:
        """Try the examples of a seed. Returns why they could not be looked at, None if they could."""
        # Hypothesis looks for the seed on what makes machines.
        machine = hypothesis.seed(seed)(partial(self._example, asker))
        try:
            run_state_machine_as_test(machine, settings=settings)  # type: ignore[arg-type]  # a factory will do
        except (Broken, Unsatisfiable):
            pass  # `broken` holds the shortest
        except Flaky:
            # Once time is up, Hypothesis sees what is broken hold all of a sudden.
            return None if self.broken is not None else "the same requests are refused now and then"
        except Unexamined as reason:
            return str(reason)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            return f"an answer is not what the law needs: {type(error).__name__}: {error}"
        return None

    def _example(self, asker: Asker) -> Law:
        if time.monotonic() > min(self.deadline, self._until):
            hypothesis.reject()
        self.examples += 1
        return self.law(asker, self.stage, self._found)

    def _found(self, broken: Broken) -> None:
        if self.broken is None:
            self._until = time.monotonic() + SHRINKING
        if self.broken is None or len(broken.steps) <= len(self.broken.steps):
            self.broken = broken

    def _record(self, broken: Broken, recorder: ScenarioRecorder) -> None:
        assert broken.case_id is not None
        recorder.record_check_failure(
            name=self.law.name,
            case_id=broken.case_id,
            code_sample="\n".join(step.curl for step in broken.steps),
            failure=broken,
            steps=list(broken.steps),
        )
