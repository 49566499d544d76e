"""The words of sequences that talk to assistants as agents (A2A) and as tools (MCP), both in JSON-RPC."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid5

from tests.parity.sequence import NOTHING, Ask, Json

GRAPHS = UUID("6ba7b821-9dad-11d1-80b4-00c04fd430c8")
"""The namespace in which the assistants of graphs have their ids, by the names of the graphs."""

JSON = "application/json"
STREAM = "text/event-stream"


def agent(graph: str) -> str:
    """The path of a graph's assistant as an agent."""
    return f"/a2a/{uuid5(GRAPHS, graph)}"


def rpc(path: str, body: Json, *, accept: str | None = JSON, **keep: str) -> Ask:
    """Any body sent to a path; further words keep a part of its answer. Without `accept` there is no such header."""
    return Ask(f"POST {path}", body, headers={} if accept is None else {"accept": accept}, keep=keep)


def a2a(method: str, params: Json = NOTHING, *, graph: str = "agent", accept: str = JSON, **keep: str) -> Ask:
    """Call a method of an agent."""
    return rpc(agent(graph), call(method, params), accept=accept, **keep)


def send(*parts: Json, graph: str = "agent", method: str = "message/send", kept: str = "task", **message: Json) -> Ask:
    """Send a message of these parts, and keep its task and its context. A text is a part as well."""
    within = "body/result/task/" if method == "SendMessage" else "body/result/"
    asked = a2a(method, {"message": told(*parts, **message)}, graph=graph)
    return replace(asked, keep={kept: f"{within}id", "context": f"{within}contextId"})


def stream(*parts: Json, graph: str = "agent", method: str = "message/stream", **message: Json) -> Ask:
    """Send a message of these parts and follow what comes of it."""
    return a2a(method, {"message": told(*parts, **message)}, graph=graph, accept=STREAM)


def refused(*parts: Json, graph: str = "agent", **message: Json) -> Ask:
    """Send a message that makes no task."""
    return a2a("message/send", {"message": told(*parts, **message)}, graph=graph)


def task(name: str = "task", method: str = "tasks/get", **params: Json) -> Ask:
    """Look at a task, or do to it what the method says."""
    return a2a(method, {"id": f"{{{name}}}", **params})


def mcp(method: str, params: Json = NOTHING) -> Ask:
    """Call a method of the MCP endpoint."""
    return rpc("/mcp", call(method, params))


def tool(name: Json, arguments: Json = NOTHING, **more: Json) -> Ask:
    """Call an assistant as a tool."""
    given = {} if arguments is NOTHING else {"arguments": arguments}
    return mcp("tools/call", {"name": name, **given, **more})


def call(method: Json, params: Json = NOTHING, number: Json = "1") -> Json:
    """Return the message of JSON-RPC that calls a method."""
    return {"jsonrpc": "2.0", "id": number, "method": method, **({} if params is NOTHING else {"params": params})}


def told(*parts: Json, **message: Json) -> Json:
    """Return a user's message of A2A; what is given as None is left out."""
    whole = {"role": "user", "parts": [part(each) for each in parts], "messageId": "m1", **message}
    return {name: value for name, value in whole.items() if value is not None}


def part(said: Json) -> Json:
    return {"kind": "text", "text": said} if isinstance(said, str) else said


def data(**said: Json) -> Json:
    return {"kind": "data", "data": said}
