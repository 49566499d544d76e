"""Crons between a scenario and a world: rows filled in and checked."""

from __future__ import annotations

from datetime import MAXYEAR
from typing import TYPE_CHECKING

from understudy.errors import Refusal
from understudy.scenarios.references import assistant, time, uuid
from understudy.state import schedules
from understudy.state.clock import timestamp
from understudy.state.crons import marked

if TYPE_CHECKING:
    from understudy.paths import Path
    from understudy.scenarios.references import Around, Complain
    from understudy.wire import JsonObject


def complete(row: JsonObject, path: Path, around: Around, complain: Complain) -> JsonObject:
    """Return the row of a cron with everything that was left out."""
    told_id = row.get("cron_id")
    cron_id = uuid(told_id, (*path, "cron_id"), complain) if told_id else around.world.ids.time_ordered()
    assistant_id = assistant(row["assistant_id"], (*path, "assistant_id"), around, complain)
    thread_id = row.get("thread_id")
    if thread_id is not None:
        thread_id = uuid(thread_id, (*path, "thread_id"), complain)
    created_at = time(row, "created_at", path, complain) or timestamp(around.world.clock.now())
    payload = {
        "assistant_id": assistant_id,
        "schedule": row["schedule"],
        **row.get("payload", {}),
    }
    return {
        "cron_id": cron_id,
        "assistant_id": assistant_id,
        "thread_id": thread_id,
        "user_id": row.get("user_id", ""),
        "end_time": row.get("end_time"),
        "schedule": row["schedule"],
        "timezone": row.get("timezone"),
        "payload": marked({**payload, "assistant_id": assistant_id}, cron_id),
        "next_run_date": _next(row, path, around, complain),
        "metadata": row.get("metadata", {}),
        "on_run_completed": row.get("on_run_completed", None if thread_id else "delete"),
        "enabled": row.get("enabled", True),
        "created_at": created_at,
        "updated_at": time(row, "updated_at", path, complain) or created_at,
    }


def _next(row: JsonObject, path: Path, around: Around, complain: Complain) -> str | None:
    """Return the date at which a cron is due: as it is told, or the first one from now on."""
    schedule, timezone = row["schedule"], row.get("timezone")
    name = "schedule"
    try:
        schedules.check(schedule)
        name = "timezone"
        schedules.check_timezone(timezone)
        if "next_run_date" in row:
            return time(row, "next_run_date", path, complain, last=MAXYEAR)
        name = "schedule"
        return timestamp(schedules.following(schedule, around.world.clock.now(), timezone))
    except Refusal as refusal:
        complain((*path, name), refusal.detail)
        return None
