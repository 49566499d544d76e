"""What is told of a task: how it stands, what the agent has answered, what it asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents.a2a import histories, parts, states, tasks
from understudy.agents.a2a.refusals import Broken
from understudy.state.clock import timestamp

if TYPE_CHECKING:
    from understudy.agents.a2a.asking import Turn
    from understudy.agents.a2a.histories import Wanted
    from understudy.agents.a2a.tasks import Page, Task
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject

INTERRUPT = "__interrupt__"
ERROR = "__error__"


def agent_message(world: World, of_it: list[JsonObject], task_id: str, context_id: str | None = None) -> JsonObject:
    """Return a message of the agent; not all of them tell their context."""
    return {
        "kind": "message",
        "role": states.AGENT,
        "parts": of_it,
        "messageId": world.ids.random(),
        "taskId": task_id,
        **({"contextId": context_id} if context_id is not None else {}),
    }


def response_artifact(world: World, of_it: list[JsonObject], assistant_id: str) -> JsonObject:
    """Return the artifact that holds what the agent has answered."""
    return {
        "artifactId": world.ids.random(),
        "name": "Assistant Response",
        "description": f"Response from assistant {assistant_id}",
        "parts": of_it,
    }


def interrupt_artifact(world: World, interrupts: list[JsonObject]) -> JsonObject:
    """Return the artifact that holds what the agent asks, a part for each question."""
    return {
        "artifactId": world.ids.random(),
        "name": "Interrupt",
        "description": "Agent requires input to continue",
        "parts": [parts.data({"id": asked.get("id"), "value": asked.get("value")}) for asked in interrupts],
    }


def response(result: Json, own: list[Json] | None = None) -> list[JsonObject]:
    """Return the parts of what the agent has answered: the last of its messages that says something.

    It is looked for in its `own` messages where these are told, else in those after the last one of the user. Where
    there are no messages at all it is the text of the whole result, as Python writes it.
    """
    messages = result.get("messages") if isinstance(result, dict) else None
    if not isinstance(messages, list) or not messages or ERROR in result:
        return [parts.text(str(result))]
    for message in reversed(_current_turn(messages) if own is None else own):
        if isinstance(message, dict) and histories.role_of(message) == states.AGENT and "content" in message:
            said = parts.parts_of(message["content"])
            if parts.say_something(said):
                return said
    return [parts.text("")]


def reached(world: World, turn: Turn, run: JsonObject, result: JsonObject, asked: Wanted) -> JsonObject:
    """Return the task of a message when its run is over; `result` is what this came to.

    Broken if the thread is gone by then, or the world.
    """
    thread_id, task_id, own = run["thread_id"], turn.task_of(run), None
    if world.is_closed or world.threads.seek(thread_id) is None:
        raise Broken
    if turn.data_only or (asked.scope == "task" and asked.length != 0 and "messages" not in turn.body["input"]):
        said = histories.said(world, thread_id, run["run_id"])
        result = {**result, "messages": said.stamped(task_id)}
        own = said.by_the_run if turn.data_only else None
    told: JsonObject = {"kind": "task", "id": task_id, "contextId": thread_id}
    if asked.length != 0:
        known = tasks.started(tasks.runs_of(world, thread_id, turn.assistant_id), thread_id)
        if turn.start_id is not None:
            known.setdefault(turn.start_id, task_id)
        messages = result.get("messages")
        told["history"] = histories.history(world.ids, messages, task_id, thread_id, asked, known)
    return {**told, **_outcome(world, task_id, thread_id, result, turn.assistant_id, own)}


def _outcome(
    world: World, task_id: str, context_id: str, result: JsonObject, assistant_id: str, own: list[Json] | None
) -> JsonObject:
    """Return the state that a run has left its task in, with what it has answered or asks.

    `result` is what the run came to; `own` are its messages, if only these count as its answer.
    """
    if ERROR in result:
        words = f"Error executing assistant: {_error(result[ERROR])}"
        message = agent_message(world, [parts.text(words)], task_id, context_id)
        return {"status": {"state": states.FAILED, "message": message}}
    interrupts = result.get(INTERRUPT)
    status = {
        "state": states.COMPLETED if interrupts is None else states.INPUT_REQUIRED,
        "timestamp": timestamp(world.clock.now()),
    }
    if interrupts is not None:
        return {"status": status, "artifacts": [interrupt_artifact(world, interrupts)]}
    return {"status": status, "artifacts": [response_artifact(world, response(result, own), assistant_id)]}


def read(world: World, task: Task, asked: Wanted) -> JsonObject:
    """Return a task as one reads it later."""
    status: JsonObject = {"state": task.state, "timestamp": task.since}
    words = {
        states.COMPLETED: "Task completed successfully",
        states.FAILED: f"Task failed with status: {task.run['status']}",
    }.get(task.state)
    if words is not None:
        status["message"] = agent_message(world, [parts.text(words)], task.id)
    told: JsonObject = {"kind": "task", "id": task.id, "contextId": task.context_id, "status": status}
    return _with_history(world, told, task, asked)


def listed(world: World, page: Page, asked: Wanted, *, artifacts: bool) -> JsonObject:
    """Return a page of tasks. Artifacts are not told, be they asked for or not."""
    told = []
    for task in page.tasks:
        status = {"state": task.state, "timestamp": task.since}
        row: JsonObject = {"kind": "task", "id": task.id, "contextId": task.context_id, "status": status}
        if not artifacts:
            row["artifacts"] = []
        told.append(_with_history(world, row, task, asked))
    return {
        "tasks": told,
        "totalSize": page.total,
        "pageSize": len(told),
        "nextPageToken": "" if page.next is None else str(page.next),
    }


def canceled(world: World, task: Task) -> JsonObject:
    """Return a task that has just been cancelled."""
    status = {
        "state": states.CANCELED,
        "timestamp": timestamp(world.clock.now()),
        "message": agent_message(world, [parts.text("Task was canceled")], task.id),
    }
    return {"kind": "task", "id": task.id, "contextId": task.context_id, "status": status}


def _with_history(world: World, told: JsonObject, task: Task, asked: Wanted) -> JsonObject:
    if asked.length == 0:
        return told
    known = histories.said(world, task.run["thread_id"], task.run["run_id"]).stamped(task.id)
    return {**told, "history": histories.history(world.ids, known, task.id, task.context_id, asked, task.tasks)}


def _current_turn(messages: list[Json]) -> list[Json]:
    """Return the messages after the last one of the user; all if there is none."""
    for at in reversed(range(len(messages))):
        if isinstance(messages[at], dict) and histories.role_of(messages[at]) == states.USER:
            return messages[at + 1 :]
    return messages


def _error(told: Json) -> Json:
    return told.get("error") if isinstance(told, dict) else told
