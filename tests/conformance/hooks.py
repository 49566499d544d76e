"""What Schemathesis cannot know of the API from its document, and would meet by chance only."""

from __future__ import annotations

from typing import Any
from zlib import crc32

import schemathesis

GRAPHS = ("agent", "steps", "chat", "custom", "parent", "par", "ctx", "cfg")


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]) -> None:
    """Give a new thread a graph: without one, its state cannot be updated. A few supersteps go without."""
    body: Any = case.body
    if case.operation.label != "POST /threads" or not isinstance(body, dict):
        return
    metadata = body.get("metadata", {})
    chance = crc32(repr(body).encode())
    if isinstance(metadata, dict) and not (body.get("supersteps") and chance % 4 == 0):
        case.body = {**body, "metadata": {"graph_id": GRAPHS[chance % len(GRAPHS)], **metadata}}
