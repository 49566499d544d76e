"""A strict server holds to the contract what it sends piece by piece, and sends nothing that breaks it."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.conftest import Server
from understudy.config import Settings
from understudy.contract.documents import load_contract
from understudy.contract.events import EventSchema, Frames, Malformed, SentEvent
from understudy.contract.operations import operations
from understudy.server.strict import AnswerCheck, ContractBroken

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

DOCUMENT: dict[str, Any] = {
    "paths": {
        "/it": {
            "get": {
                "operationId": "it",
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {"schema": {"type": "integer"}},
                            "text/event-stream": {"schema": {"$ref": "#/components/schemas/Told"}},
                        }
                    }
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Told": {
                "type": "object",
                "required": ["event", "data"],
                "properties": {
                    "event": {"enum": ["number", "text"]},
                    "data": {"type": "string", "contentMediaType": "application/json", "contentSchema": {}},
                    "id": {"type": "string", "pattern": "^[0-9]+$"},
                },
                "if": {"properties": {"event": {"const": "number"}}},
                "then": {"properties": {"data": {"contentSchema": {"$ref": "#/components/schemas/N"}}}},
            },
            "N": {"type": "integer"},
        }
    },
}

EVENTS = [(b"content-type", b"text/event-stream; charset=utf-8")]
JSON = [(b"content-type", b"application/json")]


def sent(headers: list[tuple[bytes, bytes]], *pieces: bytes) -> list[bytes]:
    """Return what goes out of an answer in these pieces."""
    (operation,) = operations(DOCUMENT)
    out: list[bytes] = []

    async def told() -> AsyncGenerator[bytes, None]:
        for piece in pieces:
            yield piece

    async def send() -> None:
        async for piece in AnswerCheck(DOCUMENT, operation).watch(200, headers, told()):
            out.append(piece)  # noqa: PERF401  # what went out before it breaks counts

    try:
        asyncio.run(send())
    except ContractBroken as broken:
        broken.add_note(repr(out))
        raise
    return out


def test_events_as_documented_go_out_as_they_come() -> None:
    pieces = [b"event: number\r\ndata: 1\r\nid: 1\r\n\r\n", b": heartbeat\r\n\r\n", b'event: text\r\ndata: "x"\r\n\r\n']

    assert sent(EVENTS, *pieces) == pieces


@pytest.mark.parametrize(
    ("piece", "complaint"),
    [
        (b'event: number\r\ndata: "x"\r\n\r\n', "an event number that does not fit: "),
        (b"event: other\r\ndata: 1\r\n\r\n", "an event other that does not fit: "),
        (b"event: number\r\ndata: 1\r\nid: x\r\n\r\n", "an event number that does not fit: "),
        (b"event: number\ndata: 1\n\n\r\n\r\n", "no event: "),
        (b"data: 1\r\nevent: number\r\n\r\n", "no line `event: …` of an event: "),
        (b"event: number\r\ndata: {\r\n\r\n", "data that is no JSON: "),
    ],
)
def test_an_event_that_is_not_as_documented_does_not_go_out(piece: bytes, complaint: str) -> None:
    good = b"event: number\r\ndata: 1\r\n\r\n"

    with pytest.raises(ContractBroken) as broken:
        sent(EVENTS, good, piece)

    assert str(broken.value).startswith(f"GET /it broke its contract: {complaint}")
    assert broken.value.__notes__ == [repr([good])]


def test_a_stream_ends_between_events() -> None:
    with pytest.raises(ContractBroken, match="the stream ends within an event"):
        sent(EVENTS, b"event: number\r\n")


def test_a_body_that_was_waited_for_goes_out_behind_its_line_breaks() -> None:
    assert sent(JSON, b"\n", b"\n", b"1", b"2") == [b"\n", b"\n", b"12"]


def test_a_body_that_is_not_as_documented_does_not_go_out() -> None:
    with pytest.raises(ContractBroken, match="a body that does not fit") as broken:
        sent(JSON, b"\n", b'"x"')

    assert broken.value.__notes__ == [repr([b"\n"])]


def test_events_are_found_in_pieces_of_any_size() -> None:
    text = b": hi\r\n\r\nevent: a\r\ndata: {}\r\n\r\nevent: b|c:1\r\ndata: [1]\r\nid: 7-0\r\n\r\n"
    frames = Frames()

    found = [event for at in range(len(text)) for event in frames.take(text[at : at + 1])]

    assert found == [SentEvent("a", {}), SentEvent("b|c:1", [1], "7-0")]
    assert frames.comments == 1
    frames.end()


@pytest.mark.parametrize("text", [b"event: a\r\n\r\n", b"event: a\r\ndata: 1\r\nid: 1\r\nid: 2\r\n\r\n", b"\r\n\r\n"])
def test_an_event_has_two_lines_or_three(text: bytes) -> None:
    with pytest.raises(Malformed, match="no event"):
        list(Frames().take(text))


RUN = EventSchema(load_contract("agent-server").observed, {"$ref": "#/components/schemas/RunEvent"})

TASK = {"id": "1", "name": "agent"}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("metadata", {"run_id": "1f1e53ad-0aaa-4e5c-8000-2b5c1d6c0a01"}),
        ("error", {"error": "ValueError"}),
        ("values", None),
        ("values", {"__interrupt__": {}}),
        ("values|child|", {}),
        ("updates", {"__interrupt__": [{"value": 1}]}),
        ("messages", [{"content": "hi", "type": "ai"}]),
        ("messages|child:1", [{"content": "hi", "type": "ai"}, {}]),
        ("messages/partial", []),
        ("messages/complete", [{"content": "hi", "type": "AIMessageChunk"}]),
        ("messages/metadata", {"1": {}}),
        ("tasks", {**TASK, "input": {}}),
        ("tasks", {**TASK, "error": "ValueError('x')", "result": {}, "interrupts": []}),
        ("checkpoints", {"values": {}}),
        ("debug", {"step": 1, "timestamp": "now", "type": "task", "payload": TASK}),
        ("events", {"event": "on_chain_begin", "data": {}}),
        ("end", None),
        ("custom|", 1),
    ],
)
def test_the_contract_knows_what_an_event_of_a_run_holds(name: str, data: Any) -> None:
    assert RUN.complaint(SentEvent(name, data)) is not None


@pytest.fixture(scope="module")
def lenient() -> Iterator[Server]:
    """A server that does not check its answers."""
    with closing(Server(Settings(strict=False))) as server:
        server.play("reference")
        yield server


def broken_frame(name: str, *_: Any) -> bytes:
    return b"event: %b\r\ndata: 1\r\n\r\n" % name.encode()


def streamed(server: Server) -> bytes:
    """Return the stream of a run."""
    return server.post("/runs/stream", {"assistant_id": "steps", "input": {"n": 1}}).content


def test_a_strict_server_ends_a_stream_that_breaks_the_contract(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("understudy.handlers.agent_server.streams.frame", broken_frame)

    with pytest.raises(httpx.RemoteProtocolError):
        streamed(server)

    assert "POST /runs/stream broke its contract: an event metadata that does not fit" in caplog.text


def test_a_lenient_server_sends_it_all_the_same(lenient: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("understudy.handlers.agent_server.streams.frame", broken_frame)

    assert streamed(lenient).startswith(b"event: metadata\r\ndata: 1\r\n\r\n")
