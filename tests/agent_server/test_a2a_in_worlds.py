"""A2A in a world: faults befall it, the journal notes it, a clock that stands still repeats it, keys are asked for."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.agent_server.a2a_messages import ask, data, message, post, send, texts
from tests.conftest import Server as Fake
from tests.conftest import beginning
from understudy.config import Settings
from understudy.scenarios import build, find, read
from understudy.state.clock import Clock
from understudy.state.ids import assistant_of

if TYPE_CHECKING:
    from tests.conftest import Server

AGENT = assistant_of("agent")
ANY = {"accept": "*/*"}


def asked(method: str, *said: Any, **fields: Any) -> dict[str, Any]:
    """Return a request that sends a message."""
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": message(*said, **fields)}


def test_a_message_may_meet_a_fault(server: Server) -> None:
    headers = {**ANY, "x-understudy-fault": "status; status=503"}

    answer = server.post(f"/a2a/{AGENT}", asked("message/send", "hi"), headers=headers)

    assert answer.status_code == 503
    assert server.post("/threads/count", {}).json() == 0


def test_a_stream_may_be_cut_off(server: Server) -> None:
    headers = {**ANY, "x-understudy-fault": "drop_stream; after=1"}

    with (
        pytest.raises(httpx.RemoteProtocolError),
        server.client.stream("POST", f"/a2a/{AGENT}", json=asked("message/stream", "hi"), headers=headers) as answer,
    ):
        answer.read()

    (task,) = ask(server, "ListTasks")["tasks"]
    assert task["status"]["state"] == "TASK_STATE_COMPLETED"


def test_the_journal_says_what_was_asked_and_that_it_kept_the_contract(server: Server) -> None:
    send(server, "hi")
    post(server, asked("message/stream", "hi"))

    entries = server.get("/_understudy/journal").json()["entries"]

    assert [entry["operation"] for entry in entries] == ["post_a2a"] * 2
    assert [(entry["request_verdict"]["kept"], entry["answer_verdict"]["kept"]) for entry in entries] == [
        (True, True)
    ] * 2


@pytest.mark.parametrize("method", ["message/send", "message/stream", "SendMessage"])
def test_with_a_seed_and_a_clock_that_stands_still_all_is_the_same_again(server: Server, method: str) -> None:
    answers = []
    for _ in range(2):
        server.world = build([read(find("reference"))], Clock(datetime(2026, 1, 1, tzinfo=UTC)), seed=7)
        answers.append(post(server, asked(method, "ask")).content)
        answers.append(post(server, {"jsonrpc": "2.0", "id": 1, "method": "ListTasks"}).content)

    assert answers[:2] == answers[2:]


def test_a_message_waits_for_a_clock_that_stands_still(server: Server) -> None:
    server.patch("/_understudy/clock", {"frozen": True}).raise_for_status()
    path = f"/a2a/{assistant_of('steps')}"

    with server.client.stream("POST", path, json=asked("message/stream", data(sleep=3600)), headers=ANY) as answer:
        lines = answer.iter_lines()
        next(lines)
        server.post("/_understudy/clock/advance", {"seconds": 7200}).raise_for_status()
        rest = [line for line in lines if line.startswith("data: ")]

    assert '"state":"completed"' in rest[-1]


def test_tasks_stay_in_their_world(server: Server) -> None:
    task = send(server, "hi")
    request = {"jsonrpc": "2.0", "id": 1, "method": "tasks/get", "params": {"id": task["id"]}}

    found = server.post(f"/a2a/{AGENT}", request, headers={**ANY, "x-understudy-world": "other"}).json()

    assert "result" not in found


def test_a_key_is_asked_for_where_keys_are() -> None:
    with closing(Fake(Settings(api_keys=("secret",), strict=True))) as guarded:
        guarded.begin(beginning("reference"))
        without = guarded.post(f"/a2a/{AGENT}", asked("message/send", "hi"), headers=ANY)
        given = guarded.post(f"/a2a/{AGENT}", asked("message/send", "hi"), headers={**ANY, "x-api-key": "secret"})

        assert without.status_code == guarded.get(f"/a2a/{AGENT}").status_code == 401
        assert texts(given.json()["result"]["artifacts"]) == ["echo hi"]
