"""A thread's state: as it is, as it was at a checkpoint, its history, and changes to it from outside."""

from __future__ import annotations

from itertools import islice
from sys import maxsize
from typing import TYPE_CHECKING

from understudy.agents.beside import is_of_another, seen_by
from understudy.agents.places import Place, agent_of, subgraph_of
from understudy.agents.results import settled
from understudy.agents.updates import apply
from understudy.agents.writes import update_from
from understudy.errors import Conflict, Invalid, Unacceptable
from understudy.state.checkpoints import ROOT, checkpoint_ref, empty_state, thread_state

from .queries import flag

if TYPE_CHECKING:
    from understudy.state.checkpoints import Checkpoint, History
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject


async def get(world: World, thread_id: str, subgraphs: Json) -> JsonObject:
    """Return the thread's latest state; an empty one if it never ran."""
    return _state(world, thread_id, {}, subgraphs=flag(subgraphs))


async def get_at(world: World, thread_id: str, checkpoint_id: str, subgraphs: Json) -> JsonObject:
    """Return the thread's state at a checkpoint; an empty one if there is no such checkpoint."""
    return _state(world, thread_id, {"checkpoint_id": checkpoint_id}, subgraphs=flag(subgraphs))


async def get_at_post(world: World, thread_id: str, body: JsonObject) -> JsonObject:
    """Return the thread's state at a checkpoint, also one of a subgraph."""
    return _state(world, thread_id, body["checkpoint"], subgraphs=bool(body.get("subgraphs")))


async def update(world: World, thread_id: str, body: JsonObject) -> JsonObject:
    """Change the state as if a node had returned the values; return where the new checkpoint is."""
    row = world.threads.get(thread_id)
    agent = agent_of(world, row)
    refuse_busy(world, row)
    at = body.get("checkpoint") or {}
    checkpoint_id = at.get("checkpoint_id") or body.get("checkpoint_id")
    place = Place(at.get("checkpoint_ns") or ROOT, str(checkpoint_id) if checkpoint_id else None)
    made = apply(world, thread_id, agent, [[update_from(body)]], place)
    tell_update(world, thread_id)
    ref = checkpoint_ref(thread_id, place.namespace, made.id, made.metadata.get("parents", {}))
    return {"checkpoint": ref, "configurable": ref, "checkpoint_id": made.id}


def refuse_busy(world: World, row: JsonObject) -> None:
    """Raise Conflict if runs are under way on a thread: its state is theirs to change."""
    thread_id = row["thread_id"]
    active = world.runs.active(thread_id)
    if active or row["status"] == "busy":
        raise Conflict(f"Thread {thread_id} has in-flight runs: {[run['run_id'] for run in active]}")


def tell_update(world: World, thread_id: str) -> None:
    """Tell whoever follows the thread that its state was changed from outside."""
    told = {"state": _state(world, thread_id, {}, subgraphs=False), "thread_id": thread_id}
    world.feeds.tell(thread_id, "state_update", told)


async def history(world: World, thread_id: str, limit: Json, before: str | None) -> list[JsonObject]:
    """Return the latest states, the newest first: one by default, those before a checkpoint if asked."""
    try:
        wanted = int(limit)
    except ValueError:
        raise Invalid(f"Invalid limit {limit}") from None
    return _history(world, thread_id, limit=max(wanted, 0), before=before)


async def search_history(world: World, thread_id: str, body: JsonObject) -> list[JsonObject]:
    """Return the states that match, the newest first."""
    place = body.get("before") or {}
    before = place.get("checkpoint_id") or (place.get("configurable") or {}).get("checkpoint_id")
    if before is not None and not isinstance(before, str):
        raise Invalid(f"before names a checkpoint by its id, which is a text, not {before}")
    return _history(
        world,
        thread_id,
        limit=int(body.get("limit", 1)),
        before=before,
        metadata=body.get("metadata"),
        at=body.get("checkpoint"),
    )


def _state(world: World, thread_id: str, at: JsonObject, *, subgraphs: bool) -> JsonObject:
    known = _known_history(world, thread_id)
    namespace = at.get("checkpoint_ns") or ROOT
    wanted = at.get("checkpoint_id")
    found = known.find(wanted, namespace) if wanted else known.latest(namespace)
    if found is None:
        # Without a graph, there is nothing to look in.
        graph_id = world.threads.get(thread_id)["metadata"].get("graph_id")
        return empty_state(_sought(thread_id, at) if wanted and graph_id else None)
    if not wanted:
        found = _as_read(world, thread_id, found, namespace)
    state = thread_state(thread_id, known, found, namespace=namespace, subgraphs=subgraphs)
    if wanted and "checkpoint_ns" not in at:
        # Asked for by id alone, the reference server leaves the namespace out of its answer.
        state["checkpoint"] = {name: value for name, value in state["checkpoint"].items() if name != "checkpoint_ns"}
    return state


def _as_read(world: World, thread_id: str, latest: Checkpoint, namespace: str) -> Checkpoint:
    """Return the latest checkpoint as the thread's graph sees it, with what its tasks have done since.

    It is returned as it is where that cannot be told.
    """
    try:
        agent = agent_of(world, world.threads.get(thread_id))
        if namespace == ROOT and is_of_another(agent, latest):
            latest = seen_by(agent, latest)
        return settled(subgraph_of(agent, namespace), latest, world.ids)
    except Unacceptable:
        return latest


def _history(
    world: World,
    thread_id: str,
    *,
    limit: int,
    before: str | None = None,
    metadata: JsonObject | None = None,
    at: JsonObject | None = None,
) -> list[JsonObject]:
    known = _known_history(world, thread_id)
    namespace = (at or {}).get("checkpoint_ns") or ROOT
    only = (at or {}).get("checkpoint_id")

    def matches(step: Checkpoint) -> bool:
        return (
            (not before or step.id < before)
            and (not only or step.id == only)
            and (not metadata or all(step.metadata.get(name) == value for name, value in metadata.items()))
        )

    found = islice(filter(matches, known.newest_first(namespace)), min(limit, maxsize))
    return [thread_state(thread_id, known, step, namespace=namespace) for step in found]


def _known_history(world: World, thread_id: str) -> History:
    """Return the thread's history. NotFound if there is no thread, or if it names a graph that nobody knows."""
    row = world.threads.get(thread_id)
    if row["metadata"].get("graph_id"):
        agent_of(world, row)
    return world.threads.history(thread_id)


def _sought(thread_id: str, at: JsonObject) -> JsonObject:
    told: JsonObject = {name: at[name] for name in ("checkpoint_ns", "checkpoint_map") if name in at}
    return {"checkpoint_id": at["checkpoint_id"], "thread_id": thread_id, **told}
