"""Faults: rules by which requests are answered wrongly, late or not at all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from understudy.errors import NotFound
from understudy.paths import quoted
from understudy.state.ids import chance
from understudy.state.matching import Which

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from understudy.contract.operations import Operation
    from understudy.state.ids import Ids
    from understudy.wire import JsonObject


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong: its kind, and the parameters of that kind with their values.

    One `of_streams` can befall only operations that may answer with a stream of events.
    """

    kind: str
    parameters: Mapping[str, object]
    of_streams: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """Which requests a fault is for, and which of those that fit: all that is said must hold.

    `nth` counts from 1; `after` are so many at the beginning that are left alone. Without a `seed`, chance is drawn
    from one of the world's.
    """

    which: Which = field(default_factory=Which)
    nth: int | None = None
    after: int = 0
    probability: float | None = None
    seed: int | None = None


class Rule:
    """A fault that waits for its requests. `told` is the rule as it was given, `fault_id` what it is called here.

    `fitted` is the number of requests that it was for, `fired` of those that it spoiled.
    """

    def __init__(self, fault: Fault, when: When, times: int | None, told: JsonObject) -> None:
        self.fault = fault
        self.when = when
        self.times = times
        self.told = told
        self.fault_id = fault.kind
        self.fitted = 0
        self.fired = 0
        self._seed = when.seed
        self._chance: Callable[[], float] | None = None

    def to_json(self) -> JsonObject:
        """Return the rule as it was given, and what has come of it."""
        return {"fault_id": self.fault_id, **self.told, "fitted": self.fitted, "fired": self.fired}

    def is_due(self, ids: Ids) -> bool:
        """Count a request that fits. Return whether it is one to be spoiled."""
        self.fitted += 1
        when = self.when
        return (
            self.is_left
            and self.fitted > when.after
            and when.nth in (None, self.fitted)
            and (when.probability is None or self.drawn(ids) < when.probability)
        )

    @property
    def is_left(self) -> bool:
        """Whether it has not fired as often as it may."""
        return self.times is None or self.fired < self.times

    def fire(self) -> bool:
        """Count a request that is spoiled now. Return False if it has fired as often as it may."""
        if not self.is_left:
            return False
        self.fired += 1
        return True

    def drawn(self, ids: Ids) -> float:
        """Return a number from 0 up to 1, by the rule's own chance."""
        if self._chance is None:
            if self._seed is None:
                self._seed = ids.seed()
            self._chance = chance(self._seed)
        return self._chance()


class Faults:
    """The faults of a world, in the order in which they are tried."""

    def __init__(self) -> None:
        self._rules: dict[str, Rule] = {}
        self._numbers: Counter[str] = Counter()

    def __bool__(self) -> bool:
        """Return whether there are any."""
        return bool(self._rules)

    def __iter__(self) -> Iterator[Rule]:
        """Yield the rules in the order in which they are tried."""
        return iter(list(self._rules.values()))

    def add(self, rule: Rule) -> Rule:
        """Let a rule be tried after all others; it is called by its kind and a number, `status-1`."""
        kind = rule.fault.kind
        self._numbers[kind] += 1
        rule.fault_id = f"{kind}-{self._numbers[kind]}"
        self._rules[rule.fault_id] = rule
        return rule

    def get(self, fault_id: str) -> Rule:
        """Return a rule. NotFound if there is none."""
        rule = self._rules.get(fault_id)
        if rule is None:
            raise NotFound(f"no fault {quoted(fault_id)}")
        return rule

    def remove(self, fault_id: str) -> None:
        """Try a rule no more. NotFound if there is none."""
        self.get(fault_id)
        del self._rules[fault_id]

    def clear(self) -> None:
        """Try none any more."""
        self._rules.clear()

    def fitting(
        self, method: str, path: str, operation: Operation, parameters: Mapping[str, str], *, streams: bool
    ) -> Iterator[Rule]:
        """Yield the rules for a request in order; `streams` says whether its operation may answer with events."""
        for rule in self:
            if (streams or not rule.fault.of_streams) and rule.when.which.fits(method, path, operation, parameters):
                yield rule
