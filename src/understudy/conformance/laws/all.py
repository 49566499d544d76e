"""All laws there are, by API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.conformance.laws import copies

if TYPE_CHECKING:
    from understudy.conformance.laws.law import Law

LAWS: dict[str, tuple[type[Law], ...]] = {
    "agent-server": (
        copies.CopyEqualsSource,
        copies.CopyIsIndependent,
    ),
}
