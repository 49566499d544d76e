"""Projects: create, find, change and delete them, and see what belongs to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .pages import listed, page

if TYPE_CHECKING:
    from understudy.state.world import World
    from understudy.wire import JsonObject

RECENT = 10
"""How many threads are told of a project."""


async def find(world: World, type: str | None, q: str | None, limit: int | None) -> JsonObject:
    """Return the projects that match, by both of the names that clients read."""
    rows = world.computer_agents.projects.find(kind=type, text=q)
    told = listed(page(rows, limit=limit), total=len(rows))
    return {**told, "projects": told["data"], "count": len(told["data"])}


async def create(world: World, body: JsonObject) -> JsonObject:
    """Make a project."""
    return {"project": world.computer_agents.projects.create(body)}


async def get(world: World, project_id: str) -> JsonObject:
    """Return a project with its computers, its threads that were changed last, and what those have cost."""
    platform = world.computer_agents
    project = platform.projects.get(project_id)
    named = project["environmentIds"]
    environments = [
        row for row in platform.environments.find() if row.get("projectId") == project_id or row["id"] in named
    ]
    threads = platform.threads.find({"projectId": project_id}).rows
    return {
        "project": project,
        "summary": {
            "environmentsCount": len(environments),
            "threadsCount": len(threads),
            "activeThreadsCount": sum(row["status"] == "running" for row in threads),
        },
        "environments": environments,
        "recentThreads": [platform.threads.shown(row) for row in threads[:RECENT]],
        "stats": {
            "threadCount": len(threads),
            "runCount": sum(
                step["stepKind"] == "user_message" for row in threads for step in platform.steps.of(row["id"])
            ),
            "totalTokens": sum(row["inputTokens"] + row["outputTokens"] for row in threads),
            "totalCost": sum(row["totalCost"] for row in threads),
        },
    }


async def update(world: World, project_id: str, body: JsonObject) -> JsonObject:
    """Change what is told of a project."""
    return {"project": world.computer_agents.projects.update(project_id, body)}


async def delete(world: World, project_id: str) -> JsonObject:
    """Delete a project, but nothing that belongs to it."""
    world.computer_agents.projects.delete(project_id)
    return {"deleted": True}
