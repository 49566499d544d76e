"""The messages of a thread over HTTP, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.computer_agents.conversing import thread

if TYPE_CHECKING:
    from tests.conftest import Server


@pytest.fixture
def path(server: Server) -> str:
    """The messages of a thread in which the numbers from 1 to 5 were said."""
    given = [{"role": "user", "content": str(number)} for number in range(1, 6)]
    return f"/v1/threads/{thread(server, messages=given, schedule={})['id']}/messages"


@pytest.mark.parametrize(
    ("query", "expected", "more"),
    [
        ({}, "12345", False),
        ({"order": "asc"}, "12345", False),
        ({"order": "desc"}, "54321", False),
        ({"limit": 2}, "12", True),
        ({"limit": 2, "offset": 1, "order": "desc"}, "43", True),
        ({"limit": 2, "offset": 3}, "45", False),
        ({"limit": 0}, "1", True),
        ({"limit": 200}, "12345", False),
        ({"offset": 9}, "", False),
        ({"compact": "true"}, "12345", False),
    ],
)
def test_a_page_of_messages(server: Server, path: str, query: dict[str, Any], expected: str, more: bool) -> None:
    answer = server.get(path, params=query).raise_for_status().json()

    assert "".join(row["content"] for row in answer["data"]) == expected
    assert (answer["object"], answer["has_more"], answer["total_count"]) == ("list", more, 5)


def test_a_page_has_two_hundred_messages_at_most(server: Server) -> None:
    given = [{"role": "user", "content": "again"}] * 201
    made = thread(server, messages=given, schedule={})

    answer = server.get(f"/v1/threads/{made['id']}/messages", params={"limit": 1000}).json()

    assert (len(answer["data"]), answer["has_more"]) == (200, True)


@pytest.mark.parametrize("query", [{"order": "random"}, {"limit": "all"}, {"offset": "-1"}])
def test_a_page_that_does_not_fit_is_refused(server: Server, path: str, query: dict[str, str]) -> None:
    answer = server.get(path, params=query)

    assert answer.status_code == 400
    assert answer.json()["details"][0]["field"] == next(iter(query))


def test_the_messages_of_a_thread_that_is_not_there_are_not_found(server: Server) -> None:
    assert server.get("/v1/threads/thread_1/messages").status_code == 404
