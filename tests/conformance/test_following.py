"""A stream is held open while other things are asked; what was asked in vain is no step that leads to anything."""

from __future__ import annotations

import pytest

from tests.conftest import Server
from understudy.conformance.asking import Asker, Unexamined
from understudy.conformance.reaching import asking
from understudy.conformance.settings import Settings
from understudy.conformance.streams import is_over

FOLLOWED = "GET /threads/{thread_id}/stream"


@pytest.fixture
def asker(server: Server) -> Asker:
    return asking(Settings(url=server.url), "following")


def test_an_open_stream_shows_what_was_asked_meanwhile(server: Server, asker: Asker) -> None:
    thread_id = server.create_thread()
    path = {"thread_id": thread_id}

    with asker.follow(FOLLOWED, path=path) as stream:
        body = {"assistant_id": "steps", "input": {"n": 1}}
        run = asker.ask("POST /threads/{thread_id}/runs", body, path=path).body
        seen = stream.read(until=is_over(run["run_id"]))

    assert [event.name for event in seen.events] == ["metadata", "values", "values", "values", "metadata"]
    assert not seen.ended
    recorded = [each.response for each in asker.recorder.interactions.values()]
    assert recorded[0] is not None
    assert b"run_done" in recorded[0].content


def test_what_is_no_stream_is_not_followed(asker: Asker) -> None:
    with (
        pytest.raises(Unexamined, match="answered 422, which is no stream"),
        asker.follow(FOLLOWED, path={"thread_id": "none"}),
    ):
        pass


def test_a_stream_that_nobody_sends_is_not_followed() -> None:
    nobody = asking(Settings(url="http://127.0.0.1:9"), "following")

    with (
        pytest.raises(Unexamined, match="got no answer"),
        nobody.follow(FOLLOWED, path={"thread_id": "none"}),
    ):
        pass


def test_what_was_asked_in_vain_is_no_step(server: Server, asker: Asker) -> None:
    path = {"thread_id": server.create_thread()}
    asker.ask("GET /threads/{thread_id}", path=path)
    before = asker.last
    for _ in range(3):
        asker.back_to(before)
        asker.ask("GET /threads/{thread_id}/state", path=path)

    assert [step.operation for step in asker.steps()] == [
        "GET /threads/{thread_id}",
        "GET /threads/{thread_id}/state",
    ]
