"""A table held to a list of rows that is searched from end to end, whatever comes in which order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, precondition, rule

from understudy.state.tables import Table, contains

Row = dict[str, Any]

ids = st.sampled_from([f"row-{number}" for number in range(8)])
moments = st.integers(1, 5).map(lambda day: f"2026-01-0{day}")
values = st.sampled_from([None, True, 0, 1, 1.0, "1", "x", ["x"], {"y": 1}, {"y": 1, "z": 2}])
metadata = st.dictionaries(st.sampled_from("abc"), values, max_size=3)
colours = st.sampled_from(["red", "green", None])
columns = st.fixed_dictionaries({"colour": colours, "name": st.sampled_from("pqr"), "metadata": metadata})


class Naive:
    """Rows in order of creation, each with the number of its last change."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, Row]] = []
        self.changes = 0

    def put(self, row: Row) -> None:
        self.changes += 1
        ids = [row["id"] for _, row in self.rows]
        if row["id"] in ids:
            self.rows[ids.index(row["id"])] = (self.changes, row)
        else:
            self.rows.append((self.changes, row))

    def find(self, *, sort_by: str, order: str, **filters: Any) -> list[Row]:
        found = [(change, born, row) for born, (change, row) in enumerate(self.rows) if self._matches(row, **filters)]
        keys: dict[str, Any] = {
            "updated_at": lambda it: (it[2]["updated_at"], it[0]),
            "created_at": lambda it: (it[2]["created_at"], it[1]),
        }
        found.sort(key=keys.get(sort_by, lambda it: it[2][sort_by]), reverse=order == "desc")
        return [row for *_, row in found]

    def _matches(self, row: Row, *, metadata: Row | None, colour: Any, ids: Any, name: str | None) -> bool:
        return (
            contains(row["metadata"], metadata or {})
            and (colour == "any" or row["colour"] == colour)
            and (ids is None or row["id"] in ids)
            and (name is None or row["name"] == name)
        )


class TableLikeAList(RuleBasedStateMachine):
    """Every search of the table finds what a search of the list finds."""

    rows = Bundle("rows")

    @initialize()
    def begin(self) -> None:
        self.table = Table("id", indexed=("colour",))
        self.naive = Naive()
        self.now = "2026-01-01"

    @rule(moment=moments)
    def set_the_clock(self, moment: str) -> None:
        """Forwards or back."""
        self.now = moment

    @rule(target=rows, row_id=ids, columns=columns)
    def create(self, row_id: str, columns: Row) -> str:
        return self._put({"id": row_id, "created_at": self.now, "updated_at": self.now, **columns})

    @rule(target=rows, row_id=ids, columns=columns, created=moments, updated=moments)
    def restore(self, row_id: str, columns: Row, created: str, updated: str) -> str:
        """As it was at some other time."""
        return self._put({"id": row_id, "created_at": created, "updated_at": updated, **columns})

    @rule(row_id=rows, changes=columns)
    def update(self, row_id: str, changes: Row) -> None:
        if row_id not in self.table:
            with pytest.raises(KeyError):
                self.table.update(row_id, **changes)
            return
        changed = self.table.update(row_id, **changes, updated_at=self.now)
        self.naive.put(changed)

    @rule(row_id=consumes(rows))
    def delete(self, row_id: str) -> None:
        if row_id not in self.table:
            with pytest.raises(KeyError):
                self.table.delete(row_id)
            return
        self.table.delete(row_id)
        self.naive.rows = [(change, row) for change, row in self.naive.rows if row["id"] != row_id]

    @precondition(lambda self: self.naive.rows)
    @rule(
        metadata=st.none() | metadata,
        colour=st.just("any") | colours,
        chosen=st.none() | st.lists(ids, max_size=4),
        name=st.none() | st.sampled_from("pq"),
        sort_by=st.sampled_from(["updated_at", "created_at", "name", "id"]),
        order=st.sampled_from(["asc", "desc"]),
        offset=st.integers(0, 4),
        limit=st.none() | st.integers(1, 4),
    )
    def find(
        self,
        metadata: Row | None,
        colour: Any,
        chosen: Any,
        name: str | None,
        sort_by: str,
        order: Any,
        offset: int,
        limit: int | None,
    ) -> None:
        columns = None if colour == "any" else {"colour": colour}
        where = None if name is None else (lambda row: row["name"] == name)
        page = self.table.find(
            metadata=metadata,
            columns=columns,
            ids=chosen,
            where=where,
            sort_by=sort_by,
            order=order,
            offset=offset,
            limit=limit,
        )

        whole = self.naive.find(sort_by=sort_by, order=order, metadata=metadata, colour=colour, ids=chosen, name=name)
        end = len(whole) if limit is None else offset + limit
        assert page.rows == whole[offset:end]
        assert page.more == (end < len(whole))
        if chosen is None:
            assert self.table.count(metadata=metadata, columns=columns, where=where) == len(whole)

    @invariant()
    def holds_the_same_rows(self) -> None:
        assert list(self.table) == [row for _, row in self.naive.rows]
        assert len(self.table) == len(self.naive.rows)
        for row in self.table:
            assert row["id"] in self.table
            assert self.table.get(row["id"]) is row

    def _put(self, row: Row) -> str:
        self.table.put(row)
        self.naive.put(row)
        return str(row["id"])


TestTableLikeAList = TableLikeAList.TestCase
TestTableLikeAList.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@pytest.mark.parametrize(
    ("value", "wanted", "answer"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, True),
        ({"a": None}, {"a": None}, True),
        ({}, {"a": None}, False),
        ({"a": 1}, {"a": True}, True),
        ({"a": "1"}, {"a": 1}, False),
        ({"a": ["x", "y"]}, {"a": ["x"]}, False),
        ({"a": ["x"]}, {"a": ["x"]}, True),
        ({"a": [{"b": 1, "c": 2}]}, {"a": [{"b": 1}]}, False),
        ({"a": 1}, {"a": {}}, False),
        ({"a": {}}, {"a": {}}, True),
        (None, {}, False),
        ([], [], True),
    ],
)
def test_containing_is_having_everything_arrays_as_a_whole(value: Any, wanted: Any, answer: bool) -> None:
    assert contains(value, wanted) is answer


def test_the_columns_with_the_times_may_have_other_names() -> None:
    table = Table("id", created="createdAt", changed="updatedAt")
    for name, day in (("a", 2), ("b", 3), ("c", 1)):
        table.put({"id": name, "createdAt": "same", "updatedAt": f"2026-01-0{day}", "metadata": {}})

    assert [row["id"] for row in table.find().rows] == ["b", "a", "c"]
    assert [row["id"] for row in table.find(sort_by="createdAt").rows] == ["c", "b", "a"]
