"""An agent without a script echoes, and does strange things when it is asked to in magic words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.agents.plays import agent_of, situation, taken
from understudy.agents.steps import Emit, Fail, Interrupt, Say, Wait, Write
from understudy.scenarios import Source, build, read


def echoed(text: str, *answers: Any, **given: Any) -> list[Any]:
    return taken(agent_of({"node": "echo"}).behaviours["node"](situation(text, **given)), *answers)


def answer(text: str) -> Write:
    return Write({"messages": [{"role": "ai", "content": text}]})


@pytest.mark.parametrize("row", ["{}", "{nodes: [agent], channels: {messages: messages}}", "{nodes: {agent: echo}}"])
def test_an_agent_of_which_nothing_is_told_echoes(row: str) -> None:
    (agent,) = build([read(Source("f.yaml", f"agents: {{bot: {row}}}"))]).agents

    assert (agent.nodes, agent.channels) == (("agent",), {"messages": "messages"})
    assert taken(agent.behaviours["agent"](situation("Hi"))) == [answer("echo Hi")]


def test_of_several_nodes_the_first_echoes() -> None:
    text = "agents: {bot: {nodes: [a, b], channels: {chat: messages}}, mute: {nodes: [a]}}"
    bot, mute = build([read(Source("f.yaml", text))]).agents

    assert [*bot.behaviours] == ["a"]
    assert taken(bot.behaviours["a"](situation(state={"chat": []}))) == [
        Write({"chat": [{"role": "ai", "content": "echo "}]})
    ]
    assert mute.behaviours == {}


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("/understudyish", [answer("echo /understudyish")]),
        ("say /understudy raise", [answer("echo say /understudy raise")]),
        ("/understudy raise ValueError: a: b", [Fail("ValueError", "a: b")]),
        ("/understudy raise NoStock", [Fail("NoStock", "", builtin=False)]),
        ("/understudy raise out of stock", [Fail("RuntimeError", "out of stock")]),
        ("/understudy raise", [Fail("RuntimeError", "")]),
        ("/understudy raise-once OSError: down", [Fail("OSError", "down")]),
        ("/understudy interrupt", [Interrupt("Go on?"), answer("answer yes")]),
        ('/understudy interrupt {"a": 1}', [Interrupt({"a": 1}), answer("answer yes")]),
        ("/understudy interrupt sure?", [Interrupt("sure?"), answer("answer yes")]),
        ("/understudy wait 2.5", [Wait(2.5), answer("waited 2.5 seconds")]),
        ("/understudy tokens 2", [Say({"content": "1 2 "}, ("1 ", "2 "))]),
        ("/understudy tokens 0", [Say({"content": ""}, ("",))]),
        ("/understudy stream a b", [Say({"content": "a b"}, ("a", " ", "b"))]),
        ("/understudy emit [1]", [Emit([1]), answer("emitted [1]")]),
        (
            "/understudy wait soon",
            [Fail("ValueError", "/understudy wait: how many seconds? From 0 to 86400, not 'soon'")],
        ),
        ("/understudy call", [Fail("ValueError", "/understudy call: which tool?")]),
        ("/understudy call t [1]", [Fail("ValueError", "/understudy call: the arguments of a tool are a JSON object")]),
        ("/understudy wiat 1", [Fail("ValueError", 'unknown magic word "wiat". Did you mean "wait"?')]),
    ],
)
def test_a_magic_word_does_what_the_page_says(text: str, steps: list[Any]) -> None:
    assert echoed(text, "yes") == steps


def test_a_tool_is_called() -> None:
    (written,) = echoed('/understudy call weather {"city": "Oslo"}')

    (message,) = written.values["messages"]
    assert message["tool_calls"] == [{"name": "weather", "args": {"city": "Oslo"}, "id": "call_1"}]


def test_what_fails_once_succeeds_when_it_is_said_again() -> None:
    said = {"type": "human", "content": "/understudy raise-once OSError: down"}

    assert echoed("", state={"messages": [said, said]}) == [answer("echo OSError: down")]


@pytest.mark.parametrize("text", ["/understudy", "/understudy help"])
def test_help_lists_the_magic_words(text: str) -> None:
    (written,) = echoed(text)

    assert "/understudy raise-once\n" in written.values["messages"][0]["content"]
