"""Filters of the store over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

    from tests.conftest import Server


VALUE = {"i": 1, "s": "10", "t": "abc", "b": True, "n": None, "o": {"x": 1, "y": 2}, "l": [1, 2], "$gt": 5}


def search(server: Server, condition: Any) -> httpx.Response:
    """Search a store with one item."""
    item = {"namespace": ["u"], "key": "k", "value": VALUE}
    server.put("/store/items", item).raise_for_status()
    return server.post("/store/items/search", {"namespace_prefix": ["u"], "filter": condition})


@pytest.mark.parametrize(
    ("condition", "matches"),
    [
        ({"i": 1}, True),
        ({"i": 1.0, "b": 1, "t": "abc"}, True),
        ({"i": "1"}, False),
        ({"i": 1, "t": "x"}, False),
        ({"n": None, "absent": None}, True),
        ({"i": None}, False),
        ({"o": {"x": 1}}, True),
        ({"o": {"x": 1, "z": None}}, True),
        ({"o": {"x": 2}}, False),
        ({"o": {}}, True),
        ({"i": {}}, False),
        ({"o": {"x": {"$gt": 0}}}, True),
        ({"o.x": 1}, False),
        ({"l": [1, 2]}, True),
        ({"l": [1]}, False),
        ({"l": [{"$lt": 2}, 2]}, True),
        ({"i": {"$eq": 1}}, True),
        ({"l": {"$eq": [1, 2]}}, True),
        ({"o": {"$eq": {"x": 1}}}, False),
        ({"i": {"$ne": 1}}, False),
        ({"absent": {"$ne": 1}}, True),
        ({"i": {"$gt": 0, "$lt": 2}}, True),
        ({"i": {"$gte": 1, "$lte": 1}}, True),
        ({"i": {"$gt": 1}}, False),
        ({"s": {"$gt": "9"}}, True),
        ({"b": {"$gt": 0}}, True),
        ({"absent": {"$gt": 0}}, False),
        ({"n": {"$lt": 1}}, False),
        ({"o": {"$lt": 1}}, False),
        ({"$gt": 5}, True),
        ({"$and": [{"i": 1}]}, False),
        ({}, True),
        (None, True),
    ],
)
def test_a_filter_is_met_or_not(server: Server, condition: Any, matches: bool) -> None:
    answer = search(server, condition)

    assert (answer.status_code, len(answer.json()["items"])) == (200, int(matches))


@pytest.mark.parametrize(
    ("condition", "detail"),
    [
        ({"i": {"$in": [1, 2]}}, "Unsupported operator: $in"),
        ({"i": {"$eq": 1, "x": 2}}, "Unsupported operator: x"),
        ({"i": {"$gt": "x"}}, "could not convert string to float: 'x'"),
        ({"t": {"$gt": 1}}, "could not convert string to float: 'abc'"),
        ({"i": {"$gt": None}}, "$gt compares with a number, not with null"),
        ({"i": {"$lt": [1]}}, "$lt compares with a number, not with an array"),
        ({"o": {"x": {"$in": [1]}}}, "Unsupported operator: $in"),
    ],
)
def test_a_filter_that_means_nothing_is_refused(server: Server, condition: Any, detail: str) -> None:
    answer = search(server, condition)

    assert (answer.status_code, answer.json()) == (400, {"detail": detail})
