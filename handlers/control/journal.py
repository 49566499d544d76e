"""What was asked of a world, whether it was what should be, and what of the API was used."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from understudy.state.expectations import complaints, expected
from understudy.state.matching import Names, Which

if TYPE_CHECKING:
    from understudy.state.entries import Entry
    from understudy.state.journal import Judge
    from understudy.state.world import World
    from understudy.state.worlds import Worlds
    from understudy.wire import Json, JsonObject

_KEPT = {"kept": True, "broken": False}


async def find(
    world: World,
    names: Names,
    judge: Judge,
    operation: str | None,
    path: str | None,
    status: int | None,
    thread_id: str | None,
    verdict: str | None,
    after: int,
    limit: int,
) -> Json:
    """Read the journal."""
    which = Which(operation=names.find(operation) if operation else None, path=path, thread_id=thread_id)
    fitting = (
        _told(entry, judge)
        for entry in world.journal
        if entry.number > after
        and which.fits(entry.method, entry.path, entry.operation, entry.parameters)
        and status in (None, entry.status)
    )
    judged = (told for told in fitting if verdict is None or _has(told, verdict))
    return {"entries": list(islice(judged, limit)), "dropped": world.journal.dropped}


async def clear(world: World) -> None:
    """Begin the journal anew."""
    world.journal.clear()


async def verify(world: World, names: Names, body: JsonObject) -> Json:
    """Say what should have been asked, and be told whether it was."""
    calls = [expected(call, names) for call in body["calls"]]
    found = complaints(world.journal, calls, in_order=body.get("in_order", False), only=body.get("only", False))
    return {"met": not found, "complaints": found}


async def coverage(world: World, worlds: Worlds, names: Names, stream_modes: tuple[str, ...], of: str) -> Json:
    """Tell which operations and stream modes were used."""
    return (worlds.usage if of == "server" else world.journal.usage).told(names, stream_modes)


def _told(entry: Entry, judge: Judge) -> JsonObject:
    request, answer = judge.request(entry), judge.answer(entry)
    return {**entry.told(), "request_verdict": request.to_json(), "answer_verdict": answer.to_json()}


def _has(told: JsonObject, verdict: str) -> bool:
    """Return whether request or answer broke the contract; or neither did, and at least one was examined."""
    kept = {told["request_verdict"]["kept"], told["answer_verdict"]["kept"]}
    return False in kept if verdict == "broken" else True in kept and False not in kept
