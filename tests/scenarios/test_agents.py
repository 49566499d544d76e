"""Agents of a scenario become agents of the world."""

from __future__ import annotations

from tests.scenarios.worlds import world_of
from understudy.state.agents import Agent, Edge, Schemas
from understudy.state.ids import assistant_of


def test_without_edges_the_nodes_run_one_after_the_other() -> None:
    (agent,) = world_of("agents: {bot: {nodes: [plan, act]}}").agents

    assert agent == Agent(
        "bot", nodes=("plan", "act"), edges=(Edge("__start__", "plan"), Edge("plan", "act"), Edge("act", "__end__"))
    )


def test_an_agent_is_what_it_says() -> None:
    (agent,) = world_of("""\
agents:
  bot:
    description: Does things.
    channels: {chat: messages, n: sum}
    nodes: [plan, act]
    edges:
    - [__start__, plan]
    - {from: plan, to: act, conditional: true, label: go}
    - {from: plan, to: __end__, conditional: true}
    schemas: {input: {type: object}, context: null}
""").agents

    assert agent == Agent(
        "bot",
        description="Does things.",
        channels={"chat": "messages", "n": "sum"},
        nodes=("plan", "act"),
        edges=(
            Edge("__start__", "plan"),
            Edge("plan", "act", conditional=True, label="go"),
            Edge("plan", "__end__", conditional=True),
        ),
        schemas=Schemas(input={"type": "object"}),
    )


def test_a_subgraph_is_written_out_or_named() -> None:
    world = world_of("""\
agents:
  outer: {nodes: [a, b], subgraphs: {a: inner, b: {nodes: [c]}}}
  inner: {nodes: [d]}
""")

    subgraphs = world.agents.get("outer").subgraphs
    assert subgraphs["a"] is world.agents.get("inner")
    assert subgraphs["b"].nodes == ("c",)


def test_every_agent_has_an_assistant_unless_it_says_that_it_was_deleted() -> None:
    world = world_of("agents: {one: {nodes: [a], description: One.}, two: {nodes: [a], assistant: false}}")

    assert [(row["assistant_id"], row["description"]) for row in world.assistants] == [(assistant_of("one"), "One.")]
