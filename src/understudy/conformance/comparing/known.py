"""Differences that are known: counted, but no failure."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from understudy.errors import SetupError, did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

    from understudy.conformance.comparing.partings import Parting

_KEYS = {"operation": str, "place": str, "reason": str, "values": str, "diverges": bool}
_REQUIRED = ("operation", "place", "reason")


@dataclass(frozen=True)
class Entry:
    """A known difference. In patterns, `*` stands for any text, also for none.

    `operation` is as in `POST /threads/{thread_id}/copy`, `place` as in `body.values.n`; `values` is what both say
    there, as in `400 * | 500 *`, in either order.
    """

    operation: str
    place: str
    reason: str
    values: str = "*"
    diverges: bool = False
    """Whether the rest of a sequence follows from it, and is not to be compared."""

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        return tuple(_pattern(text) for text in (self.operation, self.place, self.values))

    def covers(self, parting: Parting) -> bool:
        """Return whether this is the difference that is known."""
        operation, place, values = self._patterns
        told = (f"{parting.one} | {parting.other}", f"{parting.other} | {parting.one}")
        return (
            operation.fullmatch(parting.operation) is not None
            and place.fullmatch(parting.place) is not None
            and any(values.fullmatch(each) for each in told)
        )

    def concerns(self, operation: str) -> bool:
        """Return whether it is about an operation."""
        return self._patterns[0].fullmatch(operation) is not None

    def __str__(self) -> str:
        return f"{self.operation}: {self.place} ({self.reason})"


@dataclass
class Known:
    """The known differences, and how often each was met."""

    entries: tuple[Entry, ...] = ()
    source: str | None = None
    bundled: bool = False
    met: Counter[Entry] = field(default_factory=Counter)

    def find(self, parting: Parting) -> Entry | None:
        """Return what is known of a difference, and count it."""
        found = next((entry for entry in self.entries if entry.covers(parting)), None)
        if found:
            self.met[found] += 1
        return found

    def stale(self, operations: set[str]) -> list[Entry]:
        """Return the entries that did not show although one of their operations was played."""
        return [entry for entry in self.entries if not self.met[entry] and any(map(entry.concerns, operations))]


def read(path: Path) -> Known:
    """Return what a file says. SetupError if it says something else than a list of known differences."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SetupError(f"--known {path}: {error.strerror}") from None
    return Known(_parsed(text, str(path)), str(path))


def bundled(version: str) -> Known:
    """Return the differences between the Agent Server of a version and understudy; none where they are not known."""
    file = files("understudy.conformance.comparing") / "known" / f"agent-server-{version}.yaml"
    if not file.is_file():
        return Known()
    return Known(_parsed(file.read_text(encoding="utf-8"), file.name), f"langgraph-api {version}", bundled=True)


def _parsed(text: str, name: str) -> tuple[Entry, ...]:
    try:
        rows = yaml.safe_load(text) or []
    except yaml.YAMLError as error:
        raise SetupError(f"{name}: {error}") from None
    if not isinstance(rows, list):
        raise SetupError(f"{name}: it holds a list of {{operation, place, reason}}, not {type(rows).__name__}")
    return tuple(_entry(row, f"{name}, entry {number}") for number, row in enumerate(rows, 1))


def _entry(row: Any, where: str) -> Entry:
    if not isinstance(row, dict):
        raise SetupError(f"{where}: it is {{operation, place, reason}}, not {row!r}")
    for key, value in row.items():
        if key not in _KEYS:
            raise SetupError(f'{where}: unknown key "{key}".{did_you_mean(str(key), _KEYS)}')
        if not isinstance(value, _KEYS[key]):
            raise SetupError(f"{where}: {key} is {'a text' if _KEYS[key] is str else 'true or false'}, not {value!r}")
    for key in _REQUIRED:
        if key not in row:
            raise SetupError(f"{where}: {key} is missing")
    return Entry(**row)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, text.split("*"))), re.DOTALL)
