"""Laws of what cannot be meant: values in another form than the document's, and requests that contradict themselves."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from understudy.conformance.laws.promises import RequestPromise
from understudy.conformance.laws.promising import Promise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.conformance.laws.promising import Claim
    from understudy.wire import Json, JsonObject

_LATER = 1_000_000
_FORMATS = ("uuid", "date-time")
_CHOSEN = (("POST /assistants", "assistant_id"), ("POST /threads", "thread_id"))
"""Ids that clients choose: some take a UUID without its hyphens for one."""


class FormatsAreKept(RequestPromise):
    """Each member of a body that has a format is given something else."""

    name = "formats-are-kept"
    sentence = "A member of a body that is not in the format of the document is refused."
    section = "the formats of the document"
    operations = ("POST /threads",)

    def claims(self) -> Iterator[Claim]:
        """Yield the members with a format, alone or in a list."""
        for operation in self.asked():
            for name, schema in self.document.members(operation).items():
                items = self.document.resolved(schema.get("items", {}))
                for told, listed in ((schema, False), (items, True)):
                    if told.get("format") in _FORMATS:
                        given: Json = ["understudy"] if listed else "understudy"
                        yield operation, name, partial(self._look, operation, name, given)
        for operation, name in _CHOSEN:
            if self.document.members(operation).get(name, {}).get("format") == "uuid":
                yield operation, name, partial(self._look, operation, name, self.new_id().replace("-", ""))

    def _look(self, operation: str, name: str, value: Json) -> None:
        answer = self.sent(operation, body={**self.smallest(operation)["body"], name: value})

        self.hold(self.is_refused(answer), f"{name} {value!r} answered {answer.status}: {answer.text[:200]}")


class MistakesAreRefused(Promise):
    """Mistakes are made that people make."""

    name = "mistakes-are-refused"
    sentence = "A request that contradicts itself, or what there is, is refused."
    section = "what the document says not to combine"
    operations = ("POST /assistants",)

    def claims(self) -> Iterator[Claim]:
        """Yield the mistakes."""
        both: JsonObject = {"config": {"configurable": {"k": 1}}, "context": {"k": 2}}
        never: JsonObject = {"schedule": "0 0 31 2 *"}
        resume: JsonObject = {"command": {"resume": "yes"}}
        mistakes: tuple[tuple[str, str, JsonObject], ...] = (
            ("POST /assistants", "context and configurable", both),
            ("PATCH /assistants/{assistant_id}", "context and configurable", both),
            ("POST /threads/{thread_id}/runs", "context and configurable", both),
            ("POST /runs/wait", "context and configurable", both),
            ("POST /runs", "an answer to nothing", resume),
            ("POST /runs/wait", "an answer to nothing", resume),
            ("POST /runs/stream", "an answer to nothing", resume),
            ("POST /runs/crons", "a day that never comes", never),
            ("POST /runs/crons", "a schedule that is none", {"schedule": "understudy"}),
            ("POST /threads/{thread_id}/runs/crons", "a day that never comes", never),
            ("PATCH /runs/crons/{cron_id}", "a day that never comes", never),
            ("PUT /store/items", "no namespace", {"namespace": []}),
        )
        for operation, what, change in mistakes:
            if self.document.has(operation):
                yield operation, what, partial(self._look, operation, change)
        yield "POST /threads/{thread_id}/state", "a thread without a graph", self._look_at_thread_without_graph
        yield "POST /threads/{thread_id}/state", "a thread at work", self._look_at_busy_thread
        yield "POST /threads", "steps of nodes that are not there", self._look_at_supersteps
        yield "POST /threads", "steps of no graph", self._look_at_steps_of_no_graph

    def _look(self, operation: str, change: JsonObject) -> None:
        answer = self.sent(operation, body={**self.smallest(operation)["body"], **change})

        self.hold(self.is_refused(answer), f"{change} answered {answer.status}: {answer.text[:200]}")

    def _look_at_thread_without_graph(self) -> None:
        path = {"thread_id": str(self.told("POST /threads", {"metadata": self.marked()})["thread_id"])}
        answer = self.sent("POST /threads/{thread_id}/state", path=path, body={"values": {"messages": []}})

        self.hold(self.is_refused(answer), f"a thread without a graph answered {answer.status}: {answer.text[:200]}")

    def _look_at_busy_thread(self) -> None:
        graph = self.graph
        asked = {"assistant_id": graph.assistant_id, "input": graph.inputs[0], "after_seconds": _LATER}
        path = {"thread_id": str(self.told("POST /threads", {"metadata": self.marked()})["thread_id"])}
        self.told("POST /threads/{thread_id}/runs", asked, thread_id=path["thread_id"])
        answer = self.sent("POST /threads/{thread_id}/state", path=path, body={"values": dict(*graph.states[:1])})

        self.hold(self.is_refused(answer), f"a thread at work answered {answer.status}: {answer.text[:200]}")

    def _look_at_supersteps(self) -> None:
        body = self._of_steps("understudy", graph_id=self.graph.graph_id)
        answer = self.sent("POST /threads", body=body)

        self.hold(self.is_refused(answer), f"a step of no node answered {answer.status}: {answer.text[:200]}")

    def _look_at_steps_of_no_graph(self) -> None:
        answer = self.sent("POST /threads", body=self._of_steps("__start__"))
        told: Json = answer.body if answer.ok else None

        complains = isinstance(told, dict) and "detail" in told
        self.hold(self.is_refused(answer) or complains, f"steps of no graph answered {answer.status}: {told!r}")

    def _of_steps(self, as_node: str, **metadata: Any) -> JsonObject:
        values = self.graph.states[0] if self.graph.states else {}
        return {
            "metadata": self.marked(**metadata),
            "supersteps": [{"updates": [{"values": values, "as_node": as_node}]}],
        }
