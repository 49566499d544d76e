"""What Schemathesis found wrong once, each as a request that anyone can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Server

HUGE = 1680683104089867388751548776448
STEP = {"updates": [{"as_node": "__start__", "values": {"messages": []}}]}


@pytest.mark.parametrize(
    "body",
    [
        {"context": {"a\0b": 1}},
        {"config": {"a\0b": 1}},
        {"config": {"configurable": {"a\0b": 1}}},
    ],
)
def test_no_key_of_a_config_or_context_has_a_nul(server: Server, body: dict[str, Any]) -> None:
    answer = server.post("/assistants", {"graph_id": "agent", **body})

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(r'"a\u0000b" does not match')


def test_a_nul_elsewhere_comes_back_as_the_replacement_character_and_is_found_as_it_was(server: Server) -> None:
    metadata = {"a\0b": "c\0d"}

    made = server.post("/threads", {"metadata": metadata}).json()

    assert made["metadata"] == {"a\ufffdb": "c\ufffdd"}
    assert server.post("/threads/search", {"metadata": metadata}).json() == [made]
    assert server.post("/threads/search", {"metadata": made["metadata"]}).json() == []


def test_the_document_that_is_shown_keeps_its_patterns(server: Server) -> None:
    shown = server.get("/openapi.json").json()["components"]["schemas"]["Config"]

    assert shown["propertyNames"]["pattern"].endswith(r"[^\u0000]*$")


@pytest.mark.parametrize(
    ("path", "body", "nothing"),
    [
        ("/assistants/search", {"offset": HUGE}, []),
        ("/threads/search", {"offset": HUGE}, []),
        ("/threads/search", {"offset": 2**63 - 1, "limit": 1000}, []),
        ("/store/items/search", {"namespace_prefix": [], "offset": HUGE}, {"items": []}),
        ("/store/namespaces", {"offset": HUGE}, {"namespaces": []}),
    ],
)
def test_a_page_beyond_all_numbers_is_empty(server: Server, path: str, body: dict[str, Any], nothing: Any) -> None:
    assert server.post(path, body).json() == nothing


def test_a_history_is_as_long_as_it_is_whatever_is_asked_for(server: Server) -> None:
    thread = server.create_thread(metadata={"graph_id": "agent"}, supersteps=[STEP])

    assert len(server.get(f"/threads/{thread}/history?limit={HUGE}").json()) == 1


@pytest.mark.parametrize("minutes", [5e-324, 1e-9])
def test_a_thread_of_the_shortest_life_lives_to_be_seen(server: Server, minutes: float) -> None:
    made = server.post("/threads", {"metadata": {"graph_id": "agent"}, "supersteps": [STEP], "ttl": {"ttl": minutes}})

    assert made.status_code == 200
    assert server.get(f"/threads/{made.json()['thread_id']}/state").status_code == 200


@pytest.mark.parametrize("path", ["/", "/docs", "/info", "/metrics", "/ok", "/openapi.json"])
@pytest.mark.parametrize("method", ["POST", "DELETE", "OPTIONS"])
def test_a_wrong_method_on_a_path_of_the_system_is_not_found(server: Server, path: str, method: str) -> None:
    answer = server.client.request(method, path)

    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})
    assert "allow" not in answer.headers


@pytest.mark.parametrize("path", ["/threads/a%0Ab", "/threads/a%0Ab/copy", "/threads/a%2Fb"])
def test_what_no_path_can_hold_leads_nowhere(server: Server, path: str) -> None:
    answer = server.post(path)

    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})
