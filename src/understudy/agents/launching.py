"""Starts runs, each when its turn comes on its thread, and stops them."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from understudy.agents.failures import Failure
from understudy.agents.ordering import ordered, placed
from understudy.agents.performing import perform
from understudy.agents.webhooks import refuse_or_accept
from understudy.errors import NotFound
from understudy.state.clock import moment, timestamp
from understudy.state.life_cycle import ACTIVE, ENDINGS
from understudy.state.runs import Playing, Stop

if TYPE_CHECKING:
    from collections.abc import Iterable

    from understudy.agents.ordering import Order
    from understudy.state.runs import Action
    from understudy.state.world import World
    from understudy.wire import JsonObject

log = logging.getLogger("understudy.runs")

_UNHURRIED = 5
"""Seconds that a run that is stopped is waited for: one that holds on longer ends when it does."""

CANCEL = "/threads/{thread_id}/runs/{run_id}/cancel"


async def launch(
    world: World, thread_id: str | None, body: JsonObject, *, request_id: str | None = None, cron_id: str | None = None
) -> JsonObject:
    """Return the row of a new run, which starts when its turn comes; `body` is that of the operations that create runs.

    Without a thread it makes one of its own. A Refusal says what cannot be; then nothing has changed.
    """
    return await begin(world, ordered(world, thread_id, body), request_id=request_id, cron_id=cron_id)


async def begin(world: World, order: Order, *, request_id: str | None = None, cron_id: str | None = None) -> JsonObject:
    """Return the row of the run that is ordered, which starts when its turn comes."""
    if order.body.get("webhook"):
        await refuse_or_accept(order.body["webhook"], allow_loopback=world.allow_loopback_webhooks)
    row = placed(world, order, request_id=request_id, cron_id=cron_id)
    strategy = row["multitask_strategy"]
    if strategy in ("interrupt", "rollback"):
        reason = f"superseded by run {row['run_id']} (multitask_strategy={strategy})"
        for other in world.runs.active(row["thread_id"]):
            if other["run_id"] != row["run_id"]:
                stop(world, other, Stop(strategy, reason))
    start_next(world, row["thread_id"])
    return row


def start_next(world: World, thread_id: str) -> None:
    """Start the run whose turn it is on a thread, or see to it that it starts when its time has come."""
    runs = world.runs
    waiting = runs.queues.pop(thread_id, None)
    if waiting is not None:
        waiting.cancel()
    if world.is_closed:
        return
    active = runs.active(thread_id)
    if not active or runs.at_work(thread_id) is not None:
        return
    first = active[0]
    if first["created_at"] > timestamp(world.clock.now()):
        runs.queues[thread_id] = asyncio.ensure_future(_start_later(world, thread_id, first["created_at"]))
        return
    task = asyncio.ensure_future(_play(world, first))
    playing = runs.playing[first["run_id"]] = Playing(thread_id, task)
    task.add_done_callback(lambda _: _played(world, first, playing))


async def _start_later(world: World, thread_id: str, when: str) -> None:
    await world.clock.reach(moment(when))
    world.runs.queues.pop(thread_id, None)
    start_next(world, thread_id)


async def _play(world: World, row: JsonObject) -> None:
    playing = world.runs.playing[row["run_id"]]
    try:
        await perform(world, row)
    except Exception as fault:
        # A fault of this server's own: it must not be this run's turn again.
        log.exception("run %s cannot be played", row["run_id"])
        world.runs.update(row["run_id"], status=ENDINGS["failed"].run, updated_at=timestamp(world.clock.now()))
        if world.threads.seek(row["thread_id"]) is not None:
            error = Failure(type(fault).__name__, str(fault), public=False).to_json()
            world.threads.note(row["thread_id"], status=ENDINGS["failed"].rests, error=error)
        world.feeds.end(row["thread_id"], row["run_id"])
    finally:
        _played(world, row, playing)


def _played(world: World, row: JsonObject, playing: Playing) -> None:
    """Let the next run have its turn. A task that is cancelled before it begins does not come to say so itself."""
    if world.runs.playing.get(row["run_id"]) is not playing:
        return
    del world.runs.playing[row["run_id"]]
    if playing.cut:
        # It may have begun nodes after it was told to stop.
        world.runs.forget_visits(row["thread_id"])
    if playing.task.cancelled():
        world.feeds.end(row["thread_id"], row["run_id"], gone=playing.cut)
    start_next(world, row["thread_id"])


def stop(world: World, row: JsonObject, why: Stop) -> asyncio.Task[None] | None:
    """Stop a run that is not over, and return the task that plays it, if any: the rest happens when that ends."""
    playing = world.runs.playing.get(row["run_id"])
    if playing is not None and row["status"] == "pending":
        # It has its turn, but has not begun.
        world.runs.playing.pop(row["run_id"]).task.cancel()
        playing = None
    if playing is None:
        left = ENDINGS["rolled back" if why.action == "rollback" else "never begun"]
        now = timestamp(world.clock.now())
        if left.run is None:
            world.runs.delete(row["run_id"])
        else:
            world.runs.update(row["run_id"], status=left.run, updated_at=now)
        other = world.runs.at_work(row["thread_id"])
        if not world.runs.active(row["thread_id"]) and (other is None or other.cut):
            world.threads.note(row["thread_id"], status=left.rests, updated_at=now)
        world.feeds.end(row["thread_id"], row["run_id"], gone=why.deleted)
        return None
    if playing.stop is None:
        playing.stop = why
        if why.action == "interrupt":
            world.runs.update(row["run_id"], status="interrupted", updated_at=timestamp(world.clock.now()))
        playing.task.cancel()
    return playing.task


async def forsake(world: World, assistant_id: str) -> None:
    """Stop the runs of an assistant that has gone."""
    rows = [row for row in world.runs.active() if row["assistant_id"] == assistant_id]
    if rows:
        await cancel(world, rows, "interrupt")


async def delete(world: World, row: JsonObject) -> None:
    """Delete a run and the checkpoints that it made. One that is not over is stopped first."""
    playing = world.runs.playing.get(row["run_id"])
    task = None if playing is None else playing.task
    if row["status"] in ACTIVE:
        task = stop(world, row, Stop("rollback", "deleted", deleted=True))
    if task is not None:
        await asyncio.wait([task], timeout=_UNHURRIED)
    if world.threads.seek(row["thread_id"]) is not None:
        world.threads.forget_run(row["thread_id"], row["run_id"])
    world.runs.delete(row["run_id"])
    world.feeds.forget_run(row["thread_id"], row["run_id"])
    start_next(world, row["thread_id"])


async def cancel(world: World, rows: Iterable[JsonObject], action: Action, *, at: str = CANCEL) -> None:
    """Stop these runs and wait until they have stopped; what stopped them names the path `at` which it was asked for.

    NotFound when all of them are over, or there are none.
    """
    told = list(rows)
    if not told:
        raise NotFound("No runs found to cancel.")
    going = [row for row in told if row["status"] in ACTIVE]
    if not going:
        raise NotFound(
            "No matching runs to cancel. Please verify the thread ID and run IDs are correct, and the runs haven't "
            "been deleted or completed."
        )
    reason = f"{action} requested via POST {at}"
    tasks = [task for row in going if (task := stop(world, row, Stop(action, reason))) is not None]
    for thread_id in {row["thread_id"] for row in going}:
        start_next(world, thread_id)
    if tasks:
        await asyncio.wait(tasks, timeout=_UNHURRIED)
