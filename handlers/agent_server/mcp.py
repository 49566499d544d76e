"""The Model Context Protocol over HTTP: JSON-RPC messages, each of which stands alone; every assistant is a tool."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import orjson

from understudy.agents import launching
from understudy.agents.mcp.tools import assistant_called, page
from understudy.errors import Refusal, Unacceptable
from understudy.exchange import Answer
from understudy.state.imitated import LANGGRAPH_API
from understudy.wire import TooDeep, dumps, loads

from . import jsonrpc, results, streams
from .runs import request_id

if TYPE_CHECKING:
    from understudy.exchange import Caller
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject

VERSIONS = "2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"
"""The versions of the protocol that are spoken. A client that asks for another one is offered the last."""

_READ = "application/json", "text/event-stream"
"""The media types of which a client has to accept one, although the answer is JSON in any case."""

_NOTHING = Answer(b"", status=202, media_type=None)
_SENT_ON = 307


async def receive(world: World, body: bytes, accept: str | None, caller: Caller) -> Answer:
    """Answer a request; take a notification or a response, and say nothing to it."""
    try:
        message = loads(body)
    except TooDeep:
        return _malformed("Recursion limit reached")
    except ValueError:
        return _malformed("Invalid JSON")
    if not any(kind in (accept or "") for kind in _READ):
        return _malformed("Accept header must include application/json or text/event-stream")
    if not isinstance(message, dict):
        return _malformed("Invalid message format.")
    if message.get("jsonrpc") != jsonrpc.VERSION:
        return _malformed("Invalid JSON-RPC message. Missing or invalid jsonrpc version.")
    asked, method = message.get("id"), message.get("method")
    if asked is not None and method:
        # As bytes, which go out as they are: what was asked is told as it came.
        return Answer(dumps(await _answered(world, message, caller)))
    if asked is not None or method:
        return _NOTHING
    return _malformed(
        "Invalid message format. A message is to be either a JSON-RPC request, response, or notification."
        "Please see the Messages section of the Streamable HTTP RFC for more information."
    )


async def listen(world: World) -> Answer:
    """Refuse to open a stream: there is nothing to be told unasked."""
    return Answer(b"", status=405, media_type=None)


async def leave(world: World) -> Answer:
    """Refuse to end a session: there are none."""
    return Answer(b"", status=404, media_type=None)


async def send_on(caller: Caller) -> Answer:
    """Send a request to where MCP is spoken."""
    query = f"?{caller.query}" if caller.query else ""
    return Answer(b"", _SENT_ON, {"location": f"{caller.base_url}/mcp{query}"}, media_type=None)


async def _answered(world: World, message: JsonObject, caller: Caller) -> JsonObject:
    asked, method = message["id"], message["method"]
    try:
        match method:
            case "initialize":
                return jsonrpc.result(asked, _introduced(_params(message)))
            case "ping":
                return jsonrpc.result(asked, {})
            case "tools/list":
                return jsonrpc.result(asked, page(world.assistants, _params(message).get("cursor", 0)))
            case "tools/call":
                return jsonrpc.result(asked, await _called(world, _params(message), caller))
    except Refusal as refusal:
        return jsonrpc.error(asked, jsonrpc.INVALID_PARAMS, refusal.detail)
    return jsonrpc.error(asked, jsonrpc.METHOD_NOT_FOUND, f"Method not found: {method}")


def _params(message: JsonObject) -> JsonObject:
    """Return what a request tells besides its method. Unacceptable if that is no object."""
    params = message.get("params", {})
    if not isinstance(params, dict):
        raise Unacceptable(f"params of {message['method']} must be an object")
    return params


def _introduced(params: JsonObject) -> JsonObject:
    wanted = params.get("protocolVersion")
    return {
        "protocolVersion": wanted if wanted in VERSIONS else VERSIONS[-1],
        "capabilities": {"tools": {"listChanged": False}},
        "serverInfo": {"name": "LangGraph", "version": LANGGRAPH_API},
    }


async def _called(world: World, params: JsonObject, caller: Caller) -> JsonObject:
    """Run an assistant without a thread, and return what it comes to as Python would print it."""
    order: JsonObject = {"assistant_id": assistant_called(world.assistants, params.get("name"))}
    given, context = params.get("arguments", {}), params.get("context")
    if given is not None:
        order["input"] = given
    if context is not None:
        if not isinstance(context, dict):
            raise Unacceptable("context of tools/call must be an object")
        order["context"] = context
    row = await launching.launch(world, None, order, request_id=request_id(world, caller))
    reader = streams.of_run(world, row["thread_id"], row["run_id"])
    told = [piece async for piece in results.awaited(world, row, reader, cancels=False, stateless=True)]
    value = orjson.loads(b"".join(told))
    if isinstance(value, dict) and "__error__" in value:
        return {"isError": True, "content": _text(value["__error__"]["error"])}
    return {"content": _text(repr(value))}


def _text(text: str) -> list[Json]:
    return [{"type": "text", "text": text}]


def _malformed(why: str) -> Answer:
    """Return the refusal of what is no message, with the blank that the real server has there and nowhere else."""
    return Answer(json.dumps({"error": why}).encode(), status=400)
