"""Pictures of agents that no bundled scenario has: choices, loops, subgraphs in subgraphs."""

from __future__ import annotations

from itertools import pairwise

from understudy.agents.description import describe, describe_subgraphs
from understudy.agents.drawing import draw
from understudy.state.agents import END, START, Agent, Edge


def chain(*names: str) -> tuple[Edge, ...]:
    stops = (START, *names, END)
    return tuple(Edge(source, target) for source, target in pairwise(stops))


def edges(agent: Agent, levels: int | None = 0) -> list[str]:
    return [
        f"{edge['source']} > {edge['target']}"
        + (f" ({edge['data']})" if "data" in edge else "")
        + (" ?" if "conditional" in edge else "")
        for edge in draw(agent, levels=levels)["edges"]
    ]


def nodes(agent: Agent, levels: int | None = 0) -> list[str]:
    return [node["id"] for node in draw(agent, levels=levels)["nodes"]]


INNER = Agent("inner", nodes=("deep",), edges=chain("deep"))
MIDDLE = Agent("middle", nodes=("one", "two"), edges=chain("one", "two"), subgraphs={"two": INNER})
OUTER = Agent("outer", nodes=("node",), edges=chain("node"), subgraphs={"node": MIDDLE})


def test_a_choice_is_conditional_and_labelled_unless_the_label_is_the_target() -> None:
    agent = Agent(
        "choice",
        nodes=("a", "b"),
        edges=(
            Edge(START, "a"),
            Edge("a", "b", conditional=True, label="go on"),
            Edge("a", END, conditional=True, label=END),
            Edge("b", END),
        ),
    )

    assert edges(agent) == ["__start__ > a", "a > __end__ ?", "a > b (go on) ?", "b > __end__"]


def test_edges_are_sorted_and_those_to_the_end_come_last() -> None:
    agent = Agent("x", nodes=("b", "a", "C"), edges=(*chain("b"), *chain("a"), *chain("C")))

    assert edges(agent) == [
        "__start__ > C",
        "__start__ > a",
        "__start__ > b",
        "C > __end__",
        "a > __end__",
        "b > __end__",
    ]
    assert nodes(agent) == ["__start__", "b", "a", "C", "__end__"]


def test_a_node_that_nothing_leaves_leads_to_the_end() -> None:
    assert edges(Agent("x", nodes=("a",), edges=(Edge(START, "a"),))) == ["__start__ > a", "a > __end__"]


def test_what_cannot_be_reached_has_no_edges() -> None:
    agent = Agent("x", nodes=("a", "lost"), edges=(*chain("a"), Edge("lost", "a")))

    assert edges(agent) == ["__start__ > a", "a > __end__"]
    assert nodes(agent) == ["__start__", "a", "lost", "__end__"]


def test_subgraphs_open_level_by_level() -> None:
    assert nodes(OUTER) == ["__start__", "node", "__end__"]
    assert nodes(OUTER, 1) == ["__start__", "__end__", "node:one", "node:two"]
    assert nodes(OUTER, 2) == nodes(OUTER, None) == ["__start__", "__end__", "node:one", "node:two:deep"]
    assert edges(OUTER, None) == [
        "__start__ > node:one",
        "node:two:deep > __end__",
        "node:one > node:two:deep",
    ]


def test_a_subgraph_keeps_a_start_from_which_more_than_one_way_leads() -> None:
    inner = Agent("inner", nodes=("a", "b"), edges=(*chain("a"), *chain("b")))
    outer = Agent("outer", nodes=("node",), edges=chain("node"), subgraphs={"node": inner})

    assert nodes(outer, 1) == ["__start__", "__end__", "node:__start__", "node:a", "node:b", "node:__end__"]
    assert draw(outer, levels=1)["nodes"][-1] == {"id": "node:__end__"}


def test_a_loop_back_to_the_first_node_keeps_the_start_of_a_subgraph() -> None:
    inner = Agent(
        "inner",
        nodes=("a",),
        edges=(Edge(START, "a"), Edge("a", "a", conditional=True), Edge("a", END, conditional=True)),
    )
    outer = Agent("outer", nodes=("node",), edges=chain("node"), subgraphs={"node": inner})

    assert edges(outer, 1) == [
        "__start__ > node:__start__",
        "node:__end__ > __end__",
        "node:__start__ > node:a",
        "node:a > node:__end__ ?",
        "node:a > node:a ?",
    ]


def test_schemas_that_are_not_declared_are_made_of_the_channels() -> None:
    agent = Agent("Mine", channels={"messages": "messages", "total_cost": "sum", "last": "last"})

    described = describe(agent)

    assert described["input_schema"] == {
        "properties": {
            "messages": {"items": {}, "title": "Messages", "type": "array"},
            "total_cost": {"title": "Total Cost", "type": "number"},
            "last": {"title": "Last"},
        },
        "title": "MineInput",
        "type": "object",
    }
    assert described["state_schema"]["properties"]["last"] == {"default": None, "title": "Last"}
    assert (described["config_schema"], described["context_schema"]) == ({}, None)


def test_subgraphs_in_subgraphs_are_described_only_if_asked() -> None:
    assert list(describe_subgraphs(OUTER)) == ["node"]
    assert list(describe_subgraphs(OUTER, recurse=True)) == ["node", "node|two"]
    assert list(describe_subgraphs(OUTER, namespace="node|two", recurse=True)) == ["node|two"]
    assert describe_subgraphs(OUTER, namespace="node|two") == {}
