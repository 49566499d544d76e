"""Coverage: which operations and stream modes were used, of one server or of several together."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.wire import Json, JsonObject


class Coverage:
    """What was used and how often: operations by status, and stream modes; and what was not."""

    def __init__(self) -> None:
        self._operations: dict[str, JsonObject] = {}
        self._modes: Counter[str] = Counter()

    def add(self, told: Json) -> None:
        """Add what a server tells (`Coverage` in `specs/control.yaml`), or a file holds. ValueError if it is not that.

        Nothing is added then.
        """
        operations, modes = _read(told)
        for row in operations:
            known = self._operations.setdefault(row["operation"], {**row, "statuses": {}})
            known["statuses"] = dict(Counter(known["statuses"]) + Counter(row["statuses"]))
        for mode, times in modes.items():
            self._modes[mode] += times

    @property
    def used(self) -> int:
        """How many operations and stream modes were used at least once."""
        return sum(1 for row in self._operations.values() if row["statuses"]) + sum(map(bool, self._modes.values()))

    @property
    def known(self) -> int:
        """How many operations and stream modes there are."""
        return len(self._operations) + len(self._modes)

    @property
    def percent(self) -> float:
        """How much of what there is was used."""
        return 100 * self.used / self.known if self.known else 100.0

    def to_json(self) -> JsonObject:
        """Return the same as was added, in one, and the sums."""
        return {
            "operations": list(self._operations.values()),
            "stream_modes": dict(self._modes),
            "used": self.used,
            "known": self.known,
            "percent": round(self.percent, 1),
        }

    def to_text(self) -> str:
        """Return for people what was used how often, and what never was, by tag."""
        return "\n".join([*self._lines(), f"{self.used} of {self.known} used ({self.percent:.1f} %)"])

    def _lines(self) -> Iterator[str]:
        apis = {row["api"] for row in self._operations.values()}
        by_title: dict[str, list[JsonObject]] = {}
        for row in self._operations.values():
            tag = row["tag"] or "Others"
            by_title.setdefault(f"{row['api']}, {tag}" if len(apis) > 1 else tag, []).append(row)
        for title, rows in by_title.items():
            yield from _section(title, [(f"{row['method']:9} {row['path']}", row["statuses"]) for row in rows])
        yield from _section(
            "Stream modes", [(mode, {"": times} if times else {}) for mode, times in self._modes.items()]
        )


def _section(title: str, rows: list[tuple[str, dict[str, int]]]) -> Iterator[str]:
    """Yield what was used, each with how often, and then what was not."""
    used = [(name, counts) for name, counts in rows if counts]
    yield f"{title}: {len(used)} of {len(rows)}"
    for name, counts in used:
        statuses = ", ".join(f"{status} {times:,}x" if len(counts) > 1 else status for status, times in counts.items())
        yield f"  {sum(counts.values()):6,}  {name}{f'  ({statuses})' if statuses else ''}"
    for name, counts in rows:
        if not counts:
            yield f"   never  {name}"
    yield ""


def _read(told: Any) -> tuple[list[JsonObject], dict[str, int]]:
    """Return the operations and stream modes of what was told. ValueError if it is no coverage."""
    try:
        operations = [
            {
                "operation": str(row["operation"]),
                "method": str(row["method"]),
                "path": str(row["path"]),
                "api": str(row["api"]),
                "tag": row["tag"],
                "statuses": _counts(row["statuses"]),
            }
            for row in told["operations"]
        ]
        return operations, _counts(told["stream_modes"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no coverage ({type(error).__name__}: {error})") from None


def _counts(told: Any) -> dict[str, int]:
    for name, times in told.items():
        if not isinstance(times, int) or isinstance(times, bool) or times < 0:
            raise ValueError(f"no coverage (a count of {name} that is {times!r})")
    return dict(told)
