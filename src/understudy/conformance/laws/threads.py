"""Laws of threads: what they hold, how they are found, and how they end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.conformance.asking import Unexamined
from understudy.conformance.laws.law import Law

if TYPE_CHECKING:
    from understudy.conformance.stage import Graph
    from understudy.wire import Json, JsonObject


class ThreadLaw(Law):
    """What laws of threads have in common: a thread with a graph, and values for its state."""

    @property
    def graph(self) -> Graph:
        """A graph whose state can be written to. Unexamined if there is none."""
        for graph in self.stage.graphs:
            if graph.states:
                return graph
        raise Unexamined("no graph is known whose state can be updated")

    def new_thread(self, **metadata: Json) -> str:
        """Make a thread of the graph and return its id."""
        body = {"metadata": self.marked(graph_id=self.graph.graph_id, **metadata)}
        return str(self.told("POST /threads", body)["thread_id"])

    def write_state(self, thread_id: str, chance: int) -> JsonObject:
        """Update the state of a thread, and return the answer: the checkpoint that there is now."""
        states, nodes = self.graph.states, self.graph.nodes
        body = {"values": states[chance % len(states)], "as_node": nodes[chance % len(nodes)]}
        told: JsonObject = self.told("POST /threads/{thread_id}/state", body, thread_id=thread_id)
        return told

    def values(self, thread_id: str) -> Json:
        """Return the values of a thread's state."""
        return self.told("GET /threads/{thread_id}/state", thread_id=thread_id)["values"]

    def history(self, thread_id: str) -> list[JsonObject]:
        """Return the checkpoints of a thread, the newest first."""
        told: list[JsonObject] = self.told("POST /threads/{thread_id}/history", {"limit": 100}, thread_id=thread_id)
        return told

    def told_history(self, thread_id: str) -> list[Json]:
        """Return what of a history does not name its thread: the values and what was to come next."""
        return [[state["values"], state["next"]] for state in self.history(thread_id)]
