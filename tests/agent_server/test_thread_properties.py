"""What holds for any threads: a search is a filter of all, its pages are a partition, a copy stands alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.agent_server.ran import thread_that_ran
from understudy.state.world import World

if TYPE_CHECKING:
    from tests.conftest import Server

# Few keys and values, so that they meet; 1, 1.0 and true are equal to the server.
scalars = st.sampled_from([None, True, False, 0, 1, 1.0, "", "1", "x"])
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
)
objects = st.dictionaries(st.sampled_from("abc"), values, max_size=3)
statuses = st.sampled_from(["idle", "busy", "interrupted", "error"])
columns = st.sampled_from(["thread_id", "status", "created_at", "updated_at", "state_updated_at"])
orders = st.sampled_from(["asc", "desc"])

quick = settings(max_examples=40, deadline=None)


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Threads of different ages, some of the same."""
    moments = st.integers(1, 4).map(lambda day: f"2026-01-0{day}T00:00:00+00:00")
    return [
        {
            "thread_id": f"00000000-0000-4000-8000-{number:012}",
            "created_at": draw(moments),
            "updated_at": draw(moments),
            "state_updated_at": draw(moments),
            "metadata": draw(objects),
            "status": draw(statuses),
            "config": {},
            "values": draw(st.none() | objects),
        }
        for number in range(draw(st.integers(0, 8)))
    ]


def has(value: Any, wanted: Any) -> bool:
    """Say the rule of the real server once more: what is wanted is laid over the value and changes nothing."""

    def laid_over(value: Any, wanted: Any) -> Any:
        if not isinstance(value, dict) or not isinstance(wanted, dict):
            return wanted
        return {**value, **{name: laid_over(value.get(name, object()), inner) for name, inner in wanted.items()}}

    return bool(laid_over(value, wanted) == value)


def serve(server: Server, threads: list[dict[str, Any]]) -> None:
    server.world = World(server.world.agents)
    server.load({"threads": threads})


def search(server: Server, **body: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = server.post("/threads/search", {"limit": 1000, **body}).json()
    return found


@quick
@given(threads=rows(), metadata=objects, wanted=st.none() | objects, status=st.none() | statuses)
def test_a_search_finds_the_threads_that_match_and_no_others(
    running: Server, threads: list[dict[str, Any]], metadata: Any, wanted: Any, status: str | None
) -> None:
    serve(running, threads)
    filters = {"metadata": metadata, "values": wanted, "status": status}
    given = {name: value for name, value in filters.items() if value is not None}

    found = search(running, **given)

    matching = [
        thread
        for thread in threads
        if has(thread["metadata"], metadata)
        and (not wanted or has(thread["values"], wanted))
        and status in (None, thread["status"])
    ]
    assert sorted(found, key=lambda thread: thread["thread_id"]) == matching
    assert running.post("/threads/count", given).json() == len(matching)


@quick
@given(threads=rows(), size=st.integers(1, 4), column=st.none() | columns, order=orders, metadata=objects)
def test_pages_put_together_are_the_whole(
    running: Server, threads: list[dict[str, Any]], size: int, column: str | None, order: str, metadata: Any
) -> None:
    serve(running, threads)
    wanted = {"metadata": metadata, "sort_order": order, **({"sort_by": column} if column else {})}

    pages = []
    following: str | None = "0"
    while following is not None:
        answer = running.post("/threads/search", {**wanted, "limit": size, "offset": int(following)})
        pages += answer.json()
        following = answer.headers.get("x-pagination-next")
        assert int(answer.headers["x-pagination-total"]) == len(pages) + (following is not None)

    assert pages == search(running, **wanted)


@quick
@given(threads=rows(), column=columns, order=orders)
def test_a_search_is_sorted_by_what_is_asked_for(
    running: Server, threads: list[dict[str, Any]], column: str, order: str
) -> None:
    serve(running, threads)

    sorted_by = [thread[column] for thread in search(running, sort_by=column, sort_order=order)]

    assert sorted_by == sorted(sorted_by, reverse=order == "desc")
    assert len(sorted_by) == len(threads)


CHANGES: list[tuple[str, str, Any]] = [
    ("POST", "/state", {"values": {"v": "x"}, "as_node": "pre"}),
    ("POST", "/state", {"values": {"v": "y", "ask": False}, "as_node": "__start__"}),
    ("POST", "/state", {"values": None, "as_node": "__end__"}),
    ("POST", "/state", {"as_node": "__copy__"}),
    ("POST", "/state", {"values": {"v": "z"}, "as_node": "nosuch"}),
    ("PATCH", "", {"metadata": {"graph_id": "steps", "a": 1}}),
    ("PATCH", "", {"metadata": {"graph_id": "parent"}}),
    ("POST", "/copy", None),
    ("DELETE", "", None),
]


@quick
@given(changes=st.lists(st.sampled_from(CHANGES), max_size=6), prunes=st.booleans())
def test_no_change_of_one_of_two_copies_reaches_the_other(
    running: Server, changes: list[tuple[str, str, Any]], prunes: bool
) -> None:
    running.play("reference")
    thread = thread_that_ran("subgraphs")
    running.load({"threads": [thread]})
    source = thread["thread_id"]
    copy = running.post(f"/threads/{source}/copy").json()["thread_id"]

    for changed, kept in ((source, copy), (copy, source)):
        before = [running.get(f"/threads/{kept}{path}").json() for path in ("", "/state?subgraphs=true", "/storage")]
        history = running.get(f"/threads/{kept}/history?limit=50").json()
        for method, path, body in changes:
            running.client.request(method, f"/threads/{changed}{path}", json=body)
        if prunes:
            running.post("/threads/prune", {"thread_ids": [changed], "strategy": "keep_latest"})
        after = [running.get(f"/threads/{kept}{path}").json() for path in ("", "/state?subgraphs=true", "/storage")]
        assert after == before
        assert running.get(f"/threads/{kept}/history?limit=50").json() == history
        running.load({"threads": [thread]})
