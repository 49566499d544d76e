"""A2A: every assistant is an agent that takes messages as JSON-RPC, and shows a card of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents import launching
from understudy.agents.a2a import answers, histories, tasks
from understudy.agents.a2a.cards import card
from understudy.agents.a2a.refusals import Broken, NotCancelable, TaskNotFound
from understudy.agents.a2a.states import INPUT_REQUIRED
from understudy.errors import Invalid, Refusal
from understudy.exchange import Answer, Stream
from understudy.state.assistants import identified

from . import jsonrpc, state, streams
from .a2a_messages import Asked, send, stream
from .a2a_replies import Reply
from .a2a_requests import EVENTS, STREAMING, answer, read
from .runs import request_id

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from understudy.agents.a2a.tasks import Task
    from understudy.exchange import Caller
    from understudy.state.world import World
    from understudy.wire import JsonObject

_LATER = 3600
"""Seconds from now when a run is to start that is cancelled before."""


async def receive(world: World, assistant_id: str, body: bytes, accept: str | None, caller: Caller) -> Answer | Stream:
    """Answer a request to an assistant; take a response, and say nothing to it."""
    request = read(body, accept or "", METHODS)
    if isinstance(request, Answer):
        return request
    reply = Reply(request.id, request.old)
    try:
        asked = Asked(world, identified(assistant_id), request.params, caller)
        if request.method == STREAMING:
            return Stream(await stream(asked, reply), EVENTS, streams.HEADERS)
        return answer(reply.result(await METHODS[request.method](asked)))
    except Refusal as refusal:
        return answer(reply.refusal(refusal))


async def show(world: World, assistant_id: str, caller: Caller) -> Answer:
    """Show the card of an assistant."""
    return _card(world, assistant_id, caller)


async def find(world: World, assistant_id: str | None, caller: Caller) -> Answer:
    """Show the card of the assistant that is asked for."""
    return _card(world, assistant_id, caller)


async def refuse(assistant_id: str) -> Answer:
    """Refuse to end a session, since there are none, and HEAD, as the real server does."""
    return Answer(b"", status=405, media_type=None)


async def _get(asked: Asked) -> JsonObject:
    """Return a task as it is now."""
    context_id = asked.params.get("contextId")
    task = _task(asked, f" in context '{context_id}'" if context_id else "")
    return answers.read(asked.world, task, histories.wanted(asked.params, asked.caller.headers))


async def _list(asked: Asked) -> JsonObject:
    """Return a page of the tasks of the assistant, the latest first."""
    size = tasks.page_size(asked.params)
    wanted = histories.wanted(asked.params, asked.caller.headers)
    page = tasks.page(asked.world, asked.params, asked.assistant_id, size)
    return answers.listed(asked.world, page, wanted, artifacts=bool(asked.params.get("includeArtifacts")))


async def _cancel(asked: Asked) -> JsonObject:
    """Stop the run of a task, or withdraw the question that it waits with; return the task."""
    task = _task(asked)
    if task.is_over:
        raise NotCancelable("Task is not cancelable in its current state")
    try:
        if task.state == INPUT_REQUIRED:
            await _withdraw(asked, task)
        else:
            await launching.cancel(asked.world, [task.run], "interrupt")
    except Refusal as refusal:
        raise Broken(f"Failed to cancel task: {refusal.detail}") from None
    return answers.canceled(asked.world, task)


async def _extended_card(asked: Asked) -> JsonObject:
    """Return the card of the assistant: there is no other one for those who are known."""
    return card(asked.world, asked.assistant_id, asked.caller.base_url)


METHODS: dict[str, Callable[[Asked], Awaitable[JsonObject]]] = {
    "SendMessage": send,
    "GetTask": _get,
    "CancelTask": _cancel,
    "ListTasks": _list,
    "GetExtendedAgentCard": _extended_card,
}
"""What answers each method, but for the one that is answered by a stream."""


async def _withdraw(asked: Asked, task: Task) -> None:
    """Let a thread wait no more, and let its latest run be one of this task that was cancelled."""
    world = asked.world
    thread_id = task.run["thread_id"]
    marks = {"a2a": {**tasks.about(task.run), "task_id": tasks.id_of(thread_id, task.run)}}
    order = {"assistant_id": asked.assistant_id, "metadata": marks, "after_seconds": _LATER}
    marker = await launching.launch(world, thread_id, order, request_id=request_id(world, asked.caller))
    try:
        await launching.cancel(world, [marker], "interrupt")
        await state.update(world, thread_id, {"values": None, "as_node": "__end__"})
    except Refusal:
        await launching.delete(world, marker)
        raise


def _task(asked: Asked, where: str = "") -> Task:
    """Return the task that is asked for. TaskNotFound if there is none, Invalid if none is named."""
    task_id, context_id = asked.params.get("id"), asked.params.get("contextId")
    if not task_id:
        raise Invalid("Missing required parameter: id (task_id)")
    if not isinstance(task_id, str) or (context_id is not None and not isinstance(context_id, str)):
        raise Invalid("Task id and contextId must be strings")
    task = tasks.find(asked.world, task_id, context_id, asked.assistant_id)
    if task is None:
        raise TaskNotFound(f"Task not found: {task_id}{where}")
    return task


def _card(world: World, assistant_id: str | None, caller: Caller) -> Answer:
    try:
        if not assistant_id:
            raise Invalid("Missing required query parameter: assistant_id")
        return Answer(card(world, assistant_id, caller.base_url))
    except Refusal as refusal:
        error = {"code": jsonrpc.INVALID_PARAMS, "message": refusal.detail}
        return Answer({"error": error}, status=400)
