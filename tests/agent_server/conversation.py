"""Speaking the streaming protocol: commands over HTTP, events of a stream as far as they are wanted, WebSockets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from websockets.sync.client import connect

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

    from tests.conftest import Server

Json = dict[str, Any]

PATIENCE = 5
"""Seconds after which something that should come is given up."""


def new_thread() -> str:
    """Return the id of a thread that is not there yet."""
    return str(uuid4())


def said(text: str) -> Json:
    """Return the input of an agent that chats."""
    return {"messages": [{"role": "user", "content": text}]}


def command(server: Server, thread: str, method: str, **params: Any) -> Json:
    """Send a command over HTTP and return the answer."""
    answer = server.post(f"/threads/{thread}/commands", {"id": 1, "method": method, "params": params})
    return cast("Json", answer.raise_for_status().json())


def start(server: Server, thread: str, agent: str, given: Any = None, **params: Any) -> str:
    """Start a run over HTTP and return its id."""
    answer = command(server, thread, "run.start", assistant_id=agent, input=given, **params)
    run: str = answer["result"]["run_id"]
    return run


def over(event: Json) -> bool:
    """Return whether this is how a run ended."""
    return is_lifecycle(event) and event["params"]["data"]["event"] in ("completed", "failed", "interrupted")


def is_lifecycle(event: Json) -> bool:
    """Return whether this tells how it stands with a whole run."""
    return event["method"] == "lifecycle" and not event["params"]["namespace"]


@contextmanager
def opened(server: Server, thread: str, *channels: str, **asked: Any) -> Iterator[Iterator[Json]]:
    """Open a stream of events: it goes on until it is left."""
    body = {"channels": list(channels), **asked}
    with server.client.stream("POST", f"/threads/{thread}/stream/events", json=body) as response:
        response.raise_for_status()
        yield (json.loads(line[6:]) for line in response.iter_lines() if line.startswith("data: "))


def told(
    server: Server, thread: str, *channels: str, until: Callable[[Json], bool] = over, times: int = 1, **asked: Any
) -> list[Json]:
    """Return the events of a stream up to the one that is waited for, which may have to come several times."""
    events = []
    with opened(server, thread, *channels, **asked) as stream:
        for event in stream:
            events.append(event)
            times -= until(event)
            if not times:
                break
    return events


class Conversation:
    """A WebSocket to a thread."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self._ids = count(1)

    def hear(self) -> Json:
        """Return the next thing that is said."""
        return cast("Json", json.loads(self.socket.recv(timeout=PATIENCE)))

    def say(self, text: str) -> Json:
        """Send any text and return what is answered."""
        self.socket.send(text)
        return self.hear()

    def ask(self, method: str, **params: Any) -> Json:
        """Send a command and return the answer to it; events that come before it are passed over."""
        self.socket.send(json.dumps({"id": next(self._ids), "method": method, "params": params}))
        while (heard := self.hear())["type"] == "event":
            pass
        return heard

    def until(self, wanted: Callable[[Json], bool] = over) -> list[Json]:
        """Return the events up to the one that is wanted."""
        events = [self.hear()]
        while not wanted(events[-1]):
            events.append(self.hear())
        return events


@contextmanager
def conversation(server: Server, thread: str, *channels: str) -> Iterator[Conversation]:
    """Open a WebSocket to a thread, and subscribe to channels if any are named."""
    url = f"{server.url.replace('http', 'ws', 1)}/threads/{thread}/stream/events"
    with connect(url, compression=None) as socket:
        talk = Conversation(socket)
        if channels:
            talk.ask("subscription.subscribe", channels=channels)
        yield talk
