"""What goes wrong with runs: what they answer, in which order they run, and how they end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.conformance.broken.changes import answers, answers_as, asks, without, without_query
from tests.conformance.broken.fault import Fault

if TYPE_CHECKING:
    from tests.conformance.broken.proxy import Asked, Told

START = "POST /threads/{thread_id}/runs"
STREAM = "POST /threads/{thread_id}/runs/stream"
WAIT = "POST /threads/{thread_id}/runs/wait"
STARTS = (START, STREAM, WAIT)
LIST = "GET /threads/{thread_id}/runs"
READ = "GET /threads/{thread_id}/runs/{run_id}"
JOIN = "GET /threads/{thread_id}/runs/{run_id}/join"
CANCEL = "POST /threads/{thread_id}/runs/{run_id}/cancel"
CANCEL_LISTED = "POST /runs/cancel"
DELETE = "DELETE /threads/{thread_id}/runs/{run_id}"
ALONE = ("POST /runs", "POST /runs/wait", "POST /runs/stream")
THREAD = "GET /threads/{thread_id}"
BATCH = "POST /runs/batch"


async def answers_as_the_first(asked: Asked) -> Told:
    told = await asked.told()
    return told.saying(asked.memory.setdefault("first", told.body)) if told.ok else told


async def lists_as_running_at_first(asked: Asked) -> Told:
    told = await asked.told()
    rows = [row | ({} if row["run_id"] in asked.memory else {"status": "running"}) for row in told.body]
    asked.memory.update({row["run_id"]: None for row in rows})
    return told.saying(rows)


async def names_its_thread(asked: Asked) -> Told:
    told = await asked.told()
    [thread_id] = asked.path.values()
    location = f"/threads/{thread_id}/runs/{thread_id}"
    return told.saying(told.body, headers={**told.headers, "content-location": location}) if told.ok else told


async def notes_the_thread(asked: Asked) -> Told:
    asked.memory[asked.path["thread_id"]] = "busy"
    return await asked.told()


async def reads_as_busy(asked: Asked) -> Told:
    told = await asked.told()
    busy = asked.path["thread_id"] in asked.memory
    return told.saying({**told.body, "status": "busy"}) if told.ok and busy else told


def of_status(status: str, instead: str) -> Any:
    """Return what tells of another status in place of one."""
    return lambda row: {**row, "status": instead} if row["status"] == status else row


def with_strategy(strategy: str, instead: str) -> Any:
    """Return what goes about two runs in another way than was asked for."""
    return asks(
        lambda body: {**body, "multitask_strategy": instead} if body.get("multitask_strategy") == strategy else body
    )


FAULTS = (
    Fault(
        "list-lacks-a-run",
        "The list of runs lacks the newest.",
        "run-is-listed",
        {LIST: answers(lambda rows: rows[1:])},
    ),
    Fault(
        "list-ignores-the-status",
        "The list of runs of a status has all runs.",
        "run-is-listed",
        {LIST: without_query("status")},
    ),
    Fault(
        "run-forgets-metadata",
        "A run has no metadata.",
        "run-keeps-metadata",
        {READ: answers(lambda row: {**row, "metadata": {}})},
    ),
    Fault("deleted-run-stays", "A run that is deleted is still there.", "run-delete", {DELETE: answers_as(READ, 204)}),
    Fault(
        "run-makes-its-thread",
        "A run on a missing thread makes it, whatever was said.",
        "run-if-not-exists",
        dict.fromkeys(STARTS, asks(lambda body: {**body, "if_not_exists": "create"})),
    ),
    Fault(
        "reject-lets-in",
        "A busy thread takes runs that it is to reject.",
        "busy-thread-rejects",
        {START: with_strategy("reject", "enqueue")},
    ),
    Fault(
        "two-runs-at-once",
        "Runs that are new on a thread are all running.",
        "one-run-at-a-time",
        {LIST: lists_as_running_at_first},
    ),
    Fault(
        "cancelled-run-goes-on",
        "A run that is cancelled goes on.",
        "cancel-ends-run",
        {CANCEL: answers_as(READ, 202, b"{}"), CANCEL_LISTED: answers_as("GET /info", 204)},
    ),
    Fault(
        "run-is-elsewhere",
        "The location of a run is not where it is.",
        "run-is-at-its-location",
        {START: names_its_thread},
    ),
    Fault(
        "wait-answers-another-run",
        "Who waits for a run gets the values of the first.",
        "wait-and-join-agree",
        {WAIT: answers_as_the_first},
    ),
    Fault(
        "join-disagrees", "Who joins a run gets no values.", "wait-and-join-agree", {JOIN: answers(lambda values: {})}
    ),
    Fault(
        "failure-is-a-success",
        "A run that failed has the status of a success.",
        "outcome-is-told",
        {READ: answers(of_status("error", "success"))},
    ),
    Fault(
        "fork-begins-at-the-end",
        "A run goes on from the latest checkpoint, whichever it was to start from.",
        "run-appends-history",
        {WAIT: without("checkpoint")},
    ),
    Fault(
        "run-does-not-stop",
        "A run goes on where it was to stop.",
        "interrupt-waits",
        {STREAM: without("interrupt_before")},
    ),
    Fault(
        "stateless-run-leaves-its-thread",
        "A run without a thread leaves one.",
        "stateless-leaves-nothing",
        dict.fromkeys(ALONE, asks(lambda body: {**body, "on_completion": "keep"})),
    ),
    Fault(
        "batch-is-turned",
        "A batch is told from its end.",
        "batch-starts-in-order",
        {BATCH: answers(lambda rows: rows[::-1])},
    ),
    Fault(
        "interrupt-waits-its-turn",
        "A run that is to interrupt another waits for it.",
        "newcomer-stops-others",
        {START: with_strategy("interrupt", "enqueue")},
    ),
    Fault(
        "rollback-only-interrupts",
        "A run that is to remove another leaves it there, interrupted.",
        "newcomer-stops-others",
        {START: with_strategy("rollback", "interrupt")},
    ),
    Fault(
        "cancelled-run-is-kept",
        "A run that is to be undone is interrupted.",
        "rollback-removes-run",
        {CANCEL: without_query("action")},
    ),
    Fault(
        "rollback-blocks-the-thread",
        "A thread on which a run was cancelled is busy for ever.",
        "rollback-frees-thread",
        {CANCEL: notes_the_thread, THREAD: reads_as_busy},
    ),
)
