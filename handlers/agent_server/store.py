"""The store: put, get, delete and search documents, list their namespaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject


async def put(world: World, body: JsonObject) -> None:
    """Store a document. What is to be indexed does not matter: there is no search by meaning."""
    world.store.put(body["namespace"], body["key"], body["value"], ttl=body.get("ttl"))


async def get(world: World, namespace: str | None, key: str | None, refresh_ttl: Json) -> JsonObject | None:
    """Return a document, or null; the namespace comes as its labels with periods between them."""
    refresh = None if refresh_ttl is None else str(refresh_ttl).lower() == "true"
    return world.store.get((namespace or "").split("."), key, refresh_ttl=refresh)


async def delete(world: World, body: JsonObject) -> None:
    """Delete a document, if it is there."""
    world.store.delete(body.get("namespace", []), body["key"])


async def search(world: World, body: JsonObject) -> JsonObject:
    """Return a page of the documents under a namespace; a limit of zero is none given."""
    items = world.store.search(
        body["namespace_prefix"],
        wanted=body.get("filter"),
        offset=int(body.get("offset", 0)),
        limit=int(body.get("limit", 10)) or 10,
        refresh_ttl=body.get("refresh_ttl"),
    )
    return {"items": [{**item, "score": None} for item in items]}


async def namespaces(world: World, body: JsonObject) -> JsonObject:
    """Return a page of the namespaces, in order of their labels."""
    depth = body.get("max_depth")
    found = world.store.namespaces(
        prefix=body.get("prefix", ()),
        suffix=body.get("suffix", ()),
        max_depth=None if depth is None else int(depth),
        offset=int(body.get("offset", 0)),
        limit=int(body.get("limit", 100)),
    )
    return {"namespaces": found}
