"""Nodes of scripted agents, played without a server: what they yield, step by step."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

from understudy.agents.steps import Situation
from understudy.scenarios import Source, build, read
from understudy.scenarios.core_yaml import render
from understudy.state.agents import Agent
from understudy.state.clock import Clock
from understudy.state.store import Store

CHANNELS = {"messages": "messages", "n": "sum", "log": "append", "it": "last"}


def agent_of(nodes: Any, **row: Any) -> Agent:
    """Return the agent with these nodes, as a scenario tells it; what else is told of it, it has besides CHANNELS."""
    text = render({"agents": {"bot": {"channels": CHANNELS, "nodes": nodes, **row}}})
    return build([read(Source("f.yaml", text))]).agents.get("bot")


def situation(text: str | None = None, **given: Any) -> Situation:
    """Return a situation, after this was said."""
    state = given.pop("state", {})
    if text is not None:
        state = {"messages": [{"type": "human", "content": text}], **state}
    told = {
        "node": "node",
        "input": state,
        "state": state,
        "run_input": None,
        "config": {"configurable": {}},
        "context": {},
        "store": Store(clock=Clock()),
    }
    return Situation(**{**told, **given})


def played(node: Any, text: str | None = None, *answers: Any, **given: Any) -> list[Any]:
    """Return the steps of a node; its interrupts are answered with these answers, and what it says with itself."""
    behaviour = agent_of({"node": node}).behaviours["node"]
    return taken(behaviour(situation(text, **given)), *answers)


def taken(script: Any, *answers: Any) -> list[Any]:
    """Return the steps of a script."""
    if inspect.isasyncgen(script):
        return asyncio.run(_taken(script, list(answers)))
    waiting, found, result = list(answers), [], None
    try:
        while True:
            found.append(script.send(result))
            result = _result(found[-1], waiting)
    except StopIteration:
        return found


async def _taken(script: Any, waiting: list[Any]) -> list[Any]:
    found, result = [], None
    try:
        while True:
            found.append(await script.asend(result))
            result = _result(found[-1], waiting)
    except StopAsyncIteration:
        return found


def _result(step: Any, waiting: list[Any]) -> Any:
    name = type(step).__name__
    return waiting.pop(0) if name == "Interrupt" else step.message if name == "Say" else None
