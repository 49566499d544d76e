"""Assistants as tools of MCP: how they are listed, what calling them returns, and what is refused."""

from __future__ import annotations

from dataclasses import replace

from tests.parity.rpc import JSON, STREAM, call, mcp, rpc, tool
from tests.parity.sequence import NOTHING, Ask, Json, ask, sequence

RAW = (
    "", " ", "{bad", "null", "true", "1", '"x"', "[]", "{}", "\ufeff{}", "NaN", "\0", "[" * 500 + "]" * 500,
    '{"jsonrpc":"2.0","id":"\\ud83d\\ude00","method":"ping"}', '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}',
    '{"jsonrpc":"2.0","id":123456789012345678901234567890,"method":"ping"}',
    '{"jsonrpc":"2.0","id":1,"method":"ping"} {}',
    '[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"ping"}]',
)  # fmt: skip
IDS: tuple[Json, ...] = (0, 1, -1, 1.5, 1e300, "", "x" * 300, "ü\u2028\0", True, False, None, [], {}, [1], {"a": 1})
METHODS: tuple[Json, ...] = (
    1, True, ["x"], {"a": 1}, "nope", "Ping", "tools/List", "resources/list", "prompts/list", "completion/complete",
    "logging/setLevel", "ü", "message/send",
)  # fmt: skip
VERSIONS: tuple[Json, ...] = ("1.0", "2", "", 2.0, 2, None, True, [], {})
ACCEPTED: tuple[str | None, ...] = (
    None, "", "*/*", "application/*", "APPLICATION/JSON", "application/json;q=0", "text/html, application/json",
    "text/event-stream", "text/*", "text/html", "application/jsonx",
)  # fmt: skip
PROTOCOLS: tuple[Json, ...] = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-01-01", "", None, 1)
CHARACTERS = 'it\'s "quoted"\n\ttwice\\ ü 😀 \u2028\x7f\xa0'
PRINTED: Json = [1, 2.5, None, True, {"a": ["it's", 'so "it" is', 'it\'s "it"']}, 1e300, 1e-7, 1234567890123456789]
CALLS: dict[str, tuple[str, Json]] = {
    "agent with a message": ("agent", {"messages": [{"role": "user", "content": "hi"}]}),
    "agent, which fails": ("agent", {"messages": [{"role": "user", "content": "boom"}]}),
    "agent, which asks": ("agent", {"messages": [{"role": "user", "content": "ask"}]}),
    "agent with all sorts of characters": ("agent", {"messages": [{"role": "user", "content": CHARACTERS}]}),
    "agent with a text": ("agent", {"messages": "hi"}),
    "agent with null": ("agent", {"messages": None}),
    "agent with no messages": ("agent", {"messages": []}),
    "agent with a message of an unknown role": ("agent", {"messages": [{"role": "x", "content": "hi"}]}),
    "chat with a message": ("chat", {"messages": [{"role": "user", "content": "hi"}]}),
    "steps with a number": ("steps", {"n": 2}),
    "steps with a number that is none": ("steps", {"n": "x"}),
    "steps, which fails": ("steps", {"n": 1, "mode": "boom"}),
    "steps with all sorts of values": ("steps", {"n": 1, "log": PRINTED}),
    "steps with an unknown argument": ("steps", {"unknown": 1}),
    "custom with a text": ("custom", {"x": "y"}),
    "custom with nothing": ("custom", {}),
    "parent with a text": ("parent", {"v": "x"}),
    "parent, which asks": ("parent", {"ask": True}),
    "par, which asks twice": ("par", {"out": []}),
    "ctx with a number": ("ctx", {"k": 1}),
}
ARGUMENTS: tuple[Json, ...] = (NOTHING, None, {}, [], "x", 1, True)
NO_OBJECTS: tuple[Json, ...] = (None, [], [1], "x", 1, True, "")
NO_METHODS: tuple[Json, ...] = (None, "", 0, [], {}, False)
CURSORS: tuple[Json, ...] = ("", "x", "0", "2", 2, "99", 1.9, True)
PINGED: tuple[Json, ...] = ({}, {"a": 1}, [], "x", None)
VALUES: tuple[Json, ...] = (
    None, True, 1, 1.0, 1e15, 1e16, 1e20, 1e-5, 0.0001, 0.1 + 0.2, 5e-324, -0.0, 123456789.123, "x", "", "a'b", 'a"b',
    "a\\b", "\0", "\u200b", "é\n", [], {}, [[]], {"a": {"b": None}},
)  # fmt: skip
SAID: tuple[dict[str, str], ...] = (
    {"mcp-protocol-version": "1999-01-01"},
    {"mcp-protocol-version": "2025-06-18", "mcp-session-id": "x"},
    {"origin": "https://elsewhere.example"},
    {"last-event-id": "1"},
    {"content-type": "text/html"},
)
UNKNOWN: tuple[Json, ...] = ("nope", "Agent", " agent", "", None, 0, 1, True, ["agent"], {"name": "agent"})
OWN = ("My Tool!", "My Tool", "  spaced\tout  ", "a.b-c_d", "ü", "x" * 200)


def named(name: str) -> Ask:
    """Create an assistant of this name."""
    return ask("POST /assistants", {"graph_id": "steps", "name": name, "description": f"Called {name}"})


SEQUENCES = (
    sequence(
        "mcp begins",
        *(mcp("initialize", {"protocolVersion": each}) for each in PROTOCOLS),
        mcp("initialize"),
        mcp("initialize", {}),
    ),
    sequence("mcp refuses what is no message", *(Ask("POST /mcp", raw=raw, headers={"accept": JSON}) for raw in RAW)),
    sequence("mcp and the ids of messages", *(rpc("/mcp", call("ping", number=number)) for number in IDS)),
    sequence("mcp and methods that there are not", *(mcp(method) for method in METHODS)),
    sequence("mcp and no method", *(rpc("/mcp", call(method)) for method in NO_METHODS)),
    sequence(
        "mcp and the versions of JSON-RPC", *(rpc("/mcp", {**call("ping"), "jsonrpc": each}) for each in VERSIONS)
    ),
    sequence(
        "mcp and messages that ask nothing",
        *(
            rpc("/mcp", {"jsonrpc": "2.0", **rest})
            for rest in (
                {},
                {"id": 1},
                {"id": None},
                {"id": 1, "result": {}},
                {"id": 1, "error": {}},
                {"method": "ping"},
                {"method": "notifications/initialized"},
                {"method": "tools/call", "params": {"name": "agent", "arguments": {}}},
                {"id": 1, "method": "ping", "result": {}},
            )
        ),
    ),
    sequence("mcp and what is accepted", *(rpc("/mcp", call("ping"), accept=each) for each in ACCEPTED)),
    sequence(
        "mcp and what is accepted, before all else",
        *(Ask("POST /mcp", raw=raw, headers={"accept": "text/html"}) for raw in ("{bad", "[]", "{}")),
    ),
    sequence("mcp answers a ping with parameters", *(mcp("ping", each) for each in PINGED)),
    sequence(
        "mcp lists its tools",
        mcp("tools/list"),
        *(mcp("tools/list", {"cursor": each}) for each in CURSORS),
        alone=True,
    ),
    *(sequence(f"mcp calls {what}", tool(name, given)) for what, (name, given) in CALLS.items()),
    *(
        sequence(f"mcp and parameters of {method} that are no object", *(mcp(method, each) for each in NO_OBJECTS))
        for method in ("initialize", "tools/list", "tools/call")
    ),
    sequence(
        "mcp and arguments of each kind",
        *(tool("agent", given) for given in ARGUMENTS),
        *(tool("steps", given) for given in ARGUMENTS),
    ),
    sequence("mcp and unknown tools", *(tool(name, {}) for name in UNKNOWN), mcp("tools/call", {}), mcp("tools/call")),
    sequence(
        "mcp calls a tool with a context",
        tool("ctx", {"k": 1}, context={"color": "red"}),
        tool("ctx", {}, context=None),
        tool("ctx", {}, context={}),
        tool("steps", {"n": 1}, context={"a": 1}),
    ),
    sequence("mcp prints values of all kinds", *(tool("ctx", {"k": value}) for value in VALUES)),
    sequence(
        "mcp and headers that say more",
        *(replace(mcp("ping"), headers={"accept": JSON, **more}) for more in SAID),
        replace(ask("GET /mcp"), headers={"accept": STREAM, "last-event-id": "3", "mcp-session-id": "x"}),
        replace(ask("DELETE /mcp"), headers={"mcp-session-id": "x"}),
    ),
    sequence(
        "mcp calls a tool with more than arguments",
        *(
            mcp("tools/call", {"name": "custom", "arguments": {"x": "y"}, **more})
            for more in ({"_meta": {"progressToken": "p"}}, {"task": {"ttl": 1}}, {"config": {"tags": ["x"]}})
        ),
    ),
    sequence(
        "mcp and assistants with a context, of which two have one name",
        ask("POST /assistants", {"graph_id": "ctx", "name": "my ctx", "context": {"color": "green"}}),
        tool("my_ctx", {"k": 1}),
        tool("my_ctx", {"k": 1}, context={"color": "blue"}),
        tool("my_ctx", {"k": 1}, context={}),
        ask("POST /assistants", {"graph_id": "ctx", "name": "my ctx", "description": None}),
        tool("my_ctx", {"k": 1}),
        mcp("tools/list"),
        alone=True,
    ),
    sequence(
        "mcp and tools of one's own",
        *map(named, OWN),
        mcp("tools/list"),
        *(tool(name, {"n": 1}) for name in ("My_Tool", "My Tool", "spaced_out", "a.b-c_d", "x" * 128, "x" * 200)),
        alone=True,
    ),
    sequence(
        "mcp leaves no thread behind",
        tool("agent", {"messages": "hi"}),
        tool("agent", {"messages": "ask"}),
        ask("POST /threads/count", {}),
        alone=True,
    ),
    sequence(
        "mcp in other ways",
        *(
            ask(f"{method} {path}")
            for path in ("/mcp", "/mcp/")
            for method in ("GET", "HEAD", "DELETE", "PUT", "PATCH", "OPTIONS")
        ),
        *(replace(ask("GET /mcp"), headers={"accept": accept}) for accept in (JSON, STREAM)),
        Ask("POST /mcp/", call("ping"), headers={"accept": JSON}),
        Ask(
            "POST /mcp?x=1", call("ping"), headers={"accept": JSON, "content-type": "text/plain", "mcp-session-id": "x"}
        ),
        Ask("POST /mcp/x", call("ping"), headers={"accept": JSON}),
    ),
)
