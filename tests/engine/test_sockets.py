"""WebSockets before a handler gets them: found by the document, let in by key, ended when something fails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from understudy.errors import SetupError
from understudy.exchange import Socket
from understudy.server.handlers import Handlers
from understudy.server.keys import Keys
from understudy.server.sockets import Sockets
from understudy.server.visits import VISIT, Visit
from understudy.state.world import World

Message = dict[str, Any]
Handler = Callable[..., Awaitable[Any]]

PATH = "/talks/{talk_id}"


class Known(Handlers):
    """Handlers that are given."""

    def __init__(self, handler: Handler) -> None:
        super().__init__("agent_server")
        self._handler = handler

    def find(self, name: str) -> Handler:
        assert name == "talks.converse"
        return self._handler


def sockets(handler: Handler, *keys: str) -> Sockets:
    schemes = {"ApiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"}}
    document = {
        "paths": {"/plain": {}, PATH: {"x-socket": "talks.converse"}},
        "components": {"securitySchemes": schemes},
    }
    return Sockets(document, Known(handler), Keys(document, keys), lambda _, phrase: phrase)


def opening(path: str, headers: Sequence[tuple[bytes, bytes]] = ()) -> dict[str, Any]:
    """Return what a server tells of a connection that a client opens, with its visit."""
    scope: dict[str, Any] = {"type": "websocket", "path": path, "query_string": b"", "headers": headers}
    return {**scope, VISIT: Visit(World(), scope)}


def talk(app: Sockets, path: str, *received: Message, key: str | None = None) -> list[Message]:
    """Open a connection, send what a client sends, and return what it is sent."""
    incoming = iter([{"type": "websocket.connect"}, *received, {"type": "websocket.disconnect"}])
    sent: list[Message] = []

    async def receive() -> Message:
        return next(incoming)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [] if key is None else [(b"x-api-key", key.encode())]
    asyncio.run(app(opening(path, headers), receive, send))
    return sent


async def echo(talk_id: str, socket: Socket) -> None:
    while (text := await socket.receive()) is not None:
        await socket.send(f"{talk_id}: {text!r}")


def test_a_path_with_a_handler_is_answered() -> None:
    said = ({"type": "websocket.receive", "text": "a"}, {"type": "websocket.receive", "bytes": b"b"})

    assert talk(sockets(echo), "/talks/7", *said) == [
        {"type": "websocket.accept"},
        {"type": "websocket.send", "text": "7: 'a'"},
        {"type": "websocket.send", "text": "7: b'b'"},
    ]


@pytest.mark.parametrize("path", ["/plain", "/talks", "/talks/7/8", "/"])
def test_other_paths_are_refused_before_they_open(path: str) -> None:
    assert talk(sockets(echo), path) == [{"type": "websocket.close"}]


@pytest.mark.parametrize(("key", "opens"), [(None, False), ("wrong", False), ("right", True)])
def test_a_server_with_keys_asks_for_one(key: str | None, opens: bool) -> None:
    first = talk(sockets(echo, "right", "other"), "/talks/7", key=key)[0]

    assert first["type"] == ("websocket.accept" if opens else "websocket.close")


def test_a_handler_that_returns_ends_the_connection() -> None:
    async def greet(socket: Socket) -> None:
        await socket.send("hello")

    assert talk(sockets(greet), "/talks/7")[-1] == {"type": "websocket.close", "code": 1000, "reason": ""}


def test_a_handler_that_fails_ends_the_connection_with_a_reason() -> None:
    async def fail(world: World, socket: Socket) -> None:
        raise ValueError(world)

    assert talk(sockets(fail), "/talks/7")[-1] == {
        "type": "websocket.close",
        "code": 1011,
        "reason": "Internal Server Error",
    }


def test_nothing_is_sent_to_a_client_that_has_left() -> None:
    async def speak_to_nobody(socket: Socket) -> None:
        assert await socket.receive() is None
        await socket.send("hello?")
        await socket.close()

    assert talk(sockets(speak_to_nobody), "/talks/7") == [{"type": "websocket.accept"}]


def test_a_connection_that_breaks_while_it_is_written_to_is_over() -> None:
    async def speak(socket: Socket) -> None:
        await socket.send("hello")
        await socket.send("hello?")

    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)
        if message["type"] == "websocket.send":
            raise ConnectionResetError

    asyncio.run(sockets(speak)(opening("/talks/7"), receive, send))

    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.send"]


def test_a_handler_that_asks_for_what_is_not_there_stops_the_start() -> None:
    async def converse(talkid: str, socket: Socket) -> None: ...

    with pytest.raises(SetupError) as error:
        sockets(converse)

    assert str(error.value) == (
        f'talks.converse asks for "talkid", which the WebSocket {PATH} does not have. Did you mean "talk_id"?'
    )
