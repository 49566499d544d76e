"""What goes wrong with what a document promises of requests, and where the vendor's own server keeps no promise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.conformance.broken.changes import answers, asks, without
from tests.conformance.broken.fault import Fault
from tests.conformance.broken.proxy import Told

if TYPE_CHECKING:
    from tests.conformance.broken.proxy import Asked, Change
    from understudy.wire import JsonObject

SEARCH = "POST /threads/search"
RUNS = "GET /threads/{thread_id}/runs"
RUN = "GET /threads/{thread_id}/runs/{run_id}"
STATE = "GET /threads/{thread_id}/state"
CRON = "POST /runs/crons"
CRON_COUNT = "POST /runs/crons/count"
SCHEMAS = "GET /assistants/{assistant_id}/schemas"
COMMANDS = "POST /threads/{thread_id}/commands"
A2A = "POST /a2a/{assistant_id}"

SCHEDULE = "0 0 29 2 *"


async def lists_nothing_of_what_is_none(asked: Asked) -> Told:
    told = await asked.told()
    return told if told.ok else told.saying([], status=200)


async def wants_a_limit(asked: Asked) -> Told:
    return await asked.told() if "limit" in asked.body else Told(422).saying({"detail": "limit is missing"})


async def has_no_schemas(asked: Asked) -> Told:
    return Told(404).saying({"detail": "there are no schemas"})


async def overlooks_what_is_wrong(asked: Asked) -> Told:
    told = await asked.told()
    return told if told.ok else await asked.told(body={})


async def mends_schedules(asked: Asked) -> Told:
    told = await asked.told()
    return await asked.told(body={**asked.body, "schedule": SCHEDULE}) if told.status == 422 else told


async def reads_the_last(asked: Asked) -> Told:
    chosen = asked.query.get_list("select")
    return await asked.told(query=asked.query.set("select", chosen[-1])) if chosen else await asked.told()


async def fails_with_subgraphs(asked: Asked) -> Told:
    told = await asked.told()
    return replace(told, status=404) if "subgraphs" in asked.query else told


async def takes_anything(asked: Asked) -> Told:
    if asked.body is not None:
        return await asked.told()
    return Told(200).saying({"type": "success", "id": 1, "result": {}})


def agent_says(**said: JsonObject) -> Change:
    """Answer each message between agents with the same."""

    async def change(asked: Asked) -> Told:
        return Told(200).saying({"jsonrpc": "2.0", "id": asked.body.get("id"), **said})

    return change


refuses = agent_says(error={"code": -32602, "message": "Invalid params"})
complies = agent_says(result={"id": "understudy", "contextId": "understudy", "kind": "task"})


def as_the_vendors(law: str) -> Fault:
    """Return what the server that is imitated does otherwise than its vendor publishes, and so does the fake."""
    return Fault(f"as-the-vendors-{law}", "It is as the vendor's.", law, {}, contract="published")


FAULTS = (
    Fault("any-id-will-do", "What is no id has no runs.", "ids-are-uuids", {RUNS: lists_nothing_of_what_is_none}),
    Fault(
        "schedule-is-made-up",
        "A cron without a schedule is given one.",
        "required-is-required",
        {CRON: asks(lambda body: {"schedule": SCHEDULE, **body})},
    ),
    Fault("any-order-will-do", "Nobody reads what to sort by.", "enums-are-closed", {SEARCH: without("sort_by")}),
    Fault("limit-is-required", "A search without a limit is refused.", "declared-suffices", {SEARCH: wants_a_limit}),
    Fault("schemas-are-missing", "No assistant has schemas.", "graphs-can-be-read", {SCHEMAS: has_no_schemas}),
    Fault("any-filter-will-do", "A wrong filter is none.", "formats-are-kept", {CRON_COUNT: overlooks_what_is_wrong}),
    Fault(
        "wrong-day-is-replaced", "A day that never comes is replaced.", "mistakes-are-refused", {CRON: mends_schedules}
    ),
    Fault(
        "default-limit-is-five",
        "A search shows less than the document says.",
        "defaults-hold",
        {SEARCH: asks(lambda body: {"limit": 5, **body})},
    ),
    Fault(
        "default-is-to-reject",
        "A run shows another default than the document.",
        "defaults-are-shown",
        {RUN: answers(lambda run: {**run, "multitask_strategy": "reject"})},
    ),
    Fault("only-the-last-counts", "Of a list in a query, one is read.", "array-parameters", {RUNS: reads_the_last}),
    Fault("subgraphs-are-missing", "No state has subgraphs.", "states-can-be-read", {STATE: fails_with_subgraphs}),
    Fault(
        "any-bytes-will-do", "A command that is no JSON is carried out.", "json-is-wanted", {COMMANDS: takes_anything}
    ),
    Fault(
        "answer-has-another-id",
        "A command is answered under another id.",
        "commands-are-read",
        {COMMANDS: answers(lambda told: {**told, "id": 0})},
    ),
    Fault("agent-refuses-all", "No message is carried out.", "a2a-takes-the-documented", {A2A: refuses}),
    Fault("agent-complies-with-all", "Every message is carried out.", "a2a-refuses-the-rest", {A2A: complies}),
    Fault(
        "agent-knows-no-context",
        "A message in a context of its own is refused.",
        "a2a-context-is-text",
        {A2A: refuses},
        contract="published",
    ),
    Fault("agent-cancels", "A task is cancelled.", "a2a-cannot-cancel", {A2A: complies}, contract="published"),
    *map(
        as_the_vendors,
        (
            "assistant-latest-whole",
            "assistant-context-keeps-config",
            "missing-is-404",
            "locations-lead-somewhere",
            "order-promised",
            "webhooks-are-taken",
        ),
    ),
)
