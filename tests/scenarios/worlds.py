"""Worlds made of a scenario's text, and what is seen of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from understudy.scenarios import Source, build, read
from understudy.state.checkpoints import ROOT, Checkpoint, thread_state
from understudy.state.clock import Clock
from understudy.state.world import World

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

T1 = "11111111-1111-4111-8111-111111111111"
T2 = "22222222-2222-4222-8222-222222222222"


def world_of(*texts: str) -> World:
    """Return the world of these scenarios at noon; its clock stands still and its ids repeat."""
    return build([read(Source("f.yaml", text)) for text in texts], Clock(NOON), seed=1)


def only_thread(world: World) -> dict[str, Any]:
    """Return the row of the only thread."""
    (row,) = world.threads.find().rows
    return row


def states(world: World, thread_id: str | None = None, namespace: str = ROOT) -> list[dict[str, Any]]:
    """Return the states of a thread, the only one if it is not named, oldest first and as the API answers them."""
    thread_id = thread_id or only_thread(world)["thread_id"]
    history = world.threads.history(thread_id)
    told = [thread_state(thread_id, history, step, namespace=namespace) for step in history.newest_first(namespace)]
    answered: list[dict[str, Any]] = json.loads(json.dumps(told[::-1]))
    return answered


def checkpoints(world: World) -> dict[str, dict[str, list[Checkpoint]]]:
    """Return everything that the world knows of the states of its threads."""
    return {row["thread_id"]: dict(world.threads.history(row["thread_id"])) for row in world.threads.find().rows}
