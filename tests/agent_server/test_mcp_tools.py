"""Assistants as tools of MCP: which there are, and what they take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.agent_server.changes import create, patch
from tests.agent_server.mcp_messages import ask, call, names, refusal, tools

if TYPE_CHECKING:
    from tests.conftest import Server


def declare(server: Server, agent: str, schema: dict[str, Any]) -> None:
    """Put an agent into the world that declares what it takes."""
    script = {"schemas": {"input": schema}, "nodes": {"only": {"say": "yes"}}}
    server.post("/_understudy/scenarios", {"scenario": {"agents": {agent: script}}}).raise_for_status()


# --------------------------------------------------------------------------------------------------- which there are


def test_every_assistant_is_a_tool_the_newest_first(server: Server) -> None:
    create(server, name="mine")

    assert names(server) == ["mine", "cfg", "ctx", "par", "parent", "custom", "chat", "steps", "agent"]


def test_a_tool_tells_its_name_its_title_what_it_is_and_what_it_takes(server: Server) -> None:
    assert ask(server, "tools/list")["result"]["tools"][-1] == {
        "name": "agent",
        "title": "agent",
        "description": "Tool based on the agent assistant",
        "inputSchema": {
            "properties": {"messages": {"items": {}, "title": "Messages", "type": "array"}},
            "required": ["messages"],
            "title": "S",
            "type": "object",
        },
        "annotations": {
            "readOnlyHint": False,
            "destructiveHint": False,
            "idempotentHint": False,
            "openWorldHint": True,
        },
    }


def test_the_members_of_a_tool_come_in_the_order_of_the_real_server(server: Server) -> None:
    tool = tools(server)[0]

    assert [*tool] == ["name", "title", "description", "inputSchema", "annotations"]
    assert [*tool["inputSchema"]] == ["properties", "title", "type"]


@pytest.mark.parametrize(("description", "told"), [("Counts.", "Counts."), ("", None), (None, None)])
def test_a_tool_is_described_as_its_assistant_is(server: Server, description: str | None, told: str | None) -> None:
    create(server, name="mine", **({} if description is None else {"description": description}))

    assert tools(server)[0]["description"] == (told or "Tool based on the mine assistant")


@pytest.mark.parametrize(
    ("assistant", "tool"),
    [
        ("My Tool!", "My_Tool"),
        (" two  blanks\t x ", "two_blanks_x"),
        ("ünïcode näme", "ncode_nme"),
        ("x.y-z_1", "x.y-z_1"),
        ("\N{NO-BREAK SPACE}a\N{EM SPACE}b", "a_b"),
        ("a" * 130, "a" * 128),
        ("!!!", ""),
    ],
)
def test_the_name_of_a_tool_has_only_what_mcp_allows(server: Server, assistant: str, tool: str) -> None:
    create(server, graph_id="steps", name=assistant)

    listed = tools(server)[0]

    assert (listed["name"], listed["title"]) == (tool, assistant)


def test_a_tool_is_called_as_its_assistant_is_now(server: Server) -> None:
    assistant = create(server, graph_id="steps", name="before")
    patch(server, assistant, name="after")

    assert names(server)[0] == "after"
    assert call(server, "after", {"n": 1}) == "{'n': 3, 'log': ['a', 'b']}"
    assert ask(server, "tools/call", name="before") == refusal(-32602, "Unknown tool: before")


def test_of_assistants_with_one_name_the_newest_is_listed_and_none_can_be_called(server: Server) -> None:
    create(server, name="twice", description="old")
    create(server, name="twice ", description="new")

    assert [tool["description"] for tool in tools(server) if tool["name"] == "twice"] == ["new"]
    told = ask(server, "tools/call", name="twice", arguments={})
    assert told == refusal(-32602, "Multiple tools found with the same name.")


def test_a_deleted_assistant_is_no_tool_any_more(server: Server) -> None:
    assistant = create(server, name="mine")
    server.delete(f"/assistants/{assistant['assistant_id']}")

    assert "mine" not in names(server)
    assert ask(server, "tools/call", name="mine") == refusal(-32602, "Unknown tool: mine")


@pytest.mark.parametrize(
    ("cursor", "start"),
    [(3, 3), ("3", 3), (" 2 ", 2), (1.7, 1), (True, 1), (8, 8), (10**30, 8), ("1_0", 8)],
)
def test_a_cursor_is_how_many_to_pass_over(server: Server, cursor: Any, start: int) -> None:
    assert names(server, cursor=cursor) == names(server)[start:]


@pytest.mark.parametrize("cursor", ["", "x", "-1", -1, None, [], {}, "9" * 5000], ids=lambda value: repr(value)[:20])
def test_any_other_cursor_is_none(server: Server, cursor: Any) -> None:
    assert names(server, cursor=cursor) == names(server)


def test_a_full_page_tells_where_the_next_one_begins(server: Server) -> None:
    for number in range(100 - 8):
        create(server, name=f"n{number}")
    full = ask(server, "tools/list")["result"]
    create(server, name="one more")

    first, second = (ask(server, "tools/list", cursor=cursor)["result"] for cursor in (0, 100))

    assert (len(full["tools"]), full["nextCursor"]) == (100, 100)
    assert (len(first["tools"]), first["nextCursor"]) == (100, 100)
    assert [tool["name"] for tool in second["tools"]] == ["agent"]
    assert "nextCursor" not in second


# ------------------------------------------------------------------------------------------------------ what they take


def test_a_schema_that_does_not_say_so_is_of_an_object(server: Server) -> None:
    declare(server, "open", {"title": "Anything"})

    assert tools(server)[0]["inputSchema"] == {"title": "Anything", "type": "object"}


def test_an_agent_that_declares_nothing_takes_its_channels(server: Server) -> None:
    script = {"channels": {"count": "sum", "last_words": "last"}, "nodes": {"only": {"write": {"count": 1}}}}
    server.post("/_understudy/scenarios", {"scenario": {"agents": {"sums": script}}}).raise_for_status()

    taken = tools(server)[0]["inputSchema"]
    assert taken["type"] == "object"
    assert taken["properties"]["count"] == {"type": "number", "title": "Count"}
    assert taken == server.get(f"/assistants/{_assistant(server, 'sums')}/schemas").json()["input_schema"]


def test_messages_of_langchain_become_a_text(server: Server) -> None:
    message = {"title": "HumanMessage", "type": "object"}
    choice = {"oneOf": [{"$ref": "#/$defs/AIMessage"}, {"$ref": "#/$defs/HumanMessage"}]}
    declare(
        server,
        "chatty",
        {
            "$defs": {"AIMessage": message, "HumanMessage": message, "ToolCall": {}, "Tone": {"type": "string"}},
            "properties": {
                "messages": {"items": choice, "title": "Messages", "type": "array"},
                "drafts": {"items": {"anyOf": choice["oneOf"]}, "type": "array"},
                "tones": {"items": {"anyOf": [{"$ref": "#/$defs/Tone"}]}, "type": "array"},
                "tone": {"$ref": "#/$defs/Tone"},
            },
            "type": "object",
        },
    )

    text = {"type": "string", "description": "The user message to send to the agent."}
    assert tools(server)[0]["inputSchema"] == {
        "$defs": {"Tone": {"type": "string"}},
        "properties": {
            "messages": {**text, "title": "Messages"},
            "drafts": {**text, "title": "drafts"},
            "tones": {"items": {"anyOf": [{"$ref": "#/$defs/Tone"}]}, "type": "array"},
            "tone": {"$ref": "#/$defs/Tone"},
        },
        "type": "object",
    }
    schemas = server.get(f"/assistants/{_assistant(server, 'chatty')}/schemas").json()
    assert "AIMessage" in schemas["input_schema"]["$defs"]


def test_where_only_messages_were_defined_no_definitions_are_left(server: Server) -> None:
    items = {"oneOf": [{"$ref": "#/$defs/AIMessageChunk"}]}
    declare(server, "chatty", {"$defs": {"AIMessageChunk": {}}, "properties": {"m": {"items": items, "type": "array"}}})

    assert [*tools(server)[0]["inputSchema"]] == ["properties", "type"]


def _assistant(server: Server, graph: str) -> str:
    return str(server.post("/assistants/search", {"graph_id": graph}).json()[0]["assistant_id"])
