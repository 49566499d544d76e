"""What goes wrong with single answers: checks of Schemathesis find it, whatever the answer means."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.conformance.broken.changes import answers, answers_as, silence
from tests.conformance.broken.fault import Fault
from tests.conformance.broken.proxy import Told

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conformance.broken.proxy import Asked, Change

THREAD = "GET /threads/{thread_id}"
DELETE_THREAD = "DELETE /threads/{thread_id}"
SEARCH = "POST /threads/search"
COUNT = "POST /threads/count"
ASSISTANT = "GET /assistants/{assistant_id}"
PUT_ITEM = "PUT /store/items"
CRON = "GET /runs/crons/{cron_id}"
DELETE_CRON = "DELETE /runs/crons/{cron_id}"
CRONS = "POST /runs/crons/search"

LEAK = "leaves_nothing"
"""The check that everything which a check has made is gone in the end."""


def on_success(edit: Callable[[Told], Told]) -> Change:
    """Change answers of success."""

    async def change(asked: Asked) -> Told:
        told = await asked.told()
        return edit(told) if told.ok else told

    return change


def instead_of(status: int, other: int) -> Change:
    """Answer with another status in place of one."""

    async def change(asked: Asked) -> Told:
        told = await asked.told()
        return replace(told, status=other) if told.status == status else told

    return change


def without_header(name: str) -> Change:
    """Leave a header away."""
    return on_success(
        lambda told: replace(told, headers={each: value for each, value in told.headers.items() if each != name})
    )


def without_member(name: str) -> Callable[[Any], Any]:
    """Return what leaves a member away."""
    return lambda row: {each: value for each, value in row.items() if each != name}


async def takes_anything(asked: Asked) -> Told:
    told = await asked.told()
    return told.saying(0, status=200) if told.status == 422 else told


async def refuses_metadata(asked: Asked) -> Told:
    wrong = isinstance(asked.body, dict) and "metadata" in asked.body
    return Told(422).saying({"detail": "metadata is not known"}) if wrong else await asked.told()


async def never_ends(asked: Asked) -> Told:
    told = await asked.told()
    seen = asked.memory.setdefault("seen", [])
    seen.append(told)
    return replace(told, rest=silence) if len(seen) == 1 else told


FAULTS = (
    Fault(
        "empty-answer-with-200",
        "What has no answer is answered with 200 instead of 204.",
        "status_code_conformance",
        {PUT_ITEM: instead_of(204, 200)},
        at=PUT_ITEM,
    ),
    Fault(
        "refusal-with-418",
        "A request that is invalid is answered with a status that the document lacks.",
        "status_code_conformance",
        {COUNT: instead_of(422, 418)},
        at=COUNT,
        also=frozenset({"negative_data_rejection"}),
    ),
    Fault(
        "refusal-is-an-error",
        "A request that is invalid is answered with 500.",
        "not_a_server_error",
        {COUNT: instead_of(422, 500)},
        at=COUNT,
        also=frozenset({"status_code_conformance", "negative_data_rejection"}),
    ),
    Fault(
        "success-is-an-error",
        "What is there is answered with 500.",
        "not_a_server_error",
        {THREAD: instead_of(200, 500)},
        at=THREAD,
        also=frozenset({"status_code_conformance"}),
    ),
    Fault(
        "header-is-missing",
        "A page does not tell the total.",
        "response_headers_conformance",
        {CRONS: without_header("x-pagination-total")},
        at=CRONS,
    ),
    Fault(
        "answer-is-html",
        "An answer says that it is a page.",
        "content_type_conformance",
        {ASSISTANT: on_success(lambda told: replace(told, headers={"content-type": "text/html"}))},
        at=ASSISTANT,
        also=frozenset({"response_schema_conformance"}),
    ),
    Fault(
        "member-of-the-wrong-type",
        "The version of an assistant is a text.",
        "response_schema_conformance",
        {ASSISTANT: answers(lambda row: {**row, "version": "1"})},
        at=ASSISTANT,
    ),
    Fault(
        "member-is-missing",
        "A thread has no status.",
        "response_schema_conformance",
        {THREAD: answers(without_member("status"))},
        at=THREAD,
    ),
    Fault(
        "id-is-no-uuid",
        "The id of a thread is a word.",
        "response_schema_conformance",
        {THREAD: answers(lambda row: {**row, "thread_id": "understudy"})},
        at=THREAD,
    ),
    Fault(
        "list-is-an-object",
        "A search answers with an object around the list.",
        "response_schema_conformance",
        {SEARCH: answers(lambda rows: {"threads": rows})},
        at=SEARCH,
    ),
    Fault(
        "answer-is-no-json",
        "A body breaks off in the middle.",
        "response_schema_conformance",
        {THREAD: on_success(lambda told: replace(told, content=told.content[:-9]))},
        at=THREAD,
    ),
    Fault(
        "invalid-is-accepted",
        "A count of whatever is zero.",
        "negative_data_rejection",
        {COUNT: takes_anything},
        at=COUNT,
    ),
    Fault(
        "valid-is-refused",
        "A search for metadata is refused.",
        "positive_data_acceptance",
        {SEARCH: refuses_metadata},
        at=SEARCH,
    ),
    Fault("answer-has-no-end", "Who asks first waits for ever.", "Network Error", {THREAD: never_ends}, at=THREAD),
)

LEAKS = (
    Fault(
        "thread-is-leaked", "A thread that is deleted stays.", LEAK, {DELETE_THREAD: answers_as(THREAD, 204)}, at=THREAD
    ),
    Fault("cron-is-leaked", "A cron that is deleted stays.", LEAK, {DELETE_CRON: answers_as(CRON, 204)}, at=CRON),
)
"""What a check makes and cannot remove."""
