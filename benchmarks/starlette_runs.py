"""The yardstick for streams: each event is made and sent when its turn comes, and nothing else is done for it.

Events have the shape and size of the real ones. What is not here: supersteps, state, other readers, cancelling.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import orjson
from starlette.responses import StreamingResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request

Row = dict[str, Any]


async def stream(request: Request) -> StreamingResponse:
    """Play the agent that is asked for and send its events as they occur."""
    body = orjson.loads(await request.body())
    run = {"run_id": str(uuid4()), "thread_id": str(uuid4())}
    pieces = AGENTS[body["assistant_id"]](run, **body["input"])
    headers = {"cache-control": "no-store", "location": f"/runs/{run['run_id']}/stream"}
    return StreamingResponse(begun(run, pieces), media_type="text/event-stream", headers=headers)


async def begun(run: Row, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the event that names the run, and then the others."""
    yield frame("metadata", {"run_id": run["run_id"], "attempt": 1})
    async for piece in pieces:
        yield piece


async def tokens(run: Row, n: int, pace: float = 0) -> AsyncIterator[bytes]:
    """Say the numbers from 1 to n, with a space after each."""
    message: Row = {
        "content": "",
        "additional_kwargs": {},
        "response_metadata": {},
        "type": "AIMessageChunk",
        "name": None,
        "id": f"lc_run--{uuid4()}",
        "tool_calls": [],
        "invalid_tool_calls": [],
        "usage_metadata": None,
        "tool_call_chunks": [],
        "chunk_position": None,
    }
    place = f"speak:{uuid4()}"
    metadata = {
        "created_by": "system",
        "graph_id": "tokens",
        "assistant_id": str(uuid4()),
        "run_attempt": 1,
        "langgraph_version": "1.2.22",
        "langgraph_api_version": "0.16.7",
        "langgraph_plan": "enterprise",
        "langgraph_host": "self-hosted",
        "langgraph_api_url": "http://127.0.0.1:2024",
        **run,
        "ls_integration": "langchain_chat_model",
        "langgraph_step": 1,
        "langgraph_node": "speak",
        "langgraph_triggers": ["branch:to:speak"],
        "langgraph_path": ["__pregel_pull", "speak"],
        "langgraph_checkpoint_ns": place,
        "checkpoint_ns": place,
        "ls_provider": "genericfakechatmodel",
        "ls_model_type": "chat",
        "lc_versions": {"langchain-core": "1.7.2"},
    }
    for number in range(1, n + 1):
        for text in (str(number), " "):
            if pace:
                await asyncio.sleep(pace)
            yield frame("messages", [{**message, "content": text}, metadata])


async def progress(_: Row, n: int) -> AsyncIterator[bytes]:
    """Tell of the numbers from 1 to n."""
    for number in range(1, n + 1):
        yield frame("custom", {"progress": number})


async def counter(_: Row, n: int) -> AsyncIterator[bytes]:
    """Count from 1 to n."""
    for number in range(n + 1):
        yield frame("values", {"n": n, "count": number})


def frame(event: str, data: Any) -> bytes:
    """Return an event as it goes over the wire."""
    return b"event: %b\r\ndata: %b\r\n\r\n" % (event.encode(), orjson.dumps(data))


AGENTS: dict[str, Callable[..., AsyncIterator[bytes]]] = {"tokens": tokens, "progress": progress, "counter": counter}
