"""What goes wrong with crons."""

from __future__ import annotations

from tests.conformance.broken.changes import (
    answers,
    answers_as,
    leaves_out_the_newest,
    moved,
    notes,
    notes_the_patch,
    with_what_is_noted,
    without,
)
from tests.conformance.broken.fault import Fault

CREATE = "POST /runs/crons"
READ = "GET /runs/crons/{cron_id}"
PATCH = "PATCH /runs/crons/{cron_id}"
DELETE = "DELETE /runs/crons/{cron_id}"
SEARCH = "POST /runs/crons/search"
COUNT = "POST /runs/crons/count"
THREAD = "POST /threads/{thread_id}/runs/crons"

FAULTS = (
    Fault(
        "cron-is-not-found",
        "The cron that was made last is not found.",
        "cron-is-found",
        {CREATE: notes("cron_id"), SEARCH: leaves_out_the_newest("cron_id")},
        also=frozenset({"cron-select"}),
    ),
    Fault("cron-count-is-zero", "There is never a cron to count.", "cron-is-found", {COUNT: answers(lambda count: 0)}),
    Fault(
        "cron-search-ignores-enabled",
        "A search finds crons that are disabled as well.",
        "cron-filters",
        {SEARCH: without("enabled")},
    ),
    Fault(
        "page-of-crons-repeats-one", "A page of crons begins too early.", "cron-pages-partition", {SEARCH: moved(-1)}
    ),
    Fault("cron-select-is-ignored", "A search tells whole crons.", "cron-select", {SEARCH: without("select")}),
    Fault(
        "cron-patch-replaces-metadata",
        "Of the metadata of a cron, only those of the last patch are left.",
        "cron-patch-keeps",
        {PATCH: notes_the_patch, READ: with_what_is_noted},
    ),
    Fault(
        "deleted-cron-stays", "A cron that was deleted is still there.", "cron-delete", {DELETE: answers_as(READ, 204)}
    ),
    Fault(
        "cron-forgets-its-thread",
        "A cron that was made on a thread is listed without it.",
        "cron-of-thread",
        {THREAD: answers(lambda cron: {**cron, "thread_id": None})},
    ),
    Fault(
        "cron-search-ignores-the-thread",
        "A search finds the crons of all threads.",
        "cron-of-thread",
        {SEARCH: without("thread_id")},
    ),
)
