"""What an agent says of itself: JSON Schemas of what goes in, what comes out and what it keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from understudy.state.agents import Agent, ReducerName
    from understudy.wire import JsonObject

SEPARATOR = "|"
"""Stands between the nodes in the namespace of a subgraph inside a subgraph."""

_KINDS: Mapping[ReducerName, JsonObject] = {
    "last": {},
    "append": {"items": {}, "type": "array"},
    "messages": {"items": {}, "type": "array"},
    "sum": {"type": "number"},
}


def describe(agent: Agent) -> JsonObject:
    """Return the schemas of an agent.

    What it does not declare is made of its channels, as LangGraph makes it of the state's fields. There is no context
    unless it is declared: its schema is null then, and that of the config, which is the same, is empty.
    """
    declared = agent.schemas
    config = declared.config if declared.config is not None else declared.context
    return {
        "input_schema": _or_made(declared.input, agent, "input"),
        "output_schema": _or_made(declared.output, agent, "output"),
        "state_schema": _or_made(declared.state, agent, "state"),
        "config_schema": {} if config is None else config,
        "context_schema": declared.context,
    }


def describe_subgraphs(agent: Agent, *, namespace: str | None = None, recurse: bool = False) -> JsonObject:
    """Return the schemas of an agent's subgraphs by namespace, with `recurse` also of theirs.

    With a `namespace`, only that of the subgraph there; one inside another is found with `recurse` only.
    """
    return {
        name: describe(subgraph)
        for name, subgraph in _subgraphs(agent, recurse)
        if namespace is None or name == namespace
    }


def _subgraphs(agent: Agent, recurse: bool) -> Iterator[tuple[str, Agent]]:
    for node in agent.nodes:
        subgraph = agent.subgraphs.get(node)
        if subgraph is None:
            continue
        yield node, subgraph
        if recurse:
            yield from ((f"{node}{SEPARATOR}{name}", inner) for name, inner in _subgraphs(subgraph, recurse))


def _or_made(declared: JsonObject | None, agent: Agent, purpose: str) -> JsonObject:
    if declared is not None:
        return declared
    kept = {"default": None} if purpose == "state" else {}
    properties = {
        channel: {**kept, **_KINDS[reducer], "title": channel.replace("_", " ").title()}
        for channel, reducer in agent.channels.items()
    }
    return {"properties": properties, "title": _title(agent.graph_id, purpose), "type": "object"}


def _title(graph_id: str, purpose: str) -> str:
    """Return what LangGraph calls a schema: `agent_state`, but `AgentState` for a graph with a capital."""
    return f"{graph_id}{purpose.title()}" if graph_id[:1].isupper() else f"{graph_id}_{purpose}"
