"""Runs without a thread of the client's: each has one of its own, which goes with it unless it is to be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents import launching
from understudy.exchange import Answer, Stream

from . import results, streams
from .runs import request_id

if TYPE_CHECKING:
    from understudy.exchange import Caller
    from understudy.state.world import World
    from understudy.wire import JsonObject


async def create(world: World, body: JsonObject, caller: Caller) -> Answer:
    """Start a run and answer at once."""
    row = await launching.launch(world, None, body, request_id=request_id(world, caller))
    return Answer(row, headers={"content-location": f"/runs/{row['run_id']}"})


async def batch(world: World, body: list[JsonObject], caller: Caller) -> list[JsonObject]:
    """Start several runs. The ones before one that cannot be are started all the same."""
    asked_by = request_id(world, caller)
    return [await launching.launch(world, None, one, request_id=asked_by) for one in body]


async def stream(world: World, body: JsonObject, caller: Caller) -> Stream:
    """Start a run and send its events as they occur."""
    row = await launching.launch(world, None, body, request_id=request_id(world, caller))
    reader = streams.of_run(world, row["thread_id"], row["run_id"])
    pieces = streams.followed(world, row, reader, cancels=body.get("on_disconnect") == "cancel")
    path = f"/runs/{row['run_id']}"
    headers = {"location": f"{path}/stream", "content-location": path, **streams.HEADERS}
    return Stream(pieces, streams.MEDIA_TYPE, headers)


async def wait(world: World, body: JsonObject, caller: Caller) -> Stream:
    """Start a run and answer with what it comes to."""
    row = await launching.launch(world, None, body, request_id=request_id(world, caller))
    reader = streams.of_run(world, row["thread_id"], row["run_id"])
    pieces = results.awaited(world, row, reader, cancels=body.get("on_disconnect") == "cancel", stateless=True)
    path = f"/threads/{row['thread_id']}/runs/{row['run_id']}"
    return Stream(pieces, "application/json", {"location": f"{path}/join", "content-location": path})
