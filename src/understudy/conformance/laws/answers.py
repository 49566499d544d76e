"""Laws of what a document promises of answers: where they lead, that they can be had, and in which order."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from understudy.conformance.asking import Unexamined
from understudy.conformance.laws.promising import UNTOUCHED, Promise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.conformance.laws.promising import Claim
    from understudy.wire import Json, JsonObject

_ADDRESSES = ("content-location", "location")


class LocationsLeadSomewhere(Promise):
    """Everything that answers with an address is asked, and the address is followed."""

    name = "locations-lead-somewhere"
    sentence = "The address that an answer declares in a header can be read."
    section = "the header Content-Location of the document"
    operations = ("POST /runs",)
    contracts = ("published",)

    def claims(self) -> Iterator[Claim]:
        """Yield the operations that declare an address in a header of their success."""
        for operation in self.document.operations:
            answers = self.document.answers(operation)
            told = [answers[status].get("headers", {}) for status in answers if status.startswith("2")]
            names = {name for headers in told for name in headers if name.lower() in _ADDRESSES}
            if names and operation not in UNTOUCHED:
                for name in sorted(names):
                    yield operation, name, partial(self._look, operation, name)

    def _look(self, operation: str, name: str) -> None:
        asked = self.smallest(operation)
        if "on_completion" in self.document.members(operation):
            asked["body"] |= {"on_completion": "keep"}
        answer = self.sent(operation, **asked)
        address = answer.headers.get(name.lower())
        if not answer.ok or address is None:
            raise Unexamined(f"{operation} answered {answer.status} without {name}")
        found = self.document.operation_at(address)

        self.hold(found is not None, f"{name} is {address}, where nothing can be read")
        assert found is not None
        read = self.sent(found[0], path=dict(found[1]))
        self.hold(read.ok, f"{name} is {address}, which answers {read.status}: {read.text[:200]}")


class OrderPromised(Promise):
    """Items are put in several namespaces, some of them twice, and listed without a query."""

    name = "order-promised"
    sentence = "A search of the store without a query lists the items in the order of their last update."
    section = "POST /store/items/search"
    operations = ("POST /store/items/search", "PUT /store/items")
    contracts = ("published",)

    def claims(self) -> Iterator[Claim]:
        """Yield the search of the store."""
        yield "POST /store/items/search", "", self._look

    def _look(self) -> None:
        for place, key in (("a", "1"), ("b", "1"), ("a", "2"), ("b", "2"), ("a", "1")):
            item: JsonObject = {"namespace": [*self.namespace, place], "key": key, "value": {}}
            if not self.ask("PUT /store/items", item).ok:
                raise Unexamined("no item can be put")
        rows = self.told("POST /store/items/search", {"namespace_prefix": self.namespace, "limit": 100})["items"]
        times = [row["updated_at"] for row in rows]

        ordered = times in (sorted(times), sorted(times, reverse=True))
        self.hold(ordered, f"the items were updated at {', '.join(times)}, in the order they are listed")


class StatesCanBeRead(Promise):
    """Every graph is run with all that it is known to take, and what came of it is read in every way."""

    name = "states-can-be-read"
    sentence = "Whatever a run came to, its thread, its state and its history can be read."
    section = "GET /threads/{thread_id}/state"
    operations = ("GET /threads/{thread_id}/state", "POST /threads", "POST /threads/{thread_id}/runs/wait")

    def claims(self) -> Iterator[Claim]:
        """Yield the graphs, with each of their inputs."""
        for graph in self.stage.graphs:
            for number, told in enumerate(graph.inputs):
                what = f"{graph.graph_id} {number}".strip()
                yield "GET /threads/{thread_id}/state", what, partial(self._look, graph.assistant_id, told)

    def _look(self, assistant_id: str, told: Json) -> None:
        path = {"thread_id": str(self.told("POST /threads", {"metadata": self.marked()})["thread_id"])}
        run = {"assistant_id": assistant_id, "input": told}
        self.told("POST /threads/{thread_id}/runs/wait", run, thread_id=path["thread_id"])
        ways: tuple[tuple[str, dict[str, Any]], ...] = (
            ("GET /threads/{thread_id}", {}),
            ("GET /threads/{thread_id}/state", {}),
            ("GET /threads/{thread_id}/state", {"query": {"subgraphs": "true"}}),
            ("GET /threads/{thread_id}/history", {"query": {"limit": 10}}),
        )
        for operation, more in ways:
            answer = self.ask(operation, thread_id=path["thread_id"], **more)
            self.hold(answer.ok, f"{operation} answered {answer.status}: {answer.text[:200]}")
