"""Runs on threads: start them, wait for them, find, cancel and delete them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents import launching
from understudy.errors import Invalid, Unacceptable
from understudy.exchange import Answer, Stream
from understudy.state.feeds import GONE
from understudy.state.life_cycle import ACTIVE
from understudy.wire import canonical

from . import results, streams
from .queries import said, selected

if TYPE_CHECKING:
    from understudy.exchange import Caller
    from understudy.state.runs import Action
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject

FIELDS = (
    "run_id",
    "thread_id",
    "assistant_id",
    "created_at",
    "updated_at",
    "status",
    "metadata",
    "kwargs",
    "multitask_strategy",
    "langsmith_session_name",
)


async def create(world: World, thread_id: str, body: JsonObject, caller: Caller) -> Answer:
    """Start a run and answer at once."""
    row = await launching.launch(world, thread_id, body, request_id=request_id(world, caller))
    return Answer(row, headers={"content-location": f"/threads/{row['thread_id']}/runs/{row['run_id']}"})


async def stream(world: World, thread_id: str, body: JsonObject, caller: Caller) -> Stream:
    """Start a run and send its events as they occur."""
    thread_id = _thread_id(thread_id)
    row = await launching.launch(world, thread_id, body, request_id=request_id(world, caller))
    path = f"/threads/{thread_id}/runs/{row['run_id']}"
    reader = streams.of_run(world, thread_id, row["run_id"])
    pieces = streams.followed(world, row, reader, cancels=body.get("on_disconnect") == "cancel")
    headers = {"location": f"{path}/stream", "content-location": path, **streams.HEADERS}
    return Stream(pieces, streams.MEDIA_TYPE, headers)


async def wait(world: World, thread_id: str, body: JsonObject, caller: Caller) -> Stream:
    """Start a run and answer with what it comes to."""
    thread_id = _thread_id(thread_id)
    row = await launching.launch(world, thread_id, body, request_id=request_id(world, caller))
    path = f"/threads/{thread_id}/runs/{row['run_id']}"
    reader = streams.of_run(world, thread_id, row["run_id"])
    pieces = results.awaited(world, row, reader, cancels=body.get("on_disconnect") == "cancel")
    return Stream(pieces, "application/json", {"location": f"{path}/join", "content-location": path})


async def join(world: World, thread_id: str, run_id: str, cancel_on_disconnect: Json) -> Stream:
    """Answer with what a run comes to; if it is over, with what the thread has come to since."""
    row = world.runs.get(thread_id, run_id)
    path = f"/threads/{thread_id}/runs/{run_id}"
    headers = {"location": f"{path}/join", "content-location": path}
    if row is None:
        return Stream(results.told({"__error__": GONE}), "application/json", headers)
    if row["status"] not in ACTIVE and row["run_id"] not in world.runs.playing:
        return Stream(results.told(results.of_thread(world, thread_id)), "application/json", headers)
    reader = streams.of_run(world, thread_id, run_id)
    pieces = results.awaited(world, row, reader, cancels=said(cancel_on_disconnect))
    return Stream(pieces, "application/json", headers)


async def find(
    world: World, thread_id: str, limit: Json, offset: Json, status: str | None, select: Json
) -> list[JsonObject]:
    """Return the thread's runs, the newest first."""
    first, count = _integer(offset, 0), _integer(limit, 10)
    names = select or []
    unknown = [name for name in names if name not in FIELDS]
    if unknown:
        raise Invalid(f"Invalid select columns: {unknown}. Expected: {set(FIELDS)}")
    world.threads.get(thread_id)
    rows = world.runs.of(thread_id, status)
    return selected(rows[first : first + count], names)


async def get(world: World, thread_id: str, run_id: str) -> JsonObject:
    """Return a run."""
    world.threads.get(thread_id)
    return world.runs.got(thread_id, run_id, "Not Found")


async def delete(world: World, thread_id: str, run_id: str) -> None:
    """Delete a run, with the checkpoints that it made; one that is at work is stopped first."""
    row = world.runs.got(thread_id, run_id)
    await launching.delete(world, row)


async def cancel(world: World, thread_id: str, run_id: str, wait: Json, action: Json) -> Answer | Stream:
    """Stop a run; with `wait`, answer when it has stopped."""
    row = world.runs.get(thread_id, run_id)
    reader = streams.of_run(world, thread_id, run_id)
    try:
        await launching.cancel(world, [row] if row else [], _action(action))
    except BaseException:
        reader.close()
        raise
    if row is None or not said(wait):
        reader.close()
        return Answer(b"", status=202, media_type=None)
    path = f"/threads/{thread_id}/runs/{run_id}"
    headers = {"location": f"{path}/join", "content-location": path}
    return Stream(results.awaited(world, row, reader, cancels=False), "application/json", headers)


async def cancel_many(world: World, body: JsonObject, action: Json) -> Answer:
    """Stop the runs of a status, or the named ones of a thread."""
    status = body.get("status")
    if status is not None:
        if body.get("thread_id") or body.get("run_ids"):
            raise Invalid(
                "When providing a 'status', 'thread_id' and 'run_ids' must be omitted. The 'status' parameter cancels "
                "all runs with the given status, regardless of thread or run ID."
            )
        rows = [row for row in world.runs.active() if status in ("all", row["status"])]
    else:
        thread_id = _canonical(body["thread_id"], "thread")
        run_ids = {_canonical(run_id, "run") for run_id in body["run_ids"]}
        rows = [row for row in world.runs.of(thread_id) if row["run_id"] in run_ids]
    await launching.cancel(world, rows, _action(action), at="/runs/cancel")
    return Answer(status=204)


def request_id(world: World, caller: Caller) -> str:
    """Return the id by which a request is known: the one it came with, or a new one."""
    return caller.headers.get("x-request-id") or world.ids.random()


def _action(told: Json) -> Action:
    return "rollback" if told == "rollback" else "interrupt"


def _thread_id(text: str) -> str:
    try:
        return canonical(text)
    except ValueError as error:
        raise Unacceptable(str(error)) from None


def _canonical(text: str, noun: str) -> str:
    try:
        return canonical(text)
    except ValueError:
        raise Invalid(f"Invalid {noun} ID: must be a UUID") from None


def _integer(told: Json, default: int) -> int:
    try:
        return int(told) if told is not None else default
    except ValueError:
        raise Unacceptable(f"invalid literal for int() with base 10: {told!r}") from None
