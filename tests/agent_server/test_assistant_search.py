"""Searches of assistants over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Server


def create(server: Server, **body: Any) -> dict[str, Any]:
    answer = server.post("/assistants", {"graph_id": "agent", **body})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def names(server: Server, **body: Any) -> list[str]:
    return [found["name"] for found in server.post("/assistants/search", body).json()]


def test_the_newest_assistant_is_found_first(server: Server) -> None:
    create(server, name="older", metadata={"t": 1})
    create(server, name="newer", metadata={"t": 1})
    older = server.post("/assistants/search", {"name": "older"}).json()[0]["assistant_id"]
    server.patch(f"/assistants/{older}", {})

    assert names(server, metadata={"t": 1}) == ["newer", "older"]
    assert names(server, metadata={"t": 1}, sort_order="asc") == ["newer", "older"]  # means nothing by itself
    assert names(server, metadata={"t": 1}, sort_by="updated_at") == ["older", "newer"]


def test_names_are_found_and_sorted_in_any_case(server: Server) -> None:
    for name in ("Alpha_50%", "beta", "ALPHA two", "É"):
        create(server, name=name, metadata={"t": 1})

    assert names(server, name="alpha", metadata={"t": 1}) == ["ALPHA two", "Alpha_50%"]
    assert names(server, name="0%", metadata={"t": 1}) == ["Alpha_50%"]
    assert names(server, name="é") == ["É"]
    assert names(server, metadata={"t": 1}, sort_by="name", sort_order="asc") == [
        "ALPHA two",
        "Alpha_50%",
        "beta",
        "É",
    ]


@pytest.mark.parametrize(
    ("metadata", "found"),
    [
        ({"n": {"p": 1}}, True),
        ({"n": {}}, True),
        ({"t": ["x", "y"]}, True),
        ({"t": ["x"]}, False),
        ({"one": True}, True),
        ({"one": "1"}, False),
        ({"nothing": None}, True),
        ({"absent": None}, False),
        ({}, True),
    ],
)
def test_metadata_is_found_by_what_it_contains(server: Server, metadata: dict[str, Any], found: bool) -> None:
    stored = {"n": {"p": 1, "q": 2}, "t": ["x", "y"], "one": 1, "nothing": None}
    create(server, name="it", metadata=stored)

    assert ("it" in names(server, metadata=metadata)) is found


def test_a_search_tells_in_headers_whether_there_is_more(server: Server) -> None:
    for number in range(5):
        create(server, name=str(number), metadata={"t": 1})

    def headers(**page: int) -> tuple[str | None, str | None]:
        answer = server.post("/assistants/search", {"metadata": {"t": 1}, **page})
        return answer.headers.get("x-pagination-total"), answer.headers.get("x-pagination-next")

    assert headers(limit=2) == ("3", "2")
    assert headers(limit=2, offset=2) == ("5", "4")
    assert headers(limit=2, offset=4) == ("5", None)
    assert headers(offset=50) == ("50", None)


def test_a_selection_has_the_fields_asked_for_in_their_own_order(server: Server) -> None:
    create(server, name="it")

    found = server.post("/assistants/search", {"name": "it", "select": ["version", "name"]}).json()

    assert [list(row.items()) for row in found] == [[("name", "it"), ("version", 1)]]
    assert len(server.post("/assistants/search", {"name": "it", "select": []}).json()[0]) == 10
