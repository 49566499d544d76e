"""Computers: create, find, configure and delete them, start and stop them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .pages import listed, page

if TYPE_CHECKING:
    from understudy.state.world import World
    from understudy.wire import JsonObject


async def find(world: World, project_id: str | None, status: str | None, limit: int | None, offset: int) -> JsonObject:
    """Return a page of the computers that match, all of them if no limit is told."""
    rows = world.computer_agents.environments.find(project_id=project_id, status=status)
    return listed(page(rows, offset=offset, limit=limit), offset=offset, total=len(rows))


async def create(world: World, body: JsonObject) -> JsonObject:
    """Make a computer."""
    return {"environment": world.computer_agents.environments.create(body)}


async def default(world: World) -> JsonObject:
    """Return the default computer, by both of the forms that clients read."""
    row = world.computer_agents.environments.default()
    return {**row, "environment": row}


async def get(world: World, environment_id: str) -> JsonObject:
    """Return a computer."""
    return {"environment": world.computer_agents.environments.get(environment_id)}


async def patch(world: World, environment_id: str, body: JsonObject) -> JsonObject:
    """Change what is told of a computer."""
    return {"environment": world.computer_agents.environments.patch(environment_id, body)}


async def put(world: World, environment_id: str, body: JsonObject) -> JsonObject:
    """Configure a computer anew."""
    return {"environment": world.computer_agents.environments.replace(environment_id, body)}


async def delete(world: World, environment_id: str, hard: bool) -> JsonObject:
    """Delete a computer, for good if asked."""
    world.computer_agents.environments.delete(environment_id, for_good=hard)
    return {"deleted": True}


async def set_default(world: World, environment_id: str) -> JsonObject:
    """Make a computer the one that threads work in which name none."""
    return {"environment": world.computer_agents.environments.set_default(environment_id)}


async def status(world: World, environment_id: str) -> JsonObject:
    """Return whether a computer runs, and since when."""
    return world.computer_agents.environments.status(environment_id)


async def start(world: World, environment_id: str, body: JsonObject | None) -> JsonObject:
    """Start a computer; what it is to be prepared for changes nothing."""
    return world.computer_agents.environments.start(environment_id)


async def stop(world: World, environment_id: str, body: JsonObject | None) -> JsonObject:
    """Stop a computer; it has no more than the one container, whichever is named."""
    return world.computer_agents.environments.stop(environment_id)
