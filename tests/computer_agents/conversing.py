"""What several tests say in threads, and how they read what comes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from tests.computer_agents.making import make
from understudy.scenarios import Source, build, read
from understudy.state.clock import Clock
from understudy.state.computer_agents import files as trees

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.conftest import Server

Event = dict[str, Any]

MORNING = datetime(2026, 1, 31, 8, tzinfo=UTC)

SCRIPTS = """
agents:
  coder:
    channels: {messages: messages}
    nodes:
      work:
        - when: text == "undo"
          do: {emit: {type: file_change, path: src/hello.py, kind: deleted}}
        - when: text == "look"
          do:
            - emit: {type: reasoning, content: Where is it?}
            - emit: {type: tool_call, name: bash, command: ls src, content: hello.py}
            - emit: {type: notice, content: "This is no item, and not told."}
            - say: It is there.
        - when: text == "linger"
          do:
            - say: I begin.
            - wait: 3600
            - say: I have finished.
        - when: text == "leave"
          do:
            - emit: {type: file_change, path: src/hello.py, content: bonjour}
            - raise: {error: ValueError, message: the disk is full}
        - do:
            - emit: {type: file_change, path: src/hello.py, content: "{{ text }}"}
            - say:
                content: "Written: {{ text }}"
                usage_metadata: {input_tokens: 12, output_tokens: 3, total_tokens: 15}
  clerk:
    channels: {messages: messages}
    nodes:
      ask:
        - when: calls or not answers
          do: {say: {content: I look it up., tool_calls: [{name: find, args: {text: "{{ text }}"}}]}}
      find:
        - answer: {find: "Three of them."}
      tell:
        - say: There are three.
    edges: [[__start__, ask], [ask, find], [find, tell], [tell, __end__]]
  careful:
    channels: {messages: messages}
    nodes:
      ask:
        - interrupt: May I?
          as: answer
        - say: "You said {{ answer }}, in {{ context.reasoningEffort or 'no' }} effort."
  forgetful:
    channels: {question: last}
    nodes:
      ask:
        - say: {content: "{{ state.question }}?", channel: null}
"""
"""Agents that write a file, use a tool, and ask."""


def perform(server: Server, **options: Any) -> None:
    """Serve a world with the scripts, in which time stands still."""
    scenario = read(Source("scripts.yaml", SCRIPTS))
    server.begin(lambda: build([scenario], Clock(MORNING), **options))


def thread(server: Server, **body: Any) -> dict[str, Any]:
    return make(server, "threads", **body)


def talk(server: Server, *texts: str, **body: Any) -> dict[str, Any]:
    """Make a thread in which these texts are said and answered, one by one, and return it as it is then."""
    made = thread(server, **body)
    for text in texts:
        say(server, made, text)
    return read_thread(server, made)


def say(server: Server, told: dict[str, Any], content: str, **body: Any) -> list[Event]:
    """Say something in a thread, and return the events of the answer once it has ended."""
    return events(server.post(f"/v1/threads/{told['id']}/messages", {"content": content, **body}))


def events(answer: httpx.Response) -> list[Event]:
    """Return the events of a stream that has ended: a line of data each, and an empty one."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    return [event for line in answer.content.decode().split("\n\n") for event in _event(line)]


def _event(line: str) -> Iterator[Event]:
    if line:
        assert line.startswith("data: ")
        yield orjson.loads(line.removeprefix("data: "))


def types(told: list[Event]) -> list[str]:
    return [event["type"] for event in told]


def read_thread(server: Server, told: dict[str, Any]) -> dict[str, Any]:
    """Return a thread as it is now, with its messages."""
    return dict(server.get(f"/v1/threads/{told['id']}").raise_for_status().json()["thread"])


def said(server: Server, told: dict[str, Any]) -> list[tuple[str, str]]:
    """Return who said what in a thread."""
    return [(message["role"], message["content"]) for message in messages(server, told)]


def messages(server: Server, told: dict[str, Any]) -> list[dict[str, Any]]:
    answer = server.get(f"/v1/threads/{told['id']}/messages", params={"limit": 200}).raise_for_status()
    return list(answer.json()["data"])


def steps(server: Server, told: dict[str, Any]) -> list[dict[str, Any]]:
    answer = server.get(f"/v1/threads/{told['id']}/steps", params={"limit": 100}).raise_for_status()
    return list(answer.json()["data"])


def step(server: Server, told: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return the last step of a kind."""
    return [row for row in steps(server, told) if row["stepKind"] == kind][-1]


def files(server: Server, environment_id: str) -> dict[str, str]:
    """Return the files that a computer has now."""
    tree = server.world.computer_agents.snapshots.files_now(environment_id)
    return {path: file.content for path, file in tree.items()}


def write(server: Server, environment_id: str, path: str, content: str) -> None:
    """Put a file into a computer."""
    snapshots = server.world.computer_agents.snapshots
    tree = trees.written(snapshots.files_now(environment_id), {path: content}, "2026-01-31T08:00:00.000Z")
    snapshots.take(environment_id, tree)


def ended(server: Server, told: dict[str, Any]) -> dict[str, Any]:
    """Return a thread as it is once what is being executed in it has ended."""
    while (row := read_thread(server, told))["status"] == "running":
        pass
    return row
