"""Whatever is sent to an agent of A2A or to the MCP endpoint is answered as JSON-RPC; what is refused changes nothing.

Some hundred messages are made up each time; `FUZZ_MESSAGES=5000 pytest tests/agent_server/test_jsonrpc_fuzz.py` makes
up so many for each of the two. The server holds its own answers to the document: one that breaks it is a 500.
"""

from __future__ import annotations

import json
import os
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.agent_server.jsonrpc_requests import (
    AGENT,
    CONTEXT,
    JSON,
    STREAM,
    TASK,
    TOOLS,
    UNTELLABLE,
    Endpoint,
    requests,
)
from tests.conftest import Server
from tests.parity.rpc import agent, call, told
from tests.recorded.exchange import events

MESSAGES = int(os.environ.get("FUZZ_MESSAGES", "0"))
SETTINGS = settings(
    max_examples=MESSAGES or 200,
    derandomize=not MESSAGES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
)

CHANGING = ("message/send", "message/stream", "tasks/cancel", "SendMessage", "SendStreamingMessage", "CancelTask")


@pytest.mark.parametrize("endpoint", [AGENT, TOOLS], ids=["a2a", "mcp"])
@SETTINGS
@given(draws=st.data())
def test_any_message_is_answered_and_a_refused_one_changes_nothing(
    endpoint: Endpoint, server: Server, draws: st.DataObject
) -> None:
    path, body, headers = draws.draw(requests(endpoint))
    server.play("reference")
    if endpoint is AGENT:
        body = body.replace(TASK.encode(), _asking(server).encode())
    before = _world(server)

    answer = server.client.post(path, content=body, headers=_as_bytes(headers))

    assert answer.status_code in (200, 202, 400), answer.text
    answered = _answered(answer, server.url)
    sent = _sent(body)
    for each in answered:
        _holds(each, sent, endpoint)
    event(f"{answer.status_code} {_outcome(answered)}")
    if not (sent.get("method") in CHANGING and _outcome(answered) in ("result", str(UNTELLABLE))):
        assert _world(server) == before


def _asking(server: Server) -> str:
    """Let a task ask in the context that messages name; return its id."""
    message = call("message/send", {"message": told("ask", contextId=CONTEXT)})
    answer = server.post(agent("agent"), message, headers={"accept": JSON})
    identity: str = answer.json()["result"]["id"]
    return identity


def _world(server: Server) -> Any:
    """Return all that is there."""
    return server.get("/_understudy/worlds/default/snapshot").raise_for_status().json()


def _as_bytes(headers: dict[str, str]) -> dict[bytes, bytes]:
    return {name.encode(): value.encode("latin-1") for name, value in headers.items()}


def _answered(answer: httpx.Response, url: str) -> list[Any]:
    """Return what was answered in JSON-RPC: one message, those of a stream, or none."""
    kind = answer.headers.get("content-type", "")
    if kind == STREAM:
        return [event["data"] for event in events(answer.content.splitlines(keepends=True), url)]
    if answer.status_code == 202:
        assert answer.content == b""
        return []
    assert kind == JSON
    if answer.status_code == 200:
        return [answer.json()]
    assert isinstance(answer.json()["error"], str)
    return []


def _holds(answered: Any, sent: dict[str, Any], endpoint: Endpoint) -> None:
    """Raise AssertionError for what is no answer of JSON-RPC to what was sent."""
    assert answered["jsonrpc"] == "2.0"
    assert answered.keys() - {"jsonrpc", "id"} in ({"result"}, {"error"})
    code = None
    if "error" in answered:
        code = answered["error"]["code"]
        assert code in endpoint.codes
        assert isinstance(answered["error"]["message"], str)
    if not (answered["id"] is None and code in (-32700, -32600)):
        assert _same(answered["id"], sent.get("id"))


def _same(told: Any, sent: Any) -> bool:
    """Return whether an id came back, its numbers as near as floats can be."""
    one, other = (json.dumps(json.loads(json.dumps(each), parse_int=float)) for each in (told, sent))
    return one == other


def _sent(body: bytes) -> dict[str, Any]:
    """Return the message that a body tells; an empty one where that is none."""
    try:
        message = json.loads(body.decode("utf-8-sig", errors="replace"))
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}


def _outcome(answered: list[Any]) -> str:
    return "nothing" if not answered else str(answered[0].get("error", {}).get("code", "result"))
