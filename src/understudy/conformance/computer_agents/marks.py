"""By what a check knows again what it has made: metadata where there are some, names elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understudy.conformance.ledger import LABEL, MADE_BY

if TYPE_CHECKING:
    from understudy.conformance.ledger import Ledger
    from understudy.wire import Json, JsonObject

_OF_A_CHECK = re.compile(rf"{LABEL}-[0-9a-f]+(?![0-9A-Za-z])")
"""What the names of computers and projects of any check begin with, and of nobody who calls theirs alike."""

NAMED = ("environments", "projects")
"""The kinds of things that are known by their name. The metadata of a computer are not for its users."""


def is_of(ledger: Ledger, kind: str, row: JsonObject) -> bool:
    """Return whether something carries the mark of this check."""
    if kind in NAMED:
        return str(row.get("name", "")).startswith(ledger.label)
    return (row.get("metadata") or {}).items() >= ledger.mark.items()


def is_of_any(kind: str, row: JsonObject) -> bool:
    """Return whether something carries the mark of any check."""
    if kind in NAMED:
        return _OF_A_CHECK.match(str(row.get("name", ""))) is not None
    return (row.get("metadata") or {}).items() >= MADE_BY.items()


def named(ledger: Ledger, name: Json) -> Json:
    """Return a name with the mark of this check; what is no name stays as it is."""
    if not isinstance(name, str) or not name or name.startswith(ledger.label):
        return name
    return f"{ledger.label} {name}"
