"""One run as the protocol tells it: its raw events become protocol events, and some more are put between them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.agents.protocol.namespaces import INTERRUPT, STATUSES, graph_name, is_within, key
from understudy.agents.protocol.state_messages import slim
from understudy.state.clock import microseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from understudy.state.feeds import Event
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject

    Namespace = list[str]
    Push = Callable[[JsonObject], None]

_SLIMMED = ("values", "updates")
_ENDINGS = ("running", "completed", "failed", "interrupted")


@dataclass(slots=True)
class _Place:
    """What is known of a namespace: how it stands with it, and the name of its graph."""

    namespace: Namespace
    status: str
    name: str


class Telling:
    """Tells one run to `push`, which numbers the events.

    `pending` are the namespaces of the interrupts that were told, by id.
    """

    def __init__(self, world: World, run: JsonObject, push: Push) -> None:
        self._world = world
        self._push = push
        self._run = run
        self._places: dict[str, _Place] = {}
        self._announced: set[str] = set()
        self._copies: Counter[str] = Counter()
        self._source = ""
        self._over = False
        self.pending: dict[str, Namespace] = {}
        name = run["kwargs"]["config"]["configurable"].get("graph_id", run["assistant_id"])
        self._places[""] = _Place([], "running", name)
        self._tell("lifecycle", [], {"event": "running", "graph_name": name}, event_id=self._id("lc", "", "running"))

    @property
    def run_id(self) -> str:
        """The run that is told."""
        return str(self._run["run_id"])

    @property
    def assistant_id(self) -> str:
        """The assistant that runs."""
        return str(self._run["assistant_id"])

    def tree(self, namespace: Sequence[str] = ()) -> JsonObject:
        """Return how it stands with a graph, and below it with its subgraphs."""
        place = self._places[key(namespace)]
        below = [
            each
            for each in self._places.values()
            if len(each.namespace) == len(namespace) + 1 and is_within(each.namespace, namespace)
        ]
        told: JsonObject = {"namespace": place.namespace, "status": place.status, "graph_name": place.name}
        if below:
            told["children"] = [self.tree(each.namespace) for each in sorted(below, key=lambda each: each.namespace)]
        return told

    def take(self, event: Event) -> None:
        """Tell what becomes of a raw event of the run."""
        method, *namespace = event.name.split("|")
        self._source = event.id
        if method == "metadata":
            return
        if method == "error":
            self._over = True
            self._end([], "failed", error=str(event.data["message"]))
        elif isinstance(event.data, dict) and event.data.get("type") == "event" and "params" in event.data:
            self._take_envelope(event.data)
        else:
            self._take_plain(method, namespace, event.data)

    def complete(self) -> None:
        """Tell how the run ended, unless that was told."""
        if self._over:
            return
        run = self._world.runs.get(self._run["thread_id"], self.run_id)
        status = self._status(run) if run is not None else None
        if status is None:
            return
        self._over = True
        opened = [place for place in self._places.values() if place.namespace and place.status == "started"]
        for place in sorted(opened, key=lambda place: len(place.namespace), reverse=True):
            self._end(place.namespace, "completed")
        self._end([], status)

    def _status(self, run: JsonObject) -> str | None:
        """Return how a run ended; one that succeeded on a thread that waits for an answer is interrupted."""
        status = STATUSES.get(run["status"])
        if status == "completed" and self._world.threads.get(run["thread_id"]).get("interrupts"):
            return "interrupted"
        return status

    def _take_envelope(self, envelope: JsonObject) -> None:
        """Tell an event of a run of the protocol."""
        method, params = envelope["method"], envelope["params"]
        namespace, data = params["namespace"], params["data"]
        if method == "lifecycle":
            self._take_lifecycle(data)
            return
        self._note(namespace)
        if method == "values":
            self._request(namespace, params.get("interrupts", []))
        self._tell(method, namespace, data, timestamp=params["timestamp"])

    def _take_lifecycle(self, data: JsonObject) -> None:
        namespace = data["namespace"]
        if data["event"] in _ENDINGS:
            self._end(namespace, data["event"], error=data.get("error"))
        elif data["event"] == "started" and key(namespace) not in self._announced:
            self._announced.add(key(namespace))
            self._places[key(namespace)] = _Place(namespace, "started", data["graph_name"])
            self._tell("lifecycle", namespace, data)

    def _take_plain(self, method: str, namespace: Namespace, data: Json) -> None:
        """Tell an event of a run without the protocol, which shows what its modes show."""
        self._note(namespace)
        if method == "values":
            self._request(namespace, data.get(INTERRUPT, []))
            self._tell_state("values", namespace, data)
        elif method == "updates":
            self._take_update(namespace, data)
        elif method == "custom":
            self._tell("custom", namespace, {"payload": data})
        elif method == "tasks":
            self._tell("tasks", namespace, data)

    def _take_update(self, namespace: Namespace, data: JsonObject) -> None:
        node: str | None = None
        values: Json = data
        if len(data) == 1:
            ((node, values),) = data.items()
        if node == INTERRUPT:
            self._request(namespace, values)
            return
        self._tell_state("updates", namespace, values if isinstance(values, dict) else {"value": values}, node=node)
        if node is not None:
            self._end_node(namespace, node)

    def _tell_state(self, method: str, namespace: Namespace, values: Json, node: str | None = None) -> None:
        told = {name: value for name, value in values.items() if name != INTERRUPT}
        if told:
            self._tell(method, namespace, told, node=node)

    def _end_node(self, parent: Namespace, node: str) -> None:
        """End the subgraph that this node runs, the one that began first if there are several."""
        for place in self._places.values():
            at = place.namespace
            if at and at[:-1] == parent and place.status == "started" and at[-1].partition(":")[0] == node:
                self._end(at, "completed")
                return

    def _request(self, namespace: Namespace, interrupts: list[JsonObject]) -> None:
        """Tell that answers are wanted; with the first of them the run counts as interrupted."""
        asked = False
        for interrupt in interrupts:
            if interrupt["id"] not in self.pending:
                asked = True
                self.pending[interrupt["id"]] = list(namespace)
                data = {"interrupt_id": interrupt["id"], "payload": interrupt.get("value")}
                event_id = self._id("input", key(namespace), interrupt["id"])
                self._tell("input.requested", namespace, data, event_id=event_id)
        if asked:
            self._end([], "interrupted")
            self._over = True

    def _note(self, namespace: Namespace) -> None:
        """Remember that something happens in a namespace, and so in those above it."""
        for length in range(1, len(namespace) + 1):
            part = namespace[:length]
            place = self._places.get(key(part))
            if place is None:
                self._places[key(part)] = _Place(part, "started", graph_name(part))
            else:
                place.status = "started"

    def _end(self, namespace: Namespace, status: str, *, error: str | None = None) -> None:
        if key(namespace) not in self._places:
            self._note(namespace)
        place = self._places[key(namespace)]
        if place.status == status and error is None:
            return
        place.status = status
        data = {"event": status, "graph_name": place.name}
        if error is not None:
            data["error"] = error
        self._tell("lifecycle", namespace, data, event_id=self._id("lc", key(namespace), status))

    def _id(self, *parts: str) -> str:
        """Return the id of an event that no raw event stands behind."""
        return f"synth:{self._run['run_id']}:{'|'.join(parts)}"

    def _tell(
        self,
        method: str,
        namespace: Namespace,
        data: Json,
        *,
        node: str | None = None,
        timestamp: int | None = None,
        event_id: str | None = None,
    ) -> None:
        if event_id is None:
            copy = self._copies[self._source]
            self._copies[self._source] += 1
            event_id = f"{self._source}.{copy}" if copy else self._source
        params: JsonObject = {
            "namespace": namespace,
            "timestamp": microseconds(self._world.clock.now()) // 1000 if timestamp is None else timestamp,
            "data": slim(data) if method in _SLIMMED else data,
        }
        if node is not None:
            params["node"] = node
        self._push({"type": "event", "event_id": event_id, "seq": 0, "method": method, "params": params})
