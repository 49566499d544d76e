"""Faults speak the language of the API, and spoil streams whose events have no names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from tests.conftest import Server

FAULT = "x-understudy-fault"


@pytest.fixture
def thread(server: Server) -> str:
    """A thread in which nothing has been said."""
    thread_id: str = server.post("/v1/threads", {}).raise_for_status().json()["thread"]["id"]
    return thread_id


def streamed(server: Server, thread: str, fault: str = "") -> bytes:
    """Say something in a thread; return the stream as far as it comes."""
    headers = {FAULT: fault} if fault else {}
    content = b""
    request = {"method": "POST", "url": f"/v1/threads/{thread}/messages", "json": {"content": "Hi"}}
    try:
        with server.client.stream(**request, headers=headers) as answer:  # type: ignore[arg-type]  # a dict of all kinds
            for piece in answer.iter_raw():
                content += piece
    except httpx.RemoteProtocolError:
        pass
    return content


def types(stream: bytes) -> list[str]:
    """Return the types of the events of a stream that is framed as it should be."""
    *frames, rest = stream.split(b"\n\n")
    assert rest == b""
    return [json.loads(frame.removeprefix(b"data: "))["type"] for frame in frames if not frame.startswith(b":")]


@pytest.mark.parametrize(
    ("fault", "status", "more"),
    [
        ("rate_limit; retry_after=7", 429, {}),
        ("status; status=503", 503, {}),
        ("status; status=403", 403, {}),
        ("status; status=402", 402, {"code": "INSUFFICIENT_BUDGET"}),
    ],
)
def test_a_status_is_told_as_the_api_tells_it(server: Server, fault: str, status: int, more: dict[str, Any]) -> None:
    answer = server.get("/v1/threads", headers={FAULT: fault})

    phrase = httpx.codes.get_reason_phrase(status)
    assert answer.status_code == status
    assert answer.json().items() >= {"error": phrase, "message": phrase, **more}.items()


@pytest.mark.parametrize("fault", ["rate_limit", "status; status=403", "status; status=402"])
def test_a_status_that_the_document_has_keeps_it(server: Server, fault: str) -> None:
    server.post("/v1/threads", {}, headers={FAULT: fault})

    (entry,) = server.get("/_understudy/journal").json()["entries"]
    assert entry["answer_verdict"] == {"kept": True, "complaint": None}


def test_a_body_of_ones_own_counts_more(server: Server) -> None:
    answer = server.get("/v1/threads", headers={FAULT: '{"kind": "status", "status": 503, "body": {"down": true}}'})

    assert answer.json() == {"down": True}


def test_a_stream_breaks_off_after_some_events(server: Server, thread: str) -> None:
    whole = types(streamed(server, thread))

    assert types(streamed(server, thread, "drop_stream; after=1")) == whole[:1]


def test_events_come_twice_and_in_another_order(server: Server, thread: str) -> None:
    first, second, *_ = types(streamed(server, thread))

    assert types(streamed(server, thread, "duplicate_event; event=1"))[:3] == [first, first, second]
    assert types(streamed(server, thread, "reorder_events; event=1"))[:2] == [second, first]


def test_comments_come_with_the_line_ends_of_the_stream(server: Server, thread: str) -> None:
    stream = streamed(server, thread, "comments; event=1; count=2")

    assert stream.startswith(b": understudy\n\n: understudy\n\ndata: ")
    assert b"\r" not in stream


def test_data_that_is_no_json(server: Server, thread: str) -> None:
    stream = streamed(server, thread, "garble; event=1")

    with pytest.raises(ValueError, match="Extra data"):
        types(stream)


def test_ids_that_events_never_had(server: Server, thread: str) -> None:
    first, *_ = streamed(server, thread, "event_ids; ids=empty").split(b"\n\n")

    assert first.startswith(b"data: ")
    assert first.endswith(b"\nid: ")


def test_a_rule_for_one_thread(server: Server, thread: str) -> None:
    other = server.post("/v1/threads", {}).json()["thread"]["id"]
    rule = {"kind": "status", "status": 500, "when": {"thread_id": thread}}
    server.post("/_understudy/faults", rule).raise_for_status()

    assert server.get(f"/v1/threads/{thread}").status_code == 500
    assert server.get(f"/v1/threads/{other}").status_code == 200


def test_the_journal_counts_events_without_names_as_messages(server: Server, thread: str) -> None:
    whole = types(streamed(server, thread))

    entry = server.get("/_understudy/journal").json()["entries"][-1]
    assert entry["stream"]["events"] == {"message": len(whole)}
    assert entry["answer_verdict"] == {"kept": True, "complaint": None}
