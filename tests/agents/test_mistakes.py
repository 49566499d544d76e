"""Mistakes in scripts are told when the scenario is loaded: where they stand, and what would be right."""

from __future__ import annotations

from typing import Any

import pytest

from tests.agents.examples import BLOCKS
from tests.agents.plays import agent_of
from understudy.scenarios import ScenarioError, Source, build, dump_text, read, structure

WORDS = "answer, emit, goto, interrupt, raise, say, set, store, wait, write"

# What stands for the node `node`, and what is told of it; `.` stands for the place of the node.
OF_NODES: list[tuple[Any, str]] = [
    (5, ". must be steps, a list of turns or the name of a built-in node, not 5"),
    ("ehco", '. no built-in node "ehco". Did you mean "echo"?'),
    (["hello"], '. step 1: must be a step, such as {say: hello}, not "hello"'),
    ([{"say": "a"}, {"sya": "b"}], '. step 2: unknown step "sya". Did you mean "say"?'),
    ([{"say": "a", "emit": 1}], '. step 1: a step says one thing, not "say" and "emit"'),
    ([{"when": "visit == 1"}], f'. step 1: a step says one thing, not "when". Known: {WORDS}.'),
    ([{}], f". step 1: a step says one thing, not nothing. Known: {WORDS}."),
    ([{"do": {"say": "a"}}, 5], ". turn 2: must be a turn, with `do` and perhaps `when`, not 5"),
    ([{"do": {"say": "a"}}, {"say": "b"}], '. turn 2: unknown key "say". Known: do, when.'),
    ([{"do": "a"}], '. turn 1: must be a step or a list of steps, not "a"'),
    ([{"wen": "true", "do": []}], '. turn 1: unknown key "wen". Did you mean "when"?'),
    ([{"when": 5, "do": []}], '. turn 1: when: must be an expression, such as text == "hi", not 5'),
    ([{"do": [{"wait": -1}]}], ". turn 1, step 1: wait: must be at least 0, not -1"),
    ({"wait": True}, ".wait: must be a number, not true"),
    ({"wait": "soon"}, '.wait: must be a number, not "soon"'),
    ({"write": 5}, ".write: must be an object, not 5"),
    ({"write": {"lgo": 1}}, '.write.lgo: no channel "lgo". Did you mean "log"?'),
    ({"emit": 1, "as": "x"}, '.as: "emit" has no result to name'),
    ({"interrupt": 1, "as": "a b"}, '.as: must be a name of letters, digits and _, not "a b"'),
    ({"set": []}, ".set: must be an object, not []"),
    ({"set": {"1": 1}}, '.set["1"]: must be a name of letters, digits and _, not "1"'),
    ({"raise": {"class": "X"}}, '.raise: unknown key "class". Known: error, message.'),
    ({"raise": {"error": 5}}, ".raise.error: must be text, not 5"),
    ({"say": {"by": "letter"}}, '.say.by: "letter" is nothing to say a message by. Known: character, message, word.'),
    ({"say": {"contnet": "a"}}, '.say: unknown key "contnet". Did you mean "content"?'),
    ({"say": {"chunks": ["a"], "content": "a"}}, ".say.chunks: stands in the place of content; leave one of them out"),
    ({"say": {"chunks": [1]}}, ".say.chunks[0]: must be text, not 1"),
    ({"say": {"tool_calls": [{"nam": "a"}]}}, '.say.tool_calls[0]: unknown key "nam". Did you mean "name"?'),
    ({"say": {"tool_calls": [{}]}}, ".say.tool_calls[0]: name is missing"),
    ({"goto": "nod"}, '.goto: no node "nod". Did you mean "node"?'),
    ({"goto": 5}, ".goto: must be a node, an object or a list of these, not 5"),
    ({"goto": ["node", {"input": 1}]}, ".goto[1]: node is missing"),
    ({"goto": {"node": "node", "as": "x"}}, ".goto.as: names what `each` goes through; there is none"),
    ({"store": {}}, ".store: must say one of delete or get or put or search, not {}"),
    ({"store": 5}, ".store: must say one of delete or get or put or search, not 5"),
    ({"store": {"git": {}}}, '.store: unknown key "git". Did you mean "get"?'),
    ({"store": {"get": {"key": "a"}}}, ".store.get: namespace is missing"),
    ({"store": {"put": {"namespace": "a", "key": "a", "value": 1}}}, '.store.put.namespace: must be a list, not "a"'),
    ({"answer": 5}, ".answer: must be an object with an answer for each tool, not 5"),
    # expressions
    ({"emit": "{{ txt }}"}, '.emit: `{{ txt }}`: unknown name "txt". Did you mean "text"?'),
    (
        {"emit": "{{ state.messges }}"},
        '.emit: `{{ state.messges }}`: "state" has no "messges". Did you mean "messages"?',
    ),
    ({"emit": ["{{ state['lgo'] }}"]}, '.emit[0]: `{{ state[\'lgo\'] }}`: "state" has no "lgo". Did you mean "log"?'),
    ({"emit": "{{ text | uper }}"}, '.emit: `{{ text | uper }}`: unknown filter "uper". Did you mean "upper"?'),
    ({"emit": "{{ text is odder }}"}, ".emit: `{{ text is odder }}`: No test named 'odder'"),
    ({"emit": "{{ 1 + }}"}, ".emit: `{{ 1 + }}`: unexpected 'end of print statement'"),
    ({"emit": "{{ 1"}, ".emit: `{{ 1`: unexpected end of template, expected 'end of print statement'"),
    ({"emit": "{% set a = 1 %}"}, ".emit: `{% set a = 1 %}`: of the blocks only {% if %} and {% for %} may stand here"),
    (
        {"emit": "{% include 'a' %}"},
        ".emit: `{% include 'a' %}`: of the blocks only {% if %} and {% for %} may stand here",
    ),
    (
        {"emit": "{% for a in text %}{% for b in a %}{% for c in b %}{% endfor %}{% endfor %}{% endfor %}"},
        ".emit: `{% for a in text %}{% for b in a %}{% for c in b %}{% endfor %}{% endfor %}{% endfor %}`: "
        "more than 2 loops in one another",
    ),
    ({"emit": 1, "when": "text = 1"}, '.when: `text = 1`: not understood from "=" on'),
    ({"emit": 1, "when": "text =="}, ".when: `text ==`: unexpected 'end of template'"),
    ({"emit": 1, "when": "args.x"}, '.when: `args.x`: unknown name "args". '),
    ([{"emit": "{{ x }}"}, {"set": {"x": 1}}], '. step 1: emit: `{{ x }}`: unknown name "x". '),
    # Python
    ({"python": 5}, '.python: must be the name of a callable, such as "package.module:function", not 5'),
    ({"python": "json"}, '.python: must be the name of a callable, such as "package.module:function", not "json"'),
    ({"python": "json:dunps_"}, '.python: no "dunps_" in json. Did you mean "dumps"?'),
    ({"python": "json:__name__"}, '.python: "__name__" in json is not callable, but "json"'),
    (
        {"python": "jsn:dumps"},
        '.python: no module "jsn". Did you mean "json"? It is looked for where Python looks: see PYTHONPATH.',
    ),
    (
        {"python": "json.decoer:f"},
        '.python: no module "json.decoer". Did you mean "decoder"? ',
    ),
    ({"python": "json:dumps", "when": "true"}, '. unknown key "when". Known: python.'),
]


@pytest.mark.parametrize(("node", "what"), OF_NODES, ids=lambda _: "")
def test_a_mistake_in_a_node_is_told_with_its_place(node: Any, what: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        agent_of({"node": node})

    told = str(raised.value.problems[0]).partition("agents.bot.nodes.node")[2]
    told = told.removeprefix(":")
    what = what.removeprefix(".") if what.startswith(". ") else what
    assert (told[: len(what)] if what.endswith(" ") else told) == what


# The edges after the first, and what is told of them.
OF_EDGES: list[tuple[Any, str]] = [
    ({"from": ["a", "bb"], "to": "b"}, 'from[1]: no node "bb". Did you mean "b"?'),
    ({"from": "a", "to": ["b", "cc"]}, 'to[1]: no node "cc". '),
    ({"from": ["a", "b"], "to": "b", "when": "true"}, "from: an edge that waits for several nodes has no condition"),
    ({"from": "a", "to": "b", "when": "txt"}, 'when: `txt`: unknown name "txt". Did you mean "text"?'),
    (
        {"from": "a", "to": "b", "when": "true", "conditional": False},
        "conditional: must be left out or true: there is when",
    ),
    ({"from": "a", "to": "b", "each": "state.lgo"}, 'each: `state.lgo`: "state" has no "lgo". Did you mean "log"?'),
    ({"from": "a", "to": "b", "when": "true", "input": 1}, "input: goes with `each`; there is none"),
    (
        {"from": "a", "to": "b", "each": "text", "as": "x", "input": "{{ item }}"},
        'input: `{{ item }}`: unknown name "item". ',
    ),
    ({"from": "a", "to": "b", "each": 5}, "each: must be text or true or false, not 5; put it in quotes"),
    ({"from": "a", "to": 5}, "to: must be text or a list, not 5"),
]


@pytest.mark.parametrize(("edge", "what"), OF_EDGES, ids=lambda _: "")
def test_a_mistake_in_an_edge_is_told_with_its_place(edge: Any, what: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        agent_of({"a": None, "b": None}, edges=[["__start__", "a"], edge])

    told = str(raised.value.problems[0]).partition("edges[1].")[2]
    assert (told[: len(what)] if what.endswith(" ") else told) == what


OF_AGENTS: list[tuple[dict[str, Any], str]] = [
    (
        {"nodes": {"a": {"say": "x"}}, "subgraphs": {"a": {"nodes": ["b"]}}},
        "agents.bot.nodes.a: runs a subgraph and can have no steps of its own",
    ),
    (
        {"nodes": {"a": None}, "subgraphs": {"a": {"nodes": {"b": [{"emitt": 1}]}}}},
        'agents.bot.subgraphs.a.nodes.b step 1: unknown step "emitt". Did you mean "emit"?',
    ),
    ({"nodes": ["a"], "interrupt_before": ["b"]}, 'agents.bot.interrupt_before[0]: no node "b". Known: a.'),
    (
        {"nodes": {"a": {"say": "x"}}, "channels": {}},
        "agents.bot.nodes.a.say: the agent has no channel with the reducer messages; "
        "`channel: null` streams without writing",
    ),
    ({"nodes": {"a": "echo"}, "channels": {}}, "agents.bot.nodes.a: echo needs a channel with the reducer messages"),
    (
        {"nodes": {"a": {"say": {"content": "x", "channel": "l"}}}, "channels": {"l": "append", "chat": "messages"}},
        'agents.bot.nodes.a.say.channel: no channel with the reducer messages "l". Known: chat.',
    ),
]


@pytest.mark.parametrize(("row", "what"), OF_AGENTS, ids=lambda _: "")
def test_a_mistake_in_an_agent_is_told_with_its_place(row: dict[str, Any], what: str) -> None:
    scenario = read({"agents": {"bot": row}})

    with pytest.raises(ScenarioError) as raised:
        build([scenario])

    assert str(raised.value) == f"scenario: {what}"


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_the_schema_for_editors_takes_every_example(block: str) -> None:
    _, is_valid = structure._schema()

    assert is_valid(read(Source("page.yaml", block)).value)


@pytest.mark.parametrize("block", [block for block in BLOCKS if "python" not in block], ids=lambda _: "")
def test_an_example_survives_being_saved_and_loaded(block: str) -> None:
    world = build([read(Source("page.yaml", block))])

    again = build([read(Source("saved.yaml", dump_text(world)))])

    assert list(again.agents) == list(world.agents)
    for agent, loaded in zip(world.agents, again.agents, strict=True):
        assert (agent.behaviours.keys(), agent.routes.keys()) == (loaded.behaviours.keys(), loaded.routes.keys())
