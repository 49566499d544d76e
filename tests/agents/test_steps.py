"""Each word of the language becomes what the player is told to do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.agents.plays import agent_of, played, situation
from understudy.agents.steps import Emit, Fail, Goto, Interrupt, Say, Send, Wait, Write


def test_a_text_is_said_word_by_word() -> None:
    assert played({"say": "Hello big  world"}) == [
        Say({"content": "Hello big  world"}, ("Hello", " ", "big", " ", " ", "world"))
    ]


@pytest.mark.parametrize(
    ("told", "chunks"),
    [
        ({"content": "abc", "by": "character"}, ("a", "b", "c")),
        ({"chunks": ["ab", "c"]}, ("ab", "c")),
        ({"content": ""}, ("",)),
        ({"content": 42}, ("42",)),
        ({"content": {"a": 1}}, ('{"a":1}',)),
        ({}, ("",)),
    ],
)
def test_a_message_is_said_in_the_pieces_that_are_asked_for(told: Any, chunks: tuple[str, ...]) -> None:
    (said,) = played({"say": told})

    assert (said.chunks, said.message["content"]) == (chunks, "".join(chunks))


def test_a_whole_message_is_written_and_not_streamed() -> None:
    assert played({"say": {"content": "Hi", "by": "message", "id": "m"}}) == [
        Write({"messages": [{"role": "ai", "content": "Hi", "id": "m"}]})
    ]


def test_tool_calls_get_ids_that_repeat_and_differ_from_one_another() -> None:
    node = {
        "say": {"tool_calls": [{"name": "a"}, {"name": "a"}, {"name": "b", "id": "mine", "args": {"x": "{{ 1 }}"}}]}
    }

    (first,), (again,), (later,) = played(node), played(node), played(node, visit=2)

    calls = first.message["tool_calls"]
    assert again == first
    assert calls[0]["id"] != calls[1]["id"]
    assert later.message["tool_calls"][0]["id"] != calls[0]["id"]
    assert calls[2] == {"name": "b", "args": {"x": 1}, "id": "mine"}


def test_steps_take_their_values_from_the_state() -> None:
    steps = [
        {"emit": {"n": "{{ state.n }}"}},
        {"wait": "{{ state.it }}"},
        {"write": {"n": "{{ state.n + 1 }}", "log": ["{{ text }}!"]}},
        {"raise": {"error": "{{ 'KeyError' }}", "message": "{{ state.n }}"}},
    ]

    assert played(steps, "Hi", state={"n": 2, "it": 0.5}) == [
        Emit({"n": 2}),
        Wait(0.5),
        Write({"n": 3, "log": ["Hi!"]}),
        Fail("ScriptError", "agents.bot.nodes.node step 4: message must be text, not 2"),
    ]


def test_an_error_says_whether_its_class_is_pythons_own() -> None:
    assert played({"raise": "no"}) == [Fail("RuntimeError", "no")]
    assert played({"raise": {"error": "NoStock", "message": "no"}}) == [Fail("NoStock", "no", builtin=False)]
    assert played({"raise": {"error": "print"}}) == [Fail("print", "", builtin=False)]


def test_what_was_asked_is_answered_under_its_name() -> None:
    steps = [
        {"interrupt": {"q": 1}, "as": "first"},
        {"interrupt": "two"},
        {"write": {"it": ["{{ first }}", "{{ resume }}"]}},
    ]

    assert played(steps, None, {"ok": True}, 2) == [
        Interrupt({"q": 1}),
        Interrupt("two"),
        Write({"it": [{"ok": True}, 2]}),
    ]


def test_resume_is_the_last_answer_before_anything_was_asked() -> None:
    assert played({"write": {"it": "{{ resume }}"}}, resume=5) == [Write({"it": 5})]


def test_a_step_is_left_out_when_its_condition_does_not_hold() -> None:
    steps = [{"emit": 1, "when": "visit == 1"}, {"emit": 2, "when": "visit == 2"}, {"emit": 3, "when": True}]

    assert played(steps, visit=2) == [Emit(2), Emit(3)]


@pytest.mark.parametrize(
    ("told", "targets"),
    [
        ("node", ("node",)),
        ("__end__", ("__end__",)),
        ("{{ state.it[0] }}", ("node",)),
        ("{{ state.it }}", ("node", "node")),
        (["node", {"node": "node", "input": {"a": "{{ text }}"}}], ("node", Send("node", {"a": "Hi"}))),
        ({"node": "node"}, ("node",)),
        ({"node": "node", "each": "state.it"}, (Send("node", "node"), Send("node", "node"))),
        (
            {"node": "{{ x }}", "each": "state.it", "as": "x", "input": ["{{ x }}", 1]},
            (Send("node", ["node", 1]), Send("node", ["node", 1])),
        ),
        ({"node": "node", "each": "state.log"}, ()),
    ],
)
def test_a_node_says_where_to_go_on(told: Any, targets: tuple[Any, ...]) -> None:
    assert played({"goto": told}, "Hi", state={"it": ["node", "node"]}) == [Goto(targets)]


def test_the_store_is_written_and_read_at_once() -> None:
    steps = [
        {"store": {"put": {"namespace": ["a"], "key": "k", "value": {"t": "{{ text }}"}}}},
        {"store": {"get": {"namespace": ["a"], "key": "k"}}},
        {"store": {"get": {"namespace": ["a"], "key": "none"}}, "as": "nothing"},
        {"store": {"search": {"namespace": ["a"], "filter": {"t": "Hi"}}}},
        {"store": {"delete": {"namespace": ["a"], "key": "k"}}},
        {"write": {"it": ["{{ item.value.t }}", "{{ nothing }}", "{{ items | length }}"]}},
    ]

    given = situation("Hi")
    (written,) = played(steps, "Hi", store=given.store)

    assert written == Write({"it": ["Hi", None, 1]})
    assert list(given.store) == []


CALLED = {
    "messages": [
        {"type": "human", "content": "?"},
        {
            "type": "ai",
            "content": "",
            "tool_calls": [
                {"name": "one", "args": {"x": 1}, "id": "1"},
                {"name": "two", "args": {}, "id": "2"},
                {"name": "old", "args": {}, "id": "3"},
            ],
        },
        {"type": "tool", "content": "done", "tool_call_id": "3"},
    ]
}


def test_each_call_without_an_answer_is_answered() -> None:
    (written,) = played({"answer": {"one": {"sum": "{{ args.x + 1 }}"}}}, state=CALLED)

    assert written.values["messages"] == [
        {"role": "tool", "name": "one", "tool_call_id": "1", "content": '{"sum":2}'},
        {
            "role": "tool",
            "name": "two",
            "tool_call_id": "2",
            "content": "Error: two is not a valid tool, try one of [one].",
            "status": "error",
        },
    ]


def test_without_calls_there_is_nothing_to_answer() -> None:
    assert played({"answer": {"one": "1"}}, "Hi") == []


def test_the_first_turn_whose_condition_holds_is_played() -> None:
    turns = [
        {"when": "text == 'a'", "do": {"emit": 1}},
        {"when": "text in ('a', 'b')", "do": [{"emit": 2}, {"emit": 3}]},
    ]

    assert [played(turns, text) for text in "abc"] == [[Emit(1)], [Emit(2), Emit(3)], []]


def test_what_is_omitted_is_left_out_of_objects_and_lists() -> None:
    node = {"write": {"it": {"a": "{{ omit }}", "b": ["{{ omit if visit else 1 }}", 2], "c": "{{ [omit, 3] }}"}}}

    assert played(node) == [Write({"it": {"b": [2], "c": [3]}})]


@pytest.mark.parametrize(
    ("node", "message"),
    [
        ({"emit": "{{ state.it.nam }}"}, '`{{ state.it.nam }}`: there is no "nam" in it. Did you mean "name"?'),
        ({"emit": "{{ state.messages[3] }}"}, "`{{ state.messages[3] }}`: there is no item 3 in a list of 0"),
        ({"emit": "{{ state.log.a }}"}, '`{{ state.log.a }}`: none has no "a"'),
        ({"emit": "{{ 1 / 0 }}"}, "`{{ 1 / 0 }}`: division by zero"),
        (
            {"emit": "{{ text.upper }}"},
            "`{{ text.upper }}`: a builtin_function_or_method is no value; is it to be called?",
        ),
        ({"emit": "x {{ [1] + 2 }}"}, '`x {{ [1] + 2 }}`: can only concatenate list (not "int") to list'),
        ({"wait": "{{ text }}"}, 'wait must be a number, not ""'),
        ({"write": "{{ {'b': 1} }}"}, 'no channel "b". Known: it, log, messages, n.'),
        ({"goto": "{{ 'nod' }}"}, 'no node "nod". Did you mean "node"?'),
        ({"goto": {"node": "node", "each": "5"}}, "each must be a list, not 5"),
        ({"store": {"get": {"namespace": ["a.b"], "key": "k"}}}, None),
        ({"say": {"tool_calls": "{{ [1] }}"}}, "a tool call must be an object with a name, not 1"),
        ({"say": {"tool_calls": "{{ 1 }}"}}, "tool_calls must be a list, not 1"),
        ([{"set": {"x": 1}, "when": "false"}, {"emit": "{{ x }}"}], '`{{ x }}`: "x" has no value here'),
    ],
)
def test_a_step_that_cannot_go_on_fails_and_says_where_and_why(node: Any, message: str | None) -> None:
    (failed,) = played(node, state={"it": {"name": 1}, "messages": []})

    assert failed.error == "ScriptError"
    assert failed.message.startswith("agents.bot.nodes.node")
    if message is not None:
        assert failed.message.partition("nodes.node")[2].partition(": ")[2] == message


def test_a_failure_names_the_turn() -> None:
    turns = [{"when": "visit == 2", "do": []}, {"when": "text.x", "do": {"emit": 1}}]

    assert played(turns) == [
        Fail("ScriptError", 'agents.bot.nodes.node turn 2: `text.x`: a text has no "x"'),
    ]


def test_routes_take_the_first_edge_that_holds() -> None:
    edges: list[Any] = [
        ["__start__", "a"],
        {"from": "a", "to": "b", "conditional": True},
        {"from": "a", "to": ["b", "c"], "when": "state.n > 2"},
        {"from": "a", "to": "c", "each": "state.log", "input": {"it": "{{ item }}"}, "when": "state.n == 1"},
    ]
    agent = agent_of({"a": None, "b": None, "c": None}, edges=edges)
    route = agent.routes["a"]

    assert route(situation(state={"n": 3})) == ("b", "c")
    assert route(situation(state={"n": 0})) == ("b",)
    assert route(situation(state={"n": 1, "log": [5]})) == [Send("c", {"it": 5})]
    assert list(agent.routes) == ["a"]


def test_a_node_that_goes_on_by_itself_has_edges_to_be_drawn() -> None:
    edges = [["__start__", "a"], {"from": "a", "to": "b", "conditional": True}]

    agent = agent_of({"a": {"goto": "b"}, "b": None}, edges=edges)

    assert agent.routes["a"](situation()) == ()
    assert [edge.target for edge in agent.edges if edge.source == "a"] == ["b"]
