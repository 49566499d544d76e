"""What goes wrong with threads, with what is said in them, and with streams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.conformance.broken.changes import answers, asks, without, without_query
from tests.conformance.broken.fault import Fault
from tests.conformance.broken.proxy import Told
from tests.conformance.computer_agents.broken.changes import rows, streaming, telling
from understudy.conformance.laws.computer_agents.platform import (
    CANCEL,
    CREATE,
    DELETE,
    EXECUTE,
    GET,
    LIST,
    MESSAGES,
    SEARCH,
    STATUS,
    STEPS,
    UPDATE,
)

if TYPE_CHECKING:
    from tests.conformance.broken.proxy import Asked
    from understudy.wire import JsonObject


async def keeps_what_is_deleted(asked: Asked) -> Told:
    before = await asked.ask(GET, threadId=asked.path["threadId"])
    if "thread" in before:
        asked.memory.setdefault("deleted", []).append(before["thread"])
    return await asked.told()


async def lists_what_is_deleted(asked: Asked) -> Told:
    told = await asked.told()
    place = asked.query.get("environmentId")
    gone = [row for row in asked.memory.get("deleted", []) if row["environmentId"] == place]
    return told.saying({**told.body, "data": [*told.body["data"], *gone]}) if told.ok else told


def titles_only(told: Any) -> Any:
    left = [each for each in told["results"] if each["score"] == 1]
    return {**told, "results": left, "total": len(left)}


def with_counts(told: Any) -> Any:
    return {**told, "total_count": len(told["data"])}


async def forgets_keys(asked: Asked) -> Told:
    headers = {name: value for name, value in asked.headers.items() if name != "idempotency-key"}
    return await asked.told(headers=headers)


async def cancels_nothing(asked: Asked) -> Told:
    told = await asked.told()
    return Told(200, b'{"success":true}') if told.status == 400 else told


async def goes_on(asked: Asked) -> Told:
    thread = await asked.ask(GET, threadId=asked.path["threadId"])
    running = "thread" in thread and thread["thread"]["status"] == "running"
    return Told(200, b'{"success":true}') if running else await asked.told()


async def without_a_space(asked: Asked) -> Told:
    told = await asked.told()
    return Told(told.status, told.content.replace(b"data: {", b"data:{"), told.headers)


def answered(events: list[JsonObject]) -> list[JsonObject]:
    """Say that the agent has answered something else."""
    return [
        {**event, "response": {**event["response"], "content": "Otherwise."}}
        if event["type"] == "response.completed"
        else event
        for event in events
    ]


FAULTS = (
    Fault(
        "message-is-lost",
        "The last message is not listed.",
        "thread-tells-its-messages",
        {MESSAGES: rows(lambda data: data[:-1])},
    ),
    Fault(
        "update-drops-the-app",
        "Who renames a thread takes its app away.",
        "thread-update-keeps",
        {UPDATE: asks(lambda body: {**body, "appId": None} if "title" in body else body)},
    ),
    Fault(
        "count-is-of-the-page",
        "total_count counts the threads of the page.",
        "thread-pages-partition",
        {LIST: answers(with_counts)},
    ),
    Fault(
        "oldest-first",
        "Threads are listed the oldest first.",
        "threads-in-order",
        {LIST: rows(lambda data: data[::-1])},
    ),
    Fault(
        "status-is-overlooked", "A list of threads has any status.", "thread-filters", {LIST: without_query("status")}
    ),
    Fault(
        "deleted-is-listed",
        "A deleted thread is still listed.",
        "deleted-thread-is-gone",
        {DELETE: keeps_what_is_deleted, LIST: lists_what_is_deleted},
    ),
    Fault("search-reads-titles", "A search does not read messages.", "search-finds", {SEARCH: answers(titles_only)}),
    Fault(
        "worst-first",
        "What a search finds best comes last.",
        "search-tells-the-best-first",
        {SEARCH: answers(lambda told: {**told, "results": told["results"][::-1]})},
    ),
    Fault(
        "order-is-overlooked",
        "Messages come in one order only.",
        "message-pages-partition",
        {MESSAGES: without_query("order")},
    ),
    Fault("last-step-first", "Steps come backwards.", "steps-in-order", {STEPS: rows(lambda data: data[::-1])}),
    Fault(
        "nothing-is-put-back",
        "What is said anew is said at the end.",
        "execution-adds-two-messages",
        {EXECUTE: without("truncateAtMessageIndex")},
    ),
    Fault(
        "edit-is-added", "A message that is edited is said again.", "edit-replaces", {EXECUTE: without("editMessageId")}
    ),
    Fault(
        "key-is-overlooked",
        "The same request is carried out twice.",
        "same-key-is-carried-out-once",
        {EXECUTE: forgets_keys},
    ),
    Fault("always-running", "Whatever is over is said to run.", "status-agrees", {STATUS: telling(status="running")}),
    Fault("cancels-nothing", "What does not run can be cancelled.", "nothing-to-cancel", {CANCEL: cancels_nothing}),
    Fault("cancelled-goes-on", "What is cancelled goes on.", "cancel-ends", {CANCEL: goes_on}),
    Fault("no-space", "There is no space after `data:`.", "execution-stream-is-whole", {EXECUTE: without_a_space}),
    Fault(
        "end-is-missing",
        "The stream of a new thread has no end.",
        "execution-stream-is-whole",
        {CREATE: streaming(lambda events: events[:-1])},
    ),
    Fault(
        "stream-says-otherwise",
        "What is streamed is not what is kept.",
        "stream-tells-what-is-stored",
        {EXECUTE: streaming(answered)},
    ),
    Fault(
        "start-is-missing",
        "An execution is told without its start.",
        "execution-events-in-order",
        {EXECUTE: streaming(lambda events: events[1:])},
    ),
)
