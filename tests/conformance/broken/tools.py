"""What a server can do wrong with the tools of MCP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.conformance.broken.changes import answers
from tests.conformance.broken.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conformance.broken.proxy import Asked, Change, Told
    from understudy.wire import Json

MCP = "POST /mcp"


def listed(edit: Callable[[Any], Json]) -> Change:
    """Change each tool that is listed."""

    def page(told: Any) -> Json:
        if "tools" not in told.get("result", {}):
            return told
        return {**told, "result": {**told["result"], "tools": [edit(tool) for tool in told["result"]["tools"]]}}

    return answers(page)


def come_to(content: Json) -> Change:
    """Let every call come to this."""
    return answers(lambda told: told if "content" not in told.get("result", {}) else {**told, "result": content})


async def kept(asked: Asked) -> Told:
    """Answer, but run what is called once more, in a thread that stays."""
    told = await asked.told()
    if asked.body["method"] == "tools/call":
        found = await asked.ask("POST /assistants/search", {"name": asked.body["params"]["name"]})
        run = {"assistant_id": found[0]["assistant_id"], "input": {}, "on_completion": "keep"}
        await asked.ask("POST /runs/wait", run)
    return told


FAULTS = (
    Fault(
        "tool-is-listed-by-its-title",
        "A tool is listed by another name than it is called by.",
        "tools-can-be-called",
        {MCP: listed(lambda tool: {**tool, "name": tool["name"] + "_"})},
    ),
    Fault(
        "tool-comes-to-nothing",
        "A call of a tool has no content.",
        "tools-can-be-called",
        {MCP: come_to({"content": []})},
    ),
    Fault(
        "tool-says-nothing",
        "A call of a tool comes to an empty text.",
        "tools-can-be-called",
        {MCP: come_to({"content": [{"type": "text", "text": ""}]})},
    ),
    Fault("tool-leaves-its-thread", "A call of a tool leaves a thread.", "tool-leaves-nothing", {MCP: kept}),
)
