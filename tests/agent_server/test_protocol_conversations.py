"""Conversations that were had with the reference server over WebSockets, had again."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.agent_server.conversation import conversation, new_thread

if TYPE_CHECKING:
    from tests.conftest import Server

Json = dict[str, Any]

RECORDINGS: list[Json] = json.loads(
    (Path(__file__).parents[1] / "recorded" / "agent_server" / "protocol" / "conversations.json").read_text()
)

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{32}\b")


class Ids:
    """The ids of one conversation by what they were in the other, paired as they come."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def pair(self, recorded: str, heard: str) -> None:
        self._known |= dict(zip(ID.findall(recorded), ID.findall(heard), strict=False))

    def translated(self, text: str) -> str:
        return ID.sub(lambda match: self._known.get(match[0], match[0]), text)


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording["name"])
def test_a_conversation_goes_as_with_the_reference(server: Server, recording: Json) -> None:
    ids = Ids()
    with conversation(server, new_thread()) as talk:
        for turn in recording["turns"]:
            talk.socket.send(ids.translated(turn["sent"]))

            for frame in turn["received"]:
                heard, expected = plain(talk.hear()), plain(frame)
                ids.pair(expected, heard)
                assert heard == ids.translated(expected), f"after {turn['sent']}"


def plain(frame: Json) -> str:
    """Return a frame as text, without its time and without an event id that names one."""
    if frame["type"] == "event":
        assert frame["params"].pop("timestamp") > 0
        if frame["event_id"][0].isdigit():
            frame["event_id"] = ""
    return json.dumps(frame)
