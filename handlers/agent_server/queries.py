"""What several resources are asked in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from understudy.wire import Json, JsonObject


def flag(value: Json) -> bool:
    """Return whether a lenient flag of a query is on: only `true` and `True` are yes, and nothing is refused."""
    return value in (True, "true", "True")


def selected(rows: Iterable[JsonObject], names: Collection[str] | None) -> list[JsonObject]:
    """Return the rows with nothing in them but these fields; whole ones where none are named."""
    if not names:
        return list(rows)
    return [{name: row[name] for name in row if name in names} for row in rows]


def said(value: Json) -> bool:
    """Return whether a flag of a query is on: `true`, `yes` and `1` are, in any case, and nothing is refused."""
    return str(value).lower() in ("true", "yes", "1")
