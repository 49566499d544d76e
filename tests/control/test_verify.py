"""Expectations of a test: met, or told in sentences that say what came instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from langgraph_sdk import get_sync_client

from tests.control.journals import JOURNAL, RUN
from understudy.state import journal

if TYPE_CHECKING:
    from tests.conftest import Server

ADA: dict[str, Any] = {"metadata": {"user": "ada", "tags": ["a", "b"]}}


def verify(server: Server, *calls: dict[str, Any], **options: bool) -> list[str]:
    """Return the complaints."""
    told = server.post(f"{JOURNAL}/verify", {"calls": calls, **options}).raise_for_status().json()
    complaints: list[str] = told["complaints"]
    assert told["met"] is (not complaints)
    return complaints


@pytest.mark.parametrize(
    "call",
    [
        {},
        {"operation": "threads.create"},
        {"operation": "POST /threads"},
        {"operation": "create_thread_threads_post", "path": "/thr*", "status": 200},
        {"path": "/**", "at_least": 2, "at_most": 3},
        {"operation": "threads.create", "times": 1, "body": {"metadata": {"user": "ada"}}},
        {"operation": "threads.create", "body": {"metadata": {"tags": ["a", "b"]}}},
        {"operation": "threads.create", "at_most": 1},
        {"operation": "threads.search", "times": 0},
        {"operation": "threads.search", "at_most": 0},
        {"operation": "threads.create", "body": {"metadata": {"user": "eve"}}, "times": 0},
    ],
)
def test_what_was_asked_is_met(server: Server, call: dict[str, Any]) -> None:
    server.create_thread(**ADA)
    server.get("/ok")

    assert verify(server, call) == []


def test_a_body_that_differs_is_told_by_where_it_does(server: Server) -> None:
    server.create_thread(**ADA)

    complaints = verify(
        server, {"operation": "threads.create", "body": {"metadata": {"user": "eve", "team": 1}, "if_exists": "raise"}}
    )

    assert complaints == [
        'threads.create with {"metadata": {"user": "eve", "team": 1}, "if_exists": "rais…: expected at least once, '
        "came never. Nearest is POST /threads (number 1): "
        'body.metadata.user is "ada", not "eve"; body.metadata.team is missing; body.if_exists is missing'
    ]


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        (["a"], "body.metadata.tags has 2 elements, not 1"),
        (["a", "c"], 'body.metadata.tags[1] is "b", not "c"'),
        ({"a": 1}, 'body.metadata.tags is ["a", "b"], not {"a": 1}'),
        ([1, "b"], 'body.metadata.tags[0] is "a", not 1'),
    ],
)
def test_lists_match_one_by_one(server: Server, tags: Any, told: str) -> None:
    server.create_thread(**ADA)

    [complaint] = verify(server, {"operation": "threads.create", "body": {"metadata": {"tags": tags}}})

    assert complaint.endswith(f": {told}")


def test_true_is_not_1(server: Server) -> None:
    server.create_thread(metadata={"on": True})

    assert verify(server, {"body": {"metadata": {"on": 1}}}) != []
    assert verify(server, {"body": {"metadata": {"on": True}}}) == []


def test_the_nearest_is_the_one_with_the_fewest_differences(server: Server) -> None:
    server.create_thread(metadata={"a": 1, "b": 2})
    server.create_thread(metadata={"a": 1, "b": 3})
    server.create_thread(metadata={})

    [complaint] = verify(server, {"body": {"metadata": {"a": 1, "b": 4}}, "operation": "threads.create"})

    assert "Nearest is POST /threads (number 1): body.metadata.b is 2, not 4" in complaint


def test_another_status_is_told(server: Server) -> None:
    server.get(f"/threads/{uuid4()}")

    [complaint] = verify(server, {"operation": "threads.get", "status": 200})

    assert complaint.endswith("it was answered with 404, not 200")
    assert complaint.startswith(
        "threads.get answered with 200: expected at least once, came never. Nearest is GET /thr"
    )


def test_where_nothing_is_near_it_is_told_what_was_asked(server: Server) -> None:
    server.get("/ok")
    server.get("/ok")
    server.get("/info")

    complaints = verify(server, {"operation": "threads.create"})

    assert complaints == ["threads.create: expected at least once, came never. Asked was GET /ok (2 times), GET /info"]


def test_where_nothing_was_asked_that_is_told(server: Server) -> None:
    assert verify(server, {"path": "/threads"}) == [
        "/threads: expected at least once, came never. Nothing was asked at all"
    ]


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ({"times": 1}, "expected exactly once, came twice: GET /ok (number 1), GET /ok (number 2)"),
        ({"at_most": 1}, "expected at most once, came twice: GET /ok (number 1), GET /ok (number 2)"),
        ({"at_least": 3}, "expected at least 3 times, came twice"),
        ({"times": 0}, "expected never, came twice: GET /ok (number 1), GET /ok (number 2)"),
    ],
)
def test_too_often_and_too_seldom_are_told(server: Server, numbers: dict[str, int], told: str) -> None:
    server.get("/ok")
    server.get("/ok")

    assert verify(server, {"operation": "system.ok", **numbers}) == [f"system.ok: {told}"]


def test_a_thread_is_one_of_what_is_meant(server: Server) -> None:
    one, other = server.create_thread(), server.create_thread()
    server.get(f"/threads/{one}")

    assert verify(server, {"operation": "threads.get", "thread_id": one}) == []
    [complaint] = verify(server, {"operation": "threads.get", "thread_id": other})
    assert complaint.startswith(f"threads.get on thread {other}: expected at least once, came never. Asked was ")


class TestOrder:
    def test_calls_that_came_one_after_the_other_are_in_order(self, server: Server) -> None:
        thread = server.create_thread()
        server.get("/ok")
        server.get(f"/threads/{thread}")
        server.get("/ok")

        calls = [{"operation": "threads.create"}, {"operation": "threads.get"}, {"operation": "system.ok"}]

        assert verify(server, *calls, in_order=True) == []

    def test_a_call_that_came_before_its_turn_is_told(self, server: Server) -> None:
        thread = server.create_thread()
        server.get(f"/threads/{thread}")

        complaints = verify(server, {"operation": "threads.get"}, {"operation": "threads.create"}, in_order=True)

        assert complaints == [
            f"threads.create: expected after threads.get, GET /threads/{thread} (number 2); "
            "came only before that: POST /threads (number 1)"
        ]

    def test_as_many_calls_as_are_expected_come_in_their_turn(self, server: Server) -> None:
        for path in ("/ok", "/info", "/ok", "/info"):
            server.get(path)
        twice = [{"operation": "system.ok", "times": 2}, {"operation": "system.info", "at_least": 2}]

        [complaint] = verify(server, *twice, in_order=True)

        assert "system.info: expected after system.ok, GET /ok (number 3); came only once after that" in complaint

    def test_the_same_call_may_have_several_turns(self, server: Server) -> None:
        for path in ("/ok", "/info", "/ok"):
            server.get(path)
        ok, info = {"operation": "system.ok"}, {"operation": "system.info"}

        assert verify(server, ok, info, ok, in_order=True) == []
        assert verify(server, ok, info, ok, ok, in_order=True) != []


def test_what_else_was_asked_is_told_where_nothing_else_may_be(server: Server) -> None:
    server.create_thread()
    server.get("/ok")

    assert verify(server, {"operation": "threads.create"}, {"path": "/ok"}, only=True) == []
    assert verify(server, {"operation": "threads.create"}, only=True) == [
        "nothing else was expected, but there was GET /ok (number 2)"
    ]


def test_nothing_at_all_can_be_expected(server: Server) -> None:
    assert verify(server, only=True) == []

    for _ in range(7):
        server.get("/ok")

    [complaint] = verify(server, only=True)
    assert complaint.endswith("GET /ok (number 5), and 2 more")


def test_what_the_journal_has_dropped_may_have_been_too_much(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST", 2)
    for _ in range(5):
        server.get("/ok")

    told = ["3 more requests came before those that the journal still has"]
    assert verify(server, {"operation": "system.ok", "at_most": 2}) == told
    assert verify(server, {"operation": "system.ok", "at_least": 2}) == []


def test_a_body_that_is_too_long_to_be_kept_cannot_be_compared(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST_OF_ONE", 10)
    server.create_thread(**ADA)

    [complaint] = verify(server, {"operation": "threads.create", "body": {}})

    assert complaint.endswith("its body is too long to be kept")


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ({"operation": "threads.craete"}, 'no operation "threads.craete". Did you mean "threads.create"?'),
        ({"times": 1, "at_most": 2}, "times is at_least and at_most in one: say either"),
        ({"at_least": 3, "at_most": 2}, "at_least 3 and at_most 2 exclude each other"),
        ({"opration": "threads.create"}, "Additional properties are not allowed ('opration' was unexpected)"),
        ({"times": -1}, "-1 is less than the minimum of 0"),
    ],
)
def test_an_expectation_that_makes_no_sense_is_refused(server: Server, call: dict[str, Any], told: str) -> None:
    answer = server.post(f"{JOURNAL}/verify", {"calls": [call]})

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(told)


def test_the_calls_of_an_application_are_verified_in_one(server: Server) -> None:
    with get_sync_client(url=server.url) as client:
        thread = client.threads.create(metadata={"user": "ada"})["thread_id"]
        list(client.runs.stream(thread, "agent", input=RUN["input"], stream_mode="updates"))

    complaints = verify(
        server,
        {"operation": "threads.create", "body": {"metadata": {"user": "ada"}}, "times": 1},
        {"operation": "runs.stream", "thread_id": thread, "body": {"stream_mode": "updates"}, "status": 200},
        in_order=True,
    )

    assert complaints == []
