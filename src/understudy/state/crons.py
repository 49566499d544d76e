"""Crons: schedules, and the request from which each of their runs is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.errors import NotFound, Unacceptable
from understudy.state import schedules
from understudy.state.clock import moment, timestamp
from understudy.state.configuration import public
from understudy.state.tables import Page, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from understudy.state.clock import Clock
    from understudy.state.ids import Ids
    from understudy.state.tables import Order
    from understudy.wire import Json, JsonObject

_TOLD = ("schedule", "timezone", "end_time", "enabled", "on_run_completed")
"""What a patch changes in the row itself, besides metadata."""

_IDS = ("cron_id", "assistant_id", "thread_id")


class Crons:
    """The crons of a world. Rows are what the API answers.

    `watcher` is called with the moment at which a cron is due, whenever that may have become earlier.
    """

    def __init__(self, *, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self._table = Table("cron_id", indexed=("assistant_id", "thread_id", "enabled"))
        self.watcher: Callable[[datetime], None] | None = None

    def adopt(self, other: Crons) -> None:
        """Hold the crons that another world has.

        Where one was to start its next run at the first date of its schedule, it does so from now on.
        """
        self._table.adopt(other._table)
        begun = other._clock.now()
        for row in self.due():
            if row["next_run_date"] == _first(row, begun):
                self.proceed(row["cron_id"])

    def __len__(self) -> int:
        return len(self._table)

    def __iter__(self) -> Iterator[JsonObject]:
        """Yield the rows in order of creation."""
        return iter(list(self._table))

    def get(self, cron_id: str) -> JsonObject:
        """Return a cron's row. NotFound if there is none."""
        row = self._table.get(cron_id)
        if row is None:
            raise NotFound("Not Found")
        return row

    def create(self, body: JsonObject, assistant_id: str, thread_id: str | None = None) -> JsonObject:
        """Return the row of a new cron that runs an assistant, on a thread or each time on one of its own.

        `body` is the request as the document has it. Invalid for a schedule or a timezone that is none, Unacceptable
        for a schedule that names no date ahead.
        """
        schedule, timezone = body["schedule"], body.get("timezone")
        schedules.check(schedule)
        now = self._clock.now()
        due = schedules.following(schedule, now, timezone)
        cron_id = self._ids.time_ordered()
        row = {
            "cron_id": cron_id,
            "assistant_id": assistant_id,
            "thread_id": thread_id,
            "user_id": "",
            "end_time": body.get("end_time"),
            "schedule": schedule,
            "timezone": timezone,
            "payload": marked({**public(body), "assistant_id": assistant_id}, cron_id),
            "next_run_date": timestamp(due),
            "metadata": public(body).get("metadata", {}),
            "on_run_completed": None if thread_id else body.get("on_run_completed", "delete"),
            "enabled": body.get("enabled", True),
            "created_at": timestamp(now),
            "updated_at": timestamp(now),
        }
        self._put(row)
        return row

    def patch(self, cron_id: str, changes: JsonObject) -> JsonObject:
        """Return the row with the changes in it, which also go into the payload; its assistant stays.

        A new schedule or timezone moves the next date. Metadata is merged key by key, in the payload it is replaced.
        NotFound if there is no such cron; Invalid and Unacceptable as for a new one, and then nothing has changed.
        """
        row = self._table.get(cron_id)
        if row is None:
            raise NotFound(f"Cron '{cron_id}' not found")
        changes = public(changes)
        now = self._clock.now()
        fresh: JsonObject = {name: changes[name] for name in _TOLD if name in changes}
        if "schedule" in fresh:
            schedules.check(fresh["schedule"])
        if "schedule" in fresh or "timezone" in fresh:
            whole = {**row, **fresh}
            fresh["next_run_date"] = timestamp(schedules.following(whole["schedule"], now, whole["timezone"]))
        if "metadata" in changes:
            fresh["metadata"] = {**row["metadata"], **changes["metadata"]}
        payload = {**row["payload"], **changes, "assistant_id": row["assistant_id"]}
        row = {**row, **fresh, "payload": marked(payload, cron_id), "updated_at": timestamp(now)}
        self._put(row)
        return row

    def delete(self, cron_id: str) -> None:
        """Remove a cron. NotFound if there is none."""
        self.get(cron_id)
        self._table.delete(cron_id)

    def forget_assistant(self, assistant_id: str) -> None:
        """Remove the crons that run an assistant."""
        self._forget({"assistant_id": assistant_id})

    def forget_thread(self, thread_id: str) -> None:
        """Remove the crons that run on a thread."""
        self._forget({"thread_id": thread_id})

    def find(
        self,
        *,
        columns: JsonObject | None = None,
        metadata: JsonObject | None = None,
        sort_by: str = "created_at",
        order: Order = "desc",
        offset: int = 0,
        limit: int | None = None,
    ) -> Page:
        """Return a page of the crons whose assistant, thread and `enabled` are those of `columns`, where told.

        What a cron lacks sorts before every time, and as "none" among the ids, as in the reference server.
        """
        return self._table.find(
            columns=columns,
            metadata=metadata,
            sort_by=sort_by,
            sort_key=None if sort_by == "created_at" else _order(sort_by),
            order=order,
            offset=offset,
            limit=limit,
        )

    def count(self, *, columns: JsonObject | None = None, metadata: JsonObject | None = None) -> int:
        """Return how many crons match."""
        return self._table.count(columns=columns, metadata=metadata)

    def restore(self, row: JsonObject) -> None:
        """Put a cron as it is told: a complete row. A cron with this id is replaced."""
        self._put({**row})

    def upcoming(self) -> datetime | None:
        """Return when the next cron is due, which may be past; None if none ever is."""
        dates = [date for row in self._table if (date := self._due(row)) is not None]
        return min(dates, default=None)

    def due(self) -> list[JsonObject]:
        """Return the crons that are due by now, the one that has waited longest first."""
        now = self._clock.now()
        dates = [(date, row) for row in self._table if (date := self._due(row)) is not None and date <= now]
        return [row for _, row in sorted(dates, key=lambda pair: pair[0])]

    def proceed(self, cron_id: str) -> None:
        """Move a cron that was due to its first date from now on, however many have passed meanwhile.

        Nothing happens if there is no such cron any more; without a date ahead it is never due again.
        """
        row = self._table.get(cron_id)
        if row is None:
            return
        self._table.update(cron_id, next_run_date=_first(row, self._clock.now()))

    def _forget(self, columns: JsonObject) -> None:
        for row in self._table.find(columns=columns).rows:
            self._table.delete(row["cron_id"])

    def _put(self, row: JsonObject) -> None:
        self._table.put(row)
        due = self._due(row)
        if due is not None and self.watcher is not None:
            self.watcher(due)

    def _due(self, row: JsonObject) -> datetime | None:
        """Return when a cron starts its next run; None if it is suspended, or over before that."""
        if not row["enabled"] or row["next_run_date"] is None:
            return None
        date = moment(row["next_run_date"])
        end = _end(row["end_time"])
        return date if end is None or end >= max(date, self._clock.now()) else None


def marked(payload: JsonObject, cron_id: str) -> JsonObject:
    """Return a payload whose runs tell in their config which cron started them."""
    config = payload.get("config") or {}
    configurable = {**(config.get("configurable") or {}), "cron_id": cron_id}
    return {**payload, "config": {**config, "configurable": configurable}}


def _end(text: str | None) -> datetime | None:
    """Return the moment after which a cron is over. Any text may stand there; one that is no time ends nothing."""
    try:
        return moment(text) if text else None
    except (ValueError, OverflowError):
        return None


def _first(row: JsonObject, now: datetime) -> str | None:
    """Return the first date of a cron's schedule that is ahead; None if there is none."""
    try:
        return timestamp(schedules.following(row["schedule"], now, row["timezone"]))
    except Unacceptable:
        return None


def _order(column: str) -> Callable[[JsonObject], Json]:
    if column in _IDS:
        return lambda row: str(row[column]).lower()
    return lambda row: row[column] or ""
