"""The official client of MCP: what it reads of the server, of its tools, and of calling them."""

from __future__ import annotations

import asyncio
from ast import literal_eval
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from mcp import Client, MCPError
from mcp.types import TextContent
from pydantic import ValidationError

from tests.control.journals import entries

if TYPE_CHECKING:
    from mcp.types import CallToolResult

    from tests.clients.mcp.conftest import Speak
    from tests.conftest import Server


def said(text: str) -> dict[str, Any]:
    """Return the arguments of an agent that chats."""
    return {"messages": [{"role": "user", "content": text}]}


def text(result: CallToolResult) -> str:
    """Return the only thing that a result has."""
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def test_the_client_and_the_server_agree_on_a_version(speak: Speak[Any]) -> None:
    async def introduced(client: Client) -> Any:
        assert client.server_info
        return client.server_info.name, client.protocol_version, client.server_capabilities.tools is not None

    assert speak(introduced) == ("LangGraph", "2025-11-25", True)


@pytest.mark.filterwarnings("ignore:ping is removed")
def test_the_server_is_there(speak: Speak[Any]) -> None:
    assert speak(Client.send_ping) is not None


def test_the_client_lists_the_tools(speak: Speak[Any]) -> None:
    tools = speak(Client.list_tools).tools

    assert [tool.name for tool in tools] == ["cfg", "ctx", "par", "parent", "custom", "chat", "steps", "agent"]
    assert tools[-1].title == "agent"
    assert tools[-1].input_schema["required"] == ["messages"]
    assert tools[-1].annotations.open_world_hint is True


def test_the_client_calls_a_tool(speak: Speak[Any]) -> None:
    result = speak(lambda client: client.call_tool("agent", said("hello")))

    assert result.is_error is False
    assert literal_eval(text(result))["messages"][-1]["content"] == "echo hello"


def test_a_tool_that_fails_is_a_result_that_says_so(speak: Speak[Any]) -> None:
    result = speak(lambda client: client.call_tool("agent", said("boom")))

    assert (result.is_error, text(result)) == (True, "ValueError")


def test_an_agent_that_asks_is_a_result_with_its_question(speak: Speak[Any]) -> None:
    result = speak(lambda client: client.call_tool("agent", said("ask")))

    assert result.is_error is False
    assert literal_eval(text(result))["__interrupt__"][0]["value"] == {"question": "ok?"}


@pytest.mark.parametrize(
    ("asked", "code", "message"),
    [
        (lambda client: client.call_tool("nope", {}), -32602, "Unknown tool: nope"),
        (lambda client: client.list_resources(), -32601, "Method not found: resources/list"),
        (lambda client: client.list_prompts(), -32601, "Method not found: prompts/list"),
    ],
    ids=["tool", "resources", "prompts"],
)
def test_what_there_is_not_is_an_error(speak: Speak[Any], asked: Any, code: int, message: str) -> None:
    async def refused(client: Client) -> MCPError:
        with pytest.raises(MCPError) as raised:
            await asked(client)
        return raised.value

    error = speak(refused)

    assert (error.code, error.message) == (code, message)


def test_an_assistant_made_meanwhile_is_a_tool(speak: Speak[Any], address: str) -> None:
    async def meanwhile(client: Client) -> tuple[list[str], str]:
        async with httpx.AsyncClient(base_url=address) as agents:
            made = await agents.post("/assistants", json={"graph_id": "steps", "name": "Count Up!"})
            tools = (await client.list_tools()).tools
            outcome = text(await client.call_tool("Count_Up", {"n": 1}))
            await agents.delete(f"/assistants/{made.json()['assistant_id']}")
        return [tool.name for tool in tools], outcome

    names, outcome = speak(meanwhile)

    assert names[0] == "Count_Up"
    assert outcome == "{'n': 3, 'log': ['a', 'b']}"


@pytest.mark.usefixtures("ours")
def test_a_client_that_takes_a_cursor_for_a_text_cannot_read_a_full_page(server: Server, speak: Speak[Any]) -> None:
    for _ in range(100 - 8):
        server.post("/assistants", {"graph_id": "steps"}).raise_for_status()

    async def refused(client: Client) -> str:
        with pytest.raises(ValidationError) as raised:
            await client.list_tools()
        return str(raised.value)

    assert "nextCursor" in speak(refused)


def test_one_client_calls_several_tools_at_once(speak: Speak[Any]) -> None:
    async def at_once(client: Client) -> list[str]:
        calls = [client.call_tool("steps", {"n": number, "sleep": 0.05}) for number in range(5)]
        return [text(result) for result in await asyncio.gather(*calls)]

    told = [literal_eval(outcome)["n"] for outcome in speak(at_once)]

    assert told == [2, 3, 4, 5, 6]


@pytest.mark.usefixtures("server")
def test_several_clients_at_once_do_not_meet(address: str) -> None:
    async def one(number: int) -> str:
        async with Client(f"{address}/mcp") as client:
            await client.list_tools()
            return text(await client.call_tool("steps", {"n": number}))

    async def all_of_them() -> list[str]:
        return await asyncio.gather(*map(one, range(5)))

    assert asyncio.run(all_of_them()) == [f"{{'n': {number + 2}, 'log': ['a', 'b']}}" for number in range(5)]


def test_a_client_leaves_no_thread_behind(speak: Speak[Any], address: str) -> None:
    speak(lambda client: client.call_tool("agent", said("hello")))

    assert httpx.post(f"{address}/threads/count", json={}).json() == 0


@pytest.mark.usefixtures("ours")
def test_what_the_client_sends_and_reads_keeps_the_contract(server: Server, speak: Speak[Any]) -> None:
    async def everything(client: Client) -> None:
        await client.list_tools()
        await client.call_tool("agent", said("hello"))

    speak(everything)

    assert len(entries(server)) >= 4
    assert entries(server, verdict="broken") == []


@pytest.mark.usefixtures("ours")
def test_a_server_that_is_down_for_a_moment_is_an_error(server: Server, speak: Speak[Any]) -> None:
    async def refused(client: Client) -> str:
        await client.list_tools()
        fault = {"kind": "status", "status": 503, "times": 1, "when": {"operation": "POST /mcp"}}
        await asyncio.to_thread(server.post, "/_understudy/faults", fault)
        with pytest.raises(MCPError):
            await client.call_tool("steps", {"n": 1})
        return text(await client.call_tool("steps", {"n": 1}))

    assert speak(refused) == "{'n': 3, 'log': ['a', 'b']}"
