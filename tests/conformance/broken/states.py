"""What goes wrong with states: how they are written, read at a checkpoint and listed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.conformance.broken.changes import answers, asks, without, without_query
from tests.conformance.broken.fault import Fault

if TYPE_CHECKING:
    from tests.conformance.broken.proxy import Asked, Told

WRITE = "POST /threads/{thread_id}/state"
STATE = "GET /threads/{thread_id}/state"
AT_CHECKPOINT = ("GET /threads/{thread_id}/state/{checkpoint_id}", "POST /threads/{thread_id}/state/checkpoint")
HISTORY = "POST /threads/{thread_id}/history"
PAGE = "GET /threads/{thread_id}/history"
CREATE = "POST /threads"


def name_of(state: Any) -> Any:
    return (state.get("checkpoint") or {}).get("checkpoint_id")


def parent_of(state: Any) -> Any:
    return (state.get("parent_checkpoint") or {}).get("checkpoint_id")


async def history(asked: Asked) -> Any:
    return await asked.ask(HISTORY, {"limit": 1000}, thread_id=asked.path["thread_id"])


async def writes_over_the_latest(asked: Asked) -> Told:
    former = name_of(await asked.ask(STATE, thread_id=asked.path["thread_id"]))
    told = await asked.told()
    if told.ok:
        asked.memory[former] = True
    return told


async def without_what_was_written_over(asked: Asked) -> Told:
    told = await asked.told()
    return told.saying([state for state in told.body if name_of(state) not in asked.memory]) if told.ok else told


async def writes_twice(asked: Asked) -> Told:
    told = await asked.told()
    return await asked.told() if told.ok else told


async def reads_the_latest(asked: Asked) -> Told:
    told = await asked.told()
    return told.saying(await asked.ask(STATE, thread_id=asked.path["thread_id"])) if told.ok else told


async def only_the_branch_of_the_latest(asked: Asked) -> Told:
    told = await asked.told()
    if not told.ok:
        return told
    parents = {name_of(state): parent_of(state) for state in await history(asked)}
    branch, place = set(), next(iter(parents), None)
    while place is not None:
        branch.add(place)
        place = parents.get(place)
    return told.saying([state for state in told.body if name_of(state) in branch])


async def with_the_one_before(asked: Asked) -> Told:
    told = await asked.told()
    before = (asked.body or {}).get("before")
    if not told.ok or not before:
        return told
    name = before if isinstance(before, str) else name_of({"checkpoint": before.get("configurable", before)})
    return told.saying([*(state for state in await history(asked) if name_of(state) == name), *told.body])


def orphaned(states: Any) -> Any:
    return [{**state, "parent_checkpoint": None, "parent_checkpoint_id": None} for state in states]


def fathered_by_the_first(states: Any) -> Any:
    if not states:
        return states
    first = states[-1]
    youngest, *others = states
    parent = {"parent_checkpoint": first["checkpoint"], "parent_checkpoint_id": name_of(first)}
    return [{**youngest, **parent}, *others]


FAULTS = (
    Fault(
        "update-replaces-the-latest",
        "An update takes the place of the checkpoint before it.",
        "state-update-appends",
        {WRITE: writes_over_the_latest, HISTORY: without_what_was_written_over},
        also=frozenset({"copy-is-independent"}),
    ),
    Fault("update-appends-two", "An update is written twice.", "state-update-appends", {WRITE: writes_twice}),
    Fault(
        "parent-is-the-first",
        "The parent of the latest checkpoint is the first.",
        "state-update-appends",
        {HISTORY: answers(fathered_by_the_first)},
    ),
    Fault("no-parents", "No checkpoint has a parent.", "state-update-appends", {HISTORY: answers(orphaned)}),
    Fault(
        "old-state-changes",
        "The state at a checkpoint is that of the thread.",
        "old-state-stands",
        dict.fromkeys(AT_CHECKPOINT, reads_the_latest),
    ),
    Fault(
        "fork-removes-the-old-branch",
        "The history has the branch of the latest checkpoint only.",
        "fork-leaves-branch",
        {HISTORY: only_the_branch_of_the_latest},
    ),
    Fault(
        "history-begins-with-the-oldest",
        "The history is in the wrong order.",
        "history-orders",
        {HISTORY: answers(lambda states: states[::-1])},
        also=frozenset({"state-update-appends"}),
    ),
    Fault(
        "before-is-included",
        "The history before a checkpoint has it.",
        "history-before-in-body",
        {HISTORY: with_the_one_before},
    ),
    Fault(
        "page-of-a-history-has-no-limit",
        "A page of the history is all of the rest.",
        "history-pages-partition",
        {PAGE: without_query("limit")},
    ),
    Fault(
        "pages-of-a-history-are-the-same",
        "Every page of the history is the first.",
        "history-pages-partition",
        {PAGE: without_query("before")},
    ),
    Fault(
        "history-ignores-metadata",
        "A search of the history for metadata finds all states.",
        "history-filters",
        {HISTORY: without("metadata")},
    ),
    Fault(
        "supersteps-but-the-last-are-lost",
        "A thread that is created with supersteps has the last of them only.",
        "supersteps-make-history",
        {CREATE: asks(lambda body: {**body, "supersteps": body["supersteps"][-1:]} if "supersteps" in body else body)},
    ),
)
