"""Laws of the store: it is a dictionary of documents, by namespace and key. All is kept under a label of the check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from understudy.conformance.asking import Unexamined
from understudy.conformance.laws.finding import Own

if TYPE_CHECKING:
    from collections.abc import Callable

    from understudy.conformance.asking import Asker
    from understudy.conformance.laws.law import Broken
    from understudy.conformance.stage import Stage
    from understudy.wire import Json, JsonObject

PUT = "PUT /store/items"
GET = "GET /store/items"
DELETE = "DELETE /store/items"
SEARCH = "POST /store/items/search"
NAMESPACES = "POST /store/namespaces"

_MANY = 1000
PAGES = 50

PLACES = st.sampled_from(((), ("a",), ("b",), ("a", "b"), ("a", "a"), ("ä", "a b"), ("b", "a", "b")))
"""Namespaces below that of the example: few, so that they meet again."""
KEYS = st.sampled_from(("k", "a.b", "k/ü"))
DOCUMENTS: st.SearchStrategy[JsonObject] = st.fixed_dictionaries(
    {},
    optional={
        "n": st.integers(2, 6),
        "text": st.sampled_from(("one", "two", "")),
        "list": st.sampled_from(([], [2], ["two", {"three": 3}])),
        "inner": st.sampled_from(({}, {"deep": {"er": 2}})),
    },
)


class StoreLaw(Own):
    """What laws of the store have in common: the namespace of an example, and what was put into it."""

    def __init__(self, asker: Asker, stage: Stage, found: Callable[[Broken], None]) -> None:
        super().__init__(asker, stage, found)
        self.items: dict[tuple[tuple[str, ...], str], JsonObject] = {}

    def at(self, place: tuple[str, ...]) -> list[str]:
        """Return the whole of a namespace below that of the example."""
        return [*self.namespace, *place]

    def put(self, place: tuple[str, ...], key: str, value: JsonObject) -> None:
        """Put an item, and remember it."""
        answer = self.ask(PUT, {"namespace": self.at(place), "key": key, "value": value})
        if not answer.ok:
            raise Unexamined(f"{PUT} answered {answer.status}: {answer.text[:200]}")
        self.items[place, key] = value

    def delete(self, place: tuple[str, ...], key: str) -> None:
        """Delete an item, whether there is one or not."""
        answer = self.ask(DELETE, {"namespace": self.at(place), "key": key})
        if not answer.ok:
            raise Unexamined(f"{DELETE} answered {answer.status}: {answer.text[:200]}")
        self.items.pop((place, key), None)

    def get(self, place: tuple[str, ...], key: str) -> Json:
        """Return an item; None where there is none. A namespace is one text, as the servers there are want it.

        That a document may take it for a list of labels is the business of another law (`array-parameters`).
        """
        answer = self.ask(GET, query={"namespace": ".".join(self.at(place)), "key": key})
        if answer.status == 404:
            return None
        if not answer.ok:
            raise Unexamined(f"{GET} answered {answer.status}: {answer.text[:200]}")
        return answer.body

    def found(self, place: tuple[str, ...] = (), **more: Json) -> list[JsonObject]:
        """Return the items that a search finds below a namespace."""
        body = {"namespace_prefix": self.at(place), "limit": _MANY, **more}
        rows: list[JsonObject] = self.told(SEARCH, body)["items"]
        return rows

    def places(self, **asked: Json) -> list[list[str]]:
        """Return the namespaces that are listed, whichever way the answer holds them."""
        told: Any = self.told(NAMESPACES, {"prefix": self.namespace, "limit": _MANY, **asked})
        return list(told["namespaces"] if isinstance(told, dict) else told)


def _names(rows: list[JsonObject]) -> list[list[Any]]:
    return sorted([row["namespace"], row["key"]] for row in rows)


class StoreAgrees(StoreLaw):
    """Items are put and deleted, and compared with a dictionary."""

    name = "store-agrees"
    sentence = "What was put is there until it is deleted, by its key and in searches, and nothing else is."
    section = PUT
    operations = (PUT, GET, DELETE, SEARCH)

    @rule(place=PLACES, key=KEYS, value=DOCUMENTS)
    def put_one(self, place: tuple[str, ...], key: str, value: JsonObject) -> None:
        self.put(place, key, value)
        self.get_one(place, key)
        self.search(())

    @rule(chance=st.integers(0, 9))
    def delete_one(self, chance: int) -> None:
        names = list(self.items) or [((), "k")]
        place, key = names[chance % len(names)]
        self.delete(place, key)
        self.get_one(place, key)
        self.search(())

    @rule(place=PLACES, key=KEYS)
    def get_one(self, place: tuple[str, ...], key: str) -> None:
        item, expected = self.get(place, key), self.items.get((place, key))
        what = f"the item {key!r} in {self.at(place)}"
        if not isinstance(item, dict):
            self.hold(expected is None, f"{what} is {item!r}, though {expected!r} was put")
            return
        self.hold(expected is not None, f"{what} is {item.get('value')!r}, though none is there")
        told = {name: item.get(name) for name in ("namespace", "key", "value")}
        self.same(told, {"namespace": self.at(place), "key": key, "value": expected}, what)

    @rule(place=PLACES)
    def search(self, place: tuple[str, ...]) -> None:
        expected = [[self.at(at), key, value] for (at, key), value in self.items.items() if at[: len(place)] == place]
        found = [[row["namespace"], row["key"], row["value"]] for row in self.found(place)]
        what = f"what a search finds below {self.at(place)}"

        self.same(sorted(found, key=_by_name), sorted(expected, key=_by_name), what)


def _by_name(row: list[Any]) -> Any:
    return row[:2]


class StoreOverwrites(StoreLaw):
    """An item is put again and again."""

    name = "store-overwrites"
    sentence = "Putting an item again replaces its value; when it was created stays, when it was updated grows."
    section = PUT
    operations = (PUT, GET)

    @rule(place=PLACES, key=KEYS, value=DOCUMENTS)
    def put_again(self, place: tuple[str, ...], key: str, value: JsonObject) -> None:
        known = (place, key) in self.items
        before = self.get(place, key) if known else None
        self.put(place, key, value)
        after = self.get(place, key)
        if not isinstance(after, dict):
            raise Unexamined(f"an item that was put is {after!r}")

        self.same(after["value"], value, "the value that was put last")
        if isinstance(before, dict):
            self.same(after["created_at"], before["created_at"], "the time of creation of an item that was put again")
            later = after["updated_at"] >= before["updated_at"]
            self.hold(later, f"updated_at went from {before['updated_at']} to {after['updated_at']}")


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "$eq": lambda value, other: value == other,
    "$ne": lambda value, other: value != other,
    "$gt": lambda value, other: value > other,
    "$gte": lambda value, other: value >= other,
    "$lt": lambda value, other: value < other,
    "$lte": lambda value, other: value <= other,
}


class StoreFilters(StoreLaw):
    """Items with and without a number are put, and searched for by what they hold."""

    name = "store-filters"
    sentence = "A filter finds the items whose documents hold what it says, and no others."
    section = SEARCH
    operations = (SEARCH, PUT)

    @initialize(values=st.lists(st.integers(2, 6), min_size=1, max_size=5), texts=st.sampled_from(("one", "two")))
    def put_some(self, values: list[int], texts: str) -> None:
        for at, number in enumerate(values):
            self.put(("a",) if at % 2 else (), str(at), {"n": number, "text": texts if at % 2 else "one"})

    @rule(number=st.integers(2, 6), text=st.none() | st.sampled_from(("one", "two", "six")))
    def search_equal(self, number: int, text: str | None) -> None:
        wanted: JsonObject = {"n": number} if text is None else {"n": number, "text": text}
        self._search(wanted, lambda value: value.items() >= wanted.items())

    @rule(operator=st.sampled_from(sorted(_COMPARISONS)), number=st.integers(2, 6))
    def search_compared(self, operator: str, number: int) -> None:
        holds = _COMPARISONS[operator]
        self._search({"n": {operator: number}}, lambda value: holds(value["n"], number))

    @rule(low=st.integers(2, 6), high=st.integers(2, 6))
    def search_between(self, low: int, high: int) -> None:
        self._search({"n": {"$gte": low, "$lt": high}}, lambda value: low <= value["n"] < high)

    @rule(numbers=st.lists(st.integers(2, 6), min_size=1, max_size=2))
    def search_among(self, numbers: list[int]) -> None:
        wanted: JsonObject = {"n": {"$in": list[Any](numbers)}}
        answer = self.ask(SEARCH, {"namespace_prefix": self.namespace, "limit": _MANY, "filter": wanted})
        if answer.ok:  # no document names this one: it may be refused, but not be passed over
            expected = [self._name(name) for name, value in self.items.items() if value["n"] in numbers]
            self.same(_names(answer.body["items"]), sorted(expected), f"what is found by the filter {wanted}")

    def _search(self, wanted: JsonObject, matches: Callable[[JsonObject], bool]) -> None:
        expected = [self._name(name) for name, value in self.items.items() if matches(value)]

        self.same(_names(self.found(filter=wanted)), sorted(expected), f"what is found by the filter {wanted}")

    def _name(self, name: tuple[tuple[str, ...], str]) -> list[Any]:
        return [self.at(name[0]), name[1]]


class StoreFiltersAbsent(StoreLaw):
    """Items are searched for by a member that some of them lack."""

    name = "store-filters-absent"
    sentence = "An item that lacks a member meets no order on it, and does not keep others from being found."
    section = SEARCH
    operations = (SEARCH, PUT)
    steps = 3
    examples = 0.5

    @rule(operator=st.sampled_from(("$gt", "$gte", "$lt", "$lte")), number=st.integers(2, 6))
    def search(self, operator: str, number: int) -> None:
        self.put((), "with", {"n": number})
        self.put((), "without", {"text": "one"})
        expected = [["with"]] if "e" in operator else []

        found = [[row["key"]] for row in self.found(filter={"n": {operator: number}})]
        self.same(found, expected, f"what is found by {operator} {number}")


class StorePagesPartition(StoreLaw):
    """Items are put, and listed in pages."""

    name = "store-pages-partition"
    sentence = "The pages of a search list every item once."
    section = SEARCH
    operations = (SEARCH, PUT)

    @initialize(names=st.lists(st.tuples(PLACES, KEYS), min_size=1, max_size=7, unique=True))
    def put_some(self, names: list[tuple[tuple[str, ...], str]]) -> None:
        for place, key in names:
            self.put(place, key, {"n": 2})

    @rule(size=st.integers(1, 4))
    def turn_pages(self, size: int) -> None:
        rows: list[JsonObject] = []
        for page in range(PAGES):
            found = self.found(limit=size, offset=page * size)
            self.hold(len(found) <= size, f"a page of {size} has {len(found)}")
            rows += found
            if len(found) < size:
                break
        expected = sorted([self.at(place), key] for place, key in self.items)

        self.same(_names(rows), expected, f"the items in all pages of {size}")
