"""Laws of the namespaces of the store: they are those of its items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from understudy.conformance.laws.store import DELETE, GET, KEYS, NAMESPACES, PAGES, PLACES, PUT, SEARCH, StoreLaw

if TYPE_CHECKING:
    from understudy.wire import Json


class StoreNamespaces(StoreLaw):
    """Items are put, and their namespaces are listed in several ways."""

    name = "store-namespaces"
    sentence = "The namespaces are those of the items, each once, in alphabetical order."
    section = NAMESPACES
    operations = (NAMESPACES, PUT)
    ends = st.none() | st.lists(st.sampled_from(("a", "b", "*")), min_size=1, max_size=2)

    @initialize(places=st.lists(PLACES, min_size=2, max_size=5, unique=True))
    def put_some(self, places: list[tuple[str, ...]]) -> None:
        for place in places:
            self.put(place, "k", {"n": 2})

    @rule(start=st.lists(st.sampled_from(("a", "b", "*")), max_size=2), end=ends, depth=st.none() | st.integers(1, 3))
    def list_them(self, start: list[str], end: list[str] | None, depth: int | None) -> None:
        asked: dict[str, Json] = {"prefix": [*self.namespace, *start]}
        if end is not None:
            asked["suffix"] = list[Any](end)
        if depth is not None:
            asked["max_depth"] = len(self.namespace) + depth
        whole = [self.at(place) for place, _ in self.items]
        matching = [at for at in whole if _fits(at, [*self.namespace, *start]) and _fits(at[::-1], (end or [])[::-1])]
        cut = {tuple(at if depth is None else at[: len(self.namespace) + depth]) for at in matching}

        self.same(self.places(**asked), [list(at) for at in sorted(cut)], f"the namespaces with {asked}")

    @rule(size=st.integers(1, 3))
    def turn_pages(self, size: int) -> None:
        listed: list[list[str]] = []
        for page in range(PAGES):
            found = self.places(limit=size, offset=page * size)
            listed += found
            if len(found) < size:
                break
        expected = sorted({tuple(self.at(place)) for place, _ in self.items})

        self.same(listed, [list(at) for at in expected], f"the namespaces in all pages of {size}")


def _fits(namespace: list[str], pattern: list[str]) -> bool:
    parts = list(zip(pattern, namespace, strict=False))
    return len(namespace) >= len(pattern) and all(word in ("*", label) for word, label in parts)


class StoreNamespacesHoldItems(StoreLaw):
    """Items are read and deleted, and the namespaces are listed afterwards."""

    name = "store-namespaces-hold-items"
    sentence = "A namespace is listed while it holds an item: not after the last is deleted, nor because it was read."
    section = NAMESPACES
    operations = (NAMESPACES, PUT, GET, DELETE)

    @rule(place=PLACES, key=KEYS)
    def put_one(self, place: tuple[str, ...], key: str) -> None:
        self.put(place, key, {"n": 2})

    @rule(place=PLACES, key=KEYS, by=st.booleans())
    def delete_or_read(self, place: tuple[str, ...], key: str, by: bool) -> None:
        if by:
            self.delete(place, key)
        else:
            self.get(place, key)

    @invariant()
    def lists_no_others(self) -> None:
        expected = sorted({tuple(self.at(place)) for place, _ in self.items})
        self.same(self.places(), [list(at) for at in expected], "the namespaces")


class StoreLabels(StoreLaw):
    """Labels that cannot be are sent to every operation of the store."""

    name = "store-labels"
    sentence = "A label that is empty or has a period is refused."
    section = PUT
    operations = (PUT, GET, DELETE, SEARCH, NAMESPACES)
    examples = 0.5
    steps = 5

    @rule(label=st.sampled_from(("", "a.b")), operation=st.sampled_from((PUT, DELETE, SEARCH, NAMESPACES)))
    def send(self, label: str, operation: str) -> None:
        namespace: list[Json] = [*self.namespace, label]
        bodies: dict[str, Json] = {
            PUT: {"namespace": namespace, "key": "k", "value": {}},
            DELETE: {"namespace": namespace, "key": "k"},
            SEARCH: {"namespace_prefix": namespace, "limit": 1},
            NAMESPACES: {"prefix": namespace, "limit": 1},
        }
        answer = self.ask(operation, bodies[operation])

        if operation == PUT:
            self.hold(400 <= answer.status < 500, f"{namespace} answered {answer.status}: {answer.text[:200]}")
        elif operation == SEARCH and answer.ok:
            self.same(answer.body["items"], [], f"what is found below {namespace}")
