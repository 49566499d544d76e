"""What is in the agents that are made of recorded runs, and what they answer to what was never recorded."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Server
from tests.recording.conversations import AGAIN, Body, answers, as_json, from_json, gives, hold, recorded, says
from understudy.recording.scripts import Scripted, agents_from
from understudy.scenarios import Source, build, read
from understudy.scenarios.core_yaml import render

PARROT = """
agents:
  parrot:
    nodes:
      talk:
        - when: text == "ask"
          do:
            - interrupt: {question: "ok?"}
            - say: "You said {{ resume }}."
        - do: {say: "{{ text | upper }}!"}
"""


@pytest.fixture
def parrot(server: Server) -> Server:
    """A server with an agent that shouts what it is told."""
    server.world = build([read(Source("parrot.yaml", PARROT))])
    return server


def scripted(server: Server, graph_id: str, *conversations: list[Body]) -> Scripted:
    """Return what is made of these conversations, and serve it."""
    threads = [hold(server.url, graph_id, conversation)[0] for conversation in conversations]
    made = agents_from(*from_json(as_json(recorded(server.url, [graph_id], threads))))
    server.world = build([read(Source("recorded.yaml", render({"agents": made.agents})))])
    return made


def last_of(server: Server, graph_id: str, *conversation: Body) -> Any:
    """Return what the last run of a new conversation was answered: the error, or the text of the last message."""
    answer = hold(server.url, graph_id, [*conversation])[1][-1]
    return answer["__error__"]["message"] if "__error__" in answer else answer["messages"][-1]["content"]


def test_conversations_of_one_agent_live_in_one_script(parrot: Server) -> None:
    made = scripted(parrot, "parrot", [says("hi"), says("bye")], [says("hi"), says("tea?")])

    assert [turn.get("when") for turn in made.agents["parrot"]["nodes"]["talk"]] == [
        'asked == "hi"',
        'asked == "bye"',
        'asked == "tea?"',
        None,
    ]
    assert last_of(parrot, "parrot", says("tea?")) == "TEA?!"
    assert last_of(parrot, "parrot", says("tea?"), says("bye")) == "BYE!"


def test_what_was_never_said_fails_and_names_the_nearest_that_was(parrot: Server) -> None:
    scripted(parrot, "parrot", [says("good morning"), says("good night")])

    assert last_of(parrot, "parrot", says("Good evening, nigth owl")) == (
        'not recorded: asked = "Good evening, nigth owl"; the nearest is "good night"'
    )


def test_an_answer_that_was_never_given_fails_and_names_the_nearest_that_was(parrot: Server) -> None:
    scripted(parrot, "parrot", [says("ask"), answers("yes"), says("ask"), answers("no")])

    assert last_of(parrot, "parrot", says("ask"), answers("no")) == "You said no."
    assert last_of(parrot, "parrot", says("ask"), answers("yes")) == "You said yes."
    assert last_of(parrot, "parrot", says("ask"), answers("yess")) == (
        'not recorded: the answer "yess"; the nearest is "yes"'
    )


def test_a_question_that_nobody_answered_is_asked_and_has_no_answer(parrot: Server) -> None:
    scripted(parrot, "parrot", [says("ask")])

    assert last_of(parrot, "parrot", says("ask"), answers({"a": 1})) == 'not recorded: the answer {"a":1}'


def test_different_outcomes_of_the_same_input_come_in_the_order_in_which_they_were_recorded(server: Server) -> None:
    # The die falls otherwise on each thread, and nothing that is recorded says why.
    die = """
agents:
  die:
    nodes:
      roll: {say: "{{ config.metadata.face }}"}
"""
    server.world = build([read(Source("die.yaml", die))])
    rolled = [[{**says("roll"), "metadata": {"face": face}}] for face in ("four", "two", "four")]

    made = scripted(server, "die", *rolled)

    assert made.notes[0] == (
        "die, roll: did different things in the same situation; "
        "they are played in the order in which they were recorded"
    )
    assert last_of(server, "die", says("roll")) == "four"
    assert last_of(server, "die", says("roll"), says("roll")) == "two"
    assert last_of(server, "die", says("roll"), says("roll"), says("roll")) == "two"


def test_an_input_that_is_repeated_is_told_apart_by_how_often_it_came(server: Server) -> None:
    counter = """
agents:
  counter:
    nodes:
      count: {say: "{{ visit }}"}
"""
    server.world = build([read(Source("counter.yaml", counter))])

    made = scripted(server, "counter", [says("next"), says("next")])

    assert [turn.get("when") for turn in made.agents["counter"]["nodes"]["count"]][:2] == [
        'asked == "next" and times == 1',
        'asked == "next" and times == 2',
    ]
    assert last_of(server, "counter", says("next"), says("next")) == "2"


def test_an_attempt_that_failed_fails_again_and_the_next_one_does_not(server: Server) -> None:
    fragile = """
agents:
  fragile:
    nodes:
      work:
        - when: visit == 1
          do: {raise: {error: OSError, message: "it's \\"down\\""}}
        - do: {say: fine}
"""
    server.world = build([read(Source("fragile.yaml", fragile))])

    scripted(server, "fragile", [says("go"), AGAIN])

    assert last_of(server, "fragile", says("go")) == 'it\'s "down"'
    assert last_of(server, "fragile", says("go"), AGAIN) == "fine"


def test_a_context_is_part_of_what_came_in(server: Server) -> None:
    server.play("reference")
    red: Body = {**gives(), "context": {"color": "red"}}

    scripted(server, "ctx", [red], [gives()])

    assert hold(server.url, "ctx", [red])[1] == [{"k": {"color": "red"}}]
    assert hold(server.url, "ctx", [gives()])[1] == [{"k": {}}]


def test_an_agent_that_never_ran_says_so(parrot: Server) -> None:
    made = scripted(parrot, "parrot")

    assert made.notes == []
    assert last_of(parrot, "parrot", says("hi")) == "not recorded: what talk does"


def test_nodes_that_never_ran_say_so_and_the_others_play(server: Server) -> None:
    server.play("demo")

    scripted(server, "support", [says("Hello")])

    assert last_of(server, "support", says("Hello")) == "Hello! Ask me where an order is, or for a refund."
    assert last_of(server, "support", {"command": {"update": {}, "goto": "refund"}}).startswith("not recorded: what")


def test_a_tool_that_answers_all_calls_is_told_by_its_name_and_a_message_of_a_model_is_streamed(server: Server) -> None:
    server.play("demo")

    made = scripted(server, "support", [says("Where is my order A-1024?")])

    assert made.agents["support"]["nodes"]["tools"] == {
        "answer": {"track_order": "Order A-1024 left our warehouse last night and comes tomorrow."}
    }
    body = {"assistant_id": "support", **says("Where is my order A-1024?"), "stream_mode": "messages-tuple"}
    with server.client.stream("POST", "/runs/stream", json=body) as stream:
        pieces = [line for line in stream.iter_lines() if '"AIMessageChunk"' in line]
    assert len(pieces) > 10


def test_ids_of_tool_calls_that_were_drawn_by_chance_are_drawn_anew_and_the_answers_have_them(server: Server) -> None:
    caller = """
agents:
  caller:
    nodes:
      model:
        - when: answers
          do: {say: "It is {{ answers[0].content }}."}
        - do: {say: {tool_calls: [{name: look, args: {at: "{{ text }}"}, id: "toolu_01A09{{ visit }}c{{ text }}"}]}}
      tools: {write: {messages: [{role: tool, content: cold, tool_call_id: "{{ calls[0].id }}", name: feel}]}}
    edges:
      - [__start__, model]
      - {from: model, to: tools, when: calls}
      - {from: model, to: __end__, conditional: true}
      - [tools, model]
"""
    server.world = build([read(Source("caller.yaml", caller))])

    made = scripted(server, "caller", [says("sea")], [says("lake"), says("sea")])

    assert made.agents["caller"]["nodes"]["tools"] == {
        "write": {
            "messages": [{"role": "tool", "content": "cold", "name": "feel", "tool_call_id": "{{ calls[0].id }}"}]
        }
    }
    assert "toolu" not in render({"agents": made.agents})
    messages = hold(server.url, "caller", [says("sea")])[1][0]["messages"]
    assert messages[1]["tool_calls"][0]["id"] == messages[2]["tool_call_id"]
    assert messages[-1]["content"] == "It is cold."
