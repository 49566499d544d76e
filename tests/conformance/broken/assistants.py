"""What goes wrong with assistants and their versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.conformance.broken.changes import (
    answers,
    answers_as,
    each,
    leaves_out_the_newest,
    moved,
    notes,
    notes_the_patch,
    overlooks_a_conflict,
    with_what_is_noted,
    without,
    without_query,
)
from tests.conformance.broken.fault import Fault

if TYPE_CHECKING:
    from tests.conformance.broken.proxy import Asked, Told

CREATE = "POST /assistants"
SEARCH = "POST /assistants/search"
COUNT = "POST /assistants/count"
READ = "GET /assistants/{assistant_id}"
PATCH = "PATCH /assistants/{assistant_id}"
DELETE = "DELETE /assistants/{assistant_id}"
VERSIONS = "POST /assistants/{assistant_id}/versions"
LATEST = "POST /assistants/{assistant_id}/latest"


async def notes_the_version(asked: Asked) -> Told:
    told = await asked.told()
    if told.ok:
        asked.memory[asked.path["assistant_id"]] = asked.body["version"]
    return told


async def without_later_versions(asked: Asked) -> Told:
    told = await asked.told()
    latest = asked.memory.get(asked.path["assistant_id"])
    if not told.ok or latest is None:
        return told
    return told.saying([row for row in told.body if row["version"] <= latest])


async def only_reads(asked: Asked) -> Told:
    return await asked.told(operation=READ, body=None)


def with_an_old_version(row: Any) -> Any:
    return {**row, "version": max(1, row["version"] - 1)}


FAULTS = (
    Fault(
        "assistant-is-not-found",
        "The assistant that was made last is not found.",
        "assistant-is-found",
        {CREATE: notes("assistant_id"), SEARCH: leaves_out_the_newest("assistant_id")},
        also=frozenset({"assistant-select"}),
    ),
    Fault(
        "assistant-count-is-zero",
        "There is never an assistant to count.",
        "assistant-is-found",
        {COUNT: answers(lambda count: 0)},
    ),
    Fault(
        "search-ignores-the-graph",
        "A search finds assistants of all graphs.",
        "assistant-filters",
        {SEARCH: without("graph_id")},
    ),
    Fault(
        "search-ignores-the-name",
        "A search finds assistants of any name.",
        "assistant-filters",
        {SEARCH: without("name")},
    ),
    Fault(
        "page-of-assistants-skips-one",
        "Between two pages of assistants, one is lost.",
        "assistant-pages-partition",
        {SEARCH: moved(+1)},
    ),
    Fault(
        "assistant-select-is-ignored",
        "A search tells whole assistants.",
        "assistant-select",
        {SEARCH: without("select")},
    ),
    Fault(
        "assistant-is-created-twice",
        "Who creates an assistant that exists is given it.",
        "assistant-if-exists",
        {CREATE: overlooks_a_conflict},
    ),
    Fault(
        "deleted-assistant-stays",
        "An assistant that was deleted is still there.",
        "assistant-delete",
        {DELETE: answers_as(READ, 204)},
    ),
    Fault(
        "deleted-assistant-leaves-its-threads",
        "The threads of an assistant are never deleted with it.",
        "assistant-delete-threads",
        {DELETE: without_query("delete_threads")},
    ),
    Fault(
        "version-is-reused",
        "A change of an assistant bears the version of the former.",
        "assistant-versions-grow",
        dict.fromkeys((PATCH, READ), answers(with_an_old_version)) | {VERSIONS: answers(each(with_an_old_version))},
    ),
    Fault(
        "latest-loses-a-version",
        "An assistant that is set back to a version loses the later ones.",
        "assistant-latest",
        {LATEST: notes_the_version, VERSIONS: without_later_versions},
    ),
    Fault(
        "latest-does-nothing",
        "An assistant that is set back to a version stays as it is.",
        "assistant-latest",
        {LATEST: only_reads},
    ),
    Fault(
        "assistant-patch-replaces-metadata",
        "Of the metadata of an assistant, only those of the last patch are left.",
        "assistant-patch-keeps",
        {PATCH: notes_the_patch, READ: with_what_is_noted},
    ),
)
