"""Laws of the protocols that ride on HTTP: commands to a thread, and messages from one agent to another."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from understudy.conformance.asking import Unexamined
from understudy.conformance.laws.promising import UNTOUCHED, Promise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.conformance.asking import Answer
    from understudy.conformance.laws.promising import Claim
    from understudy.conformance.stage import Graph
    from understudy.wire import Json, JsonObject

COMMANDS = "POST /threads/{thread_id}/commands"
A2A = "POST /a2a/{assistant_id}"

_LATER = 1_000_000
"""Seconds after which a run starts that is to be waiting."""


class JsonIsWanted(Promise):
    """Each operation that takes JSON is sent something else."""

    name = "json-is-wanted"
    sentence = "A body that is no JSON is refused, in the form that the document gives to refusals."
    section = "the bodies of the document"
    operations = (COMMANDS,)

    def claims(self) -> Iterator[Claim]:
        """Yield the operations that take a body."""
        for operation in self.document.operations:
            if self.document.body(operation) is not None and operation not in UNTOUCHED:
                yield operation, "", partial(self._look, operation)

    def _look(self, operation: str) -> None:
        answer = self.sent(operation, body=b'{"id": 1')

        self.hold(self.is_refused(answer), f"a body that breaks off answered {answer.status}: {answer.text[:200]}")


class CommandsAreRead(Promise):
    """Commands are sent with ids of every kind, and without what they need."""

    name = "commands-are-read"
    sentence = "A command that the document takes is answered under its id; one that it does not take is refused."
    section = COMMANDS
    operations = (COMMANDS, "POST /threads")
    ids: tuple[Json, ...] = (7, "1", 1.5, True, -1, None)

    def claims(self) -> Iterator[Claim]:
        """Yield commands."""
        for number in self.ids:
            yield COMMANDS, f"id {number!r}", partial(self._look, {"id": number, "method": "run.start"})
        yield COMMANDS, "no method", partial(self._look, {"id": 1})
        yield COMMANDS, "unknown method", partial(self._look, {"id": 1, "method": "understudy"})
        yield COMMANDS, "no params", partial(self._look, {"id": 1, "method": "run.start"}, with_params=False)

    def _look(self, command: JsonObject, *, with_params: bool = True) -> None:
        graph = self.graph
        params: JsonObject = {"assistant_id": graph.assistant_id, "input": graph.inputs[0]}
        body = {**command, **({"params": params} if with_params else {})}
        thread_id = str(self.told("POST /threads", {"metadata": self.marked(graph_id=graph.graph_id)})["thread_id"])
        answer = self.sent(COMMANDS, path={"thread_id": thread_id}, body=body)

        if self.document.fits(self.document.body(COMMANDS) or {}, body):
            self.hold(answer.status < 500, f"{body} answered {answer.status}: {answer.text[:200]}")
            told = answer.body.get("id") if isinstance(answer.body, dict) else None
            self.same(told, body["id"], f"the id of the answer to {command}")
        else:
            self.hold(self.is_refused(answer), f"{body} was carried out: {answer.text[:200]}")


class A2ALaw(Promise):
    """What laws of A2A have in common: an assistant that reads messages, and a message to it."""

    @property
    def talker(self) -> Graph:
        """A graph that reads messages. Unexamined if there is none."""
        for graph in self.stage.graphs:
            first = graph.inputs[0] if graph.inputs else None
            if isinstance(first, dict) and "messages" in first:
                return graph
        raise Unexamined("no graph is known that reads messages")

    @cached_property
    def context(self) -> str:
        """A thread in which everything is said."""
        return str(self.told("POST /threads", {"metadata": self.marked()})["thread_id"])

    def message(self, **changed: Json) -> JsonObject:
        """Return the parameters of a message, with changes."""
        message = {"role": "user", "messageId": "understudy", "parts": [{"kind": "text", "text": "hi"}]}
        return {"message": {**message, "contextId": self.context, **changed}}

    def say(self, method: str, params: JsonObject, **changed: Json) -> tuple[JsonObject, Answer]:
        """Send a request, and return it with its answer."""
        body: JsonObject = {"jsonrpc": "2.0", "id": "1", "method": method, "params": params, **changed}
        body = {name: value for name, value in body.items() if value != _LEFT_OUT}
        path = {"assistant_id": self.talker.assistant_id}
        answer = self.sent(A2A, path=path, body=body)
        if answer.ok and isinstance(answer.body, dict):
            result = answer.body.get("result")
            if isinstance(result, dict) and isinstance(result.get("contextId"), str):
                self.stage.ledger.made("threads", result["contextId"])
        return body, answer

    def take(self, method: str, params: JsonObject) -> Json:
        """Say that a request is carried out, and return the result. Unexamined if the document does not take it."""
        body, answer = self.say(method, params)
        if not self.is_valid(body):
            raise Unexamined(f"the document does not take {body}")
        told = answer.body if answer.ok and isinstance(answer.body, dict) else {}

        self.hold("result" in told, f"{method} with {params} answered {answer.status}: {answer.text[:200]}")
        result: Json = told["result"]
        return result

    def is_valid(self, body: Json) -> bool:
        """Return whether the document takes a request."""
        return self.document.fits(self.document.body(A2A) or {}, body)


_LEFT_OUT = "understudy: left out"


class A2ATakesTheDocumented(A2ALaw):
    """Messages of every kind that the document has are sent."""

    name = "a2a-takes-the-documented"
    sentence = "A message that the document takes is carried out."
    section = A2A
    operations = (A2A, "POST /threads")

    def claims(self) -> Iterator[Claim]:
        """Yield messages that differ in one way each."""
        if not self.document.has(A2A):
            return
        yield A2A, "text", partial(self._look, {})
        yield (
            A2A,
            "data",
            partial(self._look, {"parts": [{"kind": "text", "text": "hi"}, {"kind": "data", "data": {}}]}),
        )
        yield A2A, "tasks/get", self._look_at_task

    def _look(self, changed: JsonObject) -> None:
        self.take("message/send", self.message(**changed))

    def _look_at_task(self) -> None:
        task = self.take("message/send", self.message())
        if not isinstance(task, dict) or "id" not in task:
            raise Unexamined(f"a message led to no task: {task!r:.200}")
        asked: JsonObject = {"id": task["id"], "contextId": self.context, "historyLength": 10}
        found = self.take("tasks/get", asked)
        self.same(found.get("id") if isinstance(found, dict) else None, task["id"], "the id of the task")


class A2AContextIsText(A2ALaw):
    """A message is sent in a context whose name the client made up."""

    name = "a2a-context-is-text"
    sentence = "A context may have any text for its id."
    section = A2A
    operations = (A2A, "POST /threads")
    contracts = ("published",)

    def claims(self) -> Iterator[Claim]:
        """Yield a message in a context of its own."""
        if self.document.has(A2A):
            yield A2A, "contextId", self._look

    def _look(self) -> None:
        self.take("message/send", self.message(contextId="understudy-1"))


class A2ARefusesTheRest(A2ALaw):
    """Messages are sent that the document does not take."""

    name = "a2a-refuses-the-rest"
    sentence = "A message that the document does not take is refused."
    section = A2A
    operations = (A2A, "POST /threads")

    def claims(self) -> Iterator[Claim]:
        """Yield requests that differ from those of the document in one way each."""
        if not self.document.has(A2A):
            return
        tasks: JsonObject = {"contextId": self.context}
        said: tuple[tuple[str, str, JsonObject, JsonObject], ...] = (
            ("a number for an id", "message/send", self.message(), {"id": 1}),
            ("no id", "message/send", self.message(), {"id": _LEFT_OUT}),
            ("another version", "message/send", self.message(), {"jsonrpc": "1.0"}),
            ("another role", "message/send", self.message(role="understudy"), {}),
            ("no message", "message/send", {}, {}),
            ("no parts", "message/send", self.message(parts=_LEFT_OUT), {}),
            ("another kind of part", "message/send", self.message(parts=[{"kind": "understudy"}]), {}),
            ("a task without an id", "tasks/get", tasks, {}),
            ("a method of a later version", "SendMessage", self.message(), {}),
            ("a list of tasks", "ListTasks", tasks, {}),
            ("a response", _LEFT_OUT, self.message(), {"result": {}}),
        )
        for what, method, params, changed in said:
            yield A2A, what, partial(self._look, method, params, changed)
        yield A2A, "a task without a context", self._look_without_context

    def _look(self, method: str, params: JsonObject, changed: JsonObject) -> None:
        body, answer = self.say(method, params, **changed)
        if self.is_valid(body):
            raise Unexamined(f"the document takes {body}")

        self.hold(self.is_refused(answer), f"{body} was carried out: {answer.status} {answer.text[:200]}")

    def _look_without_context(self) -> None:
        _, answer = self.say("message/send", self.message())
        result = answer.body.get("result") if isinstance(answer.body, dict) else None
        if not isinstance(result, dict) or "id" not in result:
            raise Unexamined(f"a message led to no task: {answer.text[:200]}")
        self._look("tasks/get", {"id": result["id"]}, {})


class A2ACannotCancel(A2ALaw):
    """A task that waits is cancelled."""

    name = "a2a-cannot-cancel"
    sentence = "Cancelling a task is not supported yet, and answered with an error."
    section = A2A
    operations = (A2A, "POST /threads", "POST /threads/{thread_id}/runs")
    contracts = ("published",)

    def claims(self) -> Iterator[Claim]:
        """Yield the cancelling of a run that waits."""
        yield A2A, "tasks/cancel", self._look

    def _look(self) -> None:
        talker = self.talker
        waiting = {"assistant_id": talker.assistant_id, "input": talker.inputs[0], "after_seconds": _LATER}
        run = self.told("POST /threads/{thread_id}/runs", waiting, thread_id=self.context)
        _, answer = self.say("tasks/cancel", {"id": run["run_id"], "contextId": self.context})

        self.hold(self.is_refused(answer), f"a task that waits was cancelled: {answer.text[:200]}")
