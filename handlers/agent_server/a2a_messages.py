"""Messages that are sent to an assistant by A2A: the run that each leads to, awaited or told as it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from understudy.agents import launching
from understudy.agents.a2a import answers, histories
from understudy.agents.a2a.asking import check, no_run, understood
from understudy.agents.a2a.refusals import Broken
from understudy.agents.a2a.telling import Telling
from understudy.errors import Invalid, Refusal
from understudy.wire import BEAT, HEARTBEAT

from . import results, streams
from .a2a_replies import framed
from .runs import request_id

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from understudy.agents.a2a.asking import Turn
    from understudy.exchange import Caller
    from understudy.state.feeds import Event
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
    return {"task": answers.reached(world, turn, run, await _result(world, run), wanted)}


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
                told = b"".join(_told(telling, events, reply))
                if reader.is_closed and not telling.is_over:  # the world has ended before the run
                    yield told + framed(reply.refusal(Broken()))
                    break
                if told or not events:
                    yield told or HEARTBEAT
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


def _told(telling: Telling, events: list[Event], reply: Reply) -> Iterator[bytes]:
    """Yield what is told of events of a run; if its end cannot be told, the last piece says why."""
    try:
        for event in events:
            for result in telling.take(event):
                yield framed(reply.result(result))
    except Refusal as refusal:
        yield framed(reply.refusal(refusal))


async def _refused(reply: Reply, refusal: Refusal) -> AsyncGenerator[bytes, None]:
    yield framed(reply.refusal(refusal))
