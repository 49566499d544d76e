"""Threads: create, find, change, copy, prune and measure them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents.places import Place, agent_of
from understudy.agents.updates import apply
from understudy.agents.writes import update_from
from understudy.errors import Invalid, Refusal, Unacceptable
from understudy.exchange import Answer, pagination
from understudy.state.extraction import parse, pick
from understudy.state.storage import storage as measure
from understudy.wire import canonical

from .queries import selected
from .state import refuse_busy, tell_update

if TYPE_CHECKING:
    from understudy.state.world import World
    from understudy.wire import JsonObject

FIELDS = (
    "thread_id",
    "created_at",
    "updated_at",
    "state_updated_at",
    "metadata",
    "config",
    "status",
    "values",
    "interrupts",
    "error",
    "extracted",
    "ttl",
)


async def create(world: World, body: JsonObject) -> JsonObject | Answer:
    """Make a thread; with `supersteps`, also its first checkpoints."""
    wanted = body.get("thread_id")
    row = world.threads.create(
        _canonical(wanted) if wanted else None,
        metadata=body.get("metadata"),
        ttl=body.get("ttl"),
        if_exists=body.get("if_exists", "raise"),
    )
    if not body.get("supersteps"):
        return row
    thread_id = row["thread_id"]
    refuse_busy(world, row)
    try:
        agent = agent_of(world, row)
    except Refusal as problem:
        trouble = f"Thread {thread_id} was created, but there were problems updating the state: {problem.detail}"
        return Answer({"detail": trouble}, status=201)
    supersteps = [[update_from(update) for update in step["updates"]] for step in body["supersteps"]]
    apply(world, thread_id, agent, supersteps, Place())
    tell_update(world, thread_id)
    return world.threads.get(thread_id)


async def search(world: World, body: JsonObject) -> Answer:
    """Return a page of the threads that match, the ones changed last first."""
    paths = parse(body.get("extract") or {}, reserved=FIELDS)
    sorted_by = body.get("sort_by")
    offset, limit = int(body.get("offset", 0)), int(body.get("limit", 10))
    page = world.threads.find(
        ids=[_searched(thread_id) for thread_id in body["ids"]] if body.get("ids") else None,
        metadata=body.get("metadata"),
        values=body.get("values"),
        status=body.get("status"),
        sort_by=sorted_by or "updated_at",
        order=body.get("sort_order", "desc") if sorted_by else "desc",
        offset=offset,
        limit=limit,
    )
    rows = selected(page.rows, body.get("select"))
    if paths:
        rows = [{**row, "extracted": pick(full, paths)} for row, full in zip(rows, page.rows, strict=True)]
    return Answer(rows, headers=pagination(offset=offset, limit=limit, shown=len(rows), more=page.more))


async def count(world: World, body: JsonObject) -> int:
    """Return how many threads match."""
    return world.threads.count(metadata=body.get("metadata"), values=body.get("values"), status=body.get("status"))


async def prune(world: World, body: JsonObject) -> JsonObject:
    """Delete threads, or all but the latest checkpoints of them; unknown ones are passed over."""
    thread_ids = [_canonical(thread_id) for thread_id in body["thread_ids"]]
    return {"pruned_count": world.threads.prune(thread_ids, body.get("strategy", "delete"))}


async def storage(world: World, thread_id: str) -> JsonObject:
    """Return how much a thread takes."""
    return measure(thread_id, world.threads.history(thread_id))


async def get(world: World, thread_id: str, include: str | None) -> JsonObject:
    """Return a thread; with `include=ttl`, also how long it has to live."""
    row = world.threads.get(thread_id)
    ttl = world.threads.ttl(thread_id)
    if ttl is not None and "ttl" in (include or "").split(","):
        return {**row, "ttl": ttl}
    return row


async def patch(world: World, thread_id: str, body: JsonObject, prefer: str | None) -> JsonObject | Answer:
    """Merge metadata into a thread; answer nothing where the client prefers that."""
    row = world.threads.patch(thread_id, metadata=body.get("metadata"), ttl=body.get("ttl"))
    if prefer == "return=minimal":
        return Answer(status=204)
    return row


async def delete(world: World, thread_id: str) -> None:
    """Delete a thread with everything that belongs to it."""
    world.threads.delete(thread_id)


async def copy(world: World, thread_id: str) -> JsonObject:
    """Make a thread with the metadata and the checkpoints of this one."""
    try:
        thread_id = canonical(thread_id)
    except ValueError as error:
        raise Unacceptable(str(error)) from None
    return world.threads.copy(thread_id)


def _canonical(thread_id: str) -> str:
    try:
        return canonical(thread_id)
    except ValueError:
        raise Invalid("Invalid thread ID: must be a UUID") from None


def _searched(thread_id: str) -> str:
    try:
        return canonical(thread_id)
    except ValueError:
        raise Unacceptable(f"Invalid thread ID {thread_id}") from None
