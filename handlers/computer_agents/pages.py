"""Lists, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understudy.wire import JsonObject

MOST = 100
"""How many entries a page has at most, where nothing else is said."""


def clamped(limit: int, most: int = MOST) -> int:
    """Return how many entries a page has: as many as are asked for, but one at least and not more than `most`."""
    return min(max(limit, 1), most)


def page(rows: Sequence[JsonObject], *, offset: int = 0, limit: int | None, most: int = MOST) -> list[JsonObject]:
    """Return the rows of a page; all that follow where no limit is told."""
    return list(rows[offset:] if limit is None else rows[offset : offset + clamped(limit, most)])


def listed(rows: list[JsonObject], *, offset: int = 0, total: int) -> JsonObject:
    """Return what the API answers: the rows of a page, whether others follow, and how many there are on all pages."""
    return {"object": "list", "data": rows, "has_more": offset + len(rows) < total, "total_count": total}
