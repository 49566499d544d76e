"""The store: documents under namespaces and keys, some of which live for a limited time."""

from __future__ import annotations

from itertools import islice
from sys import maxsize
from typing import TYPE_CHECKING

from understudy.errors import Unacceptable
from understudy.state.clock import timestamp
from understudy.state.expiry import Expiry
from understudy.state.filters import check, matches
from understudy.state.namespaces import Namespace, Namespaces, home_of, namespace_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from understudy.state.clock import Clock
    from understudy.wire import JsonObject


class MissingKey(Unacceptable):
    """An item is asked for without saying which."""

    def __init__(self) -> None:
        super().__init__("Key is required")


class Store:
    """The items of a world, kept in order of arrival within each namespace. Rows are what the API answers.

    A namespace is there as long as it holds items. Every method that takes labels raises InvalidLabel for one that
    is empty or has a period in it.
    """

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._items: dict[Namespace, dict[str, JsonObject]] = {}
        self._namespaces = Namespaces()
        self._lifetimes: dict[tuple[Namespace, str], float] = {}
        self._expiry: Expiry[tuple[Namespace, str]] = Expiry(clock)

    def adopt(self, other: Store) -> None:
        """Hold the items that another store holds; those with a time to live live as long from now on."""
        self._items = {namespace: items.copy() for namespace, items in other._items.items()}
        self._namespaces.adopt(other._namespaces)
        self._lifetimes = other._lifetimes.copy()
        self._expiry.adopt(other._expiry)

    def __iter__(self) -> Iterator[JsonObject]:
        """Yield the items, namespace by namespace."""
        self._sweep()
        return iter([item for items in self._items.values() for item in items.values()])

    def put(self, labels: Iterable[str], key: str, value: JsonObject, *, ttl: float | None = None) -> None:
        """Store a document, in place of any that is there; with `ttl`, for so many minutes from now.

        Unacceptable for a namespace that must stay empty. The time of creation is that of the first document.
        """
        namespace = home_of(labels)
        self._sweep()
        now = timestamp(self._clock.now())
        old = self._items.get(namespace, {}).get(key)
        created = now if old is None else old["created_at"]
        row = {
            "namespace": list(namespace),
            "key": key,
            "value": value,
            "created_at": created,
            "updated_at": now,
        }
        self._keep(namespace, row, ttl)

    def restore(self, item: JsonObject, *, ttl: float | None = None, expires_at: datetime | None = None) -> None:
        """Put an item as it is told, with its times; with `ttl`, for so many minutes from now or up to a moment."""
        namespace = home_of(item["namespace"])
        self._keep(namespace, {**item}, ttl)
        if expires_at is not None:
            self._expiry.put((namespace, item["key"]), expires_at)

    def lifetime(self, item: JsonObject) -> tuple[float, datetime] | None:
        """Return how many minutes an item lives when its time starts anew, and when it ends; None if it has no end."""
        address = (tuple(item["namespace"]), item["key"])
        minutes, deadline = self._lifetimes.get(address), self._expiry.deadline(address)
        return None if minutes is None or deadline is None else (minutes, deadline)

    def get(self, labels: Iterable[str], key: str | None, *, refresh_ttl: bool | None = None) -> JsonObject | None:
        """Return the item, or None. Its time starts anew unless `refresh_ttl` is false. MissingKey without a key.

        An item may be put under an empty key, but is found by search only: an empty key is none here.
        """
        namespace = namespace_of(labels)
        if not key:
            raise MissingKey
        self._sweep()
        item = self._items.get(namespace, {}).get(key)
        if item is not None and refresh_ttl is not False:
            self._refresh([item])
        return item

    def delete(self, labels: Iterable[str], key: str) -> None:
        """Remove the item; nothing happens if there is none."""
        namespace = namespace_of(labels)
        self._sweep()
        if key in self._items.get(namespace, {}):
            self._remove(namespace, key)

    def search(
        self,
        prefix: Iterable[str],
        *,
        wanted: JsonObject | None = None,
        offset: int = 0,
        limit: int = 10,
        refresh_ttl: bool | None = None,
    ) -> list[JsonObject]:
        """Return a page of the items whose namespace begins so and whose value is as `wanted`, see `filters.matches`.

        The oldest namespace comes first, in it the oldest item. A negative offset or limit counts from the end, as in
        a slice. The time of every item on the page starts anew unless `refresh_ttl` is false.
        """
        beginning = namespace_of(prefix)
        self._sweep()
        if wanted:
            check(wanted)
        page = self._page(beginning, wanted or {}, offset, limit)
        if refresh_ttl is not False:
            self._refresh(page)
        return page

    def namespaces(
        self,
        *,
        prefix: Iterable[str] = (),
        suffix: Iterable[str] = (),
        max_depth: int | None = None,
        offset: int = 0,
        limit: int = 100,
    ) -> list[list[str]]:
        """Return a page of the namespaces, in order of their labels; see `Namespaces.find`."""
        beginning, ending = namespace_of(prefix), namespace_of(suffix)
        self._sweep()
        found = self._namespaces.find(prefix=beginning, suffix=ending, depth=max_depth)
        return [list(namespace) for namespace in found[offset : offset + limit]]

    def _page(self, beginning: Namespace, wanted: JsonObject, offset: int, limit: int) -> list[JsonObject]:
        found: Iterable[JsonObject] = (
            item
            for namespace in self._namespaces.under(beginning)
            for item in self._items[namespace].values()
            if not wanted or matches(item["value"], wanted)
        )
        if not wanted and offset >= 0 and limit >= 0:
            # What follows the page need not be looked at. A filter looks at every item: any may be refused.
            found = islice(found, min(offset + limit, maxsize))
        return list(found)[offset : offset + limit]

    def _keep(self, namespace: Namespace, row: JsonObject, ttl: float | None) -> None:
        self._items.setdefault(namespace, {})[row["key"]] = row
        self._namespaces.add(namespace)
        address = (namespace, row["key"])
        if ttl is None:
            self._lifetimes.pop(address, None)
            self._expiry.forget(address)
        else:
            self._lifetimes[address] = ttl
            self._expiry.set(address, minutes=ttl)

    def _refresh(self, items: Iterable[JsonObject]) -> None:
        if not self._lifetimes:
            return
        for item in items:
            address = (tuple(item["namespace"]), item["key"])
            minutes = self._lifetimes.get(address)
            if minutes is not None:
                self._expiry.set(address, minutes=minutes)

    def _sweep(self) -> None:
        for namespace, key in self._expiry.due():
            self._remove(namespace, key)

    def _remove(self, namespace: Namespace, key: str) -> None:
        del self._items[namespace][key]
        self._lifetimes.pop((namespace, key), None)
        self._expiry.forget((namespace, key))
        if not self._items[namespace]:
            del self._items[namespace]
            self._namespaces.discard(namespace)
