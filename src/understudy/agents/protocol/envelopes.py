"""What a run of the streaming protocol puts into its thread's feed: envelopes, whatever modes it was started with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents.protocol.namespaces import INTERRUPT, ended_as, graph_name
from understudy.state.clock import microseconds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from understudy.state.clock import Clock
    from understudy.wire import Json, JsonObject

    Item = tuple[str, JsonObject]

MARKER = "__event_streaming_v2"
"""The configurable that makes a run one of the protocol."""


def is_v2(configurable: Mapping[str, Json]) -> bool:
    """Return whether a run with these configurables is one of the protocol."""
    return bool(configurable.get(MARKER))


class Envelopes:
    """Puts what happens in one run into envelopes, in order.

    Shown are the values, the messages that a model speaks, and when subgraphs begin and end, which is seen from the
    tasks. A whole message that a node returns is not shown, although it takes a number; all other modes leave no trace.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seq = 0
        self._seen: set[tuple[str, ...]] = set()
        self._open: dict[tuple[str, ...], str] = {}

    def of(self, mode: str, namespace: Sequence[str], data: Json) -> list[Item]:
        """Return the name and data of the events that show this, as a run without the protocol would stream it."""
        if mode == "values":
            return [self._values(namespace, data)]
        if mode == "messages":
            return self._message(namespace, data)
        if mode == "tasks":
            return self._task(tuple(namespace), data)
        return []

    def failed(self, message: str) -> list[Item]:
        """Return the events of subgraphs that end because the run fails."""
        return self._close("failed", message)

    def ended(self) -> list[Item]:
        """Return the events of subgraphs that are still open when the run is over."""
        return self._close("completed")

    def _values(self, namespace: Sequence[str], data: JsonObject) -> Item:
        values = {name: value for name, value in data.items() if name != INTERRUPT}
        return self._envelope("values", namespace, values, interrupts=data.get(INTERRUPT, []))

    def _message(self, namespace: Sequence[str], data: Json) -> list[Item]:
        if isinstance(data, dict):
            return [self._envelope("messages", namespace, data)]
        message, _ = data
        if message["type"] != "tool":
            self._seq += 1
        return []

    def _task(self, namespace: tuple[str, ...], data: JsonObject) -> list[Item]:
        if "result" in data:
            ended = [place for place, task in self._open.items() if place[:-1] == namespace and task == data["id"]]
            status, error = ended_as(data)
            return [self._ended(place, status, error) for place in ended]
        if not namespace or namespace in self._seen:
            return []
        self._seen.add(namespace)
        name, task = graph_name(namespace), namespace[-1].partition(":")[2]
        self._open[namespace] = task
        return [
            self._lifecycle(
                {"event": "started", "namespace": list(namespace), "graph_name": name, "trigger_call_id": task}
            )
        ]

    def _close(self, status: str, error: str | None = None) -> list[Item]:
        return [self._ended(place, status, error) for place in list(self._open)]

    def _ended(self, namespace: tuple[str, ...], status: str, error: str | None) -> Item:
        del self._open[namespace]
        told: JsonObject = {"event": status, "namespace": list(namespace)}
        if error is not None:
            told["error"] = error
        return self._lifecycle(told)

    def _lifecycle(self, data: JsonObject) -> Item:
        return self._envelope("lifecycle", (), data)

    def _envelope(self, method: str, namespace: Sequence[str], data: JsonObject, **more: Json) -> Item:
        self._seq += 1
        now = microseconds(self._clock.now()) // 1000
        params = {"namespace": list(namespace), "timestamp": now, "data": data, **more}
        name = "|".join((method, *namespace))
        return name, {"type": "event", "method": method, "params": params, "seq": self._seq}
