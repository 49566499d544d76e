"""JSON-RPC 2.0, the envelope of MCP and of A2A: what comes of a request, or why nothing does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject

VERSION = "2.0"

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603


def result(id: Json, value: Json) -> JsonObject:
    """Return the response to the request with this id: what came of it."""
    return {"jsonrpc": VERSION, "id": id, "result": value}


def error(id: Json, code: int, message: str) -> JsonObject:
    """Return the response to the request with this id, or null where it could not be read: why nothing came of it."""
    return {"jsonrpc": VERSION, "id": id, "error": {"code": code, "message": message}}
