"""Check a deployment: what Schemathesis makes up and then the laws, as one stream of events for all who report."""

from __future__ import annotations

import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import requests
import schemathesis
from schemathesis.cli.events import LoadingFinished, LoadingStarted
from schemathesis.core.failures import Failure, Severity
from schemathesis.engine import Status, StopReason, events, from_schema
from schemathesis.engine._baseline import has_new_failures
from schemathesis.engine.context import make_session
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.engine.run import Phase, PhaseName
from schemathesis.filters import FilterSet
from schemathesis.hooks import unregister

from understudy.conformance import apis
from understudy.conformance.asking import Asker, Unexamined
from understudy.conformance.contracts import Chosen
from understudy.conformance.laws.running import Trial
from understudy.conformance.reaching import asking
from understudy.conformance.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from schemathesis.baseline import Baseline
    from schemathesis.core.transport import Response
    from schemathesis.specs.openapi.schemas import OpenApiSchema

    from understudy.conformance.ground import Ground
    from understudy.conformance.laws.law import Law
    from understudy.conformance.settings import Settings
    from understudy.contract.operations import Operation

CLEANING = "cleaning up"
"""The label of what removes everything that a check has made."""


class Leaked(Failure):
    """Something that a check has made and could not remove."""

    kind_title = "Something that the check made is still there"

    def __init__(self, operation: str, message: str, case_id: str) -> None:
        super().__init__(operation=operation, message=message, case_id=case_id, severity=Severity.HIGH)


@dataclass
class Checkup:
    """A check that is prepared: nothing is sent before its events are asked for, but what finds out what is there."""

    settings: Settings
    chosen: Chosen
    known: list[Operation]
    """The operations of the document."""
    selected: list[str]
    """Those that are checked, as in `POST /threads`."""
    laws: list[type[Law]]
    stage: Stage
    schema: OpenApiSchema
    version: str | None
    """What the deployment calls its version."""
    trials: list[Trial] = field(default_factory=list)
    """The laws that were tried, in their order."""
    leaks: list[str] = field(default_factory=list)
    _cleaned: bool = False
    _given_up: bool = False

    @property
    def api(self) -> apis.Api:
        """What is to be known of the API."""
        return apis.of(self.settings.api)

    @property
    def is_clean(self) -> bool:
        """Whether nothing is left, as far as is known, of what the check made."""
        return self.settings.read_only or (self._cleaned and not self.leaks)

    @property
    def session(self) -> requests.Session:
        """A connection that sends what the settings say with each request."""
        return make_session(self.schema.config)

    def carry_out(self, baseline: Baseline | None = None) -> Generator[events.EngineEvent, None, None]:
        """Yield what happens. Everything that was made is removed at the end, whatever happens."""
        began = time.monotonic()
        yield LoadingStarted(location=self.chosen.name)
        yield self._loaded()
        stopped = False
        try:
            for event in self._engine_events():
                if isinstance(event, events.EngineFinished):
                    stopped = event.stop_reason is StopReason.INTERRUPTED
                    if event.stop_reason.value in ("completed", "max_time"):
                        yield from self._law_events(began, baseline)
                    yield from self._cleaning_events()
                    event.running_time = time.monotonic() - began
                    event.timestamp = time.time()
                yield event
        except KeyboardInterrupt:
            # Whoever interrupts for the second time does not want to wait any longer.
            self._given_up = stopped
            raise
        finally:
            self.close()

    def _loaded(self) -> LoadingFinished:
        """Return the event that tells reports of the document. A law counts as the operation that it is about.

        So the failures of laws are told among those of operations, and not at the end.
        """
        loaded = LoadingFinished.from_schema(
            self.schema, location=self.chosen.name, start_time=time.time(), base_url=self.settings.url
        )
        about = {law.name: law.operations[0] for law in self.laws}
        find_operation = self.schema.find_operation_by_label
        loaded.find_operation_by_label = lambda label: find_operation(about.get(label, label))
        return loaded

    def about(self, operation: str) -> Checkup:
        """Return a check of one of the operations and of no law. Whatever it makes is left to this one to remove."""
        include = FilterSet()
        include.include(name=operation)
        filters = self.schema.config.operations.filter_set_with(include=include)
        one = replace(self, schema=self.schema.clone(filter_set=filters), laws=[], _cleaned=True)
        one.ground = self.ground  # what is there for one is there for all
        return one

    def try_law(
        self, law: type[Law], recorder: ScenarioRecorder | None = None, deadline: float = float("inf")
    ) -> Trial:
        """Try a law, in no example that would begin after the deadline, and return what came of it.

        Its requests are in the recorder, if one is given; nothing else keeps them, for they may be many.
        """
        trial = Trial(law, self.stage, deadline)
        self.trials.append(trial)
        asker = Asker(self.schema, self.session, recorder or self._recorder(law.name))
        trial.run(asker, examples=self.settings.max_examples, seed=self.settings.seed)
        return trial

    def close(self) -> None:
        """Remove everything that was made, if that was not done yet, and somebody waits for it."""
        for _ in self._cleaning_events():
            pass

    # ------------------------------------------------------------------------------------------------- the phases

    @cached_property
    def ground(self) -> Ground[Any]:
        """What made-up requests meet, and what makes it."""
        return self.api.ground(self.settings.url, self.session, self.stage, self.settings.timeout)

    def _engine_events(self) -> Generator[events.EngineEvent, None, None]:
        # What only reads makes nothing and can harm nothing: it goes out as it was made up.
        with nullcontext() if self.settings.read_only else self._guarded():
            yield from from_schema(self.schema).execute()

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Prepare each request of this check before it is sent, and take down what its answer tells."""
        guard = self.api.guard(self.ground, is_own=self.settings.spec is not None)

        def before_call(
            context: schemathesis.HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]
        ) -> None:
            if case.operation.schema is self.schema:
                guard.prepare(case)

        def after_call(context: schemathesis.HookContext, case: schemathesis.Case[Any], response: Response) -> None:
            if case.operation.schema is self.schema:
                guard.note(case, response)

        # Schemathesis asks hooks of its own, not those of a schema, before it sends a request.
        schemathesis.hook(before_call)
        schemathesis.hook(after_call)
        try:
            yield
        finally:
            unregister(before_call)
            unregister(after_call)

    def _law_events(self, began: float, baseline: Baseline | None) -> Generator[events.EngineEvent, None, None]:
        if not self.laws:
            return
        limit = self.settings.max_time
        deadline = began + limit if limit is not None else float("inf")
        phase = Phase(name=PhaseName.STATEFUL_TESTING)
        suite = events.SuiteStarted(phase=phase.name)
        yield events.PhaseStarted(phase=phase, payload=None)
        yield suite
        status = Status.SUCCESS
        for law in self.laws:
            started = events.ScenarioStarted(phase=phase.name, suite_id=suite.id, label=law.name)
            yield started
            recorder = self._recorder(law.name)
            trial = self.try_law(law, recorder, deadline)
            finished = self._finished(started, recorder, trial.seconds, trial.unexamined, baseline)
            status = max(status, finished.status) if finished.status is not Status.SKIP else status
            yield finished
        yield events.SuiteFinished(id=suite.id, phase=phase.name, status=status)
        yield events.PhaseFinished(phase=phase, status=status, payload=None)

    def _cleaning_events(self) -> Generator[events.EngineEvent, None, None]:
        if self._cleaned or self._given_up or self.settings.read_only:
            return
        self.leaks.clear()
        unexamined: str | None = None
        # With all operations there are, whatever is left out of the check.
        asker = asking(self.settings, CLEANING)
        phase = Phase(name=PhaseName.STATEFUL_TESTING)
        suite = events.SuiteStarted(phase=phase.name)
        started = events.ScenarioStarted(phase=phase.name, suite_id=suite.id, label=CLEANING)
        began = time.monotonic()
        yield from (events.PhaseStarted(phase=phase, payload=None), suite, started)
        try:
            for leak in self.api.clean(asker, self.stage.ledger):
                case_id = leak.answer.case_id
                told = str(leak)
                steps = asker.steps()
                self.leaks.append(told)
                asker.recorder.record_check_failure(
                    name="leaves_nothing",
                    case_id=case_id,
                    code_sample=steps[-1].curl,
                    failure=Leaked(leak.answer.operation, told, case_id),
                    steps=steps,
                )
        except Unexamined as reason:
            unexamined = str(reason)
        else:
            self._cleaned = True
        finished = self._finished(started, asker.recorder, time.monotonic() - began, unexamined, None)
        yield finished
        yield events.SuiteFinished(id=suite.id, phase=phase.name, status=finished.status)
        yield events.PhaseFinished(phase=phase, status=finished.status, payload=None)

    def _recorder(self, label: str) -> ScenarioRecorder:
        return ScenarioRecorder(label=label, config=self.schema.config.output)

    def _finished(
        self,
        started: events.ScenarioStarted,
        recorder: ScenarioRecorder,
        seconds: float,
        unexamined: str | None,
        baseline: Baseline | None,
    ) -> events.ScenarioFinished:
        broken = has_new_failures(recorder, baseline)
        status = Status.FAILURE if broken else Status.SKIP if unexamined else Status.SUCCESS
        return events.ScenarioFinished(
            id=started.id,
            phase=started.phase,
            suite_id=started.suite_id,
            label=started.label,
            status=status,
            recorder=recorder,
            elapsed_time=seconds,
            skip_reason=unexamined,
            is_final=True,
        )
