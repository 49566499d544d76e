"""Threads over HTTP: made, read, changed, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

if TYPE_CHECKING:
    from tests.conftest import Server

MISSING = "33333333-3333-4333-8333-333333333333"
CHOSEN = "1111aaaa-1111-4111-8111-111111111111"


def test_a_new_thread_is_idle_and_empty(server: Server) -> None:
    thread = server.post("/threads", {}).json()

    assert list(thread) == [
        "thread_id", "created_at", "updated_at", "state_updated_at", "metadata", "status", "config", "values",
    ]  # fmt: skip
    assert UUID(thread["thread_id"]).version == 7
    assert thread["created_at"] == thread["updated_at"] == thread["state_updated_at"]
    assert (thread["metadata"], thread["status"], thread["config"], thread["values"]) == ({}, "idle", {}, None)
    assert server.get(f"/threads/{thread['thread_id']}").json() == thread


@pytest.mark.parametrize(
    "dress",
    [CHOSEN, CHOSEN.upper(), CHOSEN.replace("-", ""), f"{{{CHOSEN}}}", f"urn:uuid:{CHOSEN}"],
)
def test_a_thread_can_have_an_id_of_the_clients_choice_in_any_dress(server: Server, dress: str) -> None:
    thread = server.post("/threads", {"thread_id": dress}).json()

    assert thread["thread_id"] == CHOSEN
    assert server.get(f"/threads/{dress}").json() == thread


def test_an_empty_id_chooses_none(server: Server) -> None:
    thread = server.post("/threads", {"thread_id": ""}).json()

    assert UUID(thread["thread_id"]).version == 7


def test_an_id_that_is_taken_is_a_conflict(server: Server) -> None:
    server.create_thread(thread_id=CHOSEN, metadata={"a": 1})

    for body in ({"thread_id": CHOSEN}, {"thread_id": CHOSEN.upper(), "if_exists": "raise"}):
        answer = server.post("/threads", body)
        assert (answer.status_code, answer.json()) == (409, {"detail": f"Thread with ID {CHOSEN} already exists"})


def test_do_nothing_answers_with_the_thread_there_is_and_merges_nothing(server: Server) -> None:
    first = server.post("/threads", {"thread_id": CHOSEN, "metadata": {"a": 1}}).json()

    again = server.post("/threads", {"thread_id": CHOSEN, "metadata": {"b": 1}, "if_exists": "do_nothing"})

    assert again.json() == first
    assert server.get(f"/threads/{CHOSEN}").json() == first


def test_keys_that_belong_to_the_server_are_dropped_from_metadata(server: Server) -> None:
    reserved = dict.fromkeys(["thread_id", "assistant_id", "run_id", "cron_id", "counters_since_delta_snapshot"], "x")
    kept = {"graph_id": "agent", "created_by": "me"}

    thread = server.create_thread(metadata={**reserved, **kept})
    assert server.get(f"/threads/{thread}").json()["metadata"] == kept
    server.patch(f"/threads/{thread}", {"metadata": {**reserved, "n": {"run_id": 1}}})

    assert server.get(f"/threads/{thread}").json()["metadata"] == {**kept, "n": {"run_id": 1}}


def test_fields_that_the_document_does_not_have_are_dropped(server: Server) -> None:
    thread = server.post("/threads", {"status": "busy", "values": {"a": 1}, "nonsense": 1}).json()

    assert (thread["status"], thread["values"]) == ("idle", None)
    assert "nonsense" not in thread


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({"thread_id": "x"}, "Invalid thread ID: must be a UUID"),
        ({"thread_id": 1}, '1 is not of type "string"'),
        ({"thread_id": None}, 'null is not of type "string"'),
        ({"metadata": None}, 'null is not of type "object"'),
        ({"metadata": []}, '[] is not of type "object"'),
        ({"if_exists": "overwrite"}, '"overwrite" is not one of "raise" or "do_nothing"'),
        ({"ttl": 5}, '5 is not of type "object"'),
        ({"ttl": {"strategy": "keep"}}, '"keep" is not one of "delete" or "keep_latest"'),
        ({"ttl": {"ttl": "5"}}, '"5" is not of type "number"'),
        ({"supersteps": [{}]}, '"updates" is a required property'),
        ({"supersteps": [{"updates": [{"values": {}}]}]}, '"as_node" is a required property'),
        ([], '[] is not of type "object"'),
    ],
)
def test_what_does_not_fit_the_document_is_refused_and_makes_no_thread(
    server: Server, body: Any, complaint: str
) -> None:
    answer = server.post("/threads", body)

    assert answer.status_code == 422
    assert answer.json()["detail"].partition("\n")[0] == complaint
    assert server.post("/threads/count", {}).json() == 0


def test_a_violated_schema_is_explained_with_the_rule_and_the_place(server: Server) -> None:
    answer = server.post("/threads", {"if_exists": "overwrite"})

    assert answer.json() == {
        "detail": '"overwrite" is not one of "raise" or "do_nothing"\n\n'
        'Failed validating "enum" in schema["properties"]["if_exists"]\n\n'
        'On instance["if_exists"]:\n    "overwrite"'
    }


def test_a_patch_merges_the_first_level_of_metadata(server: Server) -> None:
    thread = server.create_thread(metadata={"a": 1, "b": {"c": 1}, "d": 2})

    answer = server.patch(f"/threads/{thread}", {"metadata": {"b": {"e": 1}, "d": None, "f": [1]}})

    assert answer.status_code == 200
    assert answer.json()["metadata"] == {"a": 1, "b": {"e": 1}, "d": None, "f": [1]}
    assert server.get(f"/threads/{thread}").json() == answer.json()


@pytest.mark.parametrize("body", [{}, {"status": "busy", "values": {"x": 1}, "config": {"tags": ["t"]}}])
def test_a_patch_of_nothing_that_can_be_patched_only_moves_the_time_of_update(server: Server, body: Any) -> None:
    before = server.post("/threads", {"metadata": {"a": 1}}).json()

    after = server.patch(f"/threads/{before['thread_id']}", body).json()

    assert after["updated_at"] > before["updated_at"]
    assert {**after, "updated_at": None} == {**before, "updated_at": None}


def test_a_client_that_prefers_the_minimum_gets_nothing_back(server: Server) -> None:
    thread = server.create_thread()

    answer = server.patch(f"/threads/{thread}", {"metadata": {"a": 1}}, headers={"prefer": "return=minimal"})

    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-type" not in answer.headers
    assert server.get(f"/threads/{thread}").json()["metadata"] == {"a": 1}


@pytest.mark.parametrize("prefer", ["return=representation", "minimal", ""])
def test_any_other_preference_changes_nothing(server: Server, prefer: str) -> None:
    thread = server.create_thread()

    answer = server.patch(f"/threads/{thread}", {}, headers={"prefer": prefer})

    assert (answer.status_code, answer.json()["thread_id"]) == (200, thread)


def test_a_deleted_thread_is_gone_with_its_state(server: Server) -> None:
    thread = server.create_thread(metadata={"graph_id": "agent"})
    server.post(f"/threads/{thread}/state", {"values": {"messages": []}})
    gone = {"detail": f"Thread with ID {thread} not found"}

    answer = server.delete(f"/threads/{thread}")

    assert (answer.status_code, answer.content) == (204, b"")
    for path in ("", "/state", "/history", "/storage"):
        answer = server.get(f"/threads/{thread}{path}")
        assert (answer.status_code, answer.json()) == (404, gone)
    assert server.delete(f"/threads/{thread}").status_code == 404
    assert server.post("/threads/search", {}).json() == []


def test_an_id_can_be_used_again_and_begins_empty(server: Server) -> None:
    for _ in range(2):
        thread = server.create_thread(thread_id=CHOSEN, metadata={"graph_id": "agent"})
        assert server.get(f"/threads/{thread}/state").json()["values"] == {}
        server.post(f"/threads/{thread}/state", {"values": {"messages": ["hi"]}})
        server.delete(f"/threads/{thread}")


@pytest.mark.parametrize(
    ("method", "path", "status", "detail"),
    [
        ("get", "", 404, f"Thread with ID {MISSING} not found"),
        ("patch", "", 404, "Not Found"),
        ("delete", "", 404, f"Thread with ID {MISSING} not found"),
        ("post", "/copy", 409, "Conflict"),
        ("get", "/storage", 404, f"Thread with ID {MISSING} not found"),
        ("get", "/state", 404, f"Thread with ID {MISSING} not found"),
        ("get", f"/state/{MISSING}", 404, f"Thread with ID {MISSING} not found"),
        ("post", "/state", 404, f"Thread with ID {MISSING} not found"),
        ("get", "/history", 404, f"Thread with ID {MISSING} not found"),
        ("post", "/history", 404, f"Thread with ID {MISSING} not found"),
    ],
)
def test_a_thread_that_does_not_exist(server: Server, method: str, path: str, status: int, detail: str) -> None:
    body: dict[str, Any] = {"json": {}} if method in ("patch", "post") else {}

    answer = getattr(server, method)(f"/threads/{MISSING}{path}", **body)

    assert (answer.status_code, answer.json()) == (status, {"detail": detail})


@pytest.mark.parametrize("path", ["/threads/x", "/threads/x/state", "/threads/x/history", "/threads/x/storage"])
def test_an_id_that_is_none(server: Server, path: str) -> None:
    answer = server.get(path)

    assert (answer.status_code, answer.json()) == (422, {"detail": "Invalid thread ID: must be a UUID"})


def test_of_several_things_that_are_wrong_the_path_comes_first_then_the_body_then_what_is_missing(
    server: Server,
) -> None:
    malformed = {"content": b"{"}

    details = [
        server.client.patch(path, **options).json()["detail"]  # type: ignore[arg-type]  # only content
        for path, options in [
            ("/threads/x", malformed),
            (f"/threads/{MISSING}", malformed),
            (f"/threads/{MISSING}", {"content": b'{"metadata":1}'}),
            (f"/threads/{MISSING}", {"content": b"{}"}),
        ]
    ]

    assert details[:2] == ["Invalid thread ID: must be a UUID", "Invalid JSON in request body"]
    assert details[2].startswith('1 is not of type "object"')
    assert details[3] == "Not Found"
