"""Copies of threads over HTTP: what they share with their source, and that they share nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tests.agent_server.ran import thread_that_ran

if TYPE_CHECKING:
    from tests.conftest import Server


def load(server: Server, case: str) -> str:
    """Put a thread that ran on the reference server into the world; return its id."""
    thread = thread_that_ran(case)
    server.load({"threads": [thread]})
    return str(thread["thread_id"])


def copy(server: Server, thread: str) -> dict[str, Any]:
    made: dict[str, Any] = server.post(f"/threads/{thread}/copy").raise_for_status().json()
    return made


def whole(server: Server, thread: str) -> Any:
    """Return all that can be read of a thread."""
    namespaces = [
        task["checkpoint"]["checkpoint_ns"]
        for state in server.get(f"/threads/{thread}/history?limit=100").json()
        for task in state["tasks"]
        if task["checkpoint"]
    ]
    return [
        server.get(f"/threads/{thread}").json(),
        server.get(f"/threads/{thread}/state?subgraphs=true").json(),
        server.get(f"/threads/{thread}/history?limit=100").json(),
        [
            server.post(f"/threads/{thread}/history", {"checkpoint": {"checkpoint_ns": namespace}, "limit": 100}).json()
            for namespace in namespaces
        ],
        server.get(f"/threads/{thread}/storage").json(),
    ]


def test_a_copy_is_an_idle_thread_with_the_metadata_of_its_source_and_no_values(server: Server) -> None:
    source = load(server, "interrupt_error_copy")
    assert server.get(f"/threads/{source}").json()["status"] == "interrupted"

    made = copy(server, source)

    assert list(made) == [
        "thread_id", "created_at", "updated_at", "state_updated_at", "metadata", "status", "config",
    ]  # fmt: skip
    assert UUID(made["thread_id"]).version == 4
    assert made["metadata"] == server.get(f"/threads/{source}").json()["metadata"]
    assert (made["status"], made["config"]) == ("idle", {})
    assert made["created_at"] == made["updated_at"] == made["state_updated_at"]


def test_a_copy_of_a_thread_that_never_ran_has_an_empty_state(server: Server) -> None:
    source = server.create_thread(metadata={"a": 1})

    made = copy(server, source)

    assert made["metadata"] == {"a": 1}
    assert server.get(f"/threads/{made['thread_id']}/state").json()["checkpoint"] is None
    assert server.get(f"/threads/{made['thread_id']}/history").json() == []


def test_checkpoints_tasks_and_interrupts_keep_their_ids_and_the_thread_is_named_anew(server: Server) -> None:
    source = load(server, "subgraphs")

    made = copy(server, source)["thread_id"]

    _, *of_source = whole(server, source)
    _, *of_copy = whole(server, made)
    assert len(of_source[2]) > 0
    assert source in json.dumps(of_source)
    assert json.loads(json.dumps(of_source).replace(source, made)) == of_copy


def test_a_copy_waits_for_what_its_source_waits_for(server: Server) -> None:
    source = load(server, "interrupt_error_copy")

    state = server.get(f"/threads/{copy(server, source)['thread_id']}/state").json()

    assert state["next"] == ["agent"]
    assert [interrupt["value"] for interrupt in state["interrupts"]] == [{"question": "ok?"}]


def test_a_copy_does_not_change_when_its_source_does(server: Server) -> None:
    source = load(server, "subgraphs")
    made = copy(server, source)["thread_id"]
    before = whole(server, made)

    server.patch(f"/threads/{source}", {"metadata": {"more": 1}})
    server.post(f"/threads/{source}/state", {"values": {"v": "changed"}, "as_node": "pre"})
    server.post("/threads/prune", {"thread_ids": [source], "strategy": "keep_latest"})
    assert whole(server, made) == before
    server.delete(f"/threads/{source}")

    assert whole(server, made) == before


def test_a_source_does_not_change_when_its_copy_does(server: Server) -> None:
    source = load(server, "subgraphs")
    made = copy(server, source)["thread_id"]
    before = whole(server, source)

    server.patch(f"/threads/{made}", {"metadata": {"more": 1}})
    server.post(f"/threads/{made}/state", {"values": {"v": "changed"}, "as_node": "pre"})
    server.delete(f"/threads/{made}")

    assert whole(server, source) == before


def test_a_copy_gets_values_with_its_first_change_of_state(server: Server) -> None:
    source = load(server, "interrupt_error_copy")
    made = copy(server, source)["thread_id"]

    server.post(f"/threads/{made}/state", {"values": {"messages": []}, "as_node": "agent"})

    row = server.get(f"/threads/{made}").json()
    assert [message["content"] for message in row["values"]["messages"]] == ["ask"]
    assert (row["status"], row["error"], row["interrupts"]) == ("idle", None, {})


def test_a_copy_of_a_copy_reads_like_the_first_source(server: Server) -> None:
    source = load(server, "subgraphs")

    made = copy(server, copy(server, source)["thread_id"])["thread_id"]

    assert json.loads(json.dumps(whole(server, made)[1:]).replace(made, source)) == whole(server, source)[1:]


def test_what_cannot_be_copied(server: Server) -> None:
    nowhere = server.post("/threads/33333333-3333-4333-8333-333333333333/copy")
    nothing = server.post("/threads/notuuid/copy")

    assert (nowhere.status_code, nowhere.json()) == (409, {"detail": "Conflict"})
    assert (nothing.status_code, nothing.json()) == (400, {"detail": "badly formed hexadecimal UUID string"})


def test_a_copy_does_not_change_what_the_thread_says_of_itself(server: Server) -> None:
    thread = server.create_thread(metadata={"graph_id": "agent"})
    said = f"this is thread {thread}"
    server.post(f"/threads/{thread}/state", {"values": {"messages": said}}).raise_for_status()

    copy = server.post(f"/threads/{thread}/copy").json()["thread_id"]

    state = server.get(f"/threads/{copy}/state").json()
    assert state["values"]["messages"][0]["content"] == said
    assert state["metadata"]["thread_id"] == copy
