"""Webhooks over HTTP: a run is sent to the address that it names, once it has ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.receiver import Receiver

if TYPE_CHECKING:
    from tests.conftest import Server

MISSING = "33333333-3333-4333-8333-333333333333"
TIMES = ("run_started_at", "run_ended_at", "webhook_sent_at")


@pytest.fixture
def receiver(server: Server) -> Iterator[Receiver]:
    """A server of the user's, which the new world may send to although it is on this machine."""
    server.world.allow_loopback_webhooks = True
    receiver = Receiver()
    yield receiver
    receiver.close()


def play(server: Server, path: str, **body: Any) -> None:
    """Start a run and wait until it has ended."""
    answer = server.post(path, {"assistant_id": "steps", "input": {"n": 1}, **body})
    assert answer.status_code == 200, answer.text


def test_a_run_is_sent_with_its_times_and_values(server: Server, receiver: Receiver) -> None:
    thread = server.create_thread()

    play(server, f"/threads/{thread}/runs/wait", webhook=f"{receiver.url}/hook?x=1", metadata={"mine": 1})
    (told,) = receiver.wait()

    ((path, headers, _),) = receiver.got
    run = server.get(f"/threads/{thread}/runs/{told['run_id']}").json()
    assert (path, headers["content-type"]) == ("/hook?x=1", "application/json")
    assert list(told) == [*run, *TIMES, "values"]
    assert {name: told[name] for name in run} == {**run, "updated_at": told["updated_at"]}
    assert told["status"] == "success"
    assert told["values"] == {"n": 3, "log": ["a", "b"]}
    times = [datetime.fromisoformat(told[name]) for name in TIMES]
    assert times == sorted(times)


def test_a_run_that_fails_is_sent_with_its_error(server: Server, receiver: Receiver) -> None:
    thread = server.create_thread()

    play(server, f"/threads/{thread}/runs/wait", webhook=receiver.url, input={"mode": "boom"})
    (told,) = receiver.wait()

    assert list(told)[-2:] == ["values", "error"]
    assert (told["status"], told["error"]) == ("error", {"error": "RuntimeError", "message": "kaboom"})


def test_a_run_that_asks_something_is_a_success(server: Server, receiver: Receiver) -> None:
    thread = server.create_thread()

    question = {"messages": [{"role": "user", "content": "ask"}]}
    play(server, f"/threads/{thread}/runs/wait", assistant_id="agent", webhook=receiver.url, input=question)
    (told,) = receiver.wait()

    assert (told["status"], "error" in told) == ("success", False)


def test_a_run_without_a_thread_has_no_values_to_send(server: Server, receiver: Receiver) -> None:
    play(server, "/runs/wait", webhook=receiver.url)
    (told,) = receiver.wait()

    assert (told["status"], told["values"], told["kwargs"]["temporary"]) == ("success", None, True)


def test_a_receiver_that_fails_changes_nothing_for_the_run(server: Server, receiver: Receiver) -> None:
    thread = server.create_thread()
    receiver.status = 500

    play(server, f"/threads/{thread}/runs/wait", webhook=receiver.url)
    (told,) = receiver.wait()

    assert server.get(f"/threads/{thread}/runs/{told['run_id']}").json()["status"] == "success"


@pytest.mark.parametrize("path", ["/runs", "/runs/wait", "/runs/stream", "/threads/{}/runs", "/threads/{}/runs/wait"])
def test_a_run_that_may_not_be_sent_where_it_says_is_refused(server: Server, path: str) -> None:
    thread = server.create_thread()
    body = {"assistant_id": "steps", "input": {"n": 1}, "webhook": "http://localhost:1/x"}

    answer = server.post(path.format(thread), body)

    assert (answer.status_code, answer.json()) == (422, {"detail": "Webhook host blocked: localhost address"})
    assert server.get(f"/threads/{thread}").json()["status"] == "idle"
    assert server.get(f"/threads/{thread}/runs").json() == []


def test_of_several_mistakes_the_address_comes_before_what_is_missing(server: Server) -> None:
    thread = server.create_thread()
    webhook = {"webhook": "ftp://example.com"}

    def status(path: str, **body: Any) -> int:
        return server.post(path, {"assistant_id": "steps", **webhook, **body}).status_code

    assert status(f"/threads/{MISSING}/runs") == 422
    assert status(f"/threads/{thread}/runs", assistant_id=MISSING) == 422
    assert status(f"/threads/{thread}/runs", config={"configurable": {"a": 1}}, context={"b": 1}) == 400
