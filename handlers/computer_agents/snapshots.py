"""Snapshots: the files of a computer at several times, and new computers that begin with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .pages import page

if TYPE_CHECKING:
    from understudy.state.world import World
    from understudy.wire import JsonObject


async def find(world: World, environment_id: str, limit: int, offset: int) -> JsonObject:
    """Return a page of the snapshots of a computer, the newest first."""
    world.computer_agents.environments.get(environment_id)
    rows = world.computer_agents.snapshots.find(environment_id)
    return {"object": "list", "data": page(rows, offset=offset, limit=limit)}


async def initialize(world: World, environment_id: str) -> JsonObject:
    """Return the first snapshot of a computer."""
    world.computer_agents.environments.get(environment_id)
    return {"environmentId": environment_id, "snapshot": world.computer_agents.snapshots.initialize(environment_id)}


async def fork(world: World, environment_id: str, snapshot_id: str, body: JsonObject | None) -> JsonObject:
    """Make a computer like this one that has the files of a snapshot."""
    platform, given = world.computer_agents, body or {}
    platform.environments.get(environment_id)
    files = platform.snapshots.files(platform.snapshots.get(environment_id, snapshot_id)["id"])
    row = platform.environments.fork(environment_id, name=given.get("name"), description=given.get("description"))
    return {
        "environment": row,
        "snapshot": platform.snapshots.take(row["id"], files),
        "sourceSnapshotId": snapshot_id,
    }
