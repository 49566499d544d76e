"""What goes wrong with threads: how they are changed, found and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conformance.broken.changes import (
    answers,
    asks,
    leaves_out_the_newest,
    moved,
    notes,
    notes_the_patch,
    overlooks_a_conflict,
    turned,
    with_what_is_noted,
    without,
    without_query,
)
from tests.conformance.broken.fault import Fault
from tests.conformance.broken.proxy import Told

if TYPE_CHECKING:
    from tests.conformance.broken.proxy import Asked

CREATE = "POST /threads"
SEARCH = "POST /threads/search"
COUNT = "POST /threads/count"
READ = "GET /threads/{thread_id}"
PATCH = "PATCH /threads/{thread_id}"
DELETE = "DELETE /threads/{thread_id}"
RUNS = "GET /threads/{thread_id}/runs"
STATE = "GET /threads/{thread_id}/state"
RUN = "GET /threads/{thread_id}/runs/{run_id}"
PRUNE = "POST /threads/prune"


async def notes_an_error(asked: Asked) -> Told:
    asked.memory[asked.path["thread_id"]] = {"status": "error"}
    return await with_what_is_noted(asked)


async def keeps_what_was_deleted(asked: Asked) -> Told:
    row = await asked.ask(READ, **asked.path)
    told = await asked.told()
    if told.ok:
        asked.memory[row["thread_id"]] = row
    return told


async def reads_what_was_deleted(asked: Asked) -> Told:
    told = await asked.told()
    kept = asked.memory.get(asked.path["thread_id"])
    return told.saying(kept, status=200) if kept is not None and not told.ok else told


async def keeps_the_runs(asked: Asked) -> Told:
    runs = await asked.ask(RUNS, **asked.path)
    told = await asked.told()
    if told.ok:
        asked.memory.update({run["run_id"]: run for run in runs})
    return told


async def reads_a_run_that_was_kept(asked: Asked) -> Told:
    told = await asked.told()
    kept = asked.memory.get(asked.path["run_id"])
    return told.saying(kept, status=200) if kept is not None and not told.ok else told


async def finds_what_was_deleted(asked: Asked) -> Told:
    told = await asked.told()
    wanted = (asked.body.get("metadata") or {}).items()
    kept = [row for row in asked.memory.values() if wanted <= row["metadata"].items()]
    return told.saying([*told.body, *kept]) if told.ok else told


async def keeps_its_state(asked: Asked) -> Told:
    asked.memory[asked.path["thread_id"]] = (await asked.ask(STATE, **asked.path))["values"]
    return await asked.told()


async def reads_the_state_that_was_kept(asked: Asked) -> Told:
    told = await asked.told()
    kept = asked.memory.get(asked.path["thread_id"])
    return told.saying({**told.body, "values": kept}) if told.ok and kept else told


async def counts_what_is_asked_for(asked: Asked) -> Told:
    told = await asked.told()
    return told.saying({"pruned_count": len(asked.body["thread_ids"])}) if told.ok else told


async def counts_what_is_asked_for_and_prunes_none(asked: Asked) -> Told:
    if asked.body.get("strategy") != "keep_latest":
        return await asked.told()
    return Told(200).saying({"pruned_count": len(asked.body["thread_ids"])})


async def answers_as_at_first(asked: Asked) -> Told:
    told = await asked.told()
    values = asked.memory.setdefault(asked.path["thread_id"], told.body.get("values")) if told.ok else None
    return told.saying({**told.body, "values": values}) if told.ok else told


async def tells_the_total_of_the_page(asked: Asked) -> Told:
    told = await asked.told()
    return told.saying(told.body, headers={**told.headers, "x-pagination-total": str(len(told.body))})


async def patches_if_there_is_much_to_say(asked: Asked) -> Told:
    return Told(204) if asked.headers.get("prefer") == "return=minimal" else await asked.told()


FAULTS = (
    Fault(
        "minimal-patch-is-none",
        "A patch that is to answer nothing does nothing.",
        "thread-patch-minimal",
        {PATCH: patches_if_there_is_much_to_say},
    ),
    Fault(
        "patch-replaces-metadata",
        "Of the metadata of a thread, only those of the last patch are left.",
        "thread-patch-merges",
        {PATCH: notes_the_patch, READ: with_what_is_noted},
    ),
    Fault(
        "patch-touches-the-status",
        "A thread that is patched has the status of an error.",
        "thread-patch-merges",
        {PATCH: notes_an_error, READ: with_what_is_noted},
    ),
    Fault(
        "page-skips-one", "Between two pages of threads, one is lost.", "thread-pages-partition", {SEARCH: moved(+1)}
    ),
    Fault(
        "page-repeats-one",
        "A page of threads begins with the last of the former.",
        "thread-pages-partition",
        {SEARCH: moved(-1)},
    ),
    Fault(
        "page-is-too-long",
        "A page has one thread more than was asked for.",
        "thread-pages-partition",
        {SEARCH: asks(lambda body: {**body, "limit": body.get("limit", 10) + 1})},
    ),
    Fault(
        "search-ignores-metadata",
        "A search for metadata finds all threads.",
        "thread-filters",
        {SEARCH: without("metadata")},
    ),
    Fault(
        "search-ignores-status",
        "A search for a status finds all threads.",
        "thread-filters",
        {SEARCH: without("status")},
    ),
    Fault(
        "search-ignores-values",
        "A search for values finds all threads.",
        "thread-values-filter",
        {SEARCH: without("values")},
    ),
    Fault("search-ignores-ids", "A search for ids finds all threads.", "thread-filters", {SEARCH: without("ids")}),
    Fault(
        "count-is-one-too-many",
        "A count of threads is one too many.",
        "thread-filters",
        {COUNT: answers(lambda n: n + 1)},
    ),
    Fault(
        "search-leaves-out-the-newest",
        "The thread that was made last is not found.",
        "thread-is-found",
        {CREATE: notes("thread_id"), SEARCH: leaves_out_the_newest("thread_id")},
    ),
    Fault("order-is-turned", "Threads are sorted from the wrong end.", "threads-in-order", {SEARCH: asks(turned)}),
    Fault("sort-is-ignored", "Threads are sorted by another member.", "threads-in-order", {SEARCH: without("sort_by")}),
    Fault(
        "deleted-thread-is-read",
        "A thread that was deleted can still be read.",
        "thread-delete",
        {DELETE: keeps_what_was_deleted, READ: reads_what_was_deleted},
    ),
    Fault(
        "deleted-thread-is-found",
        "A thread that was deleted is still found.",
        "thread-delete",
        {DELETE: keeps_what_was_deleted, SEARCH: finds_what_was_deleted},
    ),
    Fault(
        "deleted-thread-leaves-its-runs",
        "The runs of a thread that was deleted can still be read.",
        "thread-delete",
        {DELETE: keeps_the_runs, RUN: reads_a_run_that_was_kept},
    ),
    Fault(
        "thread-is-created-twice",
        "Who creates a thread that exists is given it.",
        "thread-if-exists",
        {CREATE: overlooks_a_conflict},
    ),
    Fault(
        "state-outlives-its-thread",
        "A thread with the id of a deleted one has its values.",
        "thread-begins-anew",
        {DELETE: keeps_its_state, STATE: reads_the_state_that_was_kept},
    ),
    Fault(
        "prune-counts-what-is-gone",
        "Pruning counts threads that were not there.",
        "thread-prune",
        {PRUNE: counts_what_is_asked_for},
    ),
    Fault(
        "prune-leaves-one",
        "Pruning leaves the last thread of its list.",
        "thread-prune",
        {PRUNE: asks(lambda body: {**body, "thread_ids": body["thread_ids"][:-1]})},
    ),
    Fault(
        "prune-keeps-everything",
        "Pruning leaves the whole history when it is to keep the latest.",
        "prune-keeps-latest",
        {PRUNE: counts_what_is_asked_for_and_prunes_none},
    ),
    Fault(
        "ttl-is-a-secret",
        "A thread does not tell its time to live.",
        "thread-tells-ttl",
        {READ: without_query("include")},
    ),
    Fault(
        "total-is-that-of-the-page",
        "The header of a page tells of no more threads than it has.",
        "thread-page-headers",
        {SEARCH: tells_the_total_of_the_page},
    ),
    Fault("select-is-ignored", "A search tells whole threads.", "thread-select", {SEARCH: without("select")}),
    Fault("extract-is-ignored", "A search extracts nothing.", "thread-extract", {SEARCH: without("extract")}),
    Fault(
        "values-are-of-the-past",
        "A thread keeps telling the values that it told first.",
        "state-agrees",
        {READ: answers_as_at_first},
    ),
)
