"""Requests in JSON-RPC that Hypothesis makes up: for agents of A2A, and for tools of MCP."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.parity.rpc import agent, call, data, told

JSON, STREAM = "application/json", "text/event-stream"
CONTEXT = "66666666-6666-4666-8666-666666666666"
TASK = "<task>"
"""Stands for the task that asks, whose context is `CONTEXT`, in what is sent."""
HELLO = {"messages": [{"role": "user", "content": "hi"}]}
FILE = {"kind": "file", "file": {"bytes": "aGk=", "mimeType": "image/png", "name": "x"}}

ASKED_OF_AGENTS = [
    call("message/send", {"message": told("hi")}),
    call("message/send", {"message": told("hi", data(locale="x"), FILE, metadata={"a": 1}), "metadata": {}}),
    call("message/send", {"message": told("hi"), "configuration": {"historyLength": 2, "historyScope": "task"}}),
    call("message/send", {"message": told("yes", contextId=CONTEXT, taskId=TASK)}),
    call("message/send", {"message": told(data(resume={"ok": True}), contextId=CONTEXT, taskId=TASK)}),
    call("message/send", {"message": told("yes", contextId=CONTEXT, taskId=TASK, command={"resume": 1})}),
    call("message/send", {"message": told("boom"), "context": {"color": "red"}}),
    call("message/stream", {"message": told("hi", contextId=CONTEXT)}),
    call("message/stream", {"message": told("ask")}),
    call("SendMessage", {"message": {"role": "ROLE_USER", "parts": [{"text": "hi"}], "messageId": "m"}}),
    call("SendStreamingMessage", {"message": {"role": "ROLE_USER", "parts": [{"text": "hi"}], "messageId": "m"}}),
    call("tasks/get", {"id": TASK, "contextId": CONTEXT, "historyLength": 3}),
    call("GetTask", {"id": TASK, "historyScope": "context"}),
    call("tasks/cancel", {"id": TASK}),
    call("ListTasks", {"contextId": CONTEXT, "pageSize": 3, "pageToken": "0", "status": "completed"}),
    call("ListTasks", {"statusTimestampAfter": "2020-01-01T00:00:00Z", "includeArtifacts": True, "historyLength": 1}),
    call("GetExtendedAgentCard", {}),
    {"jsonrpc": "2.0", "id": "1", "result": {}},
]
ASKED_OF_TOOLS = [
    call("initialize", {"protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": {"name": "x"}}),
    call("ping"),
    call("tools/list", {"cursor": "1"}),
    call("tools/call", {"name": "agent", "arguments": HELLO}),
    call("tools/call", {"name": "steps", "arguments": {"n": 1, "log": ["x"], "mode": "boom"}}),
    call("tools/call", {"name": "ctx", "arguments": {"k": 1}, "context": {"color": "red"}}),
    {"jsonrpc": "2.0", "method": "notifications/initialized"},
    {"jsonrpc": "2.0", "id": "1", "result": {}},
]
METHODS = sorted({message.get("method", "") for message in (*ASKED_OF_AGENTS, *ASKED_OF_TOOLS)})
UNTELLABLE = -32006
"""The code of what an agent has said, but cannot be told in A2A."""
WORDS = ["jsonrpc", "id", "method", "params", "message", "parts", "kind", "text", "data", "messages", "content"]


@dataclass(frozen=True)
class Endpoint:
    """Where messages go: the `paths`, the right one first, what is `asked` there, and how errors are numbered."""

    paths: tuple[str, ...]
    accepted: str
    asked: list[Any]
    codes: frozenset[int]


AGENT = Endpoint(
    (agent("agent"), agent("steps"), "/a2a/agent", "/a2a/33333333-3333-4333-8333-333333333333", "/a2a/%00", "/a2a/%ff"),
    f"{JSON}, {STREAM}",
    ASKED_OF_AGENTS,
    frozenset({-32700, -32600, -32601, -32602, -32603, -32001, -32002, -32004, -32005, UNTELLABLE}),
)
TOOLS = Endpoint(("/mcp",), JSON, ASKED_OF_TOOLS, frozenset({-32601, -32602}))

CHARACTERS = st.characters() | st.sampled_from('\0\ufeff\u2028\x7f{}"\\')
TEXTS = st.text(CHARACTERS, max_size=12) | st.sampled_from([*METHODS, "2.0", TASK, CONTEXT, "agent", "hi", ""])
LARGE = [10**18, 2**63, 2**64, -(2**63) - 1, 10**30, 1e308, 5e-324, -0.0, 10, 11, 100, 101]
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(LARGE)


def grown(size: int) -> dict[str, str]:
    """Return texts of this size, by the words that stand for them."""
    return {
        f"<lists {size}>": "[" * size + "]" * size,
        f"<objects {size}>": '{"a":' * size + "1" + "}" * size,
        f"<open {size}>": "[" * size,
        f"<digits {size}>": "9" * size,
        f"<fraction {size}>": "0." + "9" * size,
        f"<text {size}>": f'"{"x" * size}"',
    }


GROWN = {word: text for size in (100, 300, 1_000, 5_000, 100_000) for word, text in grown(size).items()} | {
    "<twice>": '{"kind": "text", "kind": "data", "text": 1, "text": "x"}',
    "<beyond>": "1e400",
    "<no number>": "NaN",
    "<half a character>": '"\\ud800"',
    "<the other half>": '"x\\udc00\\ud800"',
}
"""What no generator makes: texts, JSON or nearly so, that stand in for these words once a message is written."""
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS) | TEXTS, inner, max_size=4),
    max_leaves=8,
)


@st.composite
def mutated(draw: st.DrawFn, real: list[Any], values: st.SearchStrategy[Any] = VALUES) -> Any:
    """Return one of these messages with some of its parts left out, replaced, or put where they do not belong."""
    message = json.loads(json.dumps(draw(st.sampled_from(real))))
    for _ in range(draw(st.integers(0, 3))):
        holder, key = draw(st.sampled_from(_places(message)))
        match draw(st.sampled_from(["leave out", "replace", "replace", "wrap", "add"])):
            case "leave out" if len(message) > 1:
                del holder[key]
            case "wrap":
                holder[key] = draw(st.sampled_from([[holder[key]], {"a": holder[key]}, [holder[key]] * 2]))
            case "add" if isinstance(holder, dict):
                holder[draw(st.sampled_from(WORDS) | TEXTS)] = draw(values)
            case _:
                holder[key] = draw(values)
    return message


ENVELOPES = st.fixed_dictionaries(
    {},
    optional={
        "jsonrpc": st.just("2.0") | VALUES,
        "id": VALUES,
        "method": st.sampled_from(METHODS) | VALUES,
        "params": VALUES,
        "result": VALUES,
        "error": VALUES,
        "extra": VALUES,
    },
)


@st.composite
def bodies(draw: st.DrawFn, real: list[Any]) -> bytes:
    """Return a body: most often a real message that was changed, sometimes what is no message at all."""
    kind = draw(st.sampled_from([*["real"] * 7, "grown", "made up", "value", "several", "garbled", "noise"]))
    if kind == "noise":
        return draw(st.binary(max_size=20))
    if kind == "made up":
        return _written(draw(ENVELOPES))
    if kind == "value":
        return _written(draw(VALUES))
    if kind == "grown":
        return _written(draw(mutated(real, st.sampled_from(sorted(GROWN)))))
    if kind == "several":
        return _written(draw(st.lists(mutated(real), max_size=3)))
    body = _written(draw(mutated(real)))
    return draw(garbled(body)) if kind == "garbled" else body


@st.composite
def garbled(draw: st.DrawFn, body: bytes) -> bytes:
    """Return a body that is cut, or in which some bytes are others: no UTF-8, no JSON, or something else."""
    at = draw(st.integers(0, len(body)))
    junk = draw(st.binary(max_size=4) | st.sampled_from(JUNK))
    recoded = body.decode().encode("utf-16")
    return draw(st.sampled_from([body[:at], body[:at] + junk + body[at:], junk + body, body + junk, recoded]))


JUNK = [b"\xef\xbb\xbf", b"\xff", b"\xed\xa0\x80", b"\\ud800", b"\0", b",", b"NaN"]
ACCEPTS = st.sampled_from([None, "", "*/*", JSON, STREAM, "text/html", "application/*;q=0.1", "\xe4", ","])
CONTENT_TYPES = st.sampled_from([None, "text/plain", "multipart/form-data", "x", f"{JSON}; charset=latin-1", "\xe4"])


def _places(holder: Any) -> list[tuple[Any, Any]]:
    """Return every place in a message, the innermost first: what holds it, and the key there."""
    keys = list(holder) if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else ()
    return [place for key in reversed(keys) for place in [*_places(holder[key]), (holder, key)]]


def _written(message: Any) -> bytes:
    """Return a message as JSON, or nearly so, with what was grown in the place of its words."""
    text = json.dumps(message)
    for word, grown in GROWN.items():
        text = text.replace(f'"{word}"', grown)
    return text.encode()


@st.composite
def requests(draw: st.DrawFn, endpoint: Endpoint) -> tuple[str, bytes, dict[str, str]]:
    """Return a path, a body and headers, of which one is odd as often as not."""
    odd = draw(st.sampled_from(["nothing", "nothing", "nothing", "path", "accept", "content-type"]))
    path = draw(st.sampled_from(endpoint.paths)) if odd == "path" else endpoint.paths[0]
    accept = draw(ACCEPTS) if odd == "accept" else endpoint.accepted
    kind = draw(CONTENT_TYPES) if odd == "content-type" else JSON
    headers = {name: value for name, value in (("accept", accept), ("content-type", kind)) if value is not None}
    return path, draw(bodies(endpoint.asked)), headers
