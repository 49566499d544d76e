"""How events are sent: as the document says, by its kind of lines or by those of the Agent Server."""

from __future__ import annotations

import pytest

from understudy.conformance.streams import Broken, read
from understudy.contract.documents import load_contract
from understudy.contract.events import NAMED, Frames, Malformed, SentEvent, event_schema
from understudy.contract.operations import operations
from understudy.server.strict import AnswerCheck

ACP = load_contract("computer-agents").observed
EVENTS = event_schema(ACP, "/v1/threads/{threadId}/messages", "POST")
assert EVENTS is not None
NAMELESS = EVENTS.framing

STARTED = b'data: {"type": "response.started"}\n\n'


def test_a_document_that_names_no_lines_has_events_like_those_of_the_agent_server() -> None:
    schema = event_schema(load_contract("agent-server").observed, "/threads/{thread_id}/runs/stream", "POST")

    assert schema is not None
    assert schema.framing == NAMED


def test_an_event_without_a_name_is_a_message() -> None:
    frames = Frames(NAMELESS)
    text = b": hi\n\n" + STARTED

    found = [event for at in range(len(text)) for event in frames.take(text[at : at + 1])]

    assert found == [SentEvent("message", {"type": "response.started"})]
    assert frames.comments == 1
    frames.end()


@pytest.mark.parametrize(
    "text",
    [
        b"\n\n",
        b"event: message\n" + STARTED,
        b"id: 1\n\n",
        b'data:{"type": "response.started"}\n\n',
        b'data: {"type":\n\n',
        b'data: {"type":\ndata: "response.started"}\n\n',
        b'data: {"type": "response.started"}\r\n\n',
    ],
)
def test_an_event_without_a_name_is_one_line_of_data(text: bytes) -> None:
    with pytest.raises(Malformed):
        list(Frames(NAMELESS).take(text))


def test_lines_that_end_otherwise_never_end_an_event() -> None:
    frames = Frames(NAMELESS)

    assert list(frames.take(STARTED.replace(b"\n", b"\r\n"))) == []
    with pytest.raises(Malformed, match="ends within an event"):
        frames.end()


def test_events_without_names_fit_their_schema() -> None:
    assert EVENTS is not None
    (event,) = Frames(NAMELESS).take(STARTED)

    assert EVENTS.complaint(event) is None
    assert EVENTS.complaint(SentEvent("message", {"type": "unheard.of"})) is not None
    assert EVENTS.complaint(SentEvent("message", {"type": "response.started"}, "1")) is not None


def test_the_checker_reads_streams_by_the_framing_of_their_document() -> None:
    assert read([STARTED], framing=NAMELESS) == ([SentEvent("message", {"type": "response.started"})], True)
    with pytest.raises(Broken):
        read([STARTED])


def test_answers_are_held_to_the_framing_of_their_document() -> None:
    [operation] = [each for each in operations(ACP) if each.id == "execute_message"]
    check = AnswerCheck(ACP, operation)
    headers = [(b"content-type", b"text/event-stream")]

    assert check.complaint(200, headers, STARTED) is None
    assert "no event" in str(check.complaint(200, headers, b"event: message\n" + STARTED))
    assert "ends within an event" in str(check.complaint(200, headers, STARTED[:-1]))
