"""What goes wrong with the items of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conformance.broken.changes import answers, answers_as, asks, moved, without
from tests.conformance.broken.fault import Fault

if TYPE_CHECKING:
    from tests.conformance.broken.proxy import Asked, Told

PUT = "PUT /store/items"
GET = "GET /store/items"
DELETE = "DELETE /store/items"
SEARCH = "POST /store/items/search"
INFO = "GET /info"
NAMESPACES = "POST /store/namespaces"


async def notes_the_first_value(asked: Asked) -> Told:
    place = (*asked.body["namespace"], asked.body["key"])
    asked.memory.setdefault(place, asked.body["value"])
    return await asked.told()


async def gets_the_first_value(asked: Asked) -> Told:
    told = await asked.told()
    place = (*asked.query["namespace"].split("."), asked.query["key"])
    return told.saying({**told.body, "value": asked.memory[place]}) if told.ok and place in asked.memory else told


async def finds_what_lacks_a_member(asked: Asked) -> Told:
    told = await asked.told()
    wanted = asked.body.get("filter")
    if not told.ok or not wanted:
        return told
    everything = (await asked.told(body={**asked.body, "filter": None})).body["items"]
    lacking = [item for item in everything if not wanted.keys() <= item["value"].keys()]
    return told.saying({**told.body, "items": told.body["items"] + lacking})


async def notes_a_namespace(asked: Asked) -> Told:
    asked.memory[tuple(asked.body["namespace"])] = None
    return await asked.told()


async def lists_all_it_has_seen(asked: Asked) -> Told:
    told = await asked.told()
    prefix = tuple(asked.body["prefix"])
    seen = [namespace for namespace in asked.memory if namespace[: len(prefix)] == prefix]
    return told.saying({"namespaces": sorted(seen)}) if told.ok else told


FAULTS = (
    Fault(
        "deleted-item-stays",
        "An item that was deleted is still there.",
        "store-agrees",
        {DELETE: answers_as(INFO, 204)},
    ),
    Fault(
        "search-lacks-an-item",
        "A search of the store leaves out what it would show last.",
        "store-agrees",
        {SEARCH: answers(lambda told: {**told, "items": told["items"][:-1]})},
        also=frozenset({"store-filters"}),
    ),
    Fault(
        "search-leaves-the-prefix",
        "A search finds items of all namespaces.",
        "store-agrees",
        {SEARCH: asks(lambda body: {**body, "namespace_prefix": []})},
        also=frozenset({"store-filters"}),
    ),
    Fault(
        "get-shows-an-old-value",
        "An item that was put twice is read as it was put first.",
        "store-overwrites",
        {PUT: notes_the_first_value, GET: gets_the_first_value},
    ),
    Fault(
        "search-ignores-the-filter", "A search finds items of any value.", "store-filters", {SEARCH: without("filter")}
    ),
    Fault(
        "filter-finds-what-lacks-it",
        "A search finds items that have nothing to compare.",
        "store-filters-absent",
        {SEARCH: finds_what_lacks_a_member},
    ),
    Fault(
        "page-of-items-skips-one",
        "Between two pages of items, one is lost.",
        "store-pages-partition",
        {SEARCH: moved(+1)},
    ),
    Fault(
        "namespace-is-missing",
        "The first namespace that has items is not listed.",
        "store-namespaces",
        {NAMESPACES: answers(lambda told: {"namespaces": told["namespaces"][1:]})},
    ),
    Fault(
        "empty-namespace-is-listed",
        "A namespace is listed whose items were deleted.",
        "store-namespaces-hold-items",
        {PUT: notes_a_namespace, NAMESPACES: lists_all_it_has_seen},
    ),
    Fault(
        "any-label-will-do",
        "Of a label, what cannot be is left out.",
        "store-labels",
        {
            PUT: asks(
                lambda body: {**body, "namespace": [label.replace(".", "") or "none" for label in body["namespace"]]}
            )
        },
    ),
)
