"""Two agents that do what the input of a run says, node by node: `{"plan": {"a": ["say", "wait"]}}`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

from understudy.agents.steps import Behaviour, Emit, Fail, Interrupt, Say, Situation, Step, Wait, Write
from understudy.state.agents import END, START, Agent, Edge

WORDS = ("write", "say", "emit", "wait", "ask", "fail", "linger")
"""What a node can be told to do; `linger` takes its time also when the run is stopped."""


def agents(pause: Callable[[float], Awaitable[None]]) -> tuple[Agent, Agent]:
    """Return an agent with two nodes that run at once, and one with a subgraph in a subgraph."""

    async def act(situation: Situation) -> AsyncGenerator[Step, Any]:
        node = situation.node
        for word in (situation.state.get("plan") or {}).get(node, ()):
            if word == "write":
                yield Write({"log": [node]})
            elif word == "say":
                yield Say({"content": f"{node} speaks"}, [f"{node} ", "speaks"], pace=1)
            elif word == "emit":
                yield Emit({"from": node})
            elif word == "wait":
                yield Wait(1)
            elif word == "ask":
                answer = yield Interrupt({"asks": node})
                yield Write({"log": [f"{node} heard {answer}"]})
            elif word == "fail":
                yield Fail("ValueError", f"{node} fails")
            elif word == "linger":
                try:
                    yield Wait(1)
                finally:
                    await pause(1)

    inmost = _agent("inmost", act, [(START, "e"), ("e", END)])
    inner = _agent("inner", act, [(START, "c"), ("c", "inmost"), ("inmost", END)], inmost=inmost)
    return (
        _agent("wide", act, [(START, "a"), ("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"), ("d", END)]),
        _agent("deep", act, [(START, "a"), ("a", "inner"), ("inner", "d"), ("d", END)], inner=inner),
    )


def _agent(graph_id: str, act: Behaviour, edges: list[tuple[str, str]], **subgraphs: Agent) -> Agent:
    nodes = tuple(dict.fromkeys(name for edge in edges for name in edge if name not in (START, END)))
    return Agent(
        graph_id=graph_id,
        channels={"messages": "messages", "log": "append", "plan": "last"},
        nodes=nodes,
        edges=tuple(Edge(source, target) for source, target in edges),
        subgraphs=subgraphs,
        behaviours={node: act for node in nodes if node not in subgraphs},
    )
