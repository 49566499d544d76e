"""Messages that are sent to an assistant by A2A: the run that each leads to, awaited or told as it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from understudy.agents import launching
from understudy.agents.a2a import answers, histories, tasks
from understudy.agents.a2a.asking import check, no_run, understood
from understudy.agents.a2a.refusals import Broken
from understudy.agents.a2a.telling import Telling
from understudy.errors import Invalid, Refusal
from understudy.wire import BEAT, HEARTBEAT

from . import results, streams
from .a2a_replies import framed
from .runs import request_id

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from understudy.agents.a2a.asking import Turn
    from understudy.exchange import Caller
    from understudy.state.world import World
    from understudy.wire import JsonObject

    from .a2a_replies import Reply


@dataclass(frozen=True, slots=True)
class Asked:
    """What a method is asked for: by whom, of which assistant, with which parameters."""

    world: World
    assistant_id: str
    params: JsonObject
    caller: Caller


async def send(asked: Asked) -> JsonObject:
    """Send a message, wait until its run is over, and return the task."""
    world, headers = asked.world, asked.caller.headers
    configuration = asked.params.get("configuration")
    if configuration is not None and not isinstance(configuration, dict):
        raise Invalid("Invalid params: 'configuration' must be an object")
    wanted = histories.wanted(configuration or {}, headers)
    turn = understood(world, asked.assistant_id, asked.params, headers)
    try:
        run = await _launched(asked, turn)
    except Refusal as refusal:
        raise no_run(refusal) from None
    result = await _result(world, run)
    thread_id, task_id, own = run["thread_id"], turn.task_of(run), None
    if turn.data_only or (wanted.scope == "task" and wanted.length != 0 and "messages" not in turn.body["input"]):
        said = histories.said(world, thread_id, run["run_id"])
        result = {**result, "messages": said.stamped(task_id)}
        own = said.by_the_run if turn.data_only else None
    known = tasks.started(tasks.runs_of(world, thread_id, asked.assistant_id), thread_id)
    if turn.start_id is not None:
        known.setdefault(turn.start_id, task_id)
    task = {"kind": "task", "id": task_id, "contextId": thread_id}
    if wanted.length != 0:
        messages = result.get("messages")
        task["history"] = histories.history(world.ids, messages, task_id, thread_id, wanted, known)
    return {"task": {**task, **answers.outcome(world, task_id, thread_id, result, asked.assistant_id, own)}}


async def stream(asked: Asked, reply: Reply) -> AsyncGenerator[bytes, None]:
    """Send a message, and return what is told of its run, as server-sent events until it is over.

    If there can be no run, the only event says why.
    """
    world = asked.world
    try:
        turn = understood(world, asked.assistant_id, asked.params, asked.caller.headers, streamed=True)
    except Refusal as refusal:
        return _refused(reply, refusal)
    try:
        run = await _launched(asked, turn)
    except Refusal:
        return _refused(reply, Broken())
    reader = streams.of_run(world, run["thread_id"], run["run_id"])
    telling = Telling(world, turn, run, asked.params["message"])

    async def pieces() -> AsyncGenerator[bytes, None]:
        try:
            while not telling.is_over:
                events = await reader.batch(BEAT)
                told = [reply.result(result) for event in events for result in telling.take(event)]
                if reader.is_closed:
                    told += map(reply.result, telling.end())
                if told or not events:
                    yield b"".join(map(framed, told)) or HEARTBEAT
        except Refusal as refusal:
            yield framed(reply.refusal(refusal))
        finally:
            reader.close()

    return pieces()


async def _launched(asked: Asked, turn: Turn) -> JsonObject:
    check(turn)
    return await launching.launch(
        asked.world, turn.context_id, turn.body, request_id=request_id(asked.world, asked.caller)
    )


async def _result(world: World, run: JsonObject) -> JsonObject:
    """Return what a run comes to, as whoever joins it gets it. Whoever leaves does not stop it."""
    reader = streams.of_run(world, run["thread_id"], run["run_id"])
    told = [piece async for piece in results.awaited(world, run, reader, cancels=False)]
    result = orjson.loads(b"".join(told))
    return result if isinstance(result, dict) else {}


async def _refused(reply: Reply, refusal: Refusal) -> AsyncGenerator[bytes, None]:
    yield framed(reply.refusal(refusal))
