"""What a thread waits for, once it is known."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from understudy.errors import NotFound
from understudy.state.feeds import END

if TYPE_CHECKING:
    from understudy.state.world import World
    from understudy.wire import JsonObject

_PATIENCE = timedelta(seconds=5)
"""How long a busy thread is waited for."""


async def settled(world: World, thread_id: str) -> frozenset[str] | None:
    """Return the ids of the interrupts that a thread waits at, None if there is no such thread.

    While it is busy and waits at none, this takes until it is neither, or five seconds.
    """
    waiting = _waiting(world, thread_id)
    if waiting or _row(world, thread_id).get("status") != "busy":
        return waiting
    deadline = world.clock.now() + _PATIENCE
    reader = world.feeds.of(thread_id).read(lambda event: event.name == END)
    timer = asyncio.ensure_future(world.clock.reach(deadline))
    try:
        while not (timer.done() or reader.is_closed or waiting) and _row(world, thread_id).get("status") == "busy":
            ended = asyncio.ensure_future(reader.batch())
            await asyncio.wait({timer, ended}, return_when=asyncio.FIRST_COMPLETED)
            ended.cancel()
            waiting = _waiting(world, thread_id)
        return waiting
    finally:
        timer.cancel()
        reader.close()


def asked(world: World, thread_id: str) -> str | None:
    """Return the assistant that ran last on a thread."""
    assistant_id = _row(world, thread_id).get("metadata", {}).get("assistant_id")
    return assistant_id if isinstance(assistant_id, str) else None


def _waiting(world: World, thread_id: str) -> frozenset[str] | None:
    row = _row(world, thread_id)
    if not row:
        return None
    return frozenset(one["id"] for interrupts in (row.get("interrupts") or {}).values() for one in interrupts)


def _row(world: World, thread_id: str) -> JsonObject:
    try:
        return world.threads.get(thread_id)
    except NotFound:
        return {}
