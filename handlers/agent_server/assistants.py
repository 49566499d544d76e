"""Assistants: create, find, change and delete them, go back to a version, look at their graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents import launching
from understudy.agents.description import describe, describe_subgraphs
from understudy.agents.drawing import draw
from understudy.errors import Invalid
from understudy.exchange import Answer, pagination
from understudy.state.assistants import identified

from .queries import flag, selected

if TYPE_CHECKING:
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject

_TRUE = ("true", "True")
_FALSE = ("false", "False", "")


async def create(world: World, body: JsonObject) -> JsonObject:
    """Make an assistant; an empty id is none."""
    wanted = body.get("assistant_id")
    return world.assistants.create(
        body["graph_id"],
        identified(wanted) if wanted else None,
        config=body.get("config"),
        context=body.get("context"),
        metadata=body.get("metadata"),
        name=body.get("name"),
        description=body.get("description"),
        if_exists=body.get("if_exists", "raise"),
    )


async def search(world: World, body: JsonObject) -> Answer:
    """Return a page of the assistants that match, the newest first."""
    sorted_by = body.get("sort_by")
    offset, limit = int(body.get("offset", 0)), int(body.get("limit", 10))
    page = world.assistants.search(
        graph_id=body.get("graph_id"),
        name=body.get("name"),
        metadata=body.get("metadata"),
        sort_by=sorted_by or "created_at",
        order=body.get("sort_order", "desc") if sorted_by else "desc",
        offset=offset,
        limit=limit,
    )
    rows = selected(page.rows, body.get("select"))
    return Answer(rows, headers=pagination(offset=offset, limit=limit, shown=len(rows), more=page.more))


async def count(world: World, body: JsonObject) -> int:
    """Return how many assistants match."""
    return world.assistants.count(graph_id=body.get("graph_id"), name=body.get("name"), metadata=body.get("metadata"))


async def get(world: World, assistant_id: str) -> JsonObject:
    """Return an assistant as it is now."""
    return world.assistants.get(assistant_id)


async def patch(world: World, assistant_id: str, body: JsonObject) -> JsonObject:
    """Change an assistant, which makes a new version of it."""
    return world.assistants.patch(assistant_id, body)


async def delete(world: World, assistant_id: str, delete_threads: Json) -> None:
    """Delete an assistant with its crons, and stop its runs; delete its threads too, if asked."""
    world.assistants.delete(assistant_id)
    world.crons.forget_assistant(assistant_id)
    await launching.forsake(world, assistant_id)
    if str(delete_threads).lower() == "true":
        of_it = world.threads.rows_with(assistant_id=assistant_id)
        world.threads.prune([thread["thread_id"] for thread in of_it], "delete")


async def versions(world: World, assistant_id: str, body: JsonObject) -> list[JsonObject]:
    """Return a page of an assistant's versions, the highest first."""
    return world.assistants.versions(
        assistant_id,
        metadata=body.get("metadata"),
        offset=int(body.get("offset", 0)),
        limit=int(body.get("limit", 10)),
    )


async def set_latest(world: World, assistant_id: str, body: JsonObject) -> JsonObject:
    """Make a version of an assistant its current one."""
    return world.assistants.set_latest(assistant_id, body.get("version"))


async def graph(world: World, assistant_id: str, xray: Json) -> JsonObject:
    """Return the picture of an assistant's graph; its name will do for an id."""
    agent = world.assistants.agent(world.assistants.named(assistant_id))
    return draw(agent, levels=_levels(xray))


async def schemas(world: World, assistant_id: str) -> JsonObject:
    """Return the schemas of an assistant's graph."""
    agent = world.assistants.agent(assistant_id)
    return {"graph_id": agent.graph_id, **describe(agent)}


async def subgraphs(world: World, assistant_id: str, recurse: Json) -> JsonObject:
    """Return the schemas of all subgraphs of an assistant's graph, by namespace."""
    return describe_subgraphs(world.assistants.agent(assistant_id), recurse=flag(recurse))


async def subgraph(world: World, assistant_id: str, namespace: str, recurse: Json) -> JsonObject:
    """Return the schemas of one subgraph; none at all if there is no such namespace."""
    agent = world.assistants.agent(assistant_id)
    return describe_subgraphs(agent, namespace=namespace, recurse=flag(recurse))


def _levels(xray: Json) -> int | None:
    """Return how many levels of subgraphs are asked for, None for all of them. Invalid if that is no depth."""
    text = str(xray)
    if text in _TRUE:
        return None
    if xray is None or text in _FALSE:
        return 0
    try:
        levels = int(text)
    except ValueError:
        levels = 0
    if levels < 1:
        raise Invalid("Invalid xray value")
    return levels
