"""The streaming protocol of threads: commands, the events that they lead to, and both over one WebSocket."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from understudy.agents.launching import launch
from understudy.agents.protocol.answers import NOT_JSON, failure, invalid, is_command, no_command
from understudy.agents.protocol.channels import Subscription, is_channel, is_namespace, whole
from understudy.agents.protocol.commands import Commands
from understudy.agents.protocol.session import Session
from understudy.errors import Unacceptable
from understudy.exchange import Answer, Stream
from understudy.wire import BEAT, HEARTBEAT, canonical, dumps, frame, loads

from .dialect import refuse
from .runs import request_id
from .streams import HEADERS, MEDIA_TYPE

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from understudy.errors import Refusal
    from understudy.exchange import Caller, Socket
    from understudy.state.feeds import Reader
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject

_ALLOWED = "values, updates, messages, tools, custom, lifecycle, input, tasks, or any `custom:<name>`"
_MENTIONED = 5
"""How many wrong channels a refusal names."""

_LOST = 1011, "thread stream ended"
"""How a WebSocket is closed that has nothing to tell."""


_ENDED = 1001, "the world has ended"


async def command(world: World, thread_id: str, body: bytes, caller: Caller) -> JsonObject | Answer:
    """Carry out one command; what it leads to is told elsewhere."""
    told = _parsed(body)
    if not is_command(told):
        return Answer(no_command(told), status=400)
    session = Session(world, thread_id, lambda event: None, kept=0)
    return await _commands(world, thread_id, session, request_id(world, caller)).answer(told)


async def events(world: World, thread_id: str, body: bytes) -> Stream:
    """Tell what has happened on a thread, and go on until the client leaves."""
    told = _parsed(body)
    wanted = _wanted(told)
    since = whole(told.get("since")) or 0
    return Stream(_told(world, thread_id, wanted, since), MEDIA_TYPE, HEADERS)


async def converse(world: World, thread_id: str, socket: Socket) -> None:
    """Take commands and tell events over one connection."""
    waiting: deque[JsonObject] = deque()
    session = Session(world, thread_id, waiting.append)
    reader = _reader(world, thread_id, session)
    if reader is None:
        await socket.close(*_LOST)
        return
    commands = _commands(world, thread_id, session)
    turn = asyncio.Lock()

    async def flush() -> None:
        async with turn:
            while waiting:
                await socket.send(dumps(waiting.popleft()).decode())

    async def tell() -> None:
        while not reader.is_closed:
            for event in await reader.batch():
                session.take(event)
            await flush()

    async def listen() -> None:
        while (text := await socket.receive()) is not None:
            waiting.append(await _answer(commands, text))
            await flush()

    both = [asyncio.ensure_future(work()) for work in (tell, listen)]
    try:
        done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for ended in done:
            ended.result()
        if reader.is_closed:
            await socket.close(*_ENDED)
    finally:
        reader.close()
        for work in both:
            work.cancel()
        await asyncio.gather(*both, return_exceptions=True)


async def _answer(commands: Commands, text: str | bytes) -> JsonObject:
    try:
        told = loads(text.encode() if isinstance(text, str) else text)
    except ValueError:
        return failure(None, invalid(NOT_JSON))
    return await commands.answer(told) if is_command(told) else no_command(told)


async def _told(world: World, thread_id: str, wanted: Subscription, since: int) -> AsyncGenerator[bytes, None]:
    waiting: list[JsonObject] = []
    session = Session(world, thread_id, waiting.append, kept=0)
    session.subscribe("", wanted)
    reader = _reader(world, thread_id, session)
    if reader is None:
        return
    try:
        while not reader.is_closed:
            frames = [frame(event["method"], event, str(event["seq"])) for event in waiting if event["seq"] > since]
            waiting.clear()
            if frames:
                yield b"".join(frames)
            batch = await reader.batch(BEAT)
            if not (batch or reader.is_closed):
                yield HEARTBEAT
            for event in batch:
                session.take(event)
    finally:
        reader.close()


def _reader(world: World, thread_id: str, session: Session) -> Reader | None:
    """Tell a session what has happened on a thread, and return who reads on; None if the id is none."""
    try:
        feed = world.feeds.of(canonical(thread_id))
    except ValueError:
        return None
    for event in feed.kept():
        session.take(event)
    return feed.read(lambda event: True)


def _commands(world: World, thread_id: str, session: Session, request_id: str | None = None) -> Commands:
    async def start(body: JsonObject) -> JsonObject:
        return await launch(world, thread_id, body, request_id=request_id)

    return Commands(world, thread_id, session, start, _sentence)


def _sentence(refusal: Refusal) -> str:
    return f"{refuse(refusal).status}: {refusal.detail}"


def _parsed(body: bytes) -> Json:
    try:
        return loads(body)
    except ValueError:
        raise Unacceptable("Invalid JSON body") from None


def _wanted(told: Json) -> Subscription:
    """Return what is asked for. Unacceptable when it is nothing, or something that does not exist."""
    channels = told.get("channels") if isinstance(told, dict) else None
    if not isinstance(channels, list) or not channels:
        raise Unacceptable("channels is required and must be a non-empty array")
    wrong = [channel if isinstance(channel, str) else repr(channel) for channel in channels if not is_channel(channel)]
    if wrong:
        named = ", ".join(wrong[:_MENTIONED])
        raise Unacceptable(f"channels contains unsupported entries: {named}. Allowed: {_ALLOWED}.")
    namespaces = told.get("namespaces")
    known = filter(is_namespace, namespaces) if isinstance(namespaces, list) else ()
    return Subscription(frozenset(channels), tuple(map(tuple, known)), whole(told.get("depth")))
