"""The yardstick: what a good engineer writes by hand to do the same work in memory, without validation.

Rows are dicts in order of change, metadata pairs are indexed, and answers have the shape and size of the real
ones. They are written by orjson, because the fake's are: Starlette's own JSONResponse is slower and would flatter
the fake. What is not here: checks of the input, CORS, counters, several worlds.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import orjson
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from .starlette_runs import stream

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request

Row = dict[str, Any]

NEXT = {"__start__": ["agent"], "agent": []}
MESSAGE_TYPES = {"user": "human", "human": "human", "assistant": "ai", "ai": "ai"}

threads: dict[str, Row] = {}
"""By id, the one changed last at the end."""
checkpoints: dict[str, list[Row]] = {}
by_pair: dict[tuple[str, Any], dict[str, None]] = {}


class Json(Response):
    """An answer in JSON."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Return the content as bytes."""
        return orjson.dumps(content)


def now() -> str:
    """Return the time as the API writes it."""
    return datetime.now(UTC).isoformat()


async def ok(_: Request) -> Response:
    """Answer that all is well."""
    return Json({"ok": True, "services": {}})


async def create(request: Request) -> Response:
    """Create a thread, with supersteps if there are any."""
    body = orjson.loads(await request.body())
    thread_id = body.get("thread_id") or str(uuid4())
    if thread_id in threads:
        if body.get("if_exists") == "do_nothing":
            return Json(threads[thread_id])
        return Json({"detail": f"Thread with ID {thread_id} already exists"}, 409)
    time = now()
    metadata = body.get("metadata", {})
    row: Row = {
        "thread_id": thread_id,
        "created_at": time,
        "updated_at": time,
        "state_updated_at": time,
        "metadata": metadata,
        "status": "idle",
        "config": {},
        "values": None,
    }
    for superstep in body.get("supersteps", ()):
        apply(row, superstep)
    threads[thread_id] = row
    for name, value in metadata.items():
        if not isinstance(value, (dict, list)):
            by_pair.setdefault((name, value), {})[thread_id] = None
    return Json(row)


def apply(row: Row, superstep: Row) -> None:
    """Add a checkpoint to a thread: its messages so far and those of the updates."""
    thread_id = row["thread_id"]
    history = checkpoints.setdefault(thread_id, [])
    messages = list(row["values"]["messages"]) if row["values"] else []
    following: list[str] = []
    for update in superstep["updates"]:
        messages += map(message, update["values"].get("messages", ()))
        following = NEXT[update["as_node"]]
    parent = history[-1]["checkpoint_id"] if history else None
    time = now()
    values = {"messages": messages}
    metadata = {"graph_id": row["metadata"]["graph_id"], "thread_id": thread_id}
    if parent:
        metadata = {"thread_id": thread_id, "checkpoint_id": parent}
    history.append(
        {
            "checkpoint_id": str(uuid4()),
            "parent_id": parent,
            "values": values,
            "next": following,
            "metadata": {**metadata, "source": "update", "step": len(history), "parents": {}},
            "created_at": time,
        }
    )
    row["status"] = "interrupted" if following else "idle"
    row["updated_at"] = row["state_updated_at"] = time
    row["values"] = values
    row["error"] = None
    row["interrupts"] = {}


def message(sent: Row) -> Row:
    """Return a message as the API shows it."""
    kept: Row = {
        "content": sent["content"],
        "additional_kwargs": sent.get("additional_kwargs", {}),
        "response_metadata": sent.get("response_metadata", {}),
        "type": MESSAGE_TYPES[sent.get("role") or sent["type"]],
        "name": sent.get("name"),
        "id": sent.get("id") or str(uuid4()),
    }
    if kept["type"] == "ai":
        kept |= {"tool_calls": [], "invalid_tool_calls": [], "usage_metadata": None}
    return kept


async def get(request: Request) -> Response:
    """Answer a thread."""
    row = threads.get(request.path_params["thread_id"])
    return Json(row) if row else missing(request)


async def search(request: Request) -> Response:
    """Answer a page of the threads that match, the one changed last first, and say whether more follow."""
    body = orjson.loads(await request.body())
    offset, limit = body.get("offset", 0), body.get("limit", 10)
    status = body.get("status")
    rows = candidates(body.get("metadata", {}))
    if status:
        rows = [row for row in rows if row["status"] == status]
    if body.get("sort_by", "updated_at") != "updated_at" or body.get("sort_order") == "asc":
        rows = sorted(
            rows,
            key=lambda row: row[body.get("sort_by", "updated_at")],
            reverse=body.get("sort_order") != "asc",
        )
    found = list(islice(rows, offset, offset + limit + 1))
    total = offset + len(found)
    headers = {"x-pagination-total": str(total)}
    if len(found) > limit:
        headers["x-pagination-next"] = str(offset + limit)
    return Json(found[:limit], headers=headers)


def candidates(metadata: Row) -> Iterable[Row]:
    """Return the threads that have this metadata, the one changed last first."""
    if not metadata:
        return reversed(threads.values())
    pairs = [pair for pair in metadata.items() if not isinstance(pair[1], (dict, list))]
    if pairs:
        ids = min((by_pair.get(pair, {}) for pair in pairs), key=len)
        rows = [threads[thread_id] for thread_id in ids]
        if len(metadata) > 1:
            rows = [row for row in rows if metadata.items() <= row["metadata"].items()]
    else:
        rows = [row for row in threads.values() if all(row["metadata"].get(n) == v for n, v in metadata.items())]
    return sorted(rows, key=lambda row: row["updated_at"], reverse=True)


async def state(request: Request) -> Response:
    """Answer the latest state of a thread."""
    thread_id = request.path_params["thread_id"]
    if thread_id not in threads:
        return missing(request)
    history = checkpoints.get(thread_id)
    if not history:
        nothing = dict.fromkeys(("metadata", "created_at", "checkpoint", "parent_checkpoint"))
        ids = dict.fromkeys(("checkpoint_id", "parent_checkpoint_id"))
        return Json({"values": {}, "next": [], "tasks": [], **nothing, "interrupts": [], **ids})
    latest = history[-1]
    return Json(
        {
            "values": latest["values"],
            "next": latest["next"],
            "tasks": [task(node) for node in latest["next"]],
            "metadata": latest["metadata"],
            "created_at": latest["created_at"],
            "checkpoint": pointer(thread_id, latest["checkpoint_id"]),
            "parent_checkpoint": pointer(thread_id, latest["parent_id"]),
            "interrupts": [],
            "checkpoint_id": latest["checkpoint_id"],
            "parent_checkpoint_id": latest["parent_id"],
        }
    )


def pointer(thread_id: str, checkpoint_id: str | None) -> Row | None:
    """Return how the API names a checkpoint."""
    if checkpoint_id is None:
        return None
    return {"checkpoint_id": checkpoint_id, "thread_id": thread_id, "checkpoint_ns": ""}


def task(node: str) -> Row:
    """Return a task that waits to run."""
    nothing = dict.fromkeys(("checkpoint", "state", "result"))
    return {
        "id": str(uuid4()),
        "name": node,
        "path": ["__pregel_pull", node],
        "error": None,
        "interrupts": [],
        **nothing,
    }


def missing(request: Request) -> Response:
    """Answer that there is no such thread."""
    return Json({"detail": f"Thread with ID {request.path_params['thread_id']} not found"}, 404)


app = Starlette(
    routes=[
        Route("/ok", ok),
        Route("/threads", create, methods=["POST"]),
        Route("/threads/search", search, methods=["POST"]),
        Route("/threads/{thread_id}", get),
        Route("/threads/{thread_id}/state", state),
        Route("/runs/stream", stream, methods=["POST"]),
    ]
)
