"""A fault on one request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from understudy.server.visits import Visit
    from understudy.state.faults import Rule
    from understudy.wire import Json

    Failure = Callable[[int, str], Json]


class Shot:
    """A rule that is due on a request, until it has fired or the answer is over.

    It fires when something is spoiled by it, and so perhaps never: a stream may end before the event that it is for.
    """

    def __init__(self, rule: Rule, visit: Visit, failure: Failure) -> None:
        """Make ready; `failure` is how the API tells of a status."""
        self.rule = rule
        self.failure = failure
        self.fired = False
        self._visit = visit
        self._ids = visit.world.ids

    def __getitem__(self, name: str) -> Any:
        """Return the value of one of the fault's parameters."""
        return self.rule.fault.parameters[name]

    def fires(self) -> bool:
        """Return whether it may spoil the answer now. That counts, but once for a request."""
        if not self.fired and self.rule.fire():
            self.fired = True
            self._visit.faults += (self.rule.fault_id,)
        return self.fired

    def drawn(self) -> float:
        """Return a number from 0 up to 1."""
        return self.rule.drawn(self._ids)
