"""What each kind of fault does on the wire, as a client sees it that hides nothing; and what it leaves behind."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from websockets.exceptions import InvalidMessage, InvalidStatus
from websockets.sync.client import connect

from understudy.app import create_app
from understudy.config import Settings
from understudy.server.faults.dropping import Dropped
from understudy.state.world import World
from understudy.state.worlds import Worlds

if TYPE_CHECKING:
    from tests.conftest import Server

FAULTS = "/_understudy/faults"
HEADER = "x-understudy-fault"

CUT = "peer closed connection without sending complete message body"

ASKED: dict[str, Any] = {"assistant_id": "agent", "input": {"messages": [{"role": "user", "content": "Où ça ?"}]}}
"""A run that streams four events at least: metadata, and values with a text that is not ASCII."""


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever happens to connections, the server has nothing to complain of."""
    uvicorn = logging.getLogger("uvicorn.error")
    uvicorn.addHandler(caplog.handler)
    yield
    uvicorn.removeHandler(caplog.handler)
    complaints = [record for record in caplog.get_records("call") if record.levelno >= logging.WARNING]
    assert [record.getMessage() for record in complaints] == []


def asked(server: Server, fault: str, path: str = "/threads", body: Any = None) -> httpx.Response:
    """Ask for something with a fault."""
    return server.post(path, body or {}, headers={HEADER: fault})


def count(server: Server) -> int:
    """Return how many threads there are."""
    number: int = server.post("/threads/count", {}).raise_for_status().json()
    return number


@contextmanager
def streaming(server: Server, fault: str, **options: Any) -> Iterator[httpx.Response]:
    """Start a run with a fault, and read its stream."""
    body = {**ASKED, "stream_mode": ["values", "updates"], "stream_resumable": True, **options}
    path = f"/threads/{server.create_thread()}/runs/stream"
    with server.client.stream("POST", path, json=body, headers={HEADER: fault}) as response:
        yield response


def sent(server: Server, fault: str) -> list[str]:
    """Return the events of a stream with a fault, as they are framed."""
    with streaming(server, fault) as response:
        return "".join(response.iter_text()).split("\r\n\r\n")[:-1]


def names(frames: list[str]) -> list[str]:
    return [frame.partition("\r\n")[0].removeprefix("event: ") for frame in frames]


@pytest.fixture
def whole(server: Server) -> list[str]:
    """The names of the events without a fault."""
    return names(sent(server, "delay; seconds=0"))


# Other answers


def test_a_status_comes_with_a_body_that_tells_it(server: Server) -> None:
    answer = asked(server, "status; status=503")

    assert (answer.status_code, answer.json()) == (503, {"detail": "Service Unavailable"})
    assert count(server) == 0


def test_a_status_comes_with_any_body_and_headers(server: Server) -> None:
    rule = {"kind": "status", "status": 502, "body": "<h1>Bad Gateway</h1>", "headers": {"Content-Type": "text/html"}}
    server.post(FAULTS, rule).raise_for_status()

    answer = server.get("/ok")

    assert (answer.status_code, answer.text) == (502, "<h1>Bad Gateway</h1>")
    assert answer.headers.get_list("content-type") == ["text/html"]


def test_a_status_without_a_body_has_none(server: Server) -> None:
    answer = asked(server, "status; status=204; body=nothing")

    assert (answer.status_code, answer.content) == (204, b"")


def test_a_request_may_be_carried_out_although_its_answer_says_otherwise(server: Server) -> None:
    assert asked(server, "status; status=504; carried_out").status_code == 504

    assert count(server) == 1


def test_a_rate_limit_says_after_how_many_seconds_to_come_again(server: Server) -> None:
    answer = asked(server, "rate_limit; retry_after=7")

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert answer.json() == {"detail": "Too Many Requests"}


def test_a_rate_limit_says_when_to_come_again(server: Server) -> None:
    answer = asked(server, "rate_limit; retry_after=60; as=date")

    moment = parsedate_to_datetime(answer.headers["retry-after"])
    assert timedelta(seconds=50) < moment - datetime.now(UTC) <= timedelta(seconds=60)


# Late answers


@pytest.mark.parametrize("fault", ["delay; seconds=0.1", "delay; seconds=0.1; carried_out", "slow_start; seconds=0.1"])
def test_a_delay_takes_real_time(server: Server, fault: str) -> None:
    begun = perf_counter()

    asked(server, fault, "/runs/stream", ASKED).raise_for_status()

    assert perf_counter() - begun >= 0.1


def test_a_frozen_clock_does_not_hold_a_delay(server: Server) -> None:
    server.patch("/_understudy/clock", {"frozen": True}).raise_for_status()

    assert asked(server, "delay; seconds=0.01; jitter=0.01").status_code == 200


def test_jitter_is_drawn_by_the_seed_of_a_rule(server: Server) -> None:
    server.post(FAULTS, {"kind": "delay", "seconds": 0, "jitter": 0.02, "when": {"seed": 1}}).raise_for_status()

    assert server.post("/threads", {}).status_code == 200


@pytest.mark.parametrize(("carried_out", "threads"), [("", 0), ("; carried_out", 1)])
def test_a_client_that_does_not_wait_leaves_before_or_after_its_request_is_carried_out(
    server: Server, carried_out: str, threads: int
) -> None:
    with pytest.raises(httpx.ReadTimeout):
        server.post("/threads", {}, headers={HEADER: f"delay; seconds=600{carried_out}"}, timeout=0.1)

    assert count(server) == threads


def test_a_slow_start_sends_the_headers_at_once(server: Server) -> None:
    with streaming(server, "slow_start; seconds=600") as response:
        assert response.status_code == 200


def test_an_event_comes_late(server: Server) -> None:
    with streaming(server, "delay_event; event=2; seconds=0.2") as response:
        moments = [perf_counter() for line in response.iter_lines() if line.startswith("event: ")]

    assert moments[1] - moments[0] >= 0.15


# Closed connections


@pytest.mark.parametrize(("carried_out", "threads"), [("", 0), ("; carried_out", 1)])
def test_a_connection_is_closed_before_an_answer(server: Server, carried_out: str, threads: int) -> None:
    with pytest.raises(httpx.RemoteProtocolError, match="Server disconnected without sending a response"):
        asked(server, f"disconnect{carried_out}")

    assert count(server) == threads


def test_a_connection_is_reset(server: Server) -> None:
    with pytest.raises(httpx.ReadError):
        asked(server, "disconnect; reset")


def test_a_dropped_stream_is_seen_as_not_whole(server: Server, whole: list[str]) -> None:
    pieces: list[bytes] = []

    with pytest.raises(httpx.RemoteProtocolError, match=CUT), streaming(server, "drop_stream; after=2") as response:
        pieces.extend(response.iter_bytes())

    assert names(b"".join(pieces).decode().split("\r\n\r\n")[:-1]) == whole[:2]


def test_a_stream_is_reset(server: Server) -> None:
    with pytest.raises(httpx.ReadError), streaming(server, "drop_stream; reset") as response:
        response.read()


def test_a_run_goes_on_when_its_stream_is_dropped(server: Server) -> None:
    run = dropped_run(server)

    assert server.get(f"{run}/join").status_code == 200
    assert server.get(run).json()["status"] == "success"


def test_a_run_that_is_to_end_with_its_client_ends_with_a_dropped_stream(server: Server) -> None:
    run = dropped_run(server, on_disconnect="cancel")

    server.get(f"{run}/join")

    assert server.get(run).json()["status"] in ("interrupted", "error")


@pytest.mark.parametrize("fault", ["disconnect; carried_out", "status; carried_out"])
def test_a_run_whose_stream_never_begins_is_one_that_the_client_has_left(server: Server, fault: str) -> None:
    thread_id = server.create_thread()
    body = {"assistant_id": "steps", "input": {"n": 1, "sleep": 60}, "on_disconnect": "cancel"}
    with suppress(httpx.RemoteProtocolError):
        asked(server, fault, f"/threads/{thread_id}/runs/stream", body)

    [run] = server.get(f"/threads/{thread_id}/runs").json()
    server.get(f"/threads/{thread_id}/runs/{run['run_id']}/join")
    assert server.get(f"/threads/{thread_id}/runs/{run['run_id']}").json()["status"] == "interrupted"


def dropped_run(server: Server, **options: Any) -> str:
    """Return the path of a run whose stream was dropped while it was at work."""
    thread_id = server.create_thread()
    body = {"assistant_id": "steps", "input": {"n": 1, "sleep": 0.2}, **options}
    path = f"/threads/{thread_id}/runs"
    with server.client.stream("POST", f"{path}/stream", json=body, headers={HEADER: "drop_stream"}) as response:
        with pytest.raises(httpx.RemoteProtocolError):
            response.read()
        return response.headers["content-location"]


# Spoiled bodies


def test_a_truncated_body_is_broken_json(server: Server) -> None:
    answer = asked(server, "truncate; bytes=10")

    assert (answer.headers["content-length"], answer.text) == ("10", '{"thread_i')


def test_a_truncated_body_may_lack_what_was_announced(server: Server) -> None:
    with pytest.raises(httpx.RemoteProtocolError, match=CUT):
        asked(server, "truncate; fraction=0.9; content_length=whole")


def test_a_body_that_was_waited_for_is_truncated(server: Server) -> None:
    assert asked(server, "truncate; bytes=5", "/runs/wait", ASKED).text == '{"mes'
    with pytest.raises(httpx.RemoteProtocolError, match=CUT):
        asked(server, "truncate; content_length=whole", "/runs/wait", ASKED)


def test_a_stream_is_not_truncated(server: Server, whole: list[str]) -> None:
    assert names(sent(server, "truncate")) == whole


def test_what_is_not_cut_is_no_fault(server: Server) -> None:
    fault = server.post(FAULTS, {"kind": "truncate", "bytes": 5000, "content_length": "whole"}).json()["fault_id"]

    assert server.post("/threads", {}).json()["status"] == "idle"
    assert server.post("/runs/wait", ASKED).json()["messages"]
    assert server.get(f"{FAULTS}/{fault}").json()["fired"] == 0


def test_an_answer_without_a_body_has_nothing_to_be_spoiled(server: Server) -> None:
    thread_id = server.create_thread()
    for kind in ("truncate", "garble", "content_type"):
        server.post(FAULTS, {"kind": kind}).raise_for_status()

    assert server.delete(f"/threads/{thread_id}").content == b""
    assert [rule["fired"] for rule in server.get(FAULTS).json()] == [0, 0, 0]


def test_a_content_type_is_another(server: Server) -> None:
    answer = asked(server, "content_type; media_type=text/plain")

    assert (answer.headers["content-type"], next(iter(answer.json()))) == ("text/plain", "thread_id")
    with streaming(server, "content_type") as response:
        assert response.headers["content-type"] == "text/html"


def test_garbled_bodies_are_no_json_or_no_utf_8(server: Server) -> None:
    with pytest.raises(ValueError, match="Extra data"):
        asked(server, "garble").json()
    with pytest.raises(UnicodeDecodeError):
        asked(server, "garble; lacks=utf-8").json()
    with pytest.raises(UnicodeDecodeError):
        asked(server, "garble; lacks=utf-8", "/threads/count").json()


# Spoiled streams


def test_a_stream_ends_as_if_that_were_all(server: Server, whole: list[str]) -> None:
    assert names(sent(server, "end_stream; after=2")) == whole[:2]
    assert names(sent(server, "end_stream; after=0")) == []


def test_an_event_comes_twice(server: Server, whole: list[str]) -> None:
    frames = sent(server, "duplicate_event; event=2")

    assert names(frames) == [whole[0], whole[1], *whole[1:]]
    assert frames[1] == frames[2]


def test_two_events_are_swapped(server: Server, whole: list[str]) -> None:
    ids = [frame.rpartition("id: ")[2] for frame in sent(server, "reorder_events; event=2")]

    assert len(ids) == len(whole)
    assert [sorted(ids).index(event_id) for event_id in ids][:4] == [0, 2, 1, 3]


def test_the_last_event_has_none_to_be_swapped_with(server: Server, whole: list[str]) -> None:
    assert names(sent(server, f"reorder_events; event={len(whole)}")) == whole


def test_ids_are_empty_repeated_or_missing(server: Server) -> None:
    def ids(fault: str) -> list[str | None]:
        found = [frame.partition("\r\nid: ") for frame in sent(server, fault)]
        return [event_id if there else None for _, there, event_id in found]

    assert set(ids("event_ids")) == {""}
    assert set(ids("event_ids; ids=missing")) == {None}
    [repeated] = set(ids("event_ids; ids=repeated"))
    assert repeated


def test_an_event_without_an_id_gets_an_empty_one_but_no_other(server: Server) -> None:
    with streaming(server, "event_ids", stream_resumable=False) as response:
        assert response.read().count(b"\r\nid: \r\n") > 3
    with streaming(server, "event_ids; ids=repeated", stream_resumable=False) as response:
        assert b"\r\nid:" not in response.read()


def test_comments_come_before_each_event_or_before_one(server: Server, whole: list[str]) -> None:
    assert names(sent(server, "comments; count=2")) == [
        each for name in whole for each in (": understudy", ": understudy", name)
    ]
    assert names(sent(server, "comments; count=3; event=2")) == [whole[0], *[": understudy"] * 3, *whole[1:]]


@pytest.mark.parametrize("rest", ["late", "never"])
def test_a_chunk_ends_within_a_character(server: Server, rest: str) -> None:
    with streaming(server, f"half_character; event=2; rest={rest}; seconds=0.05") as response:
        chunks = list(response.iter_raw())

    broken = [chunk for chunk in chunks if chunk.endswith("ù".encode()[:1])]
    assert len(broken) == 1
    assert (chunks[-1] == broken[0]) is (rest == "never")
    if rest == "late":
        assert "Où ça ?" in b"".join(chunks).decode()


def test_a_stream_of_ascii_has_no_character_to_be_cut(server: Server) -> None:
    fault = server.post(FAULTS, {"kind": "half_character"}).json()["fault_id"]

    server.post("/runs/stream", {"assistant_id": "steps", "input": {"n": 1}}).raise_for_status()

    assert server.get(f"{FAULTS}/{fault}").json()["fired"] == 0


def test_chunks_are_small(server: Server, whole: list[str]) -> None:
    with streaming(server, "split_chunks; bytes=3") as response:
        chunks = list(response.iter_raw())

    assert max(map(len, chunks)) == 3
    assert names(b"".join(chunks).decode().split("\r\n\r\n")[:-1]) == whole


def test_the_data_of_one_event_is_garbled(server: Server) -> None:
    frames = sent(server, "garble; event=2")

    assert [frame.partition("\r\nid: ")[0].endswith(",") for frame in frames[:3]] == [False, True, False]


def test_faults_of_a_stream_add_up(server: Server, whole: list[str]) -> None:
    frames = sent(server, "content_type, duplicate_event, event_ids; ids=missing, end_stream; after=3")

    assert names(frames) == [whole[0], whole[0], whole[1]]
    assert "\r\nid: " not in frames[-1]


# WebSockets


@pytest.mark.parametrize("fault", ["status; status=503", "rate_limit"])
def test_the_handshake_of_a_web_socket_is_refused(server: Server, fault: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        opened(server, fault)

    response = refused.value.response
    assert response.status_code in (503, 429)
    assert (response.status_code == 429) is ("retry-after" in response.headers)


def test_the_handshake_of_a_web_socket_is_not_answered(server: Server) -> None:
    with pytest.raises((InvalidMessage, ConnectionError, EOFError)):
        opened(server, "disconnect")


def test_the_handshake_of_a_web_socket_comes_late(server: Server) -> None:
    begun = perf_counter()

    opened(server, "delay; seconds=0.1")

    assert perf_counter() - begun >= 0.1


def test_a_client_does_not_wait_for_a_web_socket(server: Server) -> None:
    with pytest.raises(TimeoutError):
        opened(server, "delay; seconds=600", open_timeout=0.1)


def test_the_fault_of_a_web_socket_may_be_a_rule(server: Server) -> None:
    rule = {"kind": "status", "status": 503, "when": {"operation": "protocol.converse"}}
    fault = server.post(FAULTS, rule).json()["fault_id"]

    with pytest.raises(InvalidStatus):
        opened(server)

    assert server.get(f"{FAULTS}/{fault}").json()["fired"] == 1


def opened(server: Server, fault: str = "", **options: Any) -> None:
    """Open a WebSocket and leave it."""
    address = f"ws{server.url.removeprefix('http')}/threads/{server.create_thread()}/stream/events"
    with connect(address, additional_headers={HEADER: fault} if fault else {}, **options):
        pass


# Servers that are not Uvicorn


def test_a_server_that_hides_its_connection_is_told_by_an_error() -> None:
    app = create_app(Settings(), Worlds(World))

    async def ask() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
            await client.post("/threads", json={}, headers={HEADER: "disconnect"})

    with pytest.raises(Dropped, match="the connection is dropped by a fault"):
        asyncio.run(ask())
