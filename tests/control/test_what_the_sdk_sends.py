"""No argument of the SDK is a slip: the document knows it, or says that clients send it (`x-clients-send`)."""

from __future__ import annotations

import inspect
import json
import warnings
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import httpx
import pytest
from langgraph_sdk import get_sync_client
from starlette.routing import compile_path

from understudy.contract.documents import load_contract
from understudy.contract.members import unknown
from understudy.contract.operations import operations

if TYPE_CHECKING:
    from collections.abc import Iterator

ID = "11111111-1111-4111-8111-111111111111"

VALUES: dict[str, Any] = {
    "checkpoint": {"checkpoint_id": ID},
    "command": {"resume": 1, "goto": "a", "update": {}},
    "end_time": datetime(2030, 1, 1, tzinfo=UTC),
    "filter": {"a": 1},
    "ids": [ID],
    "payloads": [{"assistant_id": ID, "input": {}}],
    "response_format": "array",
    "run_ids": [ID],
    "status": "pending",
    "supersteps": [{"updates": [{"values": {}, "as_node": "a"}]}],
    "thread_ids": [ID],
    "ttl": {"ttl": 1, "strategy": "delete"},
    "value": {"a": 1},
}
"""Arguments that are looked at before they are sent."""

OBJECTS = {"config", "context", "extract", "input", "metadata", "values", "langsmith_tracing"}
SWITCHES = {"cancel_on_disconnect", "checkpoint_during", "enabled", "refresh_ttl", "subgraphs", "wait", "xray"}
LEFT_OUT = {"headers", "on_run_created", "params", "raise_error"}

CALLS = [
    (part, name)
    for part in ("assistants", "threads", "runs", "crons", "store")
    for name, _ in inspect.getmembers(getattr(get_sync_client(url="http://server"), part), callable)
    if not name.startswith("_") and (part, name) != ("threads", "stream")
]


class Server:
    """Whatever it is asked, it notes what no document knows of it."""

    def __init__(self) -> None:
        self.document = load_contract("agent-server").observed
        self.operations = [(each, compile_path(each.path)[0]) for each in operations(self.document)]
        self.asked = 0
        self.unknown: set[str] = set()

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        operation = next(
            operation
            for operation, path in self.operations
            if operation.method.upper() == request.method and path.match(request.url.path)
        )
        known = {parameter.name for parameter in operation.parameters if parameter.location == "query"}
        names = {*parse_qs(request.url.query.decode(), keep_blank_values=True)} - known
        if request.content and operation.body is not None:
            body = json.loads(request.content)
            names |= {str(path[-1]) for path, _ in unknown(self.document, operation.body, body)}
        self.unknown |= {f"{operation}: {name}" for name in names - operation.tolerated}
        kind = "text/event-stream" if "/stream" in request.url.path else "application/json"
        return httpx.Response(200, json={}, headers={"content-type": kind})


def arguments(method: Any) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """Yield arguments of a method: all there are, and all without those that exclude others."""
    parameters = inspect.signature(method).parameters.values()
    for without in ((), ("checkpoint",), ("checkpoint", "checkpoint_id"), ("status",), ("thread_id", "run_ids")):
        given = {p.name: value(p.name) for p in parameters if p.name not in LEFT_OUT}
        given |= {name: None for name in without if name in given}
        named = {p.name: given[p.name] for p in parameters if p.kind is p.KEYWORD_ONLY and p.name in given}
        yield [given[p.name] for p in parameters if p.kind is not p.KEYWORD_ONLY and p.name in given], named


def value(name: str) -> Any:
    """Return something that an argument may be."""
    if name in VALUES:
        return VALUES[name]
    if name in OBJECTS:
        return {"a": "b"}
    if name in SWITCHES or name.startswith(("stream_s", "stream_r", "strict_", "return_", "delete_")):
        return True
    if name in ("limit", "offset", "version", "after_seconds", "max_depth"):
        return 1
    if name in ("select", "feedback_keys", "index", "interrupt_before", "interrupt_after", "stream_mode"):
        return ["values"]
    return ["a"] if name.startswith(("namespace", "prefix", "suffix")) else ID


@pytest.mark.parametrize(("part", "name"), CALLS, ids=[".".join(call) for call in CALLS])
def test_every_argument_is_known(part: str, name: str) -> None:
    server = Server()
    with get_sync_client(url="http://server") as client:
        client.http.client._transport = httpx.MockTransport(server.answer)
        method = getattr(getattr(client, part), name)
        for positional, named in arguments(method):
            with suppress(TypeError, ValueError), warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                answer = method(*positional, **named)
                if hasattr(answer, "__next__"):
                    list(answer)

    assert server.asked
    assert server.unknown == set()
