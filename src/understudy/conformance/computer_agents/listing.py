"""Reading lists to their end, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from understudy.conformance.asking import Unexamined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.conformance.asking import Answer, Asker
    from understudy.wire import JsonObject

PAGE = 100
_PAGES = 1000

_PAGED = frozenset({"GET /v1/threads", "GET /v1/environments", "GET /v1/agents"})
"""Lists that know an offset."""


def rows(asker: Asker, operation: str, **query: Any) -> list[JsonObject]:
    """Return all rows of a list. Unexamined if it is refused, or is none."""
    return [row for answer in pages(asker, operation, **query) for row in rows_of(answer)]


def pages(asker: Asker, operation: str, **query: Any) -> Iterator[Answer]:
    """Yield the pages of a list as they are answered, as long as there are rows that were not there before."""
    seen = set[str]()
    for page in range(_PAGES):
        asker.begin()
        at = {"limit": PAGE, "offset": page * PAGE} if operation in _PAGED else {}
        answer = asker.ask(operation, query={**query, **at})
        yield answer
        found = {str(row.get("id")) for row in rows_of(answer)}
        # Not every server knows of offsets, and not every one stops at a limit.
        if operation not in _PAGED or len(found) < PAGE or found <= seen:
            return
        seen |= found


def rows_of(answer: Answer) -> list[JsonObject]:
    """Return the rows of a page. Unexamined if there are none to be read."""
    told = answer.body if answer.ok else None
    found = told.get("data", told.get("projects")) if isinstance(told, dict) else None
    if not isinstance(found, list):
        raise Unexamined(f"{answer.operation} answered {answer.status} without a list: {answer.text[:200]}")
    return [row for row in found if isinstance(row, dict)]
