"""Messages of MCP to a server, and what comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

    from tests.conftest import Server

Json = dict[str, Any]

BOTH = {"accept": "application/json, text/event-stream"}


def send(server: Server, message: Any, **headers: str) -> httpx.Response:
    """Send a message as clients do: with JSON, or with bytes that may be anything."""
    if isinstance(message, bytes):
        return server.post("/mcp", content=message, headers=BOTH | headers)
    return server.post("/mcp", message, headers=BOTH | headers)


def ask(server: Server, method: str, **params: Any) -> Json:
    """Send a request with the id 1, and return the whole response."""
    answer = send(server, {"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
    assert answer.status_code == 200
    told: Json = answer.json()
    assert told["jsonrpc"] == "2.0"
    assert told["id"] == 1
    return told


def tools(server: Server, **params: Any) -> list[Json]:
    """Return the tools of a page."""
    listed: list[Json] = ask(server, "tools/list", **params)["result"]["tools"]
    return listed


def names(server: Server, **params: Any) -> list[str]:
    """Return the names of the tools of a page."""
    return [tool["name"] for tool in tools(server, **params)]


def call(server: Server, tool: str, arguments: Any, **params: Any) -> str:
    """Call a tool that succeeds, and return the text that it comes to."""
    result = ask(server, "tools/call", name=tool, arguments=arguments, **params)["result"]
    (content,) = result["content"]
    assert content == {"type": "text", "text": content["text"]}
    assert "isError" not in result
    return str(content["text"])


def refusal(code: int, message: str) -> Json:
    """Return the response that refuses the request with the id 1."""
    return {"jsonrpc": "2.0", "id": 1, "error": {"code": code, "message": message}}
