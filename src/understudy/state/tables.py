"""Tables of rows: kept in order of creation and of change, found by metadata without looking at every row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from sys import maxsize
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject

Order = Literal["asc", "desc"]
Predicate = Callable[["JsonObject"], bool]

_SCALARS = (str, int, float, bool, type(None))


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a search: its rows, and whether rows follow it."""

    rows: list[JsonObject]
    more: bool


class Table:
    """Rows by id. Rows are kept in the form of answers; a changed value replaces the old one, it is never edited.

    `key` names the row's id. `indexed` names columns that are found by value; metadata is found by each of its
    top-level pairs. `created` and `changed` name the columns with the times of creation and of the last change, texts
    that sort as the moments do. Rows with equal times of change count as changed in the order of the changes.
    """

    def __init__(
        self, key: str, *, indexed: tuple[str, ...] = (), created: str = "created_at", changed: str = "updated_at"
    ) -> None:
        self._key = key
        self._indexed = indexed
        self._created = created
        self._changed = changed
        self._rows: dict[str, JsonObject] = {}
        self._born: dict[str, int] = {}
        self._recency: dict[str, int] = {}
        self._serial = 0
        self._newest = ""
        self._in_order = True
        self._postings: dict[tuple[str, str, Json], dict[str, None]] = {}  # each in order of change, as recency is

    def __len__(self) -> int:
        return len(self._rows)

    def adopt(self, other: Table) -> None:
        """Hold what another table holds. The rows are shared, as none is ever edited; what comes later is not."""
        self._rows = other._rows.copy()
        self._born = other._born.copy()
        self._recency = other._recency.copy()
        self._serial, self._newest, self._in_order = other._serial, other._newest, other._in_order
        self._postings = {pair: posting.copy() for pair, posting in other._postings.items()}

    def __contains__(self, row_id: str) -> bool:
        return row_id in self._rows

    def __iter__(self) -> Iterator[JsonObject]:
        """Yield the rows in order of creation."""
        return iter(self._rows.values())

    def get(self, row_id: str) -> JsonObject | None:
        """Return the row, or None."""
        return self._rows.get(row_id)

    def put(self, row: JsonObject) -> None:
        """Add a row, or put it in the place of the one with its id; it counts as the one changed last."""
        row_id = row[self._key]
        self._serial += 1
        old = self._rows.get(row_id)
        if old is None:
            self._born[row_id] = self._serial
        else:
            self._unpost(row_id, old)
            del self._recency[row_id]
        self._rows[row_id] = row
        self._recency[row_id] = self._serial
        self._in_order &= row[self._changed] >= self._newest
        self._newest = max(self._newest, row[self._changed])
        for pair in self._pairs(row):
            self._postings.setdefault(pair, {})[row_id] = None

    def update(self, row_id: str, **changes: Json) -> JsonObject:
        """Return the row with the changes in it; it counts as the one changed last. KeyError if there is none."""
        row = {**self._rows[row_id], **changes}
        self.put(row)
        return row

    def delete(self, row_id: str) -> None:
        """Remove a row. KeyError if there is none."""
        self._unpost(row_id, self._rows.pop(row_id))
        del self._recency[row_id], self._born[row_id]

    def find(
        self,
        *,
        metadata: JsonObject | None = None,
        columns: JsonObject | None = None,
        ids: Iterable[str] | None = None,
        where: Predicate | None = None,
        sort_by: str | None = None,
        order: Order = "desc",
        sort_key: Callable[[JsonObject], Json] | None = None,
        offset: int = 0,
        limit: int | None = None,
    ) -> Page:
        """Return a page of the rows that match everything given.

        `columns` are indexed columns and the values they must have; `ids` restricts to these rows; `where` is asked
        last. Rows are sorted by the column `sort_by`, the time of change if that is left out, or by `sort_key`; equal
        ones stay in order of creation, but of rows with one time of creation the later counts as the younger.
        """
        chosen = None if ids is None else self._rows.keys() & set(ids)
        matches = self._matcher(metadata, columns, where, chosen)
        candidates = self._candidates(metadata, columns, chosen)
        sort_by = sort_by or self._changed
        if sort_by == self._changed and sort_key is None:
            found = self._by_recency(candidates, matches, order, None if limit is None else offset + limit + 1)
        else:
            key = sort_key or self._sort_key(sort_by)
            rows = filter(matches, self._in_order_of_creation(candidates))
            found = sorted(rows, key=key, reverse=order == "desc")
        if limit is None:
            return Page(found[offset:], more=False)
        return Page(found[offset : offset + limit], more=len(found) > offset + limit)

    def count(
        self,
        *,
        metadata: JsonObject | None = None,
        columns: JsonObject | None = None,
        where: Predicate | None = None,
    ) -> int:
        """Return how many rows match everything given."""
        matches = self._matcher(metadata, columns, where)
        candidates = self._candidates(metadata, columns, None)
        rows = self._rows.values() if candidates is None else map(self._rows.__getitem__, candidates)
        return sum(map(matches, rows))

    def _pairs(self, row: JsonObject) -> Iterator[tuple[str, str, Json]]:
        for name, value in (row.get("metadata") or {}).items():
            if isinstance(value, _SCALARS):
                yield ("metadata", name, value)
        for column in self._indexed:
            yield ("column", column, row.get(column))

    def _unpost(self, row_id: str, row: JsonObject) -> None:
        for pair in self._pairs(row):
            posting = self._postings[pair]
            posting.pop(row_id, None)
            if not posting:
                del self._postings[pair]

    def _candidates(
        self, metadata: JsonObject | None, columns: JsonObject | None, chosen: set[str] | None
    ) -> dict[str, None] | None:
        """Return the fewest ids that the indexes know to hold every match, in order of change; None for all rows."""
        self._put_in_order()
        pairs: list[tuple[str, str, Json]] = [
            ("metadata", name, value) for name, value in (metadata or {}).items() if isinstance(value, _SCALARS)
        ]
        pairs += [("column", name, value) for name, value in (columns or {}).items()]
        found = [self._postings.get(pair, {}) for pair in pairs]
        if chosen is not None:
            found.append(dict.fromkeys(sorted(chosen, key=self._recency.__getitem__)))
        return min(found, key=len, default=None)

    def _matcher(
        self,
        metadata: JsonObject | None,
        columns: JsonObject | None,
        where: Predicate | None,
        chosen: set[str] | None = None,
    ) -> Predicate:
        def matches(row: JsonObject) -> bool:
            return (
                (chosen is None or row[self._key] in chosen)
                and (not metadata or contains(row["metadata"], metadata))
                and (not columns or all(row.get(name) == value for name, value in columns.items()))
                and (where is None or where(row))
            )

        return matches

    def _sort_key(self, column: str) -> Callable[[JsonObject], Json]:
        if column == self._created:
            return lambda row: (row[column], self._born[row[self._key]])
        return lambda row: row[column]

    def _in_order_of_creation(self, candidates: Iterable[str] | None) -> Iterable[JsonObject]:
        if candidates is None:
            return self._rows.values()
        return map(self._rows.__getitem__, sorted(candidates, key=self._born.__getitem__))

    def _by_recency(
        self, candidates: dict[str, None] | None, matches: Predicate, order: Order, wanted: int | None
    ) -> list[JsonObject]:
        """Return the first `wanted` matches by time of change."""
        walk = self._recency if candidates is None else candidates
        rows = map(self._rows.__getitem__, reversed(walk) if order == "desc" else walk)
        return list(islice(filter(matches, rows), None if wanted is None else min(wanted, maxsize)))

    def _put_in_order(self) -> None:
        """Sort the order of change anew after a row came in that was changed before others were."""
        if not self._in_order:
            by_change = sorted(self._recency, key=lambda row_id: self._rows[row_id][self._changed])
            self._recency = {row_id: serial for serial, row_id in enumerate(by_change)}
            self._serial = max(self._serial, len(by_change))
            for pair, posting in self._postings.items():
                self._postings[pair] = dict.fromkeys(sorted(posting, key=self._recency.__getitem__))
            self._in_order = True


def contains(value: Json, wanted: Json) -> bool:
    """Return whether `value` has everything that `wanted` has: objects recurse, all else must be equal.

    As in the reference server: a key must exist even where null is wanted, arrays are compared whole, 1 equals true.
    """
    if isinstance(wanted, dict):
        return isinstance(value, dict) and all(
            name in value and contains(value[name], inner) for name, inner in wanted.items()
        )
    return bool(value == wanted)
