"""Rows of a world as scenarios tell them: threads with all that is to know of them, items, the order of changes."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from understudy.state.checkpoints import ran_before, thread_state
from understudy.state.clock import timestamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understudy.state.checkpoints import Checkpoint, History
    from understudy.state.world import World
    from understudy.wire import JsonObject

_OUTCOME = {"values", "error", "interrupts"}
"""What the row of a thread says of how its last run ended."""


def changed(
    key: str, rows: Sequence[JsonObject], by_change: Sequence[JsonObject], when: str = "updated_at"
) -> dict[str, JsonObject]:
    """Return, by id, what tells of rows with one time of change which of them was changed later.

    Nothing need be said of those that were changed in the order in which they stand, before all that say something.
    """
    place = {row[key]: at for at, row in enumerate(rows)}
    told: dict[str, JsonObject] = {}
    for _, group in groupby(by_change, key=itemgetter(when)):
        last, later = -1, 0
        for row in group:
            at = place[row[key]]
            if later or at < last:
                later += 1
                told[row[key]] = {"changed": later}
            last = at
    return told


def thread_row(world: World, row: JsonObject, runs: Sequence[JsonObject] = ()) -> JsonObject:
    """Return a thread with its states, its runs and its lifetime."""
    thread_id = row["thread_id"]
    ttl = world.threads.ttl(thread_id)
    history = world.threads.history(thread_id)
    told = {**row, "ttl": ttl} if ttl else {**row}
    if "values" not in row or (history and not row.keys() >= _OUTCOME):
        told["copied"] = True
    if history or row.get("values") is not None:
        told["history"] = _states(thread_id, history)
    if runs:
        told["runs"] = [{name: run[name] for name in run if name != "thread_id"} for run in runs]
    if world.runs.visits.get(thread_id):
        told["visits"] = world.runs.visits[thread_id]
    return told


def _states(thread_id: str, history: History) -> list[JsonObject]:
    """Return all states, each after the one that it was made from."""
    return [
        _state(thread_state(thread_id, history, checkpoint, namespace=namespace))
        | _not_shown(history, namespace, checkpoint)
        for namespace, checkpoints in history
        for checkpoint in checkpoints
    ]


def _not_shown(history: History, namespace: str, checkpoint: Checkpoint) -> JsonObject:
    """Return what answers do not show of a checkpoint, as far as it does not follow from its parent."""
    told: JsonObject = {}
    if checkpoint.ran != ran_before(history, namespace, checkpoint.parent, checkpoint.metadata):
        told["ran"] = checkpoint.ran
    if checkpoint.held:
        told["held"] = checkpoint.held
    return told


def item_row(world: World, item: JsonObject) -> JsonObject:
    """Return an item of the store with how long it is kept."""
    lifetime = world.store.lifetime(item)
    if lifetime is None:
        return item
    minutes, expires_at = lifetime
    return {**item, "ttl": minutes, "expires_at": timestamp(expires_at)}


def _state(state: JsonObject) -> JsonObject:
    """Return a state without what it says twice."""
    ref = state["checkpoint"]
    place = {"checkpoint_id": ref["checkpoint_id"]}
    if ref["checkpoint_ns"]:
        place["checkpoint_ns"] = ref["checkpoint_ns"]
    return {
        "values": state["values"],
        "next": state["next"],
        "tasks": state["tasks"],
        "metadata": state["metadata"],
        "created_at": state["created_at"],
        "checkpoint": place,
        "parent_checkpoint_id": state["parent_checkpoint_id"],
    }
