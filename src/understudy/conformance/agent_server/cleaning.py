"""Remove what a check has made, by its ids and by its mark, and say what could not be removed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from understudy.conformance.leaks import Leak
from understudy.conformance.ledger import LABEL, MADE_BY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from understudy.conformance.asking import Answer, Asker
    from understudy.conformance.ledger import Ledger
    from understudy.wire import JsonObject

_PAGE = 100
_PAGES = 1000

_OF_A_CHECK = re.compile(f"{LABEL}-[0-9a-f]+")
"""The first label of the namespaces of any check, and of nobody who calls theirs alike."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that a check makes: where it is searched for by metadata, and how it is removed."""

    search: str
    remove: str
    id: str
    """The member and the parameter that names it."""


# Crons before threads, which they might make; assistants last: threads and crons refer to them.
KINDS = {
    "crons": Kind("POST /runs/crons/search", "DELETE /runs/crons/{cron_id}", "cron_id"),
    "threads": Kind("POST /threads/search", "DELETE /threads/{thread_id}", "thread_id"),
    "assistants": Kind("POST /assistants/search", "DELETE /assistants/{assistant_id}", "assistant_id"),
}

_SEARCH_ITEMS, _REMOVE_ITEM, _NAMESPACES = "POST /store/items/search", "DELETE /store/items", "POST /store/namespaces"


def clean(asker: Asker, ledger: Ledger) -> Iterator[Leak]:
    """Remove everything that a check has made. Yields what is still there after it was told to go."""
    for kind in KINDS:
        names = dict.fromkeys(
            [*ledger.of(kind), *_marked(asker, kind, ledger.mark), *_of_marked(asker, kind, ledger.mark)]
        )
        leaks = {leak.name: leak for leak in _removed(asker, kind, names)}
        yield from leaks.values()
        yield from (leak for leak in _still_found(asker, kind, ledger.mark) if leak.name not in leaks)
        for name in names:
            ledger.gone(kind, name)
    for name in ledger.of("items"):
        namespace, key = orjson.loads(name)
        if isinstance(namespace, list) and namespace[:1] != [ledger.label]:
            yield from _remove_item(asker, namespace, key)
    yield from _remove_items(asker, ledger.label)


def sweep(asker: Asker) -> Iterator[tuple[str, str, Leak | None]]:
    """Remove what checks have left behind, whichever they were. Yields kind, name, and what is still there."""
    for kind in KINDS:
        for name in dict.fromkeys([*_marked(asker, kind, MADE_BY), *_of_marked(asker, kind, MADE_BY)]):
            yield kind, name, next(_removed(asker, kind, [name]), None)
    told = asker.ask(_NAMESPACES, {"max_depth": 1, "limit": _PAGE * _PAGES})
    found = _namespaces(told)
    for label in sorted({str(namespace[0]) for namespace in found if namespace}):
        # A namespace may be listed to which nothing was ever put.
        if _OF_A_CHECK.fullmatch(label) and _items(asker, label):
            yield "items", label, next(_remove_items(asker, label), None)


def _marked(asker: Asker, kind: str, mark: dict[str, str]) -> Iterator[str]:
    for _, names in _pages(asker, kind, mark):
        yield from names


def _of_marked(asker: Asker, kind: str, mark: dict[str, str]) -> Iterator[str]:
    """Yield the threads that ran with assistants of a check: one that a run makes has no other mark."""
    if kind != "threads":
        return
    for assistant_id in list(_marked(asker, "assistants", mark)):
        for _, names in _pages(asker, kind, {"assistant_id": assistant_id}):
            yield from names


def _still_found(asker: Asker, kind: str, mark: dict[str, str]) -> Iterator[Leak]:
    for answer, names in _pages(asker, kind, mark):
        yield from (Leak(kind, name, answer) for name in names)


def _pages(asker: Asker, kind: str, mark: dict[str, str]) -> Iterator[tuple[Answer, list[str]]]:
    """Yield pages of what carries a mark: a server that leaves filters out of account lists what others have too."""
    entry = KINDS[kind]
    for page in range(_PAGES):
        asker.begin()
        told = asker.ask(entry.search, {"metadata": mark, "limit": _PAGE, "offset": page * _PAGE})
        rows = told.body if told.ok and isinstance(told.body, list) else []
        yield told, [str(row[entry.id]) for row in rows if (row.get("metadata") or {}).items() >= mark.items()]
        if len(rows) < _PAGE:
            return


def _removed(asker: Asker, kind: str, names: Iterable[str]) -> Iterator[Leak]:
    entry = KINDS[kind]
    for name in names:
        asker.begin()
        answer = asker.ask(entry.remove, path={entry.id: name})
        if not answer.ok and answer.status != 404:
            yield Leak(kind, name, answer)


def _remove_items(asker: Asker, label: str) -> Iterator[Leak]:
    for namespace, key in [(item["namespace"], item["key"]) for item in _items(asker, label)]:
        yield from _remove_item(asker, namespace, key)
    yield from (Leak("items", f"{item['namespace']} {item['key']}", answer) for answer, item in _found(asker, label))


def _remove_item(asker: Asker, namespace: list[str], key: str) -> Iterator[Leak]:
    asker.begin()
    answer = asker.ask(_REMOVE_ITEM, {"namespace": namespace, "key": key})
    if not answer.ok and answer.status != 404:
        yield Leak("items", f"{namespace} {key}", answer)


def _items(asker: Asker, label: str) -> list[JsonObject]:
    return [item for _, item in _found(asker, label)]


def _found(asker: Asker, label: str) -> Iterator[tuple[Answer, JsonObject]]:
    for page in range(_PAGES):
        asker.begin()
        told = asker.ask(_SEARCH_ITEMS, {"namespace_prefix": [label], "limit": _PAGE, "offset": page * _PAGE})
        items = told.body.get("items", []) if told.ok and isinstance(told.body, dict) else []
        yield from ((told, item) for item in items if item["namespace"][:1] == [label])
        if len(items) < _PAGE:
            return


def _namespaces(told: Answer) -> list[list[str]]:
    body = told.body if told.ok else []
    return list(body.get("namespaces", []) if isinstance(body, dict) else body)
