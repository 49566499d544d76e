"""Laws of searching threads: counting them, in pages, in order, and telling a part of them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from understudy.conformance.laws.threads import (
    CHANCE,
    COUNT,
    CREATE,
    GET,
    METADATA,
    PATCH,
    SEARCH,
    START,
    UPDATE,
    ThreadLaw,
    ids,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from understudy.wire import Json, JsonObject

TIMES = ("created_at", "updated_at", "state_updated_at")
MEMBERS = ("thread_id", *TIMES, "metadata", "config", "status", "values", "interrupts")
"""What `select` can ask for."""
ORDER = st.fixed_dictionaries(
    {"sort_by": st.sampled_from(["thread_id", "status", *TIMES]), "sort_order": st.sampled_from(["asc", "desc"])}
)
STATUS = st.sampled_from([None, "idle", "interrupted", "busy", "error"])
MADE = st.lists(st.tuples(METADATA, CHANCE), min_size=2, max_size=4)
"""The threads of an example: their metadata, and by what chance they have a graph and a state."""


class SearchLaw(ThreadLaw):
    """What laws of searches have in common: threads that are there before anything is looked for."""

    operations: ClassVar[tuple[str, ...]] = (SEARCH, CREATE, UPDATE)

    @initialize(made=MADE)
    def create(self, made: list[tuple[JsonObject, int]]) -> None:
        self.made = [self.any_thread(chance, **metadata) for metadata, chance in made]

    def meeting(self, meets: Callable[[JsonObject], bool]) -> list[Json]:
        """Return the ids of the example's threads that meet a condition, in order; each is read by its id."""
        return sorted(thread_id for thread_id in self.made if meets(self.thread(thread_id)))


class ThreadIsFound(SearchLaw):
    """Threads are created, changed, and looked for."""

    name = "thread-is-found"
    sentence = "Every thread that was created is found by its id, by a search and by a count, with the same members."
    section = SEARCH
    operations = (SEARCH, COUNT, CREATE, GET, UPDATE, PATCH)

    @rule(metadata=METADATA)
    def add(self, metadata: JsonObject) -> None:
        told = self.told(CREATE, {"metadata": self.marked(**metadata)})
        thread = self.thread(told["thread_id"])
        self.same(thread, told, "the thread by its id, compared with the answer to its creation")
        self.made.append(told["thread_id"])

    @rule(metadata=METADATA, chance=CHANCE)
    def patch(self, metadata: JsonObject, chance: int) -> None:
        self.told(PATCH, {"metadata": metadata}, thread_id=self.made[chance % len(self.made)])

    @rule()
    def look(self) -> None:
        rows = {row["thread_id"]: row for row in self.found()}
        self.same(sorted(rows), sorted(self.made), "the threads found by their mark")
        for thread_id, row in rows.items():
            self.same(row, self.thread(thread_id), "a thread that was found, compared with the one by its id")
        self.same(self.count(), len(self.made), f"the count of {self.made}")


class ThreadFilters(SearchLaw):
    """Threads differ in metadata and status, and are searched and counted by them."""

    name = "thread-filters"
    sentence = "A search finds exactly the threads that meet every filter, and a count counts as many."
    section = SEARCH
    operations = (SEARCH, COUNT, CREATE, GET, UPDATE, START)

    @initialize(made=MADE)
    def create(self, made: list[tuple[JsonObject, int]]) -> None:
        super().create(made)
        self.metadata = [metadata for metadata, _ in made]
        for thread_id, (_, chance) in zip(self.made, made, strict=True):
            if chance % 4 == 3 and self.has_graph:
                self.waiting_run(thread_id)

    @rule(metadata=METADATA, status=STATUS)
    def search(self, metadata: JsonObject, status: str | None) -> None:
        filters: JsonObject = {"metadata": metadata, **({"status": status} if status else {})}
        expected = self.meeting(
            lambda thread: contains(thread["metadata"], metadata) and status in (None, thread["status"])
        )

        self.same(sorted(ids(self.found(**filters))), expected, f"the threads found by {filters}")
        self.same(self.count(**filters), len(expected), f"the count by {filters}")

    @rule(chance=CHANCE, status=STATUS)
    def search_a_part(self, chance: int, status: str | None) -> None:
        self.search(a_part_of(self.metadata[chance % len(self.metadata)], chance), status)

    @rule(chosen=st.sets(st.integers(0, 3), max_size=3), metadata=st.just({}) | METADATA)
    def search_ids(self, chosen: set[int], metadata: JsonObject) -> None:
        listed = [thread_id for index, thread_id in enumerate(self.made) if index in chosen]
        expected = self.meeting(
            lambda thread: contains(thread["metadata"], metadata) and (not listed or thread["thread_id"] in listed)
        )

        found = self.found(metadata=metadata, ids=listed)
        self.same(sorted(ids(found)), expected, f"the threads found by ids {listed} and metadata {metadata}")


class ThreadValuesFilter(SearchLaw):
    """Threads have states, and are searched and counted by their values."""

    name = "thread-values-filter"
    sentence = "A search by values finds exactly the threads whose state has them, and a count counts as many."
    section = SEARCH
    operations = (SEARCH, COUNT, CREATE, GET, UPDATE)
    steps = 4

    @initialize(made=MADE)
    def create(self, made: list[tuple[JsonObject, int]]) -> None:
        self.made = [self.new_thread(**metadata) for metadata, _ in made]
        for thread_id, (_, chance) in zip(self.made, made, strict=True):
            self.write_state(thread_id, chance)

    @rule(chance=CHANCE)
    def search(self, chance: int) -> None:
        states = [self.thread(thread_id)["values"] for thread_id in self.made]
        told = [{name: value} for state in states for name, value in state.items() if isinstance(value, int | str)]
        values = told[chance % len(told)] if told else {"understudy": "none has it"}
        expected = self.meeting(lambda thread: contains(thread["values"], values))

        self.same(sorted(ids(self.found(values=values))), expected, f"the threads found by values {values}")
        self.same(self.count(values=values), len(expected), f"the count by values {values}")


class ThreadsInOrder(SearchLaw):
    """Threads are changed, and listed in some order."""

    name = "threads-in-order"
    sentence = "A search lists threads in the order it is asked for, the last updated first if in none."
    section = SEARCH
    operations = (SEARCH, CREATE, UPDATE, PATCH)

    @rule(chance=CHANCE)
    def touch(self, chance: int) -> None:
        self.told(PATCH, {"metadata": {"a": chance}}, thread_id=self.made[chance % len(self.made)])
        self.search({})

    @rule(order=ORDER)
    def search(self, order: JsonObject) -> None:
        by, descending = order.get("sort_by", "updated_at"), order.get("sort_order") != "asc"
        told = [row[by] for row in self.found(**order) if row.get(by) is not None]
        keys = [datetime.fromisoformat(value) for value in told] if by in TIMES else told

        self.hold(keys == sorted(keys, reverse=descending), f"in a search with {order or 'no order'}, {by} is {told}")


class ThreadPagesPartition(SearchLaw):
    """Threads are searched page by page."""

    name = "thread-pages-partition"
    sentence = "The pages of a search, one after the other, are the whole list: no thread twice, none left out."
    section = SEARCH

    @rule(limit=st.integers(1, 3), order=st.just({}) | ORDER.filter(lambda order: order["sort_by"] != "status"))
    def turn_pages(self, limit: int, order: JsonObject) -> None:
        whole = ids(self.found(**order))
        self.same(sorted(whole), sorted(self.made), "the threads of the whole list")
        for offset in range(0, len(whole) + 1, limit):
            page = ids(self.found(**order, limit=limit, offset=offset))
            self.same(page, whole[offset : offset + limit], f"the page with {order}, limit={limit}, offset={offset}")


class ThreadPageHeaders(SearchLaw):
    """Threads are searched page by page, and the headers of the pages read."""

    name = "thread-page-headers"
    sentence = "The headers of a page tell the offset of the next one, if there is one, and how many threads are known."
    section = "x-pagination-total and x-pagination-next of POST /threads/search"
    contracts: ClassVar[Collection[str]] = ("observed",)

    @rule(limit=st.integers(1, 4), offset=st.integers(0, 4))
    def turn_to(self, limit: int, offset: int) -> None:
        answer = self.ask(SEARCH, {"metadata": self.marked(), "limit": limit, "offset": offset})
        end = offset + len(self.made[offset : offset + limit])
        more = end < len(self.made)
        expected = {"x-pagination-total": str(end + more), **({"x-pagination-next": str(end)} if more else {})}

        self.hold(answer.ok, f"a page with limit={limit} and offset={offset} answered {answer.status}")
        told = {name: value for name, value in answer.headers.items() if name.startswith("x-pagination-")}
        page = f"the headers of the page of {len(self.made)} threads with limit={limit} and offset={offset}"
        self.same(told, expected, page)


class ThreadSelect(SearchLaw):
    """Threads are searched for some of their members."""

    name = "thread-select"
    sentence = "A search that selects members gives these and no others, with the values they always have."
    section = SEARCH

    @rule(select=st.lists(st.sampled_from(MEMBERS), min_size=1, max_size=4, unique=True))
    def select(self, select: list[str]) -> None:
        expected = [{name: row[name] for name in select if name in row} for row in self.found()]

        self.same(self.found(select=select), expected, f"what is found with select={select}")


class ThreadExtract(SearchLaw):
    """Threads are searched, and something is taken out of each."""

    name = "thread-extract"
    sentence = "What a search extracts is what its path leads to, or null where it leads nowhere."
    section = SEARCH

    @rule(path=st.lists(st.sampled_from("abckl"), min_size=1, max_size=2))
    def extract(self, path: list[str]) -> None:
        extract = {"taken": ".".join(["metadata", *path])}
        for row in self.found(extract=extract):
            expected = {"taken": _at(row["metadata"], path)}
            self.same(row.get("extracted"), expected, f"what {extract} gives of metadata {row['metadata']}")


def contains(whole: Json, part: Json) -> bool:
    """Return whether a JSON value contains another: an object has its members, all else is the same."""
    if isinstance(whole, dict) and isinstance(part, dict):
        return all(name in whole and contains(whole[name], inner) for name, inner in part.items())
    return type(whole) is type(part) and bool(whole == part)


def a_part_of(value: JsonObject, chance: int) -> JsonObject:
    """Return one member of an object, of its members in turn one; what is empty is returned as it is."""
    if not value:
        return value
    name = sorted(value)[chance % len(value)]
    inner = value[name]
    return {name: a_part_of(inner, chance) if isinstance(inner, dict) else inner}


def _at(value: Json, path: list[str]) -> Json:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value
