"""Laws of assistants as agents of A2A: a task is a run, a context is what was said in it, a stream tells of a task."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from understudy.conformance import streams
from understudy.conformance.asking import Unexamined
from understudy.conformance.laws.protocols import A2A, A2ALaw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.conformance.laws.promising import Claim
    from understudy.wire import JsonObject

THREAD_RUNS = "GET /threads/{thread_id}/runs"


class A2ATurnLaw(A2ALaw):
    """What laws of turns in a context have in common."""

    section = A2A

    def turn(self, text: str, message_id: str) -> JsonObject:
        """Say something, and return the task. Unexamined if the answer is none."""
        said = self.message(parts=[{"kind": "text", "text": text}], messageId=message_id)
        task = self.take("message/send", said)
        if not isinstance(task, dict) or not isinstance(task.get("id"), str):
            raise Unexamined(f"a message led to no task: {task!r:.200}")
        return task


class A2ATaskIsARun(A2ATurnLaw):
    """A message is sent, and its task is looked for among the runs of its context."""

    name = "a2a-task-is-a-run"
    sentence = "A task is a run of the thread that is its context."
    operations = (A2A, THREAD_RUNS, "POST /threads")

    def claims(self) -> Iterator[Claim]:
        """Yield a task."""
        if self.document.has(A2A):
            yield A2A, "a task", self._look

    def _look(self) -> None:
        task = self.turn("hi", "understudy-1")

        self.same(task.get("contextId"), self.context, "the context of the task")
        runs = [str(run["run_id"]) for run in self.told(THREAD_RUNS, thread_id=self.context)]
        self.hold(any(run in task["id"] for run in runs), f"none of the runs {runs} is the task {task['id']}")


class A2AContextRemembers(A2ATurnLaw):
    """Two messages are sent in a context, and both are looked for in what the second task tells."""

    name = "a2a-context-remembers"
    sentence = "What was said in a context stands in the history of its next task, in that order."
    operations = (A2A, "POST /threads")

    def claims(self) -> Iterator[Claim]:
        """Yield a second turn."""
        if self.document.has(A2A):
            yield A2A, "a second turn", self._look

    def _look(self) -> None:
        self.turn("first", "understudy-1")
        task = self.turn("second", "understudy-2")

        told = [message.get("messageId") for message in task.get("history", [])]
        mine = [message_id for message_id in told if message_id in ("understudy-1", "understudy-2")]
        self.same(mine, ["understudy-1", "understudy-2"], "what the user said, in the history of the second task")


class A2AStreamEndsAsItsTask(A2ATurnLaw):
    """A message is streamed, and its task is looked for when the stream is over."""

    phase = "streams"
    name = "a2a-stream-ends-as-its-task"
    sentence = "The stream of a message begins with its task, and ends, marked as final, in the state that it comes to."
    operations = (A2A, f"{A2A}/", "POST /threads")
    contracts = ("observed",)
    glance = 20

    def claims(self) -> Iterator[Claim]:
        """Yield a stream at each place where messages are taken."""
        for operation in self.operations[:2]:
            if self.document.has(operation):
                yield operation, "message/stream", partial(self._look, operation)

    def _look(self, operation: str) -> None:
        asked = {"jsonrpc": "2.0", "id": "1", "method": "message/stream", "params": self.message()}
        answer = self.sent(operation, path={"assistant_id": self.talker.assistant_id}, body=asked)
        self.hold(answer.ok, f"message/stream answered {answer.status}: {answer.text[:200]}")
        events = answer.events
        try:
            streams.check_each(events, self.event_schema(operation))
        except streams.Broken as broken:
            self.fail(str(broken))
        told = [each.data["result"] for each in events if isinstance(each.data, dict) and each.data.get("result")]
        self.hold(0 < len(events) == len(told), f"not every event tells something: {answer.text[:500]}")

        task, last = told[0], told[-1]
        self.same(task.get("kind"), "task", "the kind of the first event")
        self.same([each["final"] for each in told if "final" in each][-1:], [True], "whether the last state is final")
        found = self.take("tasks/get", {"id": task["id"], "contextId": task["contextId"]})
        self.same(last["status"]["state"], found["status"]["state"], "the state of the last event")
