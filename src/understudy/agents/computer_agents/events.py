"""The events of an execution, as the Computer Agents API tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from understudy.wire import JsonObject


def thread_created(thread: JsonObject) -> JsonObject:
    """A thread was made, in which something is executed."""
    return {"type": "thread.created", "thread": thread}


def response_started(response_id: str) -> JsonObject:
    """The agent begins."""
    return {"type": "response.started", "response": {"id": response_id, "status": "in_progress", "content": ""}}


def item_completed(item: JsonObject) -> JsonObject:
    """The agent did or said something."""
    return {"type": "response.item.completed", "item": item}


def response_completed(response_id: str, content: str, items: list[JsonObject], used: tuple[int, int]) -> JsonObject:
    """The agent has answered; `used` are the tokens that went in and came out."""
    tokens_in, tokens_out = used
    usage = {
        "inputTokens": tokens_in,
        "outputTokens": tokens_out,
        "input_tokens": tokens_in,
        "output_tokens": tokens_out,
        "cached_tokens": 0,
        "total_tokens": tokens_in + tokens_out,
    }
    response = {"id": response_id, "status": "completed", "content": content, "output": items, "usage": usage}
    return {"type": "response.completed", "response": {**response, "cost_usd": 0, "cost_ct": 0}}


def stream_completed(run_id: str, status: str, used: tuple[int, int]) -> JsonObject:
    """The execution has ended otherwise than by a failure."""
    return {
        "type": "stream.completed",
        "run": {"id": run_id, "status": status, "tokens": {"input": used[0], "output": used[1]}},
        "queued": False,
    }


def stream_error(error: str, message: str) -> JsonObject:
    """The agent failed."""
    return {"type": "stream.error", "message": message, "error": error}
