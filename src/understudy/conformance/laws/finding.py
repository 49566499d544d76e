"""How what carries metadata is found: by its id, by a search, by a count, in pages. One law each, for every kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import NAMESPACE_OID, uuid5

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from understudy.conformance.asking import Unexamined
from understudy.conformance.laws.document import Document
from understudy.conformance.laws.law import Law

if TYPE_CHECKING:
    from understudy.conformance.stage import Graph
    from understudy.wire import Json, JsonObject

MANY = 1000
"""The most that a search lists at once."""
_PAGES = 50
_FAILED = 500


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that carries metadata, and the operations that find it."""

    id: str
    """The member that names it, and the parameter of the path."""
    one: str
    search: str
    count: str


class Own(Law):
    """What laws of a document's words have in common: the document, a graph to name, ids that nothing has."""

    @property
    def document(self) -> Document:
        """The document that is held against the deployment."""
        return Document(self._asker.document)

    @property
    def graph(self) -> Graph:
        """The plainest graph. Unexamined if there is none."""
        if not self.stage.graphs:
            raise Unexamined("no graph is known")
        return self.stage.graphs[0]

    @property
    def namespace(self) -> list[str]:
        """The namespace of this example: the label of the check, and a label for each mark that is not its own."""
        own = self.stage.ledger.mark
        return [self.stage.ledger.label, *(str(value) for name, value in self.marks.items() if name not in own)]

    def told_at(self, operation: str, path: dict[str, str]) -> JsonObject:
        """Return the JSON object that there is at a path. Unexamined if it is refused."""
        answer = self._asker.ask(operation, path=path)
        if not answer.ok:
            raise Unexamined(f"{operation} answered {answer.status}: {answer.text[:300]}")
        told: JsonObject = answer.body
        return told

    def new_id(self, number: int = 0) -> str:
        """Return an id that nothing in the deployment has; the same for the same number in this example."""
        return str(uuid5(NAMESPACE_OID, f"{sorted(self.marks.items())} {number}"))


class Finding(Own):
    """A law of one kind of things: how they are made, and the ways of finding them."""

    kind: ClassVar[Kind]

    def make(self, chance: int) -> JsonObject:
        """Make one and return the answer; what it holds depends on chance alone."""
        raise NotImplementedError

    def body(self, **filters: Json) -> JsonObject:
        """Return a search for what this example has made; metadata joins the marks."""
        metadata = filters.pop("metadata", None)
        return {**filters, "metadata": {**(metadata if isinstance(metadata, dict) else {}), **self.marks}}

    def found(self, **filters: Json) -> list[JsonObject]:
        """Return what a search lists of what this example has made."""
        rows = self.told(self.kind.search, {"limit": MANY, **self.body(**filters)})
        self.hold(isinstance(rows, list), f"a search answered {rows!r}, which is no list")
        return list(rows)

    def counted(self, **filters: Json) -> Json:
        """Return what a count says of what this example has made."""
        told: Json = self.told(self.kind.count, self.body(**filters))
        return told

    def one(self, row: JsonObject) -> JsonObject:
        """Return what is there under the id of a row."""
        return self.told_at(self.kind.one, {self.kind.id: str(row[self.kind.id])})

    def ids(self, rows: list[JsonObject]) -> list[str]:
        """Return the ids of rows."""
        return [str(row[self.kind.id]) for row in rows]


class IsFound(Finding):
    """Some are made, and looked for after each."""

    @initialize()
    def begin(self) -> None:
        self.made: dict[str, JsonObject] = {}

    @rule(chance=st.integers(0, 9))
    def make_one(self, chance: int) -> None:
        row = self.make(chance)
        self.made[str(row[self.kind.id])] = row

        self.same(self.one(row), row, f"what GET says of {row[self.kind.id]}, which was created")
        found = {str(each[self.kind.id]): each for each in self.found()}
        self.same(sorted(found), sorted(self.made), "the ids that a search finds by metadata")
        self.same(found, self.made, "what a search finds by metadata")
        self.same(self.counted(), len(self.made), "the count by metadata")


class PagesPartition(Finding):
    """Some are made, and listed in pages of every size and order."""

    newest_first: ClassVar[str] = "created_at"

    @initialize(count=st.integers(2, 7))
    def make_some(self, count: int) -> None:
        self.made = self.ids([self.make(number) for number in range(count)])

    @rule(size=st.integers(1, 4), by=st.integers(0, 99), descending=st.booleans())
    def turn_pages(self, size: int, by: int, descending: bool) -> None:
        fields = self.document.words(self.document.members(self.kind.search).get("sort_by", {}))
        field = fields[by % len(fields)] if fields else self.newest_first
        order: JsonObject = {"sort_by": field, "sort_order": "desc" if descending else "asc"} if fields else {}
        rows = self._pages(size, order)
        if rows is None:
            return

        self.same(sorted(self.ids(rows)), sorted(self.made), f"the ids in all pages of {size} by {field}")
        self.ordered(rows, field, descending or not fields)

    @rule(size=st.integers(1, 4))
    def turn_pages_unordered(self, size: int) -> None:
        rows = self._pages(size, {})
        if rows is None:
            return

        self.same(sorted(self.ids(rows)), sorted(self.made), f"the ids in all pages of {size}")
        self.ordered(rows, self.newest_first, True)

    def _pages(self, size: int, order: JsonObject) -> list[JsonObject] | None:
        rows: list[JsonObject] = []
        for page in range(_PAGES):
            asked = {**self.body(), **order, "limit": size, "offset": page * size}
            answer = self.ask(self.kind.search, asked)
            if answer.status >= _FAILED:
                return None  # what is wrong with it has been said; there are other orders
            if not answer.ok:
                raise Unexamined(f"{self.kind.search} answered {answer.status}: {answer.text[:300]}")
            found: Any = answer.body
            self.hold(len(found) <= size, f"a page of {size} has {len(found)}")
            rows += found
            follows = answer.headers.get("x-pagination-next")
            if len(rows) < len(self.made) and len(found) == size:
                self.same(follows, str((page + 1) * size), f"X-Pagination-Next after {len(rows)} of {len(self.made)}")
            else:
                self.same(follows, None, f"X-Pagination-Next of the last page, after {len(rows)}")
            if len(found) < size:
                break
        return rows

    def ordered(self, rows: list[JsonObject], field: str, descending: bool) -> None:
        """Say that rows are in the order of a field, those left out that have none."""
        values = [row[field] for row in rows if row.get(field) is not None]
        keys = [_key(value) for value in values]
        for at, (earlier, later) in enumerate(pairwise(keys)):
            right = earlier >= later if descending else earlier <= later
            direction = "descending" if descending else "ascending"
            self.hold(right, f"by {field}, {direction}, {values[at + 1]!r} follows {values[at]!r}")


class Selected(Finding):
    """One is made, and some of its members are asked for."""

    @initialize(chance=st.integers(0, 9))
    def make_one(self, chance: int) -> None:
        self.row = self.make(chance)

    @rule(chosen=st.sets(st.integers(0, 13), min_size=1, max_size=4))
    def select(self, chosen: set[int]) -> None:
        members = self.document.words(self.document.members(self.kind.search).get("select", {}))
        if not members:
            raise Unexamined(f"{self.kind.search} has nothing to select")
        names = sorted({members[each % len(members)] for each in chosen})
        expected = {name: self.row[name] for name in names if name in self.row}
        asked = {**self.body(), "select": list[Any](names), "limit": MANY}

        self.same(self.told(self.kind.search, asked), [expected], f"a search that selects {', '.join(names)}")


def _key(value: Json) -> tuple[float, str]:
    """Return what values are compared by: moments in time, or text in any case."""
    try:
        return datetime.fromisoformat(str(value)).timestamp(), ""
    except ValueError:
        return 0, str(value).casefold()
