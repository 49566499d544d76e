"""What Schemathesis cannot know of the API from its document, and would find by chance only."""

from __future__ import annotations

from typing import Any
from zlib import crc32

import schemathesis

GRAPHS = ("agent", "steps", "chat", "custom", "parent", "par", "ctx", "cfg")


@schemathesis.hook.apply_to(name="POST /threads")
def map_body(context: schemathesis.HookContext, body: Any) -> Any:
    """Give a thread a graph: without one, its state cannot be updated."""
    if isinstance(body, dict) and isinstance(body.get("metadata", {}), dict):
        body["metadata"] = {"graph_id": GRAPHS[crc32(repr(body).encode()) % len(GRAPHS)], **body.get("metadata", {})}
    return body
