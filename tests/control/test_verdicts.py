"""Verdicts of the contract: what a client asked wrongly, and what it was answered wrongly."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import httpx
import pytest
from langgraph_sdk import get_sync_client

from tests.control.journals import RUN, entries, entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langgraph_sdk.client import SyncLangGraphClient

    from tests.conftest import Server

FAULT = "x-understudy-fault"


@pytest.fixture
def client(server: Server) -> Iterator[SyncLangGraphClient]:
    """The unmodified client of the SDK."""
    with get_sync_client(url=server.url) as client:
        yield client


def complaint(server: Server, which: str = "request_verdict") -> str | None:
    """Return what is wrong with the last request, or with its answer."""
    verdict = entries(server)[-1][which]
    assert verdict["kept"] is (verdict["complaint"] is None)
    told: str | None = verdict["complaint"]
    return told


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"metdata": {}}, 'unknown member "metdata" of the body. Did you mean "metadata"?'),
        (
            {"ttl": {"ttl": 1, "strateg": "delete"}},
            'unknown member "ttl.strateg" of the body. Did you mean "strategy"?',
        ),
        (
            {"supersteps": [{"updates": [{"command": {"gto": "agent"}, "as_node": "agent"}]}]},
            'unknown member "supersteps[0].updates[0].command.gto" of the body. Did you mean "goto"?',
        ),
    ],
)
def test_a_member_that_the_document_does_not_know_is_told_with_the_nearest_one(
    server: Server, body: dict[str, Any], told: str
) -> None:
    server.post("/threads", body)

    assert complaint(server) == told


@pytest.mark.parametrize(
    "body",
    [
        {"metadata": {"anything": {"goes": 1}}},
        {"input": {"messages": [], "more": 1}, "config": {"run_name": "mine", "configurable": {"mine": 1}}},
        {"context": {}, "command": None, "webhook": None, "checkpoint": None},
    ],
)
def test_what_is_open_on_purpose_holds_anything(server: Server, body: dict[str, Any]) -> None:
    thread = server.create_thread()

    server.post(f"/threads/{thread}/runs/wait", {**RUN, **{k: v for k, v in body.items() if v is not None}})

    assert complaint(server) is None


def test_a_query_parameter_that_the_document_does_not_know_is_told(server: Server) -> None:
    thread = server.create_thread()

    server.get(f"/threads/{thread}/runs?lmit=3")

    assert complaint(server) == 'unknown query parameter "lmit". Did you mean "limit"?'


@pytest.mark.parametrize(
    ("method", "path", "body", "told"),
    [
        ("GET", "/threads/none", None, "Invalid thread ID: must be a UUID"),
        ("POST", "/threads", b"{", "a body that cannot be read: "),
        ("POST", "/threads/search", b'{"limit": 0}', "a body that does not fit: 0 is less than the minimum of 1"),
        ("POST", "/threads/search", b"", "no body"),
        ("GET", "/threadz", None, "the document has no operation GET /threadz"),
    ],
)
def test_what_does_not_fit_the_document_is_told(
    server: Server, method: str, path: str, body: bytes | None, told: str
) -> None:
    server.client.request(method, path, content=body)

    assert (complaint(server) or "").startswith(told)


def test_a_rule_that_only_the_server_knows_is_told_in_its_words(server: Server) -> None:
    thread = server.create_thread()

    server.get(f"/threads/{thread}/stream?stream_modes=bogus")

    assert complaint(server) == "refused: Invalid stream mode: bogus"


def test_a_request_for_what_is_not_there_keeps_the_contract(server: Server) -> None:
    server.get(f"/threads/{uuid4()}")

    told = entry(server)
    assert (told["status"], told["request_verdict"]["kept"], told["answer_verdict"]["kept"]) == (404, True, True)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("status; status=418", "status 418 is not documented"),
        ("truncate; bytes=10", "200 with a body that is no JSON"),
        ("disconnect", "the server let the connection drop before the answer was complete"),
    ],
)
def test_an_answer_that_a_fault_spoils_is_broken_and_no_doing_of_the_client(
    server: Server, fault: str, told: str
) -> None:
    with suppress(httpx.RemoteProtocolError):
        server.post("/threads", {}, headers={FAULT: fault})

    assert complaint(server) is None
    assert complaint(server, "answer_verdict") == told
    assert entry(server)["faults"]


def test_a_refusal_by_a_fault_is_not_the_clients_doing(server: Server) -> None:
    server.post("/threads", {}, headers={FAULT: "status; status=422"})

    assert complaint(server) is None


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("garble", "data that is no JSON: "),
        ("content_type", '200 with content type "'),
        ("comments; count=2", None),
        ("duplicate_event", None),
    ],
)
def test_a_stream_is_held_to_the_contract_event_by_event(server: Server, fault: str, told: str | None) -> None:
    server.post("/runs/stream", RUN, headers={FAULT: fault})

    assert (complaint(server, "answer_verdict") or "").startswith(told or "")
    assert (complaint(server, "answer_verdict") is None) is (told is None)


def test_a_stream_as_documented_keeps_the_contract(server: Server) -> None:
    modes = ["values", "updates", "messages-tuple", "custom", "tasks", "checkpoints", "debug", "events"]

    server.post("/runs/stream", {**RUN, "stream_mode": modes})

    assert complaint(server) is complaint(server, "answer_verdict") is None


def test_what_the_server_refuses_for_reasons_of_its_own_is_not_examined(server: Server) -> None:
    server.post("/threads", content=b"[" * 300 + b"]" * 300)

    told = entry(server)
    assert (told["status"], told["answer_verdict"]) == (400, {"kept": None, "complaint": None})


def test_the_sdk_keeps_the_contract(server: Server, client: SyncLangGraphClient) -> None:
    thread = client.threads.create(metadata={"user": "ada"}, ttl=60)["thread_id"]
    assistant = client.assistants.search(graph_id="agent")[0]["assistant_id"]
    client.assistants.get_graph(assistant, xray=True)
    words, runs = RUN["input"], cast("Any", client.runs)
    list(runs.stream(thread, "agent", input=words, stream_mode=["values", "updates"], stream_subgraphs=True))
    run = runs.create(thread, "agent", input=words, on_completion="keep", multitask_strategy="enqueue")
    list(runs.join_stream(thread, run["run_id"], stream_mode="updates", cancel_on_disconnect=True))
    runs.wait(None, "agent", input=words, multitask_strategy="reject", interrupt_before=["agent"])
    runs.create_batch([{"assistant_id": "agent", "input": words}])
    client.threads.get_state(thread, subgraphs=True)
    client.threads.get_history(thread, limit=2, metadata={})
    client.threads.update(thread, metadata={"x": 1})
    client.crons.create("agent", schedule="0 0 * * *", input=words)
    client.store.put_item(("users", "ada"), key="k", value={"a": 1}, index=False, ttl=5)
    client.store.search_items(("users",), filter={"a": 1}, refresh_ttl=False)

    assert len(entries(server)) > 14
    assert [
        (each["path"], each["request_verdict"], each["answer_verdict"]) for each in entries(server, verdict="broken")
    ] == []
