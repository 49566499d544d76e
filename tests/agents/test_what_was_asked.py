"""What a script knows of the human in a conversation, and what a model says that it used."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Server
from understudy.scenarios import Source, build, read

SCRIPT = """
agents:
  listener:
    nodes:
      listen:
        - when: asked == "use"
          do: {say: {content: done, usage_metadata: {input_tokens: 1, output_tokens: 2, total_tokens: 3}}}
        - do: {say: "{{ asked }} {{ times }} {{ asked | nearest(['tea', 'cake', 'salt']) }}"}
      repeat: {say: "{{ asked }} {{ times }} {{ [times, none] | nearest([[1, none], [2, none]]) }}"}
"""


@pytest.fixture
def thread(server: Server) -> str:
    """A thread of a server with an agent that looks at what was asked."""
    server.world = build([read(Source("listener.yaml", SCRIPT))])
    return server.create_thread()


def told(server: Server, thread: str, text: str) -> list[Any]:
    """Say something, and return the two messages that it was answered."""
    body = {"assistant_id": "listener", "input": {"messages": [{"role": "user", "content": text}]}}
    messages: list[Any] = server.post(f"/threads/{thread}/runs/wait", body).json()["messages"]
    return messages[-2:]


def test_what_a_human_said_last_is_known_whoever_spoke_since_and_how_often_it_was_said(
    server: Server, thread: str
) -> None:
    said = [[message["content"] for message in told(server, thread, text)] for text in ("teas", "sal", "teas")]

    assert said == [
        ["teas 1 tea", "teas 1 [1, None]"],
        ["sal 1 salt", "sal 1 [1, None]"],
        ["teas 2 tea", "teas 2 [2, None]"],
    ]


def test_nothing_was_asked_where_nobody_has_spoken(server: Server, thread: str) -> None:
    body = {"assistant_id": "listener", "input": {"messages": []}}

    answer = server.post(f"/threads/{thread}/runs/wait", body).json()

    assert answer["messages"][0]["content"].startswith(" 0 ")


def test_what_a_model_used_stands_in_its_message(server: Server, thread: str) -> None:
    message = told(server, thread, "use")[0]

    assert message["usage_metadata"] == {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3}
    assert message["additional_kwargs"] == {}
