"""What Schemathesis cannot know of the API from its document, and would meet by chance only."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zlib import crc32

import schemathesis

GRAPHS = ("agent", "steps", "chat", "custom", "parent", "par", "ctx", "cfg")


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]) -> None:
    """Give a new thread a graph: without one, its state cannot be updated. A few supersteps go without.

    With supersteps, the server is to choose the id. They may be refused and still leave the thread behind (D22): under
    an id that was in use before, a checker would take it for the thread that it deleted.
    """
    body: Any = case.body
    if case.operation.label != "POST /threads" or not isinstance(body, dict):
        return
    metadata = body.get("metadata", {})
    chance = crc32(repr(body).encode())
    if body.get("supersteps") and _is_uuid(body.get("thread_id")):
        body = {name: value for name, value in body.items() if name != "thread_id"}
    if isinstance(metadata, dict) and not (body.get("supersteps") and chance % 4 == 0):
        body = {**body, "metadata": {"graph_id": GRAPHS[chance % len(GRAPHS)], **metadata}}
    case.body = body


def _is_uuid(value: object) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True
