"""What a run comes to: the body that clients get who wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.state.feeds import END, GONE, Event
from understudy.wire import BEAT, dumps, without_nul

from .leaving import leave

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from understudy.state.feeds import Reader
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject

INTERRUPT = "__interrupt__"


class Result:
    """What the events of a run come to: the last values, all interrupts, or the error."""

    def __init__(self) -> None:
        self._latest: Json = None
        self._interrupted: list[JsonObject] = []
        self._failed = False

    def take(self, event: Event) -> None:
        """Consider one more event."""
        if event.name == "error" or (event.name == END and event.data is not None):
            self._latest, self._failed = {"__error__": event.data}, True
        elif event.name in ("values", "updates"):
            if isinstance(event.data, dict) and event.data.get(INTERRUPT):
                self._interrupted.append(event.data)
                self._latest = event.data
            elif event.name == "values":
                self._latest = event.data

    @property
    def body(self) -> Json:
        """What the events came to; None for nothing."""
        if self._failed or not self._interrupted:
            return self._latest
        if len(self._interrupted) > 1:
            return {INTERRUPT: [one for told in self._interrupted for one in told[INTERRUPT]]}
        return self._interrupted[0]


def of_thread(world: World, thread_id: str) -> Json:
    """Return what the latest run of a thread came to, as the thread's row tells it."""
    row = world.threads.seek(thread_id)
    if row is None:
        return {}
    if row["status"] == "error":
        return {"__error__": row.get("error")}
    if row["status"] == "interrupted":
        interrupts = [one for of_task in (row.get("interrupts") or {}).values() for one in of_task]
        if interrupts:
            return {INTERRUPT: interrupts}
    return row.get("values") or {}


async def awaited(
    world: World, row: JsonObject, reader: Reader, *, cancels: bool, stateless: bool = False
) -> AsyncGenerator[bytes, None]:
    """Yield what a run comes to, and a line break every few seconds until then."""
    result, ended = Result(), False
    try:
        while not ended:
            events = await reader.batch(BEAT)
            if reader.is_closed:
                # The world has ended before the run.
                events = [*events, Event("", row["run_id"], END, GONE)]
            if not events:
                yield b"\n"
            for event in events:
                result.take(event)
                if event.name == END:
                    ended = True
                    break
    finally:
        reader.close()
        if cancels and not ended:
            leave(world, row)
    body = result.body
    if body is None:
        body = {} if stateless else of_thread(world, row["thread_id"])
    yield without_nul(dumps(body))


async def told(body: Json) -> AsyncGenerator[bytes, None]:
    """Yield a body that is known already."""
    yield without_nul(dumps(body))
