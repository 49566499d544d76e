"""Finding and counting threads over HTTP: filters, order, pages, and which members of a thread are shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from understudy.state.clock import Clock
from understudy.state.world import World

if TYPE_CHECKING:
    from tests.conftest import Server

MISSING = "33333333-3333-4333-8333-333333333333"


def found(server: Server, **body: Any) -> list[str]:
    answer = server.post("/threads/search", body)
    assert answer.status_code == 200, answer.text
    return [thread["thread_id"] for thread in answer.json()]


def names(server: Server, **body: Any) -> list[str]:
    answer = server.post("/threads/search", body)
    assert answer.status_code == 200, answer.text
    return [thread["metadata"]["name"] for thread in answer.json()]


def refusal(server: Server, **body: Any) -> tuple[int, str]:
    answer = server.post("/threads/search", body)
    return answer.status_code, answer.json()["detail"].partition("\n")[0]


def put(server: Server, name: str, **row: Any) -> str:
    """Make a thread with this name in its metadata and these values in its row."""
    thread = server.post("/threads", {"metadata": {"name": name}}).json()
    server.load({"threads": [{**thread, **row}]})
    return str(thread["thread_id"])


def test_the_thread_that_changed_last_comes_first(server: Server) -> None:
    first, second, third = (server.create_thread() for _ in range(3))
    assert found(server) == [third, second, first]

    server.patch(f"/threads/{first}", {})

    assert found(server) == [first, third, second]


def test_without_a_column_to_sort_by_the_order_does_not_count(server: Server) -> None:
    first, second = (server.create_thread() for _ in range(2))

    assert found(server, sort_order="asc") == found(server, sort_order="desc") == [second, first]
    assert found(server, sort_by="updated_at", sort_order="asc") == [first, second]


@pytest.mark.parametrize("column", ["created_at", "updated_at", "state_updated_at"])
def test_threads_are_sorted_by_a_time_downwards_unless_told_otherwise(server: Server, column: str) -> None:
    for name, day in [("b", 2), ("c", 3), ("a", 1)]:
        put(server, name, **{column: f"2026-01-0{day}T00:00:00+00:00"})

    assert names(server, sort_by=column, sort_order="asc") == ["a", "b", "c"]
    assert names(server, sort_by=column, sort_order="desc") == ["c", "b", "a"]
    assert names(server, sort_by=column) == ["c", "b", "a"]


def test_threads_are_sorted_by_id(server: Server) -> None:
    for name in "bca":
        server.create_thread(thread_id=f"0000000{name}{MISSING[8:]}", metadata={"name": name})

    assert names(server, sort_by="thread_id", sort_order="asc") == ["a", "b", "c"]
    assert names(server, sort_by="thread_id") == ["c", "b", "a"]


def test_threads_that_sort_alike_stay_in_order_of_creation_both_ways(server: Server) -> None:
    for name, status in [("a", "idle"), ("b", "busy"), ("c", "idle"), ("d", "error"), ("e", "busy")]:
        put(server, name, status=status)

    assert names(server, sort_by="status", sort_order="asc") == ["b", "e", "d", "a", "c"]
    assert names(server, sort_by="status", sort_order="desc") == ["a", "c", "d", "b", "e"]


def test_while_the_clock_stands_the_thread_changed_last_still_comes_first(server: Server) -> None:
    server.world = World(clock=Clock(datetime(2026, 1, 1, tzinfo=UTC)))
    first, second, third = (server.create_thread() for _ in range(3))

    server.patch(f"/threads/{second}", {})

    assert found(server) == [second, third, first]
    assert found(server, sort_by="created_at") == [third, second, first]
    assert found(server, sort_by="created_at", sort_order="asc") == [first, second, third]


def test_a_clock_that_is_set_back_makes_the_later_change_the_older_one(server: Server) -> None:
    clock = Clock(datetime(2026, 1, 2, tzinfo=UTC))
    server.world = World(clock=clock)
    first = server.create_thread()
    clock.advance(timedelta(days=-1))
    second = server.create_thread()

    assert found(server) == [first, second]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, "abcd"),
        ({"kind": "x"}, "ab"),
        ({"kind": "X"}, ""),
        ({"kind": "x", "n": 1}, "ab"),
        ({"n": "1"}, ""),
        ({"n": 1.0}, "abc"),
        ({"n": True}, "abc"),
        ({"deep": {"a": 1}}, "ab"),
        ({"deep": {"a": 1, "b": {"c": 2}}}, "a"),
        ({"deep": {}}, "ab"),
        ({"deep": 1}, ""),
        ({"tags": ["p", "q"]}, "a"),
        ({"tags": ["p"]}, "b"),
        ({"tags": ["q", "p"]}, ""),
        ({"tags": "p"}, ""),
        ({"none": None}, "a"),
        ({"absent": None}, ""),
        ({"list": [{"x": 1}]}, "c"),
        ({"list": [{}]}, ""),
        ({"": ""}, "d"),
    ],
)
def test_metadata_has_to_contain_what_is_wanted_arrays_as_a_whole(server: Server, wanted: Any, expected: str) -> None:
    threads: dict[str, Any] = {
        "a": {"kind": "x", "n": 1, "deep": {"a": 1, "b": {"c": 2, "d": 3}}, "tags": ["p", "q"], "none": None},
        "b": {"kind": "x", "n": 1.0, "deep": {"a": True}, "tags": ["p"]},
        "c": {"kind": "y", "n": True, "list": [{"x": 1}]},
        "d": {"n": 2, "": ""},
    }
    for name, metadata in threads.items():
        server.create_thread(metadata={"name": name, **metadata})

    assert sorted(names(server, metadata=wanted)) == list(expected)
    assert server.post("/threads/count", {"metadata": wanted}).json() == len(expected)


def test_values_are_compared_like_metadata_and_a_thread_without_any_does_not_match(server: Server) -> None:
    put(server, "none")
    put(server, "a", values={"x": 1, "deep": {"y": [1], "z": 2}})
    put(server, "b", values={"x": 2})

    assert names(server, values={"x": 1}) == ["a"]
    assert names(server, values={"deep": {"y": [1]}}) == ["a"]
    assert names(server, values={"deep": {"y": []}}) == []
    assert len(names(server, values={})) == 3
    assert server.post("/threads/count", {"values": {"x": 2}}).json() == 1


def test_a_copy_has_no_values_and_passes_every_filter_of_them(server: Server) -> None:
    source = put(server, "source", values={"x": 1})
    copy = server.post(f"/threads/{source}/copy").json()["thread_id"]

    assert found(server, values={"x": 2}) == [copy]


def test_threads_are_found_by_status_as_it_is_now(server: Server) -> None:
    for name, status in [("a", "idle"), ("b", "busy"), ("c", "interrupted"), ("d", "error")]:
        put(server, name, status=status)

    for name, status in [("a", "idle"), ("b", "busy"), ("c", "interrupted"), ("d", "error")]:
        assert names(server, status=status) == [name]
        assert server.post("/threads/count", {"status": status}).json() == 1
    put(server, "e", status="busy")
    assert names(server, status="busy") == ["e", "b"]


def test_threads_are_found_by_their_ids_and_unknown_ones_are_passed_over(server: Server) -> None:
    first, second, _ = (server.create_thread() for _ in range(3))

    assert found(server, ids=[first, MISSING, second.upper(), first]) == [second, first]
    assert found(server, ids=[MISSING]) == []
    assert len(found(server, ids=[])) == 3
    assert found(server, ids=[first, second], limit=1) == [second]
    assert refusal(server, ids=[first, "bad"]) == (400, "Invalid thread ID bad")


def test_all_filters_hold_together(server: Server) -> None:
    threads = [("a", "busy", 1), ("b", "busy", 2), ("c", "idle", 1)]
    a, b, c = (put(server, name, status=status, values={"n": n}) for name, status, n in threads)

    assert names(server, status="busy", values={"n": 1}) == ["a"]
    assert names(server, status="busy", values={"n": 1}, metadata={"name": "b"}) == []
    assert server.post("/threads/count", {"status": "busy", "metadata": {"name": "b"}}).json() == 1
    assert names(server, ids=[a, c], metadata={"name": "b"}) == []
    assert names(server, ids=[a, b, c], status="idle") == ["c"]
    assert names(server, ids=[a, b], status="idle") == []


@pytest.mark.parametrize(
    ("page", "shown", "total", "following"),
    [
        ({"limit": 2}, 2, "3", "2"),
        ({"limit": 2, "offset": 2}, 2, "5", "4"),
        ({"limit": 2, "offset": 4}, 1, "5", None),
        ({"limit": 5}, 5, "5", None),
        ({"limit": 4}, 4, "5", "4"),
        ({"limit": 2, "offset": 50}, 0, "50", None),
        ({}, 5, "5", None),
        ({"limit": 1000, "offset": 0}, 5, "5", None),
        ({"limit": 2.0, "offset": 2.0}, 2, "5", "4"),
    ],
)
def test_headers_tell_where_the_next_page_begins_and_a_total_that_is_as_much_as_is_known(
    server: Server, page: Any, shown: int, total: str, following: str | None
) -> None:
    for _ in range(5):
        server.create_thread()

    answer = server.post("/threads/search", page)

    assert len(answer.json()) == shown
    assert answer.headers["x-pagination-total"] == total
    assert answer.headers.get("x-pagination-next") == following


def test_ten_threads_are_shown_unless_more_are_wanted(server: Server) -> None:
    for _ in range(12):
        server.create_thread()

    assert len(found(server)) == 10
    assert len(found(server, limit=1000)) == 12


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("limit", 0, "0 is less than the minimum of 1"),
        ("limit", -1, "-1 is less than the minimum of 1"),
        ("limit", 1001, "1001 is greater than the maximum of 1000"),
        ("limit", "2", '"2" is not of type "integer"'),
        ("limit", 1.5, '1.5 is not of type "integer"'),
        ("limit", None, 'null is not of type "integer"'),
        ("offset", -1, "-1 is less than the minimum of 0"),
        ("offset", None, 'null is not of type "integer"'),
        ("ids", None, 'null is not of type "array"'),
        ("metadata", None, 'null is not of type "object"'),
        ("values", [], '[] is not of type "object"'),
        ("status", "gone", '"gone" is not one of "idle", "busy" or 2 other candidates'),
        ("sort_by", "bogus", '"bogus" is not one of "thread_id", "status" or 3 other candidates'),
        ("sort_order", "up", '"up" is not one of "asc" or "desc"'),
        ("select", ["bogus"], '"bogus" is not one of "thread_id", "created_at" or 7 other candidates'),
        ("select", "values", '"values" is not of type "array"'),
    ],
)
def test_what_does_not_fit_the_document_is_refused(server: Server, field: str, value: Any, complaint: str) -> None:
    assert refusal(server, **{field: value}) == (422, complaint)


def test_a_search_shows_what_is_selected_as_far_as_a_thread_has_it(server: Server) -> None:
    put(server, "a", interrupts={"t": [{"id": "i", "value": 1}]})
    put(server, "b")

    answer = server.post("/threads/search", {"select": ["status", "interrupts"]})

    assert answer.json() == [
        {"status": "idle"},
        {"status": "idle", "interrupts": {"t": [{"id": "i", "value": 1}]}},
    ]
    assert len(server.post("/threads/search", {"select": []}).json()[0]) == 8
