"""Messages of A2A to an assistant, and what comes back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from understudy.state.ids import assistant_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import httpx

    from tests.conftest import Server

Json = dict[str, Any]

MISSING = "33333333-3333-4333-8333-333333333333"


def declare(server: Server, agent: str, script: Json) -> None:
    """Put an agent into the world."""
    server.post("/_understudy/scenarios", {"scenario": {"agents": {agent: script}}}).raise_for_status()


def post(server: Server, message: Any, graph: str = "agent", accept: str = "*/*") -> httpx.Response:
    """Send what may be a message: JSON, or bytes as they are."""
    path, headers = f"/a2a/{assistant_of(graph)}", {"accept": accept}
    if isinstance(message, bytes):
        return server.post(path, content=message, headers=headers)
    return server.post(path, message, headers=headers)


def ask(server: Server, method: str, params: Any = None, graph: str = "agent") -> Json:
    """Send a request with the id 1, and return its result, or its error."""
    answer = post(server, {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}, graph)
    told: Json = answer.raise_for_status().json()
    assert (told.pop("jsonrpc"), told.pop("id")) == ("2.0", 1)
    [value] = told.values()
    result: Json = value
    return result


def message(*said: str | Json, **fields: Any) -> Json:
    """Return the parameters with which a user says something, or gives data."""
    parts = [{"kind": "text", "text": one} if isinstance(one, str) else one for one in said]
    return {"message": {"role": "user", "parts": parts, "messageId": "m1", **fields}}


def data(**given: Any) -> Json:
    """Return a part that gives data."""
    return {"kind": "data", "data": given}


def send(server: Server, *said: str | Json, graph: str = "agent", asked: Json | None = None, **fields: Any) -> Json:
    """Send a message and return the task, or the error."""
    return ask(server, "message/send", message(*said, **fields) | (asked or {}), graph)


def stream(server: Server, *said: str | Json, graph: str = "agent", **fields: Any) -> list[Json]:
    """Send a message and return what is told of its run: results, or an error."""
    request = {"jsonrpc": "2.0", "id": 1, "method": "message/stream", "params": message(*said, **fields)}
    return list(told(post(server, request, graph).raise_for_status().text.split("\r\n")))


def told(lines: Iterable[str]) -> Iterable[Json]:
    """Yield what the events in these lines tell."""
    for line in lines:
        if line.startswith("data: "):
            answer = json.loads(line.removeprefix("data: "))
            yield answer.get("result") or answer["error"]


def texts(messages: list[Json]) -> list[str]:
    """Return the texts in messages, or in artifacts."""
    return [part["text"] for each in messages for part in each["parts"] if part["kind"] == "text"]


def error(code: int, why: str) -> Json:
    """Return an error."""
    return {"code": code, "message": why}
