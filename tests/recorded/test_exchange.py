"""How the events of a stream are read into a recording."""

from __future__ import annotations

import pytest

from tests.recorded.exchange import events
from understudy.conformance.comparing.differences import SERVER

URL = "http://127.0.0.1:1"


def test_an_event_is_recorded_with_its_data_parsed_and_the_server_unnamed() -> None:
    lines = [b"event: message\r\n", b'data: {"url": "http://127.0.0.1:1/a"}\r\n', b"id: 7-0\r\n", b"\r\n"]

    assert list(events(lines, URL)) == [{"event": "message", "data": {"url": f"{SERVER}/a"}, "id": "7-0"}]


def test_a_heartbeat_is_no_event() -> None:
    assert list(events([b": heartbeat\r\n", b"\r\n", b"event: a\r\n", b"data: 1\r\n", b"\r\n"], URL)) == [
        {"event": "a", "data": 1}
    ]


def test_a_line_that_ends_otherwise_than_the_real_server_ends_it_is_refused() -> None:
    with pytest.raises(ValueError, match="CR LF"):
        list(events([b"event: message\n"], URL))
