"""The server itself: its health, its version, its figures, and its document for programs and for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from understudy.errors import Unacceptable
from understudy.exchange import Answer
from understudy.state.imitated import LANGGRAPH, LANGGRAPH_API

from .manual import manual
from .metrics import as_json, as_text

if TYPE_CHECKING:
    from understudy.exchange import Caller, Service
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject

# What the server says that the document was published with: clients read it to tell what they may ask for.
_FLAGS = {
    "assistants": True,
    "crons": True,
    "langsmith": False,
    "langsmith_tracing_replicas": True,
    "langsmith_tracing_session_on_runs": True,
}
_HOST = {
    "kind": "self-hosted",
    "project_id": None,
    "host_revision_id": None,
    "revision_id": None,
    "tenant_id": None,
}


# As the real server does, which knows its graphs.
_WITH_GRAPH_ID = ("Assistant", "AssistantCreate", "AssistantPatch", "AssistantSearchRequest", "GraphSchema")


async def ok(world: World, check_db: Json) -> JsonObject:
    """Say that the server is well. There is no database to check, but what is asked has to be a number."""
    try:
        int(0 if check_db is None else check_db)
    except ValueError as error:
        raise Unacceptable(str(error)) from None
    return await root(world)


async def root(world: World) -> JsonObject:
    """Say that the server is well."""
    return {"ok": True, "services": {}}


async def info(world: World) -> JsonObject:
    """Return which version this is an imitation of, and what that one can do."""
    return {
        "version": LANGGRAPH_API,
        "langgraph_py_version": LANGGRAPH,
        "flags": _FLAGS,
        "host": _HOST,
    }


async def metrics(world: World, service: Service, format: str | None) -> Answer:
    """Return what was counted; as text for Prometheus unless JSON is asked for."""
    if format == "json":
        return Answer(as_json(world, service))
    return Answer(as_text(world, service, LANGGRAPH_API), media_type="text/plain; version=1.0.0; charset=utf-8")


async def docs(world: World, service: Service) -> Answer:
    """Return the document for people: one page that needs nothing else."""
    return Answer(manual(service.document).encode(), media_type="text/html; charset=utf-8")


async def openapi(world: World, service: Service, caller: Caller) -> Answer:
    """Return the document for programs, with the address of this server and the graphs that it has."""
    document = _with_graphs(service.document, [agent.graph_id for agent in world.agents])
    # As bytes, which go out as they are: patterns in it speak of NUL.
    return Answer(orjson.dumps({**document, "servers": [{"url": caller.base_url}]}))


def _with_graphs(document: JsonObject, graph_ids: list[str]) -> JsonObject:
    """Return the document with the graph ids that there are, where it speaks of one."""
    if not graph_ids:
        return document
    schemas = document["components"]["schemas"]
    known = {name: _with_enum(schemas[name], "graph_id", graph_ids) for name in _WITH_GRAPH_ID}
    return {**document, "components": {**document["components"], "schemas": {**schemas, **known}}}


def _with_enum(schema: JsonObject, name: str, values: list[str]) -> JsonObject:
    properties = schema["properties"]
    return {**schema, "properties": {**properties, name: {**properties[name], "enum": values}}}
