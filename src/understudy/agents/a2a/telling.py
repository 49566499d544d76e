"""A run as it is told to who sent the message: one result after the other, as events of the run come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents.a2a import answers, histories, parts, states
from understudy.agents.a2a.refusals import Broken
from understudy.state.clock import timestamp
from understudy.state.feeds import END

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.agents.a2a.asking import Turn
    from understudy.state.feeds import Event
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject


class Telling:
    """Turns the events of a run into results of a stream. `is_over` when it has told of the end."""

    def __init__(self, world: World, turn: Turn, run: JsonObject, message: JsonObject) -> None:
        self._world = world
        self._turn = turn
        self._run = run
        self._message = message
        self._of = {"taskId": turn.task_of(run), "contextId": run["thread_id"]}
        self._begun = False
        self._result: Json = None
        self._error: Json = None
        self.is_over = False

    def take(self, event: Event) -> Iterator[JsonObject]:
        """Yield what is told of an event: the task when its run begins, what is said, how it ends.

        Broken if it ends before it has begun, InvalidAnswer if what it has answered cannot be told.
        """
        if event.name == END:
            self._error = event.data or self._error
            yield from self._end()
        elif not self._begun:
            self._begun = True
            yield self._beginning()
        elif event.name == "error":
            self._error = event.data
        elif event.mode == "values":
            self._result, self._error = event.data, None
        elif event.name.startswith("messages"):
            self._error = None
            yield from self._saying(event.data)

    def _end(self) -> Iterator[JsonObject]:
        self.is_over = True
        if not self._begun:
            raise Broken
        result = self._result if isinstance(self._result, dict) else {}
        interrupts = result.get(answers.INTERRUPT)
        status: JsonObject = {"state": self._state(interrupts)}
        if isinstance(self._error, dict):
            words = str(self._error.get("message") or "")
            status["message"] = self._says([parts.text(words)])
        if status["state"] == states.COMPLETED and isinstance(self._result, dict):
            said = answers.response(result, self._own())
            artifact = answers.response_artifact(self._world, said, self._turn.assistant_id)
            yield {**self._of, "kind": "artifact-update", "artifact": artifact, "append": False, "lastChunk": True}
        if interrupts is not None:
            artifact = answers.interrupt_artifact(self._world, interrupts)
            yield {**self._of, "kind": "artifact-update", "artifact": artifact}
        yield self._status({**status, "timestamp": self._now()}, final=True)

    def _beginning(self) -> JsonObject:
        said = {"kind": "message", **self._message, **self._of}
        status = {"state": states.SUBMITTED, "timestamp": self._now()}
        task_id, context_id = self._of.values()
        return {"task": {"kind": "task", "id": task_id, "contextId": context_id, "history": [said], "status": status}}

    def _saying(self, items: Json) -> Iterator[JsonObject]:
        said = _said(items) if isinstance(items, list) else []
        if said:
            status = {"state": states.WORKING, "message": self._says(said), "timestamp": self._now()}
            yield self._status(status, final=False)

    def _says(self, said: list[JsonObject]) -> JsonObject:
        return answers.agent_message(self._world, said, self._of["taskId"], self._of["contextId"])

    def _own(self) -> list[Json] | None:
        """Return the messages of the run, if only these count as its answer."""
        if not self._turn.data_only:
            return None
        return histories.said(self._world, self._run["thread_id"], self._run["run_id"]).by_the_run

    def _state(self, interrupts: Json) -> str:
        if self._error:
            return states.FAILED
        return states.COMPLETED if interrupts is None else states.INPUT_REQUIRED

    def _status(self, status: JsonObject, *, final: bool) -> JsonObject:
        return {**self._of, "kind": "status-update", "status": status, "final": final}

    def _now(self) -> str:
        return timestamp(self._world.clock.now())


def _said(items: list[Json]) -> list[JsonObject]:
    """Return the parts of what agents and tools say in an event; none if that is nothing."""
    words: list[str] = []
    results: list[JsonObject] = []
    for item in items:
        if not isinstance(item, dict):
            continue
        if histories.role_of(item) is not None:
            words.append(parts.words_of(item.get("content")))
        elif (result := histories.tool_result(item)) is not None:
            results.append(result)
    said = "".join(words)
    return [*([parts.text(said)] if said else []), *([parts.data({"tool_results": results})] if results else [])]
