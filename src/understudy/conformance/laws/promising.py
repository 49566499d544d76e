"""What laws of a document's promises have in common: claims, one for each place that makes them, all looked at once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from hypothesis.stateful import rule
from schemathesis.core import NOT_SET

from understudy.conformance.asking import Unexamined
from understudy.conformance.laws.finding import Own
from understudy.conformance.laws.law import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeAlias

    from understudy.conformance.asking import Answer
    from understudy.wire import Json, JsonObject

    Claim: TypeAlias = tuple[str, str, Callable[[], None]]
    """An operation, what of it is looked at, and what asks and says what has to hold."""

UNTOUCHED = frozenset({"POST /runs/cancel", "POST /threads/prune", "DELETE /mcp/", "GET /mcp/", "POST /mcp/"})
"""Operations that are left alone: what might end everybody's runs or threads, and what no schema tells about."""

_NOT_IMITATED = 501


class BrokenPromise(Broken):
    """A claim that does not hold. The law, the operation and what was looked at make two of them the same."""

    __slots__ = ("what",)

    def __init__(self, law: type[Promise], operation: str, what: str, message: str, asked: Broken) -> None:
        super().__init__(law, message, asked.case_id, asked.steps)
        self.operation = operation
        self.what = what

    @property
    def _unique_key(self) -> str:
        return f"{self.law.name} {self.operation} {self.what}".strip()


class Promise(Own):
    """A promise that a document makes in many places. A claim that is broken does not keep others from being looked at.

    The claims do not depend on chance: one example looks at all of them.
    """

    examples: ClassVar[float] = 0
    steps: ClassVar[int] = 1
    glance: ClassVar[float] = 1.0
    """Seconds for which a stream is looked at."""
    _about: tuple[str, str] = ("", "")
    _broken = 0

    def claims(self) -> Iterator[Claim]:
        """Yield what is to be looked at, as the document tells."""
        raise NotImplementedError

    @rule()
    def keep(self) -> None:
        kept, reasons = 0, list[str]()
        for operation, what, claim in self.claims():
            self._about = (operation, what)
            self._asker.begin()
            try:
                claim()
                kept += 1
            except BrokenPromise:
                self._broken += 1
            except Unexamined as reason:
                reasons.append(str(reason))
        if not kept and not self._broken:
            raise Unexamined(reasons[0] if reasons else "the document promises nothing of the kind")

    def _break(self, message: str) -> NoReturn:
        operation, what = self._about
        asked = Broken(type(self), message, self._asker.last, self._asker.steps())
        broken = BrokenPromise(type(self), operation, what, f"{operation}: {message}", asked)
        if not self._broken:
            self._found(broken)
        elif broken.case_id is not None:
            self._asker.recorder.record_check_failure(
                name=self.name,
                case_id=broken.case_id,
                code_sample="\n".join(step.curl for step in broken.steps),
                failure=broken,
                steps=list(broken.steps),
            )
        raise broken

    # ------------------------------------------------------------------------------------------ what there is to ask

    def is_refused(self, answer: Answer) -> bool:
        """Return whether a request was not taken: by its status, or by an error in the answer of a protocol."""
        refused = 400 <= answer.status < 500
        return refused or (answer.ok and "event-stream" not in self._kind(answer) and self._is_error(answer.body))

    def sent(self, operation: str, **changed: Any) -> Answer:
        """Send the smallest request for something that is there, but for what is changed of it.

        `path`, `query` and `headers` are changed by name, `body` as a whole. Unexamined if nobody imitates it.
        """
        asked = {**self.smallest(operation), **changed}
        within = self.glance if self.document.streams(operation) else None
        answer = self._asker.ask(operation, **asked, within=within)
        if answer.status == _NOT_IMITATED:
            raise Unexamined(f"{operation} answered {answer.status}: {answer.text[:200]}")
        return answer

    def smallest(self, operation: str) -> dict[str, Any]:
        """Return the smallest request for something that is there: what the document requires and no more."""
        document, known = self.document, self.known
        schema = document.body(operation)
        asked: dict[str, Any] = {"path": {}, "query": {}, "headers": {}, "body": NOT_SET}
        for place, name in (("path", "path"), ("query", "query"), ("header", "headers")):
            for parameter, told in document.parameters(operation, place).items():
                if told.get("required"):
                    asked[name][parameter] = document.smallest(told.get("schema", {}), known, parameter)
        if "namespace" in document.parameters(operation, "query"):
            asked["query"]["namespace"] = self.namespace[:1]  # one label reads the same in a list and in a text
        if schema is not None:
            body = document.smallest(schema, known)
            given = {"metadata": self.marked(), "version": 1, "namespace": self.namespace}
            if isinstance(body, dict):
                body |= {name: value for name, value in given.items() if name in document.members(operation)}
            if isinstance(body, list):
                body = [{**each, "metadata": self.marked()} if isinstance(each, dict) else each for each in body]
            asked["body"] = body
        return asked

    @property
    def known(self) -> Mapping[str, Json]:
        """Return what members and parameters of these names hold: things that there are, of this check's own."""
        message = {"role": "user", "messageId": "understudy", "parts": [{"kind": "text", "text": "hi"}]}
        in_context = {"message": {**message, "contextId": self.there["thread_id"]}}
        return {**self.there, **_WORDS, **in_context, "namespace": self.namespace}

    @cached_property
    def there(self) -> dict[str, Json]:
        """The ids of a thread with a run that is over, of an assistant and of a cron."""
        graph, marks = self.graph, {"metadata": self.marked()}
        asked: JsonObject = {"assistant_id": graph.assistant_id, "input": graph.inputs[0]}
        thread_id = self.told("POST /threads", {"metadata": self.marked(graph_id=graph.graph_id)})["thread_id"]
        self.told("POST /threads/{thread_id}/runs/wait", asked, thread_id=thread_id)
        runs = self.told("GET /threads/{thread_id}/runs", thread_id=thread_id)
        state = self.told("GET /threads/{thread_id}/state", thread_id=thread_id)
        own = self.told("POST /assistants", {"graph_id": graph.graph_id, **marks})
        cron = self.told("POST /runs/crons", {**asked, "schedule": "0 0 29 2 *", **marks})
        checkpoint_id = state["checkpoint"]["checkpoint_id"]
        return {
            "thread_id": thread_id,
            "run_id": runs[0]["run_id"],
            "checkpoint_id": checkpoint_id,
            "checkpoint": {"checkpoint_id": checkpoint_id},
            "assistant_id": own["assistant_id"],
            "cron_id": cron["cron_id"],
            "graph_id": graph.graph_id,
        }

    @staticmethod
    def _kind(answer: Answer) -> str:
        return answer.headers.get("content-type", "")

    @staticmethod
    def _is_error(body: Json) -> bool:
        return isinstance(body, dict) and "error" in body and "result" not in body


_WORDS: dict[str, Json] = {
    "Accept": "application/json, text/event-stream",
    "schedule": "0 0 29 2 *",
    "key": "understudy",
    "value": {},
    "version": 1,
    "thread_ids": [],
    "channels": ["values"],
    "method": "message/send",
    "xray": False,
}
"""What members and parameters of these names hold, whatever they are about."""
