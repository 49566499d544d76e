"""Laws of what a document promises of parameters: their defaults, and how often they may be given."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from understudy.conformance.asking import Unexamined
from understudy.conformance.laws.promising import UNTOUCHED, Promise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.conformance.laws.promising import Claim
    from understudy.wire import Json, JsonObject

MANY = 12
"""How much there is of each kind: more than any documented default of a limit but one."""

READS = (
    "POST /assistants/search",
    "POST /assistants/{assistant_id}/versions",
    "POST /threads/search",
    "POST /threads/{thread_id}/history",
    "POST /runs/crons/search",
    "POST /store/items/search",
    "POST /store/namespaces",
)
"""Operations that only read, besides those with GET."""

MAKES = {
    "POST /threads/{thread_id}/runs": "GET /threads/{thread_id}/runs/{run_id}",
    "POST /threads/{thread_id}/runs/crons": "GET /runs/crons/{cron_id}",
    "POST /runs/crons": "GET /runs/crons/{cron_id}",
}
"""Operations that make something, and those that show what it was made from."""

_CHANGING = frozenset({"GET /metrics", "GET /docs", "GET /threads/{thread_id}/stream"})
"""Operations that do not answer the same twice, or do not end."""


class DefaultsHold(Promise):
    """Each parameter and member with a default is left out, and given its default."""

    name = "defaults-hold"
    sentence = "Leaving something out is the same as giving the default that the document names."
    section = "the defaults of the document"
    operations = ("GET /threads/{thread_id}/history",)

    def claims(self) -> Iterator[Claim]:
        """Yield what has a default, in requests that only read."""
        document = self.document
        for operation in document.operations:
            if operation in UNTOUCHED | _CHANGING or not (operation.startswith("GET ") or operation in READS):
                continue
            for name, parameter in document.parameters(operation, "query").items():
                if "default" in parameter.get("schema", {}):
                    yield operation, name, partial(self._look, operation, "query", name, parameter["schema"]["default"])
            for name, schema in document.members(operation).items():
                if "default" in schema:
                    yield operation, name, partial(self._look, operation, "body", name, schema["default"])

    def _look(self, operation: str, kind: str, name: str, default: Json) -> None:
        asked = self._scoped(operation)
        value = str(default).lower() if kind == "query" and isinstance(default, bool) else default
        self._asker.begin()
        given = self.sent(operation, **{**asked, kind: {**asked[kind], name: value}})
        left_out = self.sent(operation, **asked)
        if not (given.ok and left_out.ok):
            raise Unexamined(f"{operation} answered {given.status} and {left_out.status}")

        self.same(left_out.body, given.body, f"what it answers without {name}, whose default is {default!r}")

    def _scoped(self, operation: str) -> dict[str, Any]:
        asked = self.smallest(operation)
        asked["path"] = {
            **asked["path"],
            **{name: value for name, value in self.plenty.items() if name in asked["path"]},
        }
        scope = {"namespace_prefix": self.namespace, "prefix": self.namespace}
        if isinstance(asked["body"], dict):
            members = self.document.members(operation)
            asked["body"] |= {name: value for name, value in scope.items() if name in members}
        return asked

    @cached_property
    def plenty(self) -> dict[str, str]:
        """The ids of a thread with many states and runs, and of an assistant; there is plenty of everything else."""
        graph = self.graph
        asked: JsonObject = {"assistant_id": graph.assistant_id, "input": graph.inputs[0]}
        thread_id = str(self.told("POST /threads", {"metadata": self.marked(graph_id=graph.graph_id)})["thread_id"])
        self.told("POST /threads/{thread_id}/runs/wait", asked, thread_id=thread_id)
        own = self.told("POST /assistants", {"graph_id": graph.graph_id, "metadata": self.marked()})
        assistant_id = str(own["assistant_id"])
        for number in range(MANY):
            metadata = self.marked(number=number)
            self._update(thread_id, number)
            self.told("POST /threads", {"metadata": metadata})
            self.told("POST /assistants", {"graph_id": graph.graph_id, "metadata": metadata})
            self.told("PATCH /assistants/{assistant_id}", {"metadata": metadata}, assistant_id=assistant_id)
            self.told("POST /runs/crons", {**asked, "schedule": "0 0 29 2 *", "metadata": metadata})
            item = {"namespace": [*self.namespace, str(number)], "key": "understudy", "value": {"number": number}}
            self.ask("PUT /store/items", item)
        later = {**asked, "after_seconds": 1_000_000, "metadata": self.marked()}
        for _ in range(MANY):
            self.told("POST /threads/{thread_id}/runs", later, thread_id=thread_id)
        return {"thread_id": thread_id, "assistant_id": assistant_id}

    def _update(self, thread_id: str, number: int) -> None:
        states, nodes = self.graph.states, self.graph.nodes
        if states and nodes:
            body = {"values": states[number % len(states)], "as_node": nodes[-1]}
            self.told("POST /threads/{thread_id}/state", body, thread_id=thread_id)


class DefaultsAreShown(Promise):
    """Runs and crons are made of no more than they need, and show what they were made from."""

    name = "defaults-are-shown"
    sentence = "What is made shows the default that the document names for what was left out."
    section = "the defaults of the document"
    operations = tuple(MAKES)

    def claims(self) -> Iterator[Claim]:
        """Yield what has a default, in requests for what shows it."""
        for operation in MAKES:
            if self.document.has(operation):
                for name, schema in self.document.members(operation).items():
                    if "default" in schema:
                        yield operation, name, partial(self._look, operation, name, schema["default"])

    def _look(self, operation: str, name: str, default: Json) -> None:
        read, path = self._made[operation]
        made = self.told_at(read, path)
        shown = next((each for each in (made, made.get("kwargs", {}), made.get("payload", {})) if name in each), None)
        if shown is None:
            raise Unexamined(f"{operation} does not show {name}")

        self.same(shown[name], default, f"the {name} of what {operation} made without it")

    @cached_property
    def _made(self) -> dict[str, tuple[str, dict[str, str]]]:
        made = {}
        for operation, read in MAKES.items():
            if self.document.has(operation):
                answer = self.sent(operation)
                if not answer.ok:
                    raise Unexamined(f"{operation} answered {answer.status}: {answer.text[:200]}")
                names = self.document.parameters(read, "path")
                made[operation] = (read, {name: str(answer.body[name]) for name in names})
        self._asker.begin()
        return made


class ArrayParameters(Promise):
    """A parameter of a query that takes an array is given more than once."""

    name = "array-parameters"
    sentence = "A parameter that the document declares as an array is read as one when it is repeated."
    section = "the array parameters of the document"
    operations = ("GET /store/items",)
    glance = 2.5

    def claims(self) -> Iterator[Claim]:
        """Yield the parameters that take arrays and are known to show whether they were read."""
        looks = {
            ("GET /store/items", "namespace"): self._look_at_item,
            ("GET /threads/{thread_id}/stream", "stream_modes"): self._look_at_stream,
            ("GET /threads/{thread_id}/runs", "select"): self._look_at_runs,
        }
        for (operation, name), look in looks.items():
            parameter = self.document.parameters(operation, "query").get(name)
            repeated = parameter is not None and parameter.get("explode", True)
            if parameter is not None and repeated and self.document.takes_lists(parameter["schema"]):
                yield operation, name, look

    def _look_at_item(self) -> None:
        label = self.namespace[0]
        namespace = [label, f"{label}-listed"]  # whoever reads one of the labels alone reads in one of the check's own
        if not self.ask("PUT /store/items", {"namespace": list[Any](namespace), "key": "listed", "value": {}}).ok:
            raise Unexamined("no item can be put")
        answer = self.ask("GET /store/items", query={"namespace": namespace, "key": "listed"})

        self.hold(answer.ok, f"an item in {namespace} answered {answer.status}: {answer.text[:200]}")
        found = answer.body if isinstance(answer.body, dict) else {}
        self.same(found.get("namespace"), list[Any](namespace), f"the namespace of the item, which is {answer.body!r}")

    def _look_at_runs(self) -> None:
        chosen = ["run_id", "status"]
        rows = self.told("GET /threads/{thread_id}/runs", query={"select": chosen}, thread_id=self._resumable)

        self.same([sorted(row) for row in rows], [list[Any](chosen)] * len(rows), "the members of runs")

    def _look_at_stream(self) -> None:
        alone = self._events(["run_modes"])
        if not alone:
            raise Unexamined("the stream of a thread does not show again what has happened")
        both = self._events(["run_modes", "state_update"])

        self.same(both[: len(alone)], list[Any](alone), "the events of run_modes, with state_update asked for too")

    def _events(self, modes: list[str]) -> list[str]:
        path, last = {"thread_id": self._resumable}, {"Last-Event-ID": "0"}
        query = {"stream_modes": modes}
        answer = self.sent("GET /threads/{thread_id}/stream", path=path, query=query, headers=last)
        if not answer.ok:
            raise Unexamined(f"the stream of a thread answered {answer.status}")
        lines = answer.text.replace("\r", "").split("\n")
        return [line.partition(":")[2].strip() for line in lines if line.startswith("event:")]

    @cached_property
    def _resumable(self) -> str:
        thread_id = str(self.told("POST /threads", {"metadata": self.marked()})["thread_id"])
        asked = {"assistant_id": self.graph.assistant_id, "input": self.graph.inputs[0], "stream_resumable": True}
        self.told("POST /threads/{thread_id}/runs/wait", asked, thread_id=thread_id)
        return thread_id
