"""Calls of tools of MCP: what comes of them, and that they are requests like any other."""

from __future__ import annotations

import re
from ast import literal_eval
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.agent_server.changes import create
from tests.agent_server.mcp_messages import BOTH, ask, call, names, refusal, send
from tests.conftest import Server as Fake
from tests.conftest import beginning
from tests.control.journals import entries, entry
from understudy.config import Settings

if TYPE_CHECKING:
    from tests.conftest import Server

SAID = {"messages": [{"role": "user", "content": "hi"}]}
ID = "[0-9a-f-]{36}"

REPLY: dict[str, Any] = {
    "content": "echo hi",
    "additional_kwargs": {},
    "response_metadata": {},
    "type": "ai",
    "name": None,
}
SPOKEN: dict[str, Any] = {"tool_calls": [], "invalid_tool_calls": [], "usage_metadata": None}


# -------------------------------------------------------------------------------------------------------- calling one


def test_a_tool_answers_with_the_values_as_python_prints_them(server: Server) -> None:
    text = call(server, "agent", SAID)

    asked, replied = literal_eval(text)["messages"]
    assert re.fullmatch(ID, asked["id"])
    assert re.fullmatch(ID, replied.pop("id"))
    assert replied == REPLY | SPOKEN
    assert text.startswith("{'messages': [{'content': 'hi', 'additional_kwargs': {}, 'response_metadata': {}, 'type': ")


def test_every_kind_of_value_is_printed_as_python_does(server: Server) -> None:
    values: list[Any] = [
        *(None, True, False, 0, -1, 2**53, 1.5, -0.0, 1e16, 1e300),
        *("", "ü😀", "it's", 'so "x"', 'it\'s "x"', "a\\b\n\t\x1b\x7f", "\xa0\u200b", "\0"),
        *([], {}, [[]], {"a": {"b": [None]}}),
    ]

    text = call(server, "steps", {"n": 0, "log": values})

    assert text == (
        "{'n': 2, 'log': [None, True, False, 0, -1, 9007199254740992, 1.5, -0.0, 1e+16, 1e+300, '', 'ü😀', \"it's\", "
        "'so \"x\"', 'it\\'s \"x\"', 'a\\\\b\\n\\t\\x1b\\x7f', '\\xa0\\u200b', '\N{REPLACEMENT CHARACTER}', [], {}, "
        "[[]], {'a': {'b': [None]}}, 'a', 'b']}"
    )


@pytest.mark.parametrize(
    ("tool", "arguments", "error"),
    [
        ("agent", {"messages": [{"role": "user", "content": "boom"}]}, "ValueError"),
        ("steps", {"mode": "boom"}, "RuntimeError"),
        ("steps", {"n": "x"}, "TypeError"),
        ("steps", None, "EmptyInputError"),
        *(("steps", odd, "InvalidUpdateError") for odd in ("x", "", 5, 0, 1.5, True, [], [1])),
    ],
)
def test_a_failure_is_told_by_its_class(server: Server, tool: str, arguments: Any, error: str) -> None:
    result = ask(server, "tools/call", name=tool, arguments=arguments)["result"]

    assert result == {"isError": True, "content": [{"type": "text", "text": error}]}
    assert [*result] == ["isError", "content"]


def test_without_arguments_the_input_is_empty(server: Server) -> None:
    told = ask(server, "tools/call", name="steps")["result"]

    assert told["content"][0]["text"] == "{'n': 2, 'log': ['a', 'b']}"


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("agent", {"messages": [{"role": "user", "content": "ask"}]}, [{"question": "ok?"}]),
        ("par", {}, ["one", "two"]),
        ("parent", {"v": "a", "ask": True}, [{"need": "input"}]),
    ],
)
def test_a_question_is_part_of_the_outcome(server: Server, tool: str, arguments: Any, told: list[Any]) -> None:
    asked = literal_eval(call(server, tool, arguments))["__interrupt__"]

    assert [question["value"] for question in asked] == told
    assert all([*question] == ["value", "id", "response_schema"] for question in asked)


def test_a_call_leaves_nothing_behind(server: Server) -> None:
    for tool, arguments in (("agent", SAID), ("steps", {"mode": "boom"}), ("par", {})):
        send(
            server,
            {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}},
        )

    assert server.post("/threads/count", {}).json() == 0
    assert server.world.runs.active() == []


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("nope", "nope"),
        ("Agent", "Agent"),
        ("agent ", "agent "),
        ("ümlaut\0", "ümlaut\0"),
        ("", ""),
        (None, "None"),
        (0, "0"),
        (True, "True"),
        (["agent"], "['agent']"),
        ({"a": 1}, "{'a': 1}"),
    ],
)
def test_a_tool_that_there_is_not_is_named(server: Server, name: Any, named: str) -> None:
    told = ask(server, "tools/call", name=name, arguments={})

    assert told == refusal(-32602, f"Unknown tool: {named}")


def test_an_assistant_is_no_tool_by_its_id_or_its_title(server: Server) -> None:
    assistant = create(server, name="My Tool!")

    for name in (assistant["assistant_id"], "My Tool!"):
        assert ask(server, "tools/call", name=name) == refusal(-32602, f"Unknown tool: {name}")


@pytest.mark.parametrize(
    ("context", "told"), [({"color": "red"}, "{'color': 'red'}"), ({}, "{}"), (None, "{}"), ({"other": 1}, "{}")]
)
def test_a_tool_is_given_a_context(server: Server, context: Any, told: str) -> None:
    assert call(server, "ctx", {"k": 1}, context=context) == f"{{'k': {told}}}"


def test_a_tool_has_the_context_of_its_assistant(server: Server) -> None:
    create(server, graph_id="ctx", name="red", context={"color": "red"})

    assert call(server, "red", {"k": 1}) == "{'k': {'color': 'red'}}"
    assert call(server, "red", {"k": 1}, context={"color": "blue"}) == "{'k': {'color': 'blue'}}"


@pytest.mark.parametrize("context", ["x", 5, [], True, 0])
def test_a_context_that_is_no_object_is_refused_and_nothing_is_run(server: Server, context: Any) -> None:
    told = ask(server, "tools/call", name="ctx", arguments={}, context=context)

    assert told == refusal(-32602, "context of tools/call must be an object")
    assert server.world.runs.active() == []


def test_what_else_a_client_tells_of_a_call_is_passed_over(server: Server) -> None:
    assert call(server, "steps", {"n": 1}, _meta={"progressToken": 1}, task={"ttl": 1}) == "{'n': 3, 'log': ['a', 'b']}"


def test_several_calls_at_once_do_not_meet(server: Server) -> None:
    def counted(number: int) -> str:
        return call(server, "steps", {"n": number, "sleep": 0.05})

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(counted, range(8)))

    assert told == [f"{{'n': {number + 2}, 'log': ['a', 'b'], 'sleep': 0.05}}" for number in range(8)]


def test_a_tool_whose_caller_has_left_goes_on(server: Server) -> None:
    params = {"name": "steps", "arguments": {"sleep": 60}}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}

    with pytest.raises(httpx.ReadTimeout):
        server.post("/mcp", body, headers=BOTH, timeout=0.2)

    assert [run["status"] for run in server.world.runs.active()] == ["running"]


# ------------------------------------------------------------------------------------------------------ like any other


def test_the_id_of_a_request_reaches_the_agent(server: Server) -> None:
    request_id = "11111111-1111-4111-8111-111111111111"
    params = {"name": "cfg", "arguments": {"k": 1}}

    answer = send(
        server,
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params},
        **{"x-request-id": request_id},
    )

    assert f"'langgraph_request_id': '{request_id}'" in answer.json()["result"]["content"][0]["text"]


def test_tools_belong_to_a_world(server: Server) -> None:
    create(server, name="mine")

    answer = send(server, {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, **{"x-understudy-world": "other"})

    assert "mine" not in answer.text
    assert "mine" in names(server)


def test_a_frozen_clock_keeps_no_tool_from_its_outcome(server: Server) -> None:
    server.put("/_understudy/clock", {"frozen": True})

    assert call(server, "steps", {"n": 1}) == "{'n': 3, 'log': ['a', 'b']}"


def test_the_journal_knows_the_operation_and_finds_nothing_to_complain_of(server: Server) -> None:
    ask(server, "tools/list")

    told = entry(server)
    assert (told["operation"], told["status"]) == ("mcp_post", 200)
    assert told["request_verdict"] == told["answer_verdict"] == {"kept": True, "complaint": None}


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        ({"jsonrpc": "2.0", "id": []}, "id"),
        ({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": None}, "params"),
        ({"jsonrpc": "2.0", "id": 1, "methid": "ping"}, "methid"),
        ({"id": 1, "method": "ping"}, "jsonrpc"),
    ],
)
def test_the_journal_complains_of_a_slip_of_the_client(server: Server, message: Any, complaint: str) -> None:
    send(server, message)

    verdict = entry(server)["request_verdict"]
    assert verdict["kept"] is False
    assert complaint in verdict["complaint"]


def test_a_fault_befalls_mcp_like_any_operation(server: Server) -> None:
    server.post(
        "/_understudy/faults", {"kind": "status", "status": 503, "times": 1, "when": {"operation": "POST /mcp"}}
    )

    answers = [send(server, {"jsonrpc": "2.0", "id": 1, "method": "ping"}).status_code for _ in range(2)]

    assert answers == [503, 200]
    assert entries(server)[0]["faults"]


def test_mcp_asks_for_a_key_like_any_operation() -> None:
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    with closing(Fake(Settings(api_keys=("one",), strict=True))) as server:
        server.begin(beginning("reference"))

        statuses = [
            httpx.post(f"{server.url}/mcp", json=ping, headers=BOTH | key).status_code
            for key in ({}, {"x-api-key": "two"}, {"x-api-key": "one"})
        ]

    assert statuses == [401, 403, 200]
