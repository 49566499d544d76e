"""Executions: say something in a thread and follow what its agent does, cancel that, open the thread again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents.computer_agents.playing import execute
from understudy.errors import Invalid
from understudy.exchange import Stream
from understudy.state.computer_agents.executions import REOPENED, Made, NothingToCancel
from understudy.state.feeds import END
from understudy.wire import dumps, without_nul

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from understudy.state.computer_agents.executions import Execution
    from understudy.state.computer_agents.platform import ComputerAgents
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject

MEDIA_TYPE = "text/event-stream"

HEADERS = {"cache-control": "no-cache", "connection": "keep-alive"}

STATUS = ("status", "startedAt", "completedAt", "duration", "updatedAt")


async def start(world: World, thread_id: str, body: JsonObject, idempotency_key: str | None) -> Stream:
    """Add a message of the user to a thread, and stream the agent's work on it."""
    platform = world.computer_agents
    platform.threads.get(thread_id)
    made = platform.executions.made(idempotency_key, thread_id=thread_id)
    if made is None:
        platform.executions.refuse_busy(thread_id)
        _put_back(platform, thread_id, body)
        platform.messages.add(thread_id, "user", body["content"], body.get("messageMetadata"))
        made = Made(thread_id, execute(world, thread_id, body))
        platform.executions.remember(idempotency_key, made, thread_id=thread_id)
    assert made.execution is not None
    return streamed(made.execution)


async def cancel(world: World, thread_id: str) -> JsonObject:
    """Cancel what is being executed in a thread."""
    platform = world.computer_agents
    row = platform.threads.get(thread_id)
    execution = platform.executions.at_work(thread_id)
    if execution is not None:
        execution.cancel()
    elif row["status"] == "running":
        # A scenario says that it is, and nothing plays it.
        platform.threads.update(thread_id, status="cancelled")
    else:
        raise NothingToCancel(thread_id)
    return {"success": True}


async def resume(world: World, thread_id: str) -> JsonObject:
    """Let a thread be active again that was cancelled, failed or archived."""
    threads = world.computer_agents.threads
    row = threads.get(thread_id)
    if row["status"] in REOPENED:
        row = threads.update(thread_id, status="active")
    return {"thread": threads.shown(row)}


async def status(world: World, thread_id: str) -> JsonObject:
    """Return how the last execution of a thread stands."""
    threads = world.computer_agents.threads
    thread = threads.shown(threads.get(thread_id))
    return {"id": thread_id, "threadId": thread_id, **{name: thread[name] for name in STATUS}}


def streamed(execution: Execution) -> Stream:
    """Return the stream of an execution, from its first event to its last."""
    return Stream(_events(execution), MEDIA_TYPE, HEADERS)


async def _events(execution: Execution) -> AsyncGenerator[bytes, None]:
    reader = execution.feed.read(lambda event: True, past=execution.feed.kept())
    try:
        async for event in reader:
            if event.name == END:
                break
            yield _frame(event.data)
    finally:
        reader.close()


def _frame(event: Json) -> bytes:
    """Return an event as this API frames it: one line of data, and an empty one."""
    return b"data: %b\n\n" % without_nul(dumps(event))


def _put_back(platform: ComputerAgents, thread_id: str, body: JsonObject) -> None:
    """Take the messages away that are to be said anew, with the steps that were done for them."""
    messages = platform.messages.of(thread_id)
    kept = int(body.get("truncateAtMessageIndex", len(messages)))
    edited = body.get("editMessageId")
    if edited:
        place = next((at for at, message in enumerate(messages) if message["id"] == edited), None)
        if place is None:
            raise Invalid(f"Thread {thread_id} has no message {edited}", "editMessageId")
        kept = min(kept, place)
    gone = platform.messages.cut(thread_id, kept)
    if gone:
        platform.steps.forget(thread_id, {message["id"] for message in gone})
