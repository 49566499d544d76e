"""Laws of MCP: assistants are tools, and a call of one stands alone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import NAMESPACE_OID, uuid5

from hypothesis.stateful import rule

from understudy.conformance.asking import Unexamined
from understudy.conformance.laws.playing import RunLaw, chances

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject

MCP = "POST /mcp"
CREATE = "POST /assistants"
SEARCH = "POST /threads/search"

_ACCEPT = {"Accept": "application/json, text/event-stream"}
_PAGES = 10


class ToolLaw(RunLaw):
    """A law of tools: each example makes an assistant, whose name no other has, and looks at the tool that it is."""

    contracts = ("observed",)
    steps = 1

    def new_assistant(self, chance: int) -> JsonObject:
        """Make an assistant of one of the deployment's graphs. Unexamined if that has no tool there."""
        self.pick(chance)
        name = f"understudy-{uuid5(NAMESPACE_OID, str(sorted(self.marks.items())))}"
        body = {"graph_id": self.graph.graph_id, "name": name, "metadata": self.marked()}
        made: JsonObject = self.told(CREATE, body)
        return made

    def result(self, method: str, **params: Json) -> JsonObject:
        """Ask something by MCP, and return what comes of it. Broken if that is an error."""
        request = {"jsonrpc": "2.0", "id": method, "method": method, "params": params}
        told = self.told(MCP, request, headers=_ACCEPT)
        self.hold(isinstance(told, dict) and "result" in told, f"{method} with {params} answered {told}")
        self.same(told.get("id"), method, f"the id of the answer to {method}")
        result: JsonObject = told["result"]
        return result

    def tool(self, assistant: JsonObject) -> JsonObject:
        """Return the tool that an assistant is. Unexamined if it is none, as its graph does not tell what it takes."""
        cursor: Json = 0
        for _ in range(_PAGES):
            page = self.result("tools/list", cursor=cursor)
            for tool in page["tools"]:
                if tool["title"] == assistant["name"]:
                    return dict(tool)
            cursor = page.get("nextCursor")
            if cursor is None:
                break
        raise Unexamined(f"graph {assistant['graph_id']} makes no tool")

    def call(self, tool: JsonObject, chance: int) -> JsonObject:
        """Call a tool with one of the inputs that its graph takes, and return what comes of it."""
        arguments = self.graph.inputs[chance % len(self.graph.inputs)]
        return self.result("tools/call", name=tool["name"], arguments=arguments)


class ToolsCanBeCalled(ToolLaw):
    """Tools are called by the names under which they are listed."""

    name = "tools-can-be-called"
    sentence = "A tool that MCP lists can be called by its name, and what comes of it is a text."
    section = MCP
    operations = (MCP, CREATE)

    @rule(chance=chances)
    def look(self, chance: int) -> None:
        tool = self.tool(self.new_assistant(chance))
        told = self.call(tool, chance)

        content = told.get("content")
        self.hold(bool(content), f"a call of {tool['name']} came to nothing: {told}")
        texts = [each.get("text") for each in content or [] if each.get("type") == "text"]
        self.hold(any(texts), f"a call of {tool['name']} came to no text: {told}")


class ToolLeavesNothing(ToolLaw):
    """Tools are called, and then their assistant's threads are looked for."""

    name = "tool-leaves-nothing"
    sentence = "A call of a tool leaves no thread behind."
    section = MCP
    operations = (MCP, CREATE, SEARCH)

    @rule(chance=chances)
    def look(self, chance: int) -> None:
        assistant = self.new_assistant(chance)
        self.call(self.tool(assistant), chance)

        body = {"metadata": {"assistant_id": assistant["assistant_id"]}, "limit": 10}
        self.soon(
            lambda: self.told(SEARCH, body),
            lambda rows: rows == [],
            lambda rows: f"of a call of {assistant['name']}, {len(rows)} threads are left",
        )
