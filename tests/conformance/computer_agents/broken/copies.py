"""What goes wrong with copies and forks of threads, and with what is put back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from tests.conformance.broken.changes import answers, asks, without
from tests.conformance.broken.fault import Fault
from tests.conformance.broken.proxy import Told
from tests.conformance.computer_agents.broken.changes import later_by_one, member, rows, telling
from understudy.conformance.laws.computer_agents.platform import (
    COPY,
    EXECUTE,
    FORK,
    GET,
    GET_COMPUTER,
    LIST_COMPUTERS,
    MESSAGES,
    NEW_FORKED,
    REVERT,
    SNAPSHOT_FORK,
    STEP_FORK,
    UPDATE,
)

if TYPE_CHECKING:
    from tests.conformance.broken.proxy import Asked
    from understudy.wire import JsonObject


async def is_a_200(asked: Asked) -> Told:
    told = await asked.told()
    return told.saying(told.body, status=200) if told.ok else told


async def has_another_app(asked: Asked) -> Told:
    told = await asked.told()
    if told.ok:
        await asked.ask(UPDATE, {"appId": "another"}, threadId=told.body["thread"]["id"])
    return told


async def remembers_its_source(asked: Asked) -> Told:
    told = await asked.told()
    if told.ok:
        asked.memory[told.body["thread"]["id"]] = asked.path["threadId"]
    return told


async def goes_to_the_source(asked: Asked) -> Told:
    thread_id = asked.path["threadId"]
    return await asked.told(path={"threadId": asked.memory.get(thread_id, thread_id)})


def without_forks(told: Any) -> Any:
    left = [row for row in told["data"] if not row["name"].endswith("Fork")]
    return {**told, "data": left, "total_count": len(left)}


def opened(told: Any) -> Any:
    row = told["environment"]
    return {"environment": {**row, "internetAccess": row["name"].endswith("Fork") or row["internetAccess"]}}


async def refuses_the_empty(asked: Asked) -> Told:
    thread = await asked.ask(GET, threadId=asked.path["threadId"])
    if "thread" in thread and not thread["thread"]["messages"]:
        said = {"error": "Validation Error", "message": "empty", "code": "VALIDATION_FAILED", "details": []}
        return Told(400, orjson.dumps(said))
    return await asked.told()


async def stays_in_its_computer(asked: Asked) -> Told:
    told = await asked.told()
    source = await asked.ask(GET, threadId=asked.path["threadId"])
    return told.saying({**told.body, "environmentId": source["thread"]["environmentId"]}) if told.ok else told


async def keeps_all(asked: Asked) -> Told:
    told = await asked.told(operation=COPY, path={"threadId": asked.path["threadId"]}, body=NEW_FORKED)
    return told.saying(told.body, status=201) if told.ok else told


async def notes_a_revert(asked: Asked) -> Told:
    asked.memory[asked.path["threadId"]] = "reverted"
    return await asked.told()


async def loses_one_after_a_revert(asked: Asked) -> Told:
    told = await asked.told()
    lost = told.ok and asked.path["threadId"] in asked.memory
    return told.saying({**told.body, "data": told.body["data"][:-1]}) if lost else told


def answered(events: list[JsonObject]) -> list[JsonObject]:
    """Say that the agent has answered something else."""
    return [
        {**event, "response": {**event["response"], "content": "Otherwise."}}
        if event["type"] == "response.completed"
        else event
        for event in events
    ]


def first_cut(body: Any) -> Any:
    return {"truncateAtMessageIndex": 0, **(body or {})}


def all_files(body: Any) -> Any:
    return {**body, "fileCopyMode": "all"} if (body or {}).get("fileCopyMode") == "none" else body


FAULTS = (
    Fault("copy-keeps-one-too-many", "A cut comes a message late.", "copy-keeps-messages", {COPY: asks(later_by_one)}),
    Fault(
        "copy-shares-ids",
        "Messages of a copy have the ids of the source's.",
        "copied-messages-are-new",
        {MESSAGES: rows(lambda data: [{**row, "id": f"msg_{at}"} for at, row in enumerate(data)])},
    ),
    Fault("fork-is-a-200", "A fork is answered as a copy.", "copy-status", {COPY: is_a_200}),
    Fault(
        "copy-has-no-title",
        "A copy tells another title than it is to have.",
        "copy-begins-like-its-source",
        {COPY: member("thread", title="Untitled")},
    ),
    Fault("copy-has-another-app", "A copy belongs to another app.", "copy-inherits", {COPY: has_another_app}),
    Fault(
        "copy-shares-messages",
        "What is said in a copy is said in its source.",
        "copy-is-independent",
        {COPY: remembers_its_source, EXECUTE: goes_to_the_source},
    ),
    Fault(
        "fork-is-not-listed",
        "The computers of forks are missing from the list.",
        "fork-has-its-own-computer",
        {LIST_COMPUTERS: answers(without_forks)},
    ),
    Fault(
        "fork-is-open",
        "The computer of a fork has access to the internet, though that of its source has not.",
        "fork-is-configured-as-its-source",
        {GET_COMPUTER: answers(opened)},
    ),
    Fault("fork-mode-is-fixed", "Every fork is the latest.", "fork-mode-tells", {COPY: telling(forkMode="latest")}),
    Fault(
        "target-is-overlooked",
        "A fork stays where its source is.",
        "existing-computer-is-used",
        {COPY: without("targetEnvironmentId")},
    ),
    Fault(
        "fork-has-its-message",
        "A fork has the message that it begins before.",
        "fork-from-message-cuts-before",
        {FORK: asks(later_by_one)},
    ),
    Fault(
        "fork-from-the-first",
        "A fork of no certain message is empty.",
        "fork-from-message-finds-the-last",
        {FORK: asks(first_cut)},
    ),
    Fault("empty-is-refused", "An empty thread cannot be copied.", "empty-thread-forks", {COPY: refuses_the_empty}),
    Fault(
        "step-fork-stays",
        "A fork from a step works in the computer of its source.",
        "step-fork-is-a-fork",
        {STEP_FORK: stays_in_its_computer},
    ),
    Fault(
        "step-fork-keeps-all",
        "A fork from a step has all messages.",
        "step-fork-keeps-up-to-it",
        {STEP_FORK: keeps_all},
    ),
    Fault(
        "revert-loses-a-message",
        "Putting files back takes a message away.",
        "revert-keeps-messages",
        {REVERT: notes_a_revert, MESSAGES: loses_one_after_a_revert},
    ),
    Fault("none-is-all", "A fork that is to have no files has all.", "fork-has-the-files", {COPY: asks(all_files)}),
    Fault(
        "snapshot-is-another",
        "A computer says that it was made from another snapshot.",
        "snapshot-fork-begins",
        {SNAPSHOT_FORK: telling(sourceSnapshotId="snapshot_other")},
    ),
)
