"""What a fault is: one thing that a server does wrong, and what has to find it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.conformance.broken.proxy import Change
    from understudy.conformance.settings import Contract


@dataclass(frozen=True)
class Fault:
    name: str
    sentence: str
    found_by: str
    """The law that it breaks, or the check of Schemathesis that it fails."""
    changes: Mapping[str, Change]
    """What is done instead, by operation."""
    at: str | None = None
    """The operation that fails the check; None for a law."""
    contract: Contract = "observed"
    also: frozenset[str] = frozenset()
    """Further laws that it may break, and rightly so."""

    def __str__(self) -> str:
        return self.name
