"""MCP over HTTP: messages and what is none, methods of the protocol and of HTTP, and that nothing else is changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.agent_server.mcp_messages import BOTH, ask, refusal, send

if TYPE_CHECKING:
    from tests.conftest import Server

PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
PONG = {"jsonrpc": "2.0", "id": 1, "result": {}}
NO_MESSAGE = "Invalid message format."
NO_VERSION = "Invalid JSON-RPC message. Missing or invalid jsonrpc version."
NO_JSON = "Invalid JSON"
UNACCEPTABLE = "Accept header must include application/json or text/event-stream"


# -------------------------------------------------------------------------------------------------- what is answered


@pytest.mark.parametrize("version", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
def test_a_version_that_is_spoken_is_taken(server: Server, version: str) -> None:
    answer = send(server, {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": version}})

    assert answer.headers["content-type"] == "application/json"
    assert answer.text == (
        f'{{"jsonrpc":"2.0","id":1,"result":{{"protocolVersion":"{version}","capabilities":{{"tools":'
        '{"listChanged":false}},"serverInfo":{"name":"LangGraph","version":"0.16.7"}}}'
    )


@pytest.mark.parametrize("version", ["1999-01-01", "", 5, True, None, ["2024-11-05"], {}])
def test_any_other_version_is_met_with_the_latest(server: Server, version: Any) -> None:
    assert ask(server, "initialize", protocolVersion=version)["result"]["protocolVersion"] == "2025-11-25"
    assert ask(server, "initialize")["result"]["protocolVersion"] == "2025-11-25"


def test_there_are_no_sessions(server: Server) -> None:
    answer = send(server, PING, **{"mcp-session-id": "mine", "mcp-protocol-version": "1999-01-01"})

    assert answer.json() == PONG
    assert "mcp-session-id" not in answer.headers


@pytest.mark.parametrize("id", [0, -1, 1.5, 2**63, "", "ü😀\0", False, [], {"a": [1]}])
def test_a_request_is_known_by_its_id_whatever_that_is(server: Server, id: Any) -> None:
    answer = send(server, {**PING, "id": id})

    assert answer.json() == {**PONG, "id": id}


def test_an_integer_beyond_64_bits_is_a_float_as_everywhere(server: Server) -> None:
    assert send(server, {**PING, "id": 10**30}).json()["id"] == 1e30


def test_of_a_member_that_comes_twice_the_last_one_counts(server: Server) -> None:
    answer = send(server, b'{"jsonrpc":"2.0","id":1,"id":2,"method":"nope","method":"ping"}')

    assert answer.json() == {**PONG, "id": 2}


@pytest.mark.parametrize("params", [[], "x", None, 5])
def test_a_ping_is_answered_whatever_it_tells(server: Server, params: Any) -> None:
    assert send(server, {**PING, "params": params}).json() == PONG


@pytest.mark.parametrize(
    ("method", "named"),
    [
        ("resources/list", "resources/list"),
        ("prompts/list", "prompts/list"),
        ("logging/setLevel", "logging/setLevel"),
        ("notifications/initialized", "notifications/initialized"),
        ("Ping", "Ping"),
        ("ümläut😀\0", "ümläut😀\0"),
        (5, "5"),
        (True, "True"),
        (["x"], "['x']"),
        ({"a": None}, "{'a': None}"),
    ],
)
def test_a_method_that_there_is_not_is_named(server: Server, method: Any, named: str) -> None:
    answer = send(server, {**PING, "method": method})

    assert (answer.status_code, answer.json()) == (200, refusal(-32601, f"Method not found: {named}"))


@pytest.mark.parametrize("method", ["initialize", "tools/list", "tools/call"])
@pytest.mark.parametrize("params", [[], "x", None, 5, True])
def test_params_that_are_no_object_are_refused(server: Server, method: str, params: Any) -> None:
    answer = send(server, {"jsonrpc": "2.0", "id": 1, "method": method, "params": params})

    assert (answer.status_code, answer.json()) == (200, refusal(-32602, f"params of {method} must be an object"))


# ------------------------------------------------------------------------------------------- what is taken in silence


@pytest.mark.parametrize(
    "message",
    [
        {"method": "notifications/initialized"},
        {"method": "notifications/cancelled", "params": {}},
        {"method": "nope"},
        {"method": "tools/call", "params": {"name": "agent"}},
        {"method": "tools/call", "params": {"name": "agent"}, "id": None},
        {"id": 1, "result": {}},
        {"id": 1, "error": {"code": 1, "message": "no"}},
        {"id": 1},
        {"id": 1, "method": None},
        {"id": 1, "method": ""},
    ],
    ids=json.dumps,
)
def test_notifications_and_responses_are_taken_without_a_word(server: Server, message: dict[str, Any]) -> None:
    answer = send(server, {"jsonrpc": "2.0"} | message)

    assert (answer.status_code, answer.content) == (202, b"")
    assert answer.headers["content-length"] == "0"
    assert "content-type" not in answer.headers
    assert server.world.runs.active() == []


# --------------------------------------------------------------------------------------------------- what is no message


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", NO_JSON),
        (b"  ", NO_JSON),
        (b"{bad", NO_JSON),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping"} x', NO_JSON),
        (b'{"jsonrpc":"2.0","id":NaN,"method":"ping"}', NO_JSON),
        (b'{"jsonrpc":"2.0","id":1e400,"method":"ping"}', NO_JSON),
        (b'{"jsonrpc":"2.0","id":"\\ud800","method":"ping"}', NO_JSON),
        (b'{"jsonrpc":"2.0","id":"\xe4","method":"ping"}', NO_JSON),
        (b"[" * 100_000, NO_JSON),
        (
            b'{"jsonrpc":"2.0","id":1,"method":"ping","params":' + b"[" * 300 + b"]" * 300 + b"}",
            "Recursion limit reached",
        ),
        (b"null", NO_MESSAGE),
        (b"5", NO_MESSAGE),
        (b'"x"', NO_MESSAGE),
        (b"[]", NO_MESSAGE),
        (b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]', NO_MESSAGE),
        (b"{}", NO_VERSION),
        (b'{"id":1,"method":"ping"}', NO_VERSION),
        (b'{"jsonrpc":"1.0","id":1,"method":"ping"}', NO_VERSION),
        (b'{"jsonrpc":2.0,"id":1,"method":"ping"}', NO_VERSION),
        (b'{"jsonrpc":["2.0"],"id":1,"method":"ping"}', NO_VERSION),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_is_no_message_is_refused(server: Server, body: bytes, why: str) -> None:
    answer = send(server, body)

    assert (answer.status_code, answer.text) == (400, f'{{"error": "{why}"}}')
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("message", [{}, {"id": None}, {"method": ""}, {"method": None, "id": None}, {"result": {}}])
def test_a_message_is_a_request_a_notification_or_a_response(server: Server, message: dict[str, Any]) -> None:
    answer = send(server, {"jsonrpc": "2.0"} | message)

    assert answer.status_code == 400
    assert answer.json()["error"].startswith("Invalid message format. A message is to be either a JSON-RPC request, ")


@pytest.mark.parametrize("depth", [100, 238])
def test_what_is_nested_deeply_is_answered_while_it_can_be(server: Server, depth: int) -> None:
    id = b"[" * depth + b"]" * depth

    answer = send(server, b'{"jsonrpc":"2.0","method":"ping","id":' + id + b"}")

    assert answer.content == b'{"jsonrpc":"2.0","id":' + id + b',"result":{}}'


# ------------------------------------------------------------------------------------------------------------- headers


@pytest.mark.parametrize(
    "accept",
    [
        "application/json",
        "text/event-stream",
        "application/json;q=0",
        "application/jsonx",
        "text/html, text/event-stream",
    ],
)
def test_a_client_that_accepts_either_media_type_is_answered_in_json(server: Server, accept: str) -> None:
    answer = send(server, PING, accept=accept)

    assert (answer.json(), answer.headers["content-type"]) == (PONG, "application/json")


@pytest.mark.parametrize("accept", ["", "*/*", "application/*", "text/html", "APPLICATION/JSON"])
def test_a_client_that_names_neither_media_type_is_refused(server: Server, accept: str) -> None:
    answer = send(server, PING, accept=accept)

    assert (answer.status_code, answer.text) == (400, f'{{"error": "{UNACCEPTABLE}"}}')


def test_a_client_that_names_no_media_type_at_all_is_refused(server: Server) -> None:
    request = httpx.Request("POST", f"{server.url}/mcp", json=PING)

    assert server.client.send(request).json() == {"error": UNACCEPTABLE}


def test_what_a_client_accepts_counts_after_whether_it_sends_json_and_before_what_that_is(server: Server) -> None:
    assert send(server, b"{", accept="text/html").json() == {"error": NO_JSON}
    assert send(server, b"[]", accept="text/html").json() == {"error": UNACCEPTABLE}


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x"])
def test_the_media_type_of_a_message_does_not_matter(server: Server, kind: str) -> None:
    assert send(server, json.dumps(PING).encode(), **{"content-type": kind}).json() == PONG


# --------------------------------------------------------------------------------------------------- methods and paths


@pytest.mark.parametrize(("method", "status"), [("GET", 405), ("HEAD", 405), ("DELETE", 404)])
def test_there_is_no_stream_to_open_and_no_session_to_end(server: Server, method: str, status: int) -> None:
    answer = server.client.request(method, "/mcp", headers=BOTH)

    assert (answer.status_code, answer.content) == (status, b"")
    assert not {"allow", "content-type"} & answer.headers.keys()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_not_allowed(server: Server, method: str) -> None:
    answer = server.client.request(method, "/mcp")

    assert (answer.status_code, answer.json()) == (405, {"detail": "Method Not Allowed"})
    assert {*answer.headers["allow"].split(", ")} == {"DELETE", "GET", "HEAD", "POST"}


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_the_documented_path_sends_every_method_on(server: Server, method: str) -> None:
    answer = server.client.request(method, "/mcp/")

    assert (answer.status_code, answer.content) == (307, b"")
    assert answer.headers["location"] == f"{server.url}/mcp"
    assert "content-type" not in answer.headers


def test_whoever_is_sent_on_keeps_the_query(server: Server) -> None:
    answer = server.client.request("POST", "/mcp/?a=1&b=%20", content=b"{bad")

    assert answer.headers["location"] == f"{server.url}/mcp?a=1&b=%20"


def test_a_client_that_follows_arrives(server: Server) -> None:
    assert server.post("/mcp/", PING, headers=BOTH, follow_redirects=True).json() == PONG


@pytest.mark.parametrize("path", ["/mcp/x", "/MCP", "/mcp/mcp"])
def test_below_there_is_nothing(server: Server, path: str) -> None:
    assert server.post(path, PING, headers=BOTH).status_code == 404
