"""Rows of one kind that a world holds for the Computer Agents API, as it answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from understudy.errors import NotFound
from understudy.state.clock import brief_timestamp
from understudy.state.tables import Table

if TYPE_CHECKING:
    from understudy.state.clock import Clock
    from understudy.wire import JsonObject


class Rows:
    """What projects, agents, computers and threads have in common: rows by id, of which one may be the default one.

    `noun` is what a refusal calls a row; by the columns that are `indexed`, rows are found.
    """

    def __init__(self, noun: str, *, indexed: tuple[str, ...], clock: Clock) -> None:
        self._noun = noun
        self._clock = clock
        self._table = Table("id", indexed=indexed, created="createdAt", changed="updatedAt")

    def __contains__(self, row_id: str) -> bool:
        return row_id in self._table

    def adopt(self, other: Self) -> None:
        """Hold the rows that another world has."""
        self._table.adopt(other._table)

    def get(self, row_id: str) -> JsonObject:
        """Return a row. NotFound if there is none with this id."""
        row = self._table.get(row_id)
        if row is None:
            raise NotFound(f"{self._noun} {row_id} not found")
        return row

    def name_of(self, row_id: str) -> str | None:
        """Return the name that a row tells; None if there is no such row."""
        row = self._table.get(row_id)
        return None if row is None else row["name"]

    def delete(self, row_id: str) -> None:
        """Remove a row, but nothing that refers to it. NotFound if there is none with this id."""
        self.get(row_id)
        self._table.delete(row_id)

    def restore(self, row: JsonObject) -> None:
        """Put a row, complete as the API answers it, in the place of the one with its id."""
        self._put(row)

    def _put(self, row: JsonObject) -> JsonObject:
        """Hold a row; if it is the default one, no other is so any more."""
        if row.get("isDefault"):
            for other in self._marked():
                self._table.update(other["id"], isDefault=False)
        self._table.put(row)
        return row

    def _marked(self) -> list[JsonObject]:
        """Return the row that is the default one, if one is."""
        return self._table.find(columns={"isDefault": True}).rows

    def _now(self) -> str:
        return brief_timestamp(self._clock.now())
