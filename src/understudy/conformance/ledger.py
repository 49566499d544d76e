"""What a check has made in a deployment: known by its id and by its mark, told apart from what others have there."""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MADE_BY = {"made_by": "understudy check"}
"""The metadata that everything carries which any check has made."""

MARK = "understudy_check"
"""The key in the metadata of everything a check makes; its value names the check."""

LABEL = "understudy-check"
"""What the first label of a check's namespaces in the store begins with."""


class Ledger:
    """The ids of what a check has made, by kind (`threads`, `assistants`, …), and of what it has seen of others.

    Several workers may write at once.
    """

    def __init__(self, check_id: str) -> None:
        self.check_id = check_id
        self._lock = threading.Lock()
        self._own: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._ever: set[tuple[str, str]] = set()
        self._foreign: set[str] = set()
        self._kept: set[str] = set()

    @property
    def mark(self) -> dict[str, str]:
        """The metadata that everything carries which this check makes."""
        return {**MADE_BY, MARK: self.check_id}

    @property
    def label(self) -> str:
        """The first label of every namespace that this check writes to."""
        return f"{LABEL}-{self.check_id}"

    def made(self, kind: str, name: str) -> None:
        """Say that something was made."""
        with self._lock:
            self._own[kind][name] = None
            self._ever.add((kind, name))
            self._foreign.discard(name)

    def gone(self, kind: str, name: str) -> None:
        """Say that something is not there any more."""
        with self._lock:
            self._own[kind].pop(name, None)

    def saw(self, kind: str, names: Iterable[str]) -> None:
        """Say that a deployment told of these; those that this check has not made belong to others."""
        with self._lock:
            self._foreign.update(name for name in names if name not in self._own[kind])

    def of(self, kind: str) -> list[str]:
        """Return the names of what was made and is there, the oldest first."""
        with self._lock:
            return list(self._own[kind])

    def has(self, kind: str, name: str) -> bool:
        """Return whether this check has made something, and it is there."""
        return name in self._own[kind]

    def had(self, kind: str, name: str) -> bool:
        """Return whether this check has made something, whether or not it is there still."""
        return (kind, name) in self._ever

    def is_empty(self) -> bool:
        """Return whether nothing is there that this check has made."""
        return not any(self._own.values())

    def keep(self, name: str) -> None:
        """Say that something of this check's own is needed to the end."""
        self._kept.add(name)

    def is_off_limits(self, name: str) -> bool:
        """Return whether no made-up request may touch something: it belongs to somebody else, or is needed."""
        return name in self._foreign or name in self._kept
