"""The journal: what is in it of each request and its answer, and how it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.control.journals import HELD, JOURNAL, RUN, entries, entry, paths

if TYPE_CHECKING:
    from tests.conftest import Server

MODES = ["updates", "messages-tuple"]


def test_a_request_is_told_with_its_operation_its_body_and_its_answer(server: Server) -> None:
    thread = server.create_thread(metadata={"user": "ada"})

    told = entry(server)

    assert told["number"] == 1
    assert (told["method"], told["path"], told["query"]) == ("POST", "/threads", "")
    assert told["operation"] == "create_thread_threads_post"
    assert told["body"] == {"metadata": {"user": "ada"}}
    assert told["status"] == 200
    assert told["answer"]["thread_id"] == thread
    assert told["stream"] is None
    assert told["ended"] == "complete"
    assert told["seconds"] > 0
    assert told["request_verdict"] == told["answer_verdict"] == {"kept": True, "complaint": None}


def test_what_the_path_and_the_query_say_is_told(server: Server) -> None:
    thread = server.create_thread()

    server.get(f"/threads/{thread}/runs?limit=3")

    told = entry(server, operation="runs.find")
    assert told["parameters"] == {"thread_id": thread}
    assert told["query"] == "limit=3"


def test_time_is_told_by_the_clock_of_the_world(server: Server) -> None:
    server.patch("/_understudy/clock", {"now": "2026-01-31T08:00:00Z", "frozen": True}).raise_for_status()

    server.create_thread()

    assert entry(server)["at"] == "2026-01-31T08:00:00+00:00"


def test_a_stream_is_told_by_its_modes_and_by_what_came_in_which_number(server: Server) -> None:
    thread = server.create_thread()

    sent = server.post(f"/threads/{thread}/runs/stream", {**RUN, "stream_mode": MODES}).text

    told = entry(server, operation="runs.stream")
    assert told["answer"] is None
    assert told["stream"]["modes"] == MODES
    assert told["stream"]["ended"] == "complete"
    assert sum(told["stream"]["events"].values()) == sent.count("event: ")
    assert told["stream"]["events"]["metadata"] == 1


def test_a_stream_without_modes_has_that_of_the_default(server: Server) -> None:
    server.post("/runs/stream", RUN)

    assert entry(server)["stream"]["modes"] == ["values"]


def test_a_stream_is_open_until_it_is_left(server: Server) -> None:
    thread = server.create_thread()

    with server.client.stream("GET", f"/threads/{thread}/stream?stream_modes=lifecycle") as stream:
        during = entry(server, operation="streams.follow_thread")
        stream.close()
        server.get("/ok")
        while (after := entry(server, operation="streams.follow_thread"))["ended"] == "open":
            server.get("/ok")

    assert (during["status"], during["seconds"], during["stream"]["ended"]) == (200, None, "open")
    assert (after["ended"], after["stream"]["modes"]) == ("left", ["lifecycle"])
    assert after["answer_verdict"]["kept"] is None


def test_an_answer_that_a_fault_cuts_off_is_dropped(server: Server) -> None:
    thread = server.create_thread()

    with pytest.raises(httpx.RemoteProtocolError):
        server.post(f"/threads/{thread}/runs/stream", RUN, headers={"x-understudy-fault": "drop_stream"})

    told = entry(server, operation="runs.stream")
    assert told["stream"]["ended"] == told["ended"] == "dropped"
    assert len(told["faults"]) == 1


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("PUT", "/threads", 405), ("GET", "/threads/none/at/all", 404)],
)
def test_a_request_that_reaches_no_operation_is_told_as_well(
    server: Server, method: str, path: str, status: int
) -> None:
    server.client.request(method, path)

    told = entry(server)
    assert (told["method"], told["path"], told["operation"], told["status"]) == (method, path, None, status)
    assert told["answer"]["detail"]


def test_neither_preflights_nor_what_steers_the_server_are_told(server: Server) -> None:
    ask = {"origin": "http://page.example", "access-control-request-method": "POST"}

    server.client.options("/threads", headers=ask)
    server.get("/_understudy/worlds")
    server.get("/_understudy/nothing")

    assert entries(server) == []


def test_credentials_are_never_told(server: Server) -> None:
    secrets = {"x-api-key": "sesame-1", "authorization": "Bearer sesame-2", "cookie": "id=sesame-3"}

    server.post("/threads", {}, headers=secrets)

    assert "sesame" not in server.get(JOURNAL).text


def test_headers_that_the_operation_reads_are_told(server: Server) -> None:
    thread = server.create_thread()
    server.post(f"/threads/{thread}/runs/wait", {**RUN, "stream_resumable": True})
    [run] = server.get(f"/threads/{thread}/runs").json()

    server.get(f"/threads/{thread}/runs/{run['run_id']}/stream", headers={"last-event-id": "-1"})

    assert entry(server, operation="streams.join")["headers"] == {"last-event-id": "-1"}


def test_a_websocket_is_told_while_it_is_open_and_when_it_was_left(server: Server) -> None:
    thread = server.create_thread()
    url = f"{server.url.replace('http', 'ws')}/threads/{thread}/stream/events"

    with connect(url):
        during = entry(server, operation="protocol.converse")
    while (after := entry(server, operation="protocol.converse"))["ended"] == "open":
        server.get("/ok")

    assert (during["method"], during["status"], during["parameters"]) == ("WEBSOCKET", 101, {"thread_id": thread})
    assert (after["ended"], after["answer"], after["request_verdict"]["kept"]) == ("left", None, None)


def test_a_websocket_that_is_refused_is_told_with_a_403(server: Server) -> None:
    with pytest.raises(InvalidStatus):
        connect(f"{server.url.replace('http', 'ws')}/nowhere")

    told = entry(server)
    assert (told["operation"], told["status"], told["ended"]) == (None, 403, "complete")


def test_worlds_have_journals_of_their_own(server: Server) -> None:
    server.post("/threads", {}, headers={"x-understudy-world": "other"})
    server.get("/ok")

    assert paths(server) == ["GET /ok"]
    other = server.get(JOURNAL, headers={"x-understudy-world": "other"}).json()
    assert [(each["number"], each["path"]) for each in other["entries"]] == [(1, "/threads")]
    server.delete("/_understudy/worlds/other").raise_for_status()


class TestFilters:
    @pytest.mark.parametrize(
        "name",
        ["threads.get", "get_thread_threads__thread_id__get", "GET /threads/{thread_id}", "get /threads/{id}"],
    )
    def test_an_operation_has_several_names(self, server: Server, name: str) -> None:
        thread = server.create_thread()
        server.get(f"/threads/{thread}")

        assert paths(server, operation=name) == [f"GET /threads/{thread}"]

    @pytest.mark.parametrize(
        ("name", "near"),
        [
            ("threads.craete", "threads.create"),
            ("POST /thread", "POST /threads"),
            ("create_thread_thread_post", "create_thread_threads_post"),
        ],
    )
    def test_an_operation_that_is_not_there_is_refused_with_the_nearest_name(
        self, server: Server, name: str, near: str
    ) -> None:
        answer = server.get(JOURNAL, params={"operation": name})

        assert answer.status_code == 422
        assert answer.json()["detail"] == f'no operation "{name}". Did you mean "{near}"?'

    def test_a_name_that_is_like_none_is_refused_with_those_there_are(self, server: Server) -> None:
        told = server.get(JOURNAL, params={"operation": "?"}).json()["detail"]

        assert "assistants.count, assistants.create" in told

    @pytest.mark.parametrize(
        ("pattern", "found"),
        [
            ("/threads/*", ["POST /threads/search"]),
            ("/threads/**", ["POST /threads/search", "GET /threads/1/runs"]),
            ("/threads/*/runs", ["GET /threads/1/runs"]),
            ("/thread", []),
            ("**s", ["POST /threads", "GET /threads/1/runs"]),
            ("/threads", ["POST /threads"]),
        ],
    )
    def test_a_path_may_have_stars(self, server: Server, pattern: str, found: list[str]) -> None:
        server.create_thread()
        server.post("/threads/search", {})
        server.get("/threads/1/runs")

        assert paths(server, path=pattern) == found

    def test_status_and_thread_are_asked_together(self, server: Server) -> None:
        one, other = server.create_thread(), server.create_thread()
        for thread in (one, other):
            server.get(f"/threads/{thread}")
            server.post(f"/threads/{thread}/runs/wait", {"assistant_id": "nobody"})

        found = paths(server, thread_id=one.upper(), status=200)

        assert found == [f"GET /threads/{one}"]

    def test_a_verdict_is_asked_for(self, server: Server) -> None:
        server.create_thread()
        server.create_thread(metdata={})
        server.get("/nowhere")

        assert [each["number"] for each in entries(server, verdict="broken")] == [2, 3]
        assert [each["number"] for each in entries(server, verdict="kept")] == [1]

    def test_what_comes_after_a_number_is_read_in_parts(self, server: Server) -> None:
        for _ in range(5):
            server.get("/ok")

        assert [each["number"] for each in entries(server, after=2, limit=2)] == [3, 4]

    @pytest.mark.parametrize("wrong", [{"status": "99"}, {"limit": "0"}, {"after": "x"}, {"verdict": "fine"}])
    def test_a_filter_that_makes_no_sense_is_refused(self, server: Server, wrong: dict[str, str]) -> None:
        answer = server.get(JOURNAL, params=wrong)

        [name] = wrong
        assert (answer.status_code, answer.json()["detail"]) == (422, f"Invalid {name} {wrong[name]}")


def test_requests_are_numbered_as_they_came_however_many_there_are(server: Server) -> None:
    thread = server.create_thread()
    with server.client.stream("GET", f"/threads/{thread}/stream"):
        for _ in range(100):
            server.get("/ok")

        told = entries(server)

    assert [each["number"] for each in told] == list(range(1, 103))
    assert [each["ended"] for each in told] == ["complete", "open", *["complete"] * 100]


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        (f"{JOURNAL}?oepration=ok", 'unknown query parameter "oepration". Did you mean "operation"?'),
        ("/_understudy/coverage?world=a", 'unknown query parameter "world". Known: of.'),
        ("/_understudy/worlds?name=a", 'unknown query parameter "name".'),
    ],
)
def test_a_question_with_a_slip_in_it_is_not_answered(server: Server, path: str, complaint: str) -> None:
    answer = server.get(path)

    assert (answer.status_code, answer.json()["detail"]) == (422, complaint)


def test_a_journal_begins_anew_with_number_1(server: Server) -> None:
    server.get("/ok")

    answer = server.delete(JOURNAL)
    server.get("/info")

    assert (answer.status_code, answer.content) == (204, b"")
    assert [(each["number"], each["path"]) for each in entries(server)] == [(1, "/info")]


def test_what_is_still_being_answered_does_not_return_after_a_new_beginning(server: Server) -> None:
    with server.client.stream("POST", "/runs/stream", json=HELD) as stream:
        server.delete(JOURNAL)
        stream.close()

    assert entries(server) == []


def test_a_body_that_is_no_json_is_told_as_none(server: Server) -> None:
    server.client.post("/threads", content=b"{broken")

    told = entry(server)
    assert (told["body"], told["status"]) == (None, 422)
