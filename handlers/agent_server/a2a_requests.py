"""Requests of A2A, read from what a client sends; what is none has its answer at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.exchange import Answer
from understudy.wire import TooDeep, dumps, loads

from . import jsonrpc

if TYPE_CHECKING:
    from collections.abc import Container

    from understudy.wire import Json, JsonObject

STREAMING = "SendStreamingMessage"

EVENTS = "text/event-stream"

OLD_NAMES = {
    "message/send": "SendMessage",
    "message/stream": STREAMING,
    "tasks/get": "GetTask",
    "tasks/cancel": "CancelTask",
}
"""What version 0.3 of the protocol calls the methods. Whoever does so is answered as in that version."""

_SENDING = ("SendMessage", STREAMING)
_TELLING_NOTHING = (None, "GetExtendedAgentCard")
"""Methods whose parameters nobody reads."""

_NO_REQUEST = "Invalid message format: must be a JSON-RPC request or notification"
_NO_METHOD = "Invalid JSON-RPC request: missing 'method' field"
_NO_ID = "Invalid JSON-RPC request: 'id' must be a string, number, or null"
_NO_VERSION = "Invalid JSON-RPC message: missing or invalid jsonrpc version"


@dataclass(frozen=True, slots=True)
class Request:
    """A request: the name that the latest version of the protocol has for its method, and whether an `old` one came.

    `params` are an object, with a message in it where one is to be sent; for a card they may be anything.
    """

    id: Json
    method: str
    old: bool
    params: JsonObject


def read(body: bytes, accept: str, methods: Container[str]) -> Request | Answer:
    """Return the request that a body is, or the answer to one that is none or that the client cannot read.

    `methods` are those that there are besides the one that is answered by a stream.
    """
    try:
        message = loads(body)
    except TooDeep as error:
        return _error(None, jsonrpc.INVALID_REQUEST, f"Invalid message format: {error}")
    except ValueError:
        return _error(None, jsonrpc.PARSE_ERROR, "Invalid JSON payload")
    if not isinstance(message, dict):
        return _error(None, jsonrpc.INVALID_REQUEST, "Invalid message format: expected object")
    asked_by, told, params = message.get("id"), message.get("method"), message.get("params", {})
    if message.get("jsonrpc") != jsonrpc.VERSION:
        return _error(asked_by, jsonrpc.INVALID_REQUEST, _NO_VERSION)
    if asked_by is not None and not isinstance(asked_by, (str, int, float)):
        return _error(None, jsonrpc.INVALID_REQUEST, _NO_ID)
    if told is not None and not isinstance(told, str):
        return _error(asked_by, jsonrpc.METHOD_NOT_FOUND, "Method not found: method must be a string")
    method = None if told is None else OLD_NAMES.get(told, told)
    if method not in (None, STREAMING) and method not in methods:
        return _error(asked_by, jsonrpc.METHOD_NOT_FOUND, f"Method not found: {told}")
    if complaint := _complaint(method, params):
        return _error(asked_by, jsonrpc.INVALID_PARAMS, complaint)
    if refused := _unread(method, accept):
        return refused
    if asked_by is None:
        return _error(None, jsonrpc.INVALID_REQUEST, _NO_REQUEST)
    if method is None:
        if "result" in message or "error" in message:
            return Answer(b"", status=202, media_type=None)
        return _error(asked_by, jsonrpc.INVALID_REQUEST, _NO_METHOD)
    return Request(asked_by, method, told in OLD_NAMES, params)


def answer(told: JsonObject) -> Answer:
    """Return an answer as bytes, which go out as they are: what was asked is told as it came."""
    return Answer(dumps(told))


def _error(asked_by: Json, code: int, why: str) -> Answer:
    return answer(jsonrpc.error(asked_by, code, why))


def _complaint(method: str | None, params: Json) -> str | None:
    """Return what is wrong with the parameters of a method before they are looked at, None if nothing is."""
    if method in _TELLING_NOTHING:
        return None
    if not isinstance(params, dict):
        return "Invalid params: must be an object"
    if method in _SENDING and not (params.get("message") and isinstance(params["message"], dict)):
        return "Missing or invalid 'message' in params"
    return None


def _unread(method: str | None, accept: str) -> Answer | None:
    """Return the answer to a client that does not accept what a method is answered with, None to one that does."""
    wanted, purpose = (EVENTS, " for streaming") if method == STREAMING else ("application/json", "")
    told = (one.partition(";")[0].strip().lower() for one in accept.split(","))
    if any(one in ("*/*", f"{wanted.partition('/')[0]}/*", wanted) for one in told):
        return None
    return Answer({"error": f"Accept header must include {wanted}{purpose}"}, status=400)
