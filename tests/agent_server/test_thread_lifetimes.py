"""The end of threads over HTTP: pruning, and times to live as the document describes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.agent_server.ran import thread_that_ran
from understudy.state.clock import Clock
from understudy.state.world import World

if TYPE_CHECKING:
    from tests.conftest import Server

MISSING = "33333333-3333-4333-8333-333333333333"


@pytest.fixture
def clock(server: Server) -> Clock:
    """The clock of the world; it stands at the beginning of 2026."""
    clock = Clock(datetime(2026, 1, 1, tzinfo=UTC))
    server.world = World(server.world.agents, clock=clock)
    return clock


def prune(server: Server, *threads: str, **more: Any) -> Any:
    return server.post("/threads/prune", {"thread_ids": list(threads), **more}).json()


def ttl(server: Server, thread: str) -> Any:
    return server.get(f"/threads/{thread}?include=ttl").json().get("ttl")


def with_a_history(server: Server, **body: Any) -> str:
    """Make a thread with three checkpoints, the last of which has n = 3."""
    step = {"updates": [{"values": {"n": 1}, "as_node": "__start__"}]}
    return server.create_thread(metadata={"graph_id": "steps"}, supersteps=[step] * 3, **body)


def test_pruning_deletes_and_tells_how_many_threads_there_were(server: Server) -> None:
    first, second, kept = (server.create_thread() for _ in range(3))

    assert prune(server, first, MISSING, second.upper(), first) == {"pruned_count": 2}

    assert [thread["thread_id"] for thread in server.post("/threads/search", {}).json()] == [kept]
    assert prune(server, first) == {"pruned_count": 0}


@pytest.mark.parametrize("strategy", ["delete", "keep_latest"])
def test_nothing_to_prune_is_nothing_pruned(server: Server, strategy: str) -> None:
    assert prune(server, strategy=strategy) == {"pruned_count": 0}


def test_keeping_the_latest_forgets_the_way_to_it(server: Server) -> None:
    thread = with_a_history(server)
    before = server.get(f"/threads/{thread}").json()
    state = server.get(f"/threads/{thread}/state").json()
    old = state["parent_checkpoint"]["checkpoint_id"]

    assert prune(server, thread, MISSING, strategy="keep_latest") == {"pruned_count": 1}

    assert server.get(f"/threads/{thread}").json() == before
    assert server.get(f"/threads/{thread}/state").json() == state
    assert server.get(f"/threads/{thread}/history?limit=10").json() == [state]
    assert server.get(f"/threads/{thread}/state/{old}").json()["values"] == {}
    assert server.get(f"/threads/{thread}/storage").json()["checkpoints"]["count"] == 1


def test_keeping_the_latest_keeps_that_of_each_subgraph_too(server: Server) -> None:
    thread = thread_that_ran("subgraphs")
    server.load({"threads": [thread]})
    inside = f"/threads/{thread['thread_id']}/state?subgraphs=true"
    before = server.get(inside).json()
    (task,) = before["tasks"]

    prune(server, thread["thread_id"], strategy="keep_latest")

    assert server.get(inside).json() == before
    path = f"/threads/{thread['thread_id']}/history"
    assert len(server.post(path, {"checkpoint": {"checkpoint_ns": f"child:{task['id']}"}, "limit": 9}).json()) == 1


def test_a_state_that_was_kept_can_be_changed(server: Server) -> None:
    thread = with_a_history(server)
    prune(server, thread, strategy="keep_latest")

    server.post(f"/threads/{thread}/state", {"values": {"n": 10}, "as_node": "a"})

    history = server.get(f"/threads/{thread}/history?limit=10").json()
    assert [(state["values"]["n"], state["metadata"]["step"]) for state in history] == [(13, 3), (3, 2)]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({"thread_ids": ["bad"]}, "Invalid thread ID: must be a UUID"),
        ({"thread_ids": [MISSING, "bad"], "strategy": "keep_latest"}, "Invalid thread ID: must be a UUID"),
        ({"thread_ids": [1]}, '1 is not of type "string"'),
        ({}, '"thread_ids" is a required property'),
        ({"thread_ids": [], "strategy": "archive"}, '"archive" is not one of "delete" or "keep_latest"'),
    ],
)
def test_what_cannot_be_pruned(server: Server, body: Any, complaint: str) -> None:
    answer = server.post("/threads/prune", body)

    assert (answer.status_code, answer.json()["detail"].partition("\n")[0]) == (422, complaint)


def test_an_id_that_is_none_prunes_nothing_at_all(server: Server) -> None:
    thread = server.create_thread()

    prune(server, thread, "bad")

    assert server.get(f"/threads/{thread}").status_code == 200


def test_a_thread_tells_when_it_ends_to_those_who_ask(server: Server, clock: Clock) -> None:
    thread = server.create_thread(ttl={"ttl": 1.5})

    assert ttl(server, thread) == {
        "strategy": "delete",
        "ttl_minutes": 1.5,
        "expires_at": "2026-01-01T00:01:30+00:00",
    }
    assert "ttl" in server.get(f"/threads/{thread}?include=a,ttl,b").json()
    for query in ("", "?include=", "?include=tt", "?include=ttls"):
        assert "ttl" not in server.get(f"/threads/{thread}{query}").json()
    assert "ttl" not in server.post("/threads/search", {}).json()[0]


@pytest.mark.parametrize("time", [None, {}, {"strategy": "delete"}])
def test_a_thread_without_a_time_lives_for_ever(server: Server, clock: Clock, time: Any) -> None:
    thread = server.create_thread(**({} if time is None else {"ttl": time}))

    clock.advance(timedelta(days=10000))

    assert ttl(server, thread) is None
    assert server.get(f"/threads/{thread}").status_code == 200


def test_a_thread_is_gone_the_moment_its_time_is_over(server: Server, clock: Clock) -> None:
    thread = server.create_thread(ttl={"ttl": 5})

    clock.advance(timedelta(minutes=5, microseconds=-1))
    assert server.get(f"/threads/{thread}").status_code == 200
    clock.advance(timedelta(microseconds=1))

    assert server.get(f"/threads/{thread}").status_code == 404
    assert server.get(f"/threads/{thread}/state").status_code == 404
    assert server.patch(f"/threads/{thread}", {}).status_code == 404
    assert server.delete(f"/threads/{thread}").status_code == 404
    assert server.post(f"/threads/{thread}/copy").status_code == 409
    assert server.post("/threads/search", {"ids": [thread]}).json() == []
    assert server.post("/threads/count", {}).json() == 0
    assert prune(server, thread) == {"pruned_count": 0}


def test_an_id_is_free_again_when_its_thread_has_ended(server: Server, clock: Clock) -> None:
    server.create_thread(thread_id=MISSING, metadata={"first": True}, ttl={"ttl": 5})
    clock.advance(timedelta(minutes=5))

    server.create_thread(thread_id=MISSING)
    clock.advance(timedelta(days=1))

    assert server.get(f"/threads/{MISSING}").json()["metadata"] == {}


def test_threads_end_one_by_one_each_in_its_time(server: Server, clock: Clock) -> None:
    for minutes in (3, 1, 2):
        server.create_thread(ttl={"ttl": minutes})

    left = []
    for _ in range(4):
        left.append(server.post("/threads/count", {}).json())
        clock.advance(timedelta(minutes=1))

    assert left == [3, 2, 1, 0]


def test_at_its_end_a_thread_may_keep_its_latest_state(server: Server, clock: Clock) -> None:
    thread = with_a_history(server, ttl={"ttl": 5, "strategy": "keep_latest"})
    state = server.get(f"/threads/{thread}/state").json()

    clock.advance(timedelta(minutes=4))
    assert len(server.get(f"/threads/{thread}/history?limit=10").json()) == 3
    clock.advance(timedelta(minutes=1))

    assert server.get(f"/threads/{thread}/history?limit=10").json() == [state]
    assert ttl(server, thread) is None


def test_a_patch_gives_a_new_time_from_now_on_and_without_one_changes_none(server: Server, clock: Clock) -> None:
    thread = server.create_thread(ttl={"ttl": 5, "strategy": "keep_latest"})
    clock.advance(timedelta(minutes=4))

    server.patch(f"/threads/{thread}", {"metadata": {"a": 1}})
    assert ttl(server, thread)["expires_at"] == "2026-01-01T00:05:00+00:00"
    server.patch(f"/threads/{thread}", {"ttl": {"ttl": 2}})

    assert ttl(server, thread) == {
        "strategy": "delete",
        "ttl_minutes": 2,
        "expires_at": "2026-01-01T00:06:00+00:00",
    }
    clock.advance(timedelta(minutes=1))
    assert server.get(f"/threads/{thread}").status_code == 200
    clock.advance(timedelta(minutes=1))
    assert server.get(f"/threads/{thread}").status_code == 404


def test_neither_a_copy_nor_a_second_creation_touches_the_time_of_a_thread(server: Server, clock: Clock) -> None:
    thread = server.create_thread(ttl={"ttl": 5})
    made = server.post(f"/threads/{thread}/copy").json()["thread_id"]

    server.create_thread(thread_id=thread, if_exists="do_nothing", ttl={"ttl": 500})
    clock.advance(timedelta(minutes=5))

    assert server.get(f"/threads/{thread}").status_code == 404
    assert server.get(f"/threads/{made}").status_code == 200


def test_a_time_of_any_length_is_taken(server: Server, clock: Clock) -> None:
    thread = server.create_thread(ttl={"ttl": 1e300})

    assert ttl(server, thread)["expires_at"].startswith("9999-12-31")


@pytest.mark.parametrize("minutes", [0, -1])
def test_no_time_at_all_is_refused(server: Server, minutes: int) -> None:
    thread = server.create_thread()

    for answer in (
        server.post("/threads", {"ttl": {"ttl": minutes}}),
        server.patch(f"/threads/{thread}", {"ttl": {"ttl": minutes}}),
    ):
        assert answer.status_code == 422
        assert answer.json()["detail"].startswith(f"{minutes} is less than or equal to the minimum of 0")
