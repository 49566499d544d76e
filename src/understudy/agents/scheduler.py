"""Starts the runs of crons when they are due, by the world's clock."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING
from weakref import WeakMethod

from understudy.agents.launching import launch, start_next
from understudy.errors import Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from understudy.state.clock import Alarm
    from understudy.state.world import World
    from understudy.wire import JsonObject

log = logging.getLogger("understudy.crons")


def attend(world: World) -> None:
    """See to it that from now on the world's runs and crons start when they are due, in the running event loop.

    Once is enough for a world. A cron that is due starts one run, however many of its dates have passed since the last
    one; its next date is then the first that is ahead.
    """
    if world.crons.watcher is None:
        world.crons.watcher = Scheduler(world).expect
        resume(world)


def resume(world: World) -> None:
    """Let the runs have their turn that a scenario tells of, and that are not over."""
    for thread_id in dict.fromkeys(row["thread_id"] for row in world.runs.active()):
        start_next(world, thread_id)


class Scheduler:
    """Waits for the next date of a world's crons. It lives as long as the world, and does not keep it alive."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._loop = asyncio.get_running_loop()
        self._alarm: Alarm | None = None
        self._moment: datetime | None = None
        world.endings.append(self.close)
        self._set()

    def expect(self, moment: datetime) -> None:
        """Be awake at this moment, or earlier. This may be said from any thread."""
        try:
            here = asyncio.get_running_loop() is self._loop
        except RuntimeError:
            here = False
        if here:
            self._wait_until(moment)
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wait_until, moment)

    def close(self) -> None:
        """Wait for nothing any more."""
        self._world.crons.watcher = None
        if self._alarm is not None:
            self._alarm.cancel()

    def _wait_until(self, moment: datetime) -> None:
        if self._moment is not None and self._moment <= moment:
            return
        if self._alarm is not None:
            self._alarm.cancel()
        start = WeakMethod(self._start)

        def ring() -> None:
            act = start()
            if act is not None:
                act()

        self._moment = moment
        # Crons may go or be put off: then there is nothing to do at the moment for which they were expected.
        self._alarm = self._world.clock.alarm(moment, ring, tacit=True)

    def _set(self) -> None:
        moment = self._world.crons.upcoming()
        if moment is not None:
            self._wait_until(moment)

    def _start(self) -> None:
        self._alarm = self._moment = None
        for cron in self._world.crons.due():
            self._world.crons.proceed(cron["cron_id"])
            task = self._loop.create_task(_try(self._world, cron))
            self._world.runs.starting.add(task)
            task.add_done_callback(self._world.runs.starting.discard)
        self._set()


async def start(world: World, cron: JsonObject) -> JsonObject:
    """Return the row of the run that a cron starts now: on its thread, or on one of its own.

    The thread of its own is kept where the cron says so. A Refusal says why the request that the cron holds starts no
    run.
    """
    payload = cron["payload"]
    config = payload["config"]
    configurable = {name: value for name, value in config["configurable"].items() if name != "cron_id"}
    body = {
        **payload,
        "metadata": {**cron["metadata"], **payload.get("metadata", {})},
        "config": {**config, "configurable": configurable},
    }
    if cron["on_run_completed"] == "keep":
        body.setdefault("on_completion", "keep")
    return await launch(world, cron["thread_id"], body, cron_id=cron["cron_id"])


async def _try(world: World, cron: JsonObject) -> None:
    """Start a cron's run; what is in the way of it is in the way of this run only, and is logged."""
    try:
        await start(world, cron)
    except Refusal as refusal:
        log.warning("cron %s starts no run: %s", cron["cron_id"], refusal)
    except Exception:
        log.exception("cron %s starts no run", cron["cron_id"])
