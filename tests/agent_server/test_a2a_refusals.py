"""What A2A refuses: each malformed message gets the error of the real server, and changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.agent_server.a2a_messages import MISSING, ask, data, error, message, post, send, told

if TYPE_CHECKING:
    from tests.conftest import Server

VERSION = "Invalid JSON-RPC message: missing or invalid jsonrpc version"
NO_REQUEST = "Invalid message format: must be a JSON-RPC request or notification"
NO_METHOD = "Invalid JSON-RPC request: missing 'method' field"
BAD_ID = "Invalid JSON-RPC request: 'id' must be a string, number, or null"
NO_MESSAGE = "Missing or invalid 'message' in params"
NO_TASK_ID = "Missing required parameter: id (task_id)"
ONLY_THESE = "A2A agents support 'text', 'data', and 'file' parts only."
SCOPES = "historyScope must be 'context' or 'task'"


@pytest.mark.parametrize(
    ("body", "asked_by", "code", "why"),
    [
        (b"{bad", None, -32700, "Invalid JSON payload"),
        (b"", None, -32700, "Invalid JSON payload"),
        (b'"\xff"', None, -32700, "Invalid JSON payload"),
        (b"NaN", None, -32700, "Invalid JSON payload"),
        (b"[" * 300 + b"]" * 300, None, -32600, "Invalid message format: nested deeper than 240 levels"),
        ([], None, -32600, "Invalid message format: expected object"),
        ([{"jsonrpc": "2.0", "id": 1, "method": "tasks/get"}], None, -32600, "Invalid message format: expected object"),
        ("tasks/get", None, -32600, "Invalid message format: expected object"),
        ({}, None, -32600, VERSION),
        ({"jsonrpc": "1.0", "id": "1", "method": "message/send"}, "1", -32600, VERSION),
        ({"jsonrpc": 2, "id": [1]}, [1], -32600, VERSION),
        ({"jsonrpc": "2.0", "id": {}, "method": "tasks/get"}, None, -32600, BAD_ID),
        ({"jsonrpc": "2.0", "id": 1, "method": 5}, 1, -32601, "Method not found: method must be a string"),
        ({"jsonrpc": "2.0", "id": 1, "method": ""}, 1, -32601, "Method not found: "),
        ({"jsonrpc": "2.0", "id": 1, "method": "tasks/resubscribe"}, 1, -32601, "Method not found: tasks/resubscribe"),
        ({"jsonrpc": "2.0", "method": "nope"}, None, -32601, "Method not found: nope"),
        ({"jsonrpc": "2.0", "id": 1}, 1, -32600, NO_METHOD),
        ({"jsonrpc": "2.0"}, None, -32600, NO_REQUEST),
        ({"jsonrpc": "2.0", "id": None, "method": "tasks/get"}, None, -32600, NO_REQUEST),
        ({"jsonrpc": "2.0", "result": {}}, None, -32600, NO_REQUEST),
        ({"jsonrpc": "2.0", "id": True, "method": "tasks/get"}, True, -32602, NO_TASK_ID),
        ({"jsonrpc": "2.0", "id": 1.5, "method": "tasks/get"}, 1.5, -32602, NO_TASK_ID),
        ({"jsonrpc": "2.0", "id": "a\0b", "method": "tasks/get"}, "a\0b", -32602, NO_TASK_ID),
        (
            {"jsonrpc": "2.0", "id": 0, "method": "GetTask", "params": []},
            0,
            -32602,
            "Invalid params: must be an object",
        ),
        (
            {"jsonrpc": "2.0", "id": 0, "method": "ListTasks", "params": 1},
            0,
            -32602,
            "Invalid params: must be an object",
        ),
        ({"jsonrpc": "2.0", "id": 0, "method": "SendMessage"}, 0, -32602, NO_MESSAGE),
        ({"jsonrpc": "2.0", "id": 0, "method": "message/stream", "params": {"message": "x"}}, 0, -32602, NO_MESSAGE),
    ],
)
def test_what_is_no_request_is_refused_by_an_error(
    server: Server, body: Any, asked_by: Any, code: int, why: str
) -> None:
    answer = post(server, body)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {"jsonrpc": "2.0", "id": asked_by, "error": error(code, why)}


@pytest.mark.parametrize("what", ["result", "error"])
def test_a_response_is_taken_without_a_word(server: Server, what: str) -> None:
    answer = post(server, {"jsonrpc": "2.0", "id": 1, what: {}})

    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (202, b"", "0")
    assert "content-type" not in answer.headers


@pytest.mark.parametrize("accept", ["", "text/html", "text/event-stream", "application/jsonl"])
def test_a_client_that_does_not_read_json_is_told_so(server: Server, accept: str) -> None:
    answer = post(server, {"jsonrpc": "2.0", "id": 1, "method": "tasks/get"}, accept=accept)

    assert answer.status_code == 400
    assert answer.json() == {"error": "Accept header must include application/json"}


def test_a_client_that_does_not_read_events_is_told_so(server: Server) -> None:
    request = {"jsonrpc": "2.0", "id": 1, "method": "message/stream", "params": message("hi")}

    answer = post(server, request, accept="application/json")

    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "Accept header must include text/event-stream for streaming"},
    )


@pytest.mark.parametrize("accept", ["*/*", "application/*;q=0.1", "text/html, Application/JSON; charset=utf-8"])
def test_a_client_may_say_in_many_ways_that_it_reads_json(server: Server, accept: str) -> None:
    answer = post(server, {"jsonrpc": "2.0", "id": 1, "method": "ListTasks"}, accept=accept)

    assert answer.json()["result"]["tasks"] == []


MESSAGES: list[tuple[dict[str, Any], int, str]] = [
    (message("x", messageId=""), -32602, "Missing required 'messageId' in message"),
    (message("x", role=None), -32602, "Missing required 'role' in message"),
    (message("x", parts=[]), -32602, "Message must contain at least one part"),
    (message("x", contextId=5), -32602, "contextId must be a string"),
    (message("x", taskId=5), -32602, "taskId must be a string"),
    (message("x", taskId=""), -32001, "Task not found: "),
    (message("x", taskId="nope"), -32001, "Task not found: nope"),
    (message("x", taskId=f"{MISSING}:{MISSING}"), -32001, f"Task not found: {MISSING}:{MISSING}"),
    (message("x", metadata=[1]), -32602, "Invalid A2A message metadata"),
    (message("x", command={"resume": 1}), -32602, "contextId is required when resuming a task with command.resume"),
    (message("x", command={"resume": 1}, contextId=MISSING), -32602, "taskId is required when resuming a task"),
    (message("x", command="go"), -32603, "Internal server error"),
    (message({}), -32005, f"Unsupported part type. {ONLY_THESE}"),
    (message({"kind": "data", "data": [1]}), -32005, "DataPart must contain a JSON object in the 'data' field"),
    (message(data()), -32005, "Message must contain at least one valid text, data, or file part"),
    (
        message({"text": "a", "data": {}}),
        -32005,
        "Each message part must contain exactly one of 'text', 'file', or 'data'. Got multiple: ['text', 'data'].",
    ),
    (message({"file": 5}), -32005, "FilePart must contain a 'file' object with 'bytes' or 'uri'."),
    (message({"file": {}}), -32005, "FilePart 'file' must contain either 'bytes' or 'uri'."),
    (message({"file": {"bytes": "", "uri": ""}}), -32005, "FilePart 'file' must contain only one of 'bytes' or 'uri'."),
    (
        message({"data": {}, "metadata": {"mimeType": "application/json+a2ui"}}),
        -32602,
        "A2UI is not enabled for this agent",
    ),
    (message(data(resume=1), data(resume=2)), -32602, "Only one resume value is allowed in data parts"),
    (message(data(resume=1)), -32602, "contextId and taskId are required when resuming a task"),
]


@pytest.mark.parametrize(("params", "code", "why"), MESSAGES)
def test_a_message_that_makes_no_sense_is_refused(server: Server, params: Any, code: int, why: str) -> None:
    assert ask(server, "message/send", params) == error(code, why)

    assert server.post("/threads/count", {}).json() == 0


@pytest.mark.parametrize(("params", "code", "why"), MESSAGES)
def test_it_is_refused_by_the_only_event_of_a_stream(server: Server, params: Any, code: int, why: str) -> None:
    answer = post(server, {"jsonrpc": "2.0", "id": 1, "method": "message/stream", "params": params})

    assert answer.headers["content-type"] == "text/event-stream"
    assert list(told(answer.text.split("\r\n"))) == [error(code, why)]
    assert server.post("/threads/count", {}).json() == 0


@pytest.mark.parametrize(
    ("params", "sent", "streamed"),
    [
        (
            message("x", contextId="thread-123"),
            error(-32602, "Failed to create run: Invalid thread ID"),
            error(-32603, "Internal server error"),
        ),
        (
            message("x") | {"context": 5},
            error(
                -32602,
                'Failed to create run: 5 is not of type "object"\n\nFailed validating "type" in '
                'schema["properties"]["context"]\n\nOn instance["context"]:\n    5',
            ),
            error(-32603, "Internal server error"),
        ),
        (
            message("x", parts="text"),
            error(-32602, "Invalid params: 'parts' must be an array"),
            error(-32005, f"Each message part must be an object. {ONLY_THESE}"),
        ),
    ],
)
def test_some_refusals_of_a_stream_say_something_else(server: Server, params: Any, sent: Any, streamed: Any) -> None:
    answer = post(server, {"jsonrpc": "2.0", "id": 1, "method": "message/stream", "params": params})

    assert ask(server, "message/send", params) == sent
    assert list(told(answer.text.split("\r\n"))) == [streamed]
    assert server.post("/threads/count", {}).json() == 0


@pytest.mark.parametrize(
    ("configuration", "why"),
    [
        ([], "Invalid params: 'configuration' must be an object"),
        ({"historyLength": 11}, "historyLength cannot exceed 10"),
        ({"historyLength": -1}, "historyLength must be a non-negative integer"),
        ({"historyLength": True}, "historyLength must be a non-negative integer"),
        ({"historyLength": "1", "historyScope": "x"}, "historyLength must be a non-negative integer"),
        ({"historyScope": "x"}, SCOPES),
        ({"historyScope": ["task"]}, SCOPES),
    ],
)
def test_a_history_that_cannot_be_had_is_refused(server: Server, configuration: Any, why: str) -> None:
    assert send(server, "hi", asked={"configuration": configuration}) == error(-32602, why)


@pytest.mark.parametrize("graph", ["steps", "custom"])
def test_an_agent_without_messages_says_what_it_takes(server: Server, graph: str) -> None:
    refused = send(server, "hi", graph=graph)

    fields = {"steps": "['n', 'log', 'sleep', 'mode']", "custom": "['x']"}[graph]
    assert refused["code"] == -32602
    assert f"(graph '{graph}') does not support A2A conversational messages." in refused["message"]
    assert refused["message"].endswith(f"Available input fields: {fields}")


@pytest.mark.parametrize(
    ("assistant_id", "why"),
    [
        ("agent", "Invalid assistant ID: must be a UUID"),
        (MISSING, f"Assistant '{MISSING}' not found"),
    ],
)
def test_only_the_id_of_an_assistant_is_its_address(server: Server, assistant_id: str, why: str) -> None:
    request = {"jsonrpc": "2.0", "id": 1, "method": "message/send", "params": message("hi")}

    answer = server.post(f"/a2a/{assistant_id}", request)

    assert (answer.status_code, answer.json()["error"]) == (200, error(-32602, why))


@pytest.mark.parametrize("method", ["tasks/get", "tasks/cancel"])
@pytest.mark.parametrize(
    ("params", "code", "why"),
    [
        ({"id": 5}, -32602, "Task id and contextId must be strings"),
        ({"id": "x:y", "contextId": 5}, -32602, "Task id and contextId must be strings"),
        ({"id": "bad"}, -32001, "Task not found: bad"),
        ({"id": ":"}, -32001, "Task not found: :"),
    ],
)
def test_a_task_that_cannot_be_is_not_found(server: Server, method: str, params: Any, code: int, why: str) -> None:
    assert ask(server, method, params) == error(code, why)


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"pageSize": 0}, "pageSize must be an integer between 1 and 100."),
        ({"pageSize": "5", "historyLength": 99}, "pageSize must be an integer between 1 and 100."),
        ({"historyLength": 99, "status": "x"}, "historyLength cannot exceed 10"),
        ({"historyScope": 5}, SCOPES),
        ({"status": "x"}, "Invalid status value: 'x'."),
        ({"status": []}, "Invalid status value: '[]'."),
        ({"statusTimestampAfter": "x"}, "statusTimestampAfter must be a valid ISO 8601 timestamp."),
        ({"statusTimestampAfter": 5}, "statusTimestampAfter must be a valid ISO 8601 timestamp."),
        ({"pageToken": 5}, "pageToken must be a string."),
        ({"pageToken": "x"}, "Invalid pageToken."),
        ({"contextId": 5}, "contextId must be a string."),
    ],
)
def test_a_list_that_cannot_be_had_is_refused(server: Server, params: Any, why: str) -> None:
    assert ask(server, "ListTasks", params) == error(-32602, why)
