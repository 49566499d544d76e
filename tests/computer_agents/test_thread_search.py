"""The search for threads over HTTP, by what they are called and what is said in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.computer_agents.conversing import thread
from tests.computer_agents.making import computer

if TYPE_CHECKING:
    from tests.conftest import Server

PATH = "/v1/threads/search"


def search(server: Server, query: str, **body: Any) -> dict[str, Any]:
    return dict(server.post(PATH, {"query": query, **body}).raise_for_status().json())


def found(server: Server, query: str, **body: Any) -> list[str]:
    return [result["thread"]["title"] for result in search(server, query, **body)["results"]]


@pytest.fixture
def orchard(server: Server) -> dict[str, Any]:
    """Three threads that have the word `pear`, one that has it not; what is returned is the computer of one of them."""
    barn = computer(server, name="Barn")
    thread(server, title="said", content="Where are the PEARS?", schedule={})
    thread(server, title="apples", content="Where are they?", schedule={})
    thread(server, title="asked", task="Pick pears", schedule={}, environmentId=barn["id"])
    thread(server, title="Pear harvest")
    return barn


def test_titles_come_before_tasks_and_tasks_before_messages(server: Server, orchard: dict[str, Any]) -> None:
    told = search(server, "pear")

    assert [(result["thread"]["title"], result["score"]) for result in told["results"]] == [
        ("Pear harvest", 1.0),
        ("asked", 0.8),
        ("said", 0.6),
    ]
    assert (told["total"], told["hasMore"]) == (3, False)
    assert told["searchMetadata"] == {"query": "pear", "queryType": "text", "processingTimeMs": 0}


def test_of_equal_ones_that_changed_last_comes_first(server: Server) -> None:
    for title in ("pear a", "pear b"):
        thread(server, title=title)

    assert found(server, "PEAR") == ["pear b", "pear a"]


def test_highlights_show_where_the_text_is(server: Server, orchard: dict[str, Any]) -> None:
    highlights = [result["highlights"] for result in search(server, "pear")["results"]]

    assert highlights == [["Pear harvest"], ["Pick pears", "Pick pears"], ["Where are the PEARS?"]]


def test_of_a_long_message_the_part_with_the_text_is_shown(server: Server) -> None:
    thread(server, content="x" * 500 + "pear" + "x" * 500, schedule={})

    ((highlight,),) = [result["highlights"] for result in search(server, "pear")["results"]]

    assert "pear" in highlight
    assert len(highlight) == 200


def test_messages_are_told_only_if_asked_for(server: Server, orchard: dict[str, Any]) -> None:
    without = search(server, "pears?")["results"][0]
    within = search(server, "pears?", includeMessages=True)["results"][0]

    assert "matchingMessages" not in without
    assert [message["content"] for message in within["matchingMessages"]] == ["Where are the PEARS?"]


def test_a_search_keeps_to_a_computer_and_a_status(server: Server, orchard: dict[str, Any]) -> None:
    assert found(server, "pear", environmentId=orchard["id"]) == ["asked"]
    assert found(server, "pear", status="completed") == []
    assert found(server, "pear", status="active", environmentId=orchard["id"]) == ["asked"]
    assert len(found(server, "pear", status="all")) == 3


@pytest.mark.parametrize(
    ("body", "expected", "more"),
    [
        ({"limit": 1}, ["Pear harvest"], True),
        ({"limit": 2, "offset": 1}, ["asked", "said"], False),
        ({"limit": 0}, ["Pear harvest"], True),
        ({"limit": 1000}, ["Pear harvest", "asked", "said"], False),
        ({"limit": 1.0, "offset": 2.0}, ["said"], False),
        ({"offset": 7}, [], False),
    ],
)
def test_a_page_of_what_was_found(
    server: Server, orchard: dict[str, Any], body: dict[str, Any], expected: list[str], more: bool
) -> None:
    told = search(server, "pear", **body)

    assert [result["thread"]["title"] for result in told["results"]] == expected
    assert (told["total"], told["hasMore"]) == (3, more)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "query"),
        ({"query": ""}, "query"),
        ({"query": "a", "status": "tired"}, "status"),
        ({"query": "a", "offset": -1}, "offset"),
        ({"query": "a", "colour": "red"}, "colour"),
    ],
)
def test_a_search_that_does_not_fit_is_refused(server: Server, body: dict[str, Any], field: str) -> None:
    answer = server.post(PATH, body)

    assert answer.status_code == 400
    assert answer.json()["details"][0]["field"] == field
