"""What a law is: a state machine of Hypothesis that asks a deployment over HTTP and says what has to hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from hypothesis.stateful import RuleBasedStateMachine
from schemathesis.core import NOT_SET
from schemathesis.core.failures import Failure, Severity

from understudy.conformance.asking import Unexamined

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from contextlib import AbstractContextManager

    from schemathesis.engine.recorder import ReproductionStep

    from understudy.conformance.asking import Answer, Asker
    from understudy.conformance.following import Following
    from understudy.conformance.stage import Stage
    from understudy.contract.events import EventSchema
    from understudy.wire import Json, JsonObject

BOTH = ("published", "observed")


class Broken(Failure):
    """A law that does not hold. Its name is what makes two of them the same."""

    __slots__ = ("law", "steps")

    def __init__(self, law: type[Law], message: str, case_id: str | None, steps: Sequence[ReproductionStep]) -> None:
        super().__init__(
            operation=law.operations[0], title=law.sentence, message=message, case_id=case_id, severity=Severity.HIGH
        )
        self.law = law
        self.steps = steps

    @property
    def _unique_key(self) -> str:
        return self.law.name


class Law(RuleBasedStateMachine):
    """A law. What a subclass is: rules (`@rule`, `@invariant`, `@initialize`) that ask and say what has to hold.

    Each example gets a new instance. What an example makes it marks (`marked`), so that searches can leave out what
    others have in the deployment, and so that it is removed when the check is over.
    """

    name: ClassVar[str]
    """As in `copy-is-independent`."""
    sentence: ClassVar[str]
    """What holds, as in "A copy and its source do not change with each other."."""
    section: ClassVar[str]
    """The part of the contract that it comes from, as in `POST /threads/{thread_id}/copy`, or a word of its prose."""
    operations: ClassVar[tuple[str, ...]]
    """What it asks, the operation it is about first; a law is left out where one of them is."""
    phase: ClassVar[str] = "laws"
    """The phase of a check that it belongs to: `laws` or `streams`."""
    contracts: ClassVar[Collection[str]] = BOTH
    """The contracts that promise it."""
    examples: ClassVar[float] = 1.0
    """Which part of the usual number of examples is enough; less for a law that needs many runs."""
    steps: ClassVar[int] = 8
    """How many rules are carried out at most in an example."""

    def __init__(self, asker: Asker, stage: Stage, found: Callable[[Broken], None]) -> None:
        super().__init__()
        self.stage = stage
        self.marks = stage.new_mark()
        self._asker = asker
        self._found = found
        asker.begin()

    def marked(self, **metadata: Json) -> JsonObject:
        """Return metadata with the marks of this check and of this example."""
        return {**metadata, **self.marks}

    def ask(
        self,
        operation: str,
        body: Json = NOT_SET,
        *,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        **path: str,
    ) -> Answer:
        """Send one request and return whatever comes back: `ask("GET /threads/{thread_id}", thread_id=…)`."""
        return self._asker.ask(operation, body, path=path, query=query, headers=headers)

    def told(
        self,
        operation: str,
        body: Json = NOT_SET,
        *,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        **path: str,
    ) -> Any:
        """Send one request and return the JSON of its answer. Unexamined if it is refused."""
        answer = self.ask(operation, body, query=query, headers=headers, **path)
        if not answer.ok:
            raise Unexamined(f"{operation} answered {answer.status}: {answer.text[:300]}")
        return answer.body

    def follow(
        self,
        operation: str,
        body: Json = NOT_SET,
        *,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        **path: str,
    ) -> AbstractContextManager[Following]:
        """Open a stream that does not end, and hold it open while other things are asked."""
        return self._asker.follow(operation, body, path=path, query=query, headers=headers)

    def event_schema(self, operation: str) -> EventSchema | None:
        """Return what the document says of an event of a stream; None if nothing."""
        return self._asker.event_schema(operation)

    def hold(self, holds: bool, otherwise: str) -> None:
        """Say that something has to hold; `otherwise` says what is there instead, with the values."""
        if not holds:
            self._break(otherwise)

    def fail(self, message: str) -> NoReturn:
        """Say that what is there cannot be; the message says what it is."""
        self._break(message)

    def same(self, found: Json, expected: Json, what: str) -> None:
        """Say that two JSON values have to be the same; the first place that differs is told."""
        place = difference(found, expected)
        if place is not None:
            self._break(f"{what}: {place}")

    def _break(self, message: str) -> NoReturn:
        broken = Broken(type(self), message, self._asker.last, self._asker.steps())
        self._found(broken)
        raise broken


def difference(found: Json, expected: Json, at: str = "$") -> str | None:
    """Return the first place where two JSON values differ, with both values; None where they are the same."""
    if isinstance(found, dict) and isinstance(expected, dict):
        for name in sorted(found.keys() | expected.keys()):
            if name not in found or name not in expected:
                there, value = ("missing", expected[name]) if name in expected else ("there", found[name])
                return f"{at}.{name} is {there}: {_short(value)}"
            inner = difference(found[name], expected[name], f"{at}.{name}")
            if inner is not None:
                return inner
        return None
    if isinstance(found, list) and isinstance(expected, list):
        for index, pair in enumerate(zip(found, expected, strict=False)):
            inner = difference(*pair, f"{at}[{index}]")
            if inner is not None:
                return inner
        if len(found) != len(expected):
            return f"{at} has {len(found)} elements, not {len(expected)}"
        return None
    same = found == expected and isinstance(found, bool) == isinstance(expected, bool)
    return None if same else f"{at} is {_short(found)}, not {_short(expected)}"


def _short(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:119]}…"
