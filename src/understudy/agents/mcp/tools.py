"""Assistants as tools: what each is called, what it takes, and which one a name means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understudy.agents.description import describe
from understudy.agents.mcp.schemas import simplified
from understudy.errors import NotFound, Unacceptable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.state.assistants import Assistants
    from understudy.wire import Json, JsonObject

PAGE = 100
"""Assistants on a page of tools."""

REACHED = 1000
"""Only as many assistants can be called, the newest ones."""

_LONGEST = 128
_BLANKS = re.compile(r"\s+")
_FOREIGN = re.compile(r"[^a-zA-Z0-9_.-]")

# The same for every assistant: what its agent does, nobody knows.
_ANNOTATIONS = {"readOnlyHint": False, "destructiveHint": False, "idempotentHint": False, "openWorldHint": True}


def name_of(assistant: str) -> str:
    """Return what the tool of an assistant of this name is called, in characters that MCP allows: perhaps with none."""
    return _FOREIGN.sub("", _BLANKS.sub("_", assistant.strip()))[:_LONGEST]


def page(assistants: Assistants, cursor: Json) -> JsonObject:
    """Return a page of tools, the newest first, and where the next one begins if this one is full.

    A cursor is how many assistants to pass over; one that is no number is none. Of assistants whose tools have the same
    name, only the newest is told.
    """
    start = _offset(cursor)
    rows = assistants.search(offset=start, limit=PAGE).rows
    newest: dict[str, JsonObject] = {}
    for row in rows:
        newest.setdefault(name_of(row["name"]), row)
    listed: JsonObject = {"tools": list(_tools(assistants, newest))}
    return {**listed, "nextCursor": start + PAGE} if len(rows) == PAGE else listed


def assistant_called(assistants: Assistants, name: Json) -> str:
    """Return the id of the assistant whose tool has this name. Unacceptable unless there is exactly one."""
    rows = assistants.search(limit=REACHED).rows if name else []
    meant = [row["assistant_id"] for row in rows if name_of(row["name"]) == name]
    if not meant:
        raise Unacceptable(f"Unknown tool: {name}")
    if len(meant) > 1:
        raise Unacceptable("Multiple tools found with the same name.")
    return str(meant[0])


def _tools(assistants: Assistants, rows: dict[str, JsonObject]) -> Iterator[JsonObject]:
    """Yield the tools of assistants by their names; one whose graph is gone has none."""
    for name, row in rows.items():
        try:
            agent = assistants.agent(row["assistant_id"])
        except NotFound:
            continue
        yield {
            "name": name,
            "title": row["name"],
            "description": row["description"] or f"Tool based on the {row['name']} assistant",
            "inputSchema": simplified(describe(agent)["input_schema"]),
            "annotations": _ANNOTATIONS,
        }


def _offset(cursor: Json) -> int:
    try:
        return max(int(cursor), 0)
    except (TypeError, ValueError, OverflowError):
        return 0
