"""What an agent of A2A refuses, and how: no JSON, no JSON-RPC, unknown methods, wrong parameters, wrong parts."""

from __future__ import annotations

from dataclasses import replace

from tests.parity.rpc import JSON, STREAM, a2a, agent, call, data, refused, rpc, send, stream, told
from tests.parity.sequence import NOTHING, Ask, Json, ask, sequence

AGENT = agent("agent")
MISSING = "33333333-3333-4333-8333-333333333333"
HELLO = {"message": told("hi")}

RAW = (
    "", " ", "{bad", "null", "true", "1", '"x"', "[]", "[{}]", "{}", "\ufeff{}", "NaN",
    '{"jsonrpc": "2.0", "id": NaN}', "\0", "[" * 500 + "]" * 500,
    '{"jsonrpc":"2.0","id":"\\ud800","method":"tasks/get","params":{}}',
    '{"jsonrpc":"2.0","id":"1","id":"2","method":"tasks/get","params":{}}',
    '{"jsonrpc":"2.0","id":123456789012345678901234567890,"method":"tasks/get","params":{}}',
    '{"jsonrpc":"2.0","id":1e400,"method":"tasks/get","params":{}}',
    '{"jsonrpc":"2.0","id":"1","method":"tasks/get","params":{}} {}',
)  # fmt: skip
IDS: tuple[Json, ...] = (0, 1, -1, 1.5, 1e300, "", "x" * 300, "ü\u2028\0", True, False, None, [], {}, [1], {"a": 1})
METHODS: tuple[Json, ...] = (
    None, 1, True, [], {}, "", "nope", "Message/Send", "message/send ", "tasks/list", "tasks/resubscribe",
    "sendMessage", "tasks/pushNotificationConfig/set", "agent/getAuthenticatedExtendedCard", "ping", "initialize",
    "tools/list", "ü",
)  # fmt: skip
VERSIONS: tuple[Json, ...] = ("1.0", "2", "2.0 ", "", 2.0, 2, None, True, [], {})
ACCEPTED: tuple[str | None, ...] = (
    None, "", "*/*", "application/*", "APPLICATION/JSON", "application/json;q=0", "text/html, application/json",
    "application/json, text/event-stream", "text/event-stream", "text/*", "text/html", "application/jsonx", ",",
)  # fmt: skip
PARAMS: tuple[Json, ...] = (
    None,
    [],
    [1],
    "x",
    1,
    True,
    {},
    {"message": None},
    {"message": []},
    {"message": {}},
    {"message": "hi"},
)
MESSAGES: tuple[Json, ...] = (
    told("hi", messageId=None), told("hi", messageId=""), told("hi", role=None), told("hi", role=""), told(),
    {**told(), "parts": None}, {**told(), "parts": {}}, {**told(), "parts": "hi"}, {**told("hi"), "contextId": 1},
    {**told("hi"), "contextId": "thread-123"}, {**told("hi"), "taskId": 1}, {**told("hi"), "taskId": "x"},
    {**told("hi"), "taskId": f"{MISSING}:{MISSING}"}, {**told("hi"), "taskId": MISSING, "contextId": MISSING},
    {**told("hi"), "metadata": "x"}, {**told("hi"), "metadata": []}, {**told("hi"), "command": {"resume": 1}},
    {**told("hi"), "command": {"resume": 1}, "contextId": MISSING}, {**told(data(resume=1))},
    {**told(data(resume=1)), "contextId": MISSING},
)  # fmt: skip
PARTS: tuple[Json, ...] = (
    {}, None, [], 1, {"kind": "text"}, {"kind": "x", "x": 1}, {"kind": "text", "text": "a", "data": {}},
    {"kind": "data"}, {"kind": "data", "data": None}, {"kind": "data", "data": []}, {"kind": "data", "data": "x"},
    {"kind": "data", "data": {}}, {"kind": "file"}, {"kind": "file", "file": {}}, {"kind": "file", "file": "x"},
    {"kind": "file", "file": {"bytes": "aGk=", "uri": "https://example.com"}},
    {"data": {"a": 1}, "metadata": {"mimeType": "application/json+a2ui"}},
)  # fmt: skip
CONFIGURED: tuple[Json, ...] = (
    [], "x", 1, {"historyLength": -1}, {"historyLength": 11}, {"historyLength": "1"}, {"historyLength": 1.0},
    {"historyLength": True}, {"historyScope": "x"}, {"historyScope": 1},
)  # fmt: skip
ASKED: tuple[Json, ...] = (
    NOTHING, {}, {"id": ""}, {"id": None}, {"id": 1}, {"id": []}, {"id": "x", "contextId": 1}, {"id": "x"},
    {"id": ":"}, {"id": "x:y"}, {"id": MISSING}, {"id": f"{MISSING}:{MISSING}"},
    {"id": MISSING, "contextId": MISSING}, {"id": "x", "contextId": "x"}, {"id": "x", "historyLength": 99},
    {"id": "x", "historyScope": "x"},
)  # fmt: skip
OF_A_TASK: tuple[dict[str, Json], ...] = (
    {"historyLength": -1}, {"historyLength": 11}, {"historyLength": "1"}, {"historyLength": 1.5},
    {"historyLength": True}, {"historyLength": None}, {"historyScope": "x"}, {"historyScope": 1},
    {"contextId": MISSING}, {"contextId": "x"}, {"contextId": ""},
)  # fmt: skip
NOTHING_ASKED: tuple[dict[str, Json], ...] = (
    {}, {"id": "1"}, {"id": None}, {"id": "1", "result": {}}, {"id": "1", "error": {}}, {"id": None, "result": {}},
    {"method": "tasks/get"}, {"method": "message/send", "params": HELLO},
    {"id": "1", "method": "tasks/get", "result": {}},
)  # fmt: skip
UNCHANGED = (ask("POST /threads/count", {}),)


def configured(configuration: Json) -> Ask:
    """Send a message with a configuration."""
    return a2a("message/send", {**HELLO, "configuration": configuration})


SEQUENCES = (
    sequence(
        "a2a refuses what is no message", *(Ask(f"POST {AGENT}", raw=raw, headers={"accept": JSON}) for raw in RAW)
    ),
    sequence("a2a and the ids of messages", *(rpc(AGENT, call("tasks/get", {}, number)) for number in IDS)),
    sequence("a2a and methods that there are not", *(rpc(AGENT, call(method, {})) for method in METHODS)),
    sequence(
        "a2a and the versions of JSON-RPC",
        *(rpc(AGENT, {**call("tasks/get", {}), "jsonrpc": each}) for each in VERSIONS),
    ),
    sequence(
        "a2a and messages that ask nothing",
        *(rpc(AGENT, {"jsonrpc": "2.0", **rest}) for rest in NOTHING_ASKED),
    ),
    sequence("a2a and what is accepted", *(rpc(AGENT, call("tasks/get", {}), accept=each) for each in ACCEPTED)),
    sequence(
        "a2a and what is accepted as a stream",
        *(rpc(AGENT, call("message/stream", {"message": told()}), accept=each) for each in ACCEPTED),
    ),
    sequence("a2a and parameters that are no message", *(a2a("message/send", each) for each in (NOTHING, *PARAMS))),
    sequence(
        "a2a and parameters that are no message, streamed",
        *(a2a("message/stream", each, accept=STREAM) for each in (NOTHING, *PARAMS)),
    ),
    sequence("a2a and messages that are refused", *(a2a("message/send", {"message": each}) for each in MESSAGES)),
    sequence(
        "a2a and messages that are refused in a stream",
        *(a2a("message/stream", {"message": each}, accept=STREAM) for each in MESSAGES),
    ),
    sequence(
        "a2a and parts that are refused", *(refused(each) for each in PARTS), *(refused("hi", each) for each in PARTS)
    ),
    sequence("a2a and parts that are refused in a stream", *(stream(each) for each in PARTS)),
    sequence("a2a and configurations that are refused", *map(configured, CONFIGURED)),
    sequence(
        "a2a and tasks that there are not",
        *(a2a(method, each) for method in ("tasks/get", "tasks/cancel", "GetTask", "CancelTask") for each in ASKED),
    ),
    sequence(
        "a2a and what is asked of a task",
        send("hi"),
        *(a2a("tasks/get", {"id": "{task}", **more}) for more in OF_A_TASK),
    ),
    sequence(
        "a2a and assistants that there are not",
        *(
            replace(rpc(f"/a2a/{name}", call(method, HELLO)), headers={"accept": accept})
            for name in (
                MISSING,
                "agent",
                "x",
                "%20",
                MISSING.replace("-", ""),
                agent("agent").removeprefix("/a2a/").upper(),
            )
            for method, accept in (
                ("message/send", JSON),
                ("message/stream", STREAM),
                ("tasks/get", JSON),
                ("GetExtendedAgentCard", JSON),
            )
        ),
    ),
    sequence(
        "a2a and graphs that take no messages",
        *(refused("hi", graph=graph) for graph in ("steps", "custom", "parent", "par", "ctx", "cfg")),
        stream("hi", graph="steps"),
        refused(data(n=1), "hi", graph="steps"),
    ),
    sequence(
        "a2a in other ways",
        *(
            ask(f"{method} {path}")
            for path in (AGENT, f"{AGENT}/")
            for method in ("GET", "HEAD", "DELETE", "PUT", "PATCH", "OPTIONS")
        ),
        Ask(
            f"POST {AGENT}",
            raw='{"jsonrpc":"2.0","id":"1","method":"tasks/get"}',
            headers={"accept": JSON, "content-type": "text/plain"},
        ),
        Ask("POST /a2a", call("tasks/get")),
        Ask("POST /a2a/", call("tasks/get")),
        Ask(f"POST {AGENT}/x", call("tasks/get")),
    ),
    sequence(
        "a2a leaves nothing behind of what it refuses",
        *(a2a("message/send", {"message": each}) for each in MESSAGES[:9]),
        *UNCHANGED,
        alone=True,
    ),
)
