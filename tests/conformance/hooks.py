"""What Schemathesis cannot know of the API from its document, and would find by chance only."""

from __future__ import annotations

from typing import Any
from zlib import crc32

import schemathesis

GRAPHS = ("agent", "steps", "chat", "custom", "parent", "par", "ctx", "cfg", None)


@schemathesis.hook.apply_to(name="POST /threads")
def before_call(context: schemathesis.HookContext, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    """Give most threads a graph: without one, their state cannot be updated."""
    body = case.body
    if isinstance(body, dict) and isinstance(body.get("metadata", {}), dict):
        graph_id = GRAPHS[crc32(repr(body).encode()) % len(GRAPHS)]
        if graph_id is None:
            return
        case.body = {**body, "metadata": {"graph_id": graph_id, **body.get("metadata", {})}}
