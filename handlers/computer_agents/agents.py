"""Agents: create, find, change and delete them; which models they can have."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from understudy.state.computer_agents.agents import MODEL

from .pages import listed, page

if TYPE_CHECKING:
    from understudy.state.world import World
    from understudy.wire import JsonObject


async def find(world: World, limit: int, offset: int) -> JsonObject:
    """Return a page of the agents."""
    rows = world.computer_agents.agents.find()
    return listed(page(rows, offset=offset, limit=limit), offset=offset, total=len(rows))


async def create(world: World, body: JsonObject) -> JsonObject:
    """Make an agent."""
    return {"agent": world.computer_agents.agents.create(body)}


async def get(world: World, agent_id: str) -> JsonObject:
    """Return an agent."""
    return {"agent": world.computer_agents.agents.get(agent_id)}


async def update(world: World, agent_id: str, body: JsonObject) -> JsonObject:
    """Change what is told of an agent."""
    return {"agent": world.computer_agents.agents.update(agent_id, body)}


async def delete(world: World, agent_id: str, hard: bool) -> JsonObject:
    """Delete an agent; for good or not makes no difference."""
    world.computer_agents.agents.delete(agent_id)
    return {"deleted": True}


async def models(world: World) -> JsonObject:
    """Return the model that is built in, and those that agents have."""
    names = dict.fromkeys([MODEL, *(agent["model"] for agent in world.computer_agents.agents.find())])
    return {
        "mode": "managed_catalog",
        "modelSelection": True,
        "tier": "pro",
        "models": [_model(name) for name in names],
    }


def _model(name: str) -> JsonObject:
    """Return what the catalog says of a model; of one that is `external:{provider}:{model}` with its provider."""
    kind, _, rest = name.partition(":")
    provider, _, label = rest.partition(":")
    external = kind == "external" and bool(label)
    return {
        "id": name,
        "label": unquote(label) if external else name,
        "description": "Played from a script",
        "intelligence": "high",
        "contextWindow": "200K",
        "speed": "fast",
        "source": "external" if external else "managed",
        "providerType": provider if external else None,
        "requiredTier": "free",
        "locked": False,
    }
