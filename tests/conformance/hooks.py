"""What Schemathesis cannot know of the API from its document, and would meet by chance only."""

from __future__ import annotations

from typing import Any
from zlib import crc32

import schemathesis

GRAPHS = ("agent", "steps", "chat", "custom", "parent", "par", "ctx", "cfg")


@schemathesis.hook.apply_to(name="POST /threads")
def before_call(context: schemathesis.HookContext, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    """Give a thread a graph: without one, its state cannot be updated. A few supersteps go without."""
    body = case.body
    if not isinstance(body, dict) or not isinstance(body.get("metadata", {}), dict):
        return
    chance = crc32(repr(body).encode())
    if body.get("supersteps") and chance % 4 == 0:
        return
    case.body = {**body, "metadata": {"graph_id": GRAPHS[chance % len(GRAPHS)], **body.get("metadata", {})}}
