"""What a deployment has that a check can play with: its graphs, and assistants of the check's own that run them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from understudy.conformance.ledger import Ledger
    from understudy.wire import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph of the deployment."""

    graph_id: str
    assistant_id: str
    """An assistant of the check's own that runs it."""
    inputs: tuple[Json, ...]
    """What a run of it can be started with so that it succeeds. Each is a JSON object."""
    nodes: tuple[str, ...]
    """Its nodes, without `__start__` and `__end__`."""
    states: tuple[JsonObject, ...] = ()
    """Values that its state can be updated with."""


@dataclass
class Stage:
    """What laws may rely on: graphs to run, the plainest first, and marks for what they make."""

    ledger: Ledger
    graphs: list[Graph] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)

    @property
    def played(self) -> list[str]:
        """What is run, by the names that users know."""
        return [graph.graph_id for graph in self.graphs]

    def new_mark(self) -> JsonObject:
        """Return metadata that no other example has."""
        return {**self.ledger.mark, "understudy_example": str(next(self._numbers))}
