"""Schedules: cron expressions, and the dates they name."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from understudy.errors import Invalid, Unacceptable


def check(schedule: str) -> None:
    """Raise Invalid unless the text is a cron expression: of five fields, of six with seconds last, or `@daily`."""
    if not _is_valid(schedule):
        raise Invalid(
            f"Invalid cron schedule: '{schedule}'. Reason: Invalid cron schedule. Ensure the schedule uses the "
            "standard cron format (minute hour day_of_month month day_of_week). "
            "Example: '*/5 * * * *' for every 5 minutes."
        )


def check_timezone(timezone: str | None) -> None:
    """Raise Invalid unless this names a timezone; Unacceptable, as in the reference server, if it never could."""
    if timezone is not None:
        _zone(timezone)


def following(schedule: str, now: datetime, timezone: str | None = None) -> datetime:
    """Return the first date after `now` that a valid schedule names in a timezone, in UTC. Unacceptable if none is."""
    from croniter import croniter

    start = now.astimezone(_zone(timezone)) if timezone else now
    try:
        date: datetime = croniter(schedule, start).get_next(datetime)
        return date.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unacceptable(str(error)) from None


def _is_valid(schedule: str) -> bool:
    from croniter import croniter

    try:
        return bool(croniter.is_valid(schedule))
    except (ArithmeticError, LookupError, ValueError):
        return False


def _zone(timezone: str) -> ZoneInfo:
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, OSError):
        # An OSError comes of a folder of zones, `America`, and of a name that is too long for a file.
        raise Invalid(f"Invalid timezone: '{timezone}'. Use IANA timezone format (e.g. 'America/New_York').") from None
    except ValueError as error:
        raise Unacceptable(str(error)) from None
