"""Agents as far as an API tells of them: what they look like and what their data is, not what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.recording.channels import channels_of
from understudy.recording.drawings import Drawing, drawing
from understudy.state.agents import END, START
from understudy.state.ids import assistant_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from understudy.recording.captured import Captured
    from understudy.wire import JsonObject

UNKNOWN = "NotImplementedError"
"""With this a node fails of which nobody knows what it does. The API tells what errors of built-in classes say."""

_ROOT = ""


def drawn(captured: Captured) -> JsonObject:
    """Return the agents that assistants and threads name, as a scenario has them; of nodes it tells the names only."""
    histories: dict[str, list[JsonObject]] = {}
    for row in captured.threads:
        graph_id = row["metadata"].get("graph_id")
        if isinstance(graph_id, str):
            histories.setdefault(graph_id, []).extend(row["history"] or ())
    versions = [version for row in captured.assistants for version in row.get("versions", ())]
    names = {row["graph_id"] for row in [*captured.assistants, *versions]}
    return {
        graph_id: {
            **_described(graph_id, captured.assistants),
            **_agent(captured.graphs.get(graph_id, {}), histories.get(graph_id, [])),
        }
        for graph_id in sorted({*names, *histories, *captured.graphs})
    }


def _described(graph_id: str, assistants: Iterable[JsonObject]) -> JsonObject:
    """Return what the assistant says that the server made for a graph; where there is none, it was deleted."""
    own = next((row for row in assistants if row["assistant_id"] == assistant_of(graph_id)), None)
    if own is None:
        return {"assistant": False}
    return {"description": own["description"]} if own.get("description") else {}


def _agent(told: JsonObject, history: list[JsonObject]) -> JsonObject:
    schemas = {_ROOT: told.get("schemas") or {}, **(told.get("subgraphs") or {})}
    states: dict[str, list[JsonObject]] = {}
    for state in history:
        levels = state["checkpoint"].get("checkpoint_ns", _ROOT).split("|")
        states.setdefault("|".join(level.partition(":")[0] for level in levels), []).append(state)
    whole = drawing(told.get("inside"))
    flat = drawing(told.get("drawing"))
    return _Telling(schemas, states).agent(flat if flat.places else whole, whole, _ROOT)


def honest(agent: JsonObject, name: str) -> JsonObject:
    """Return an agent whose nodes fail where only their names are known, and say that they were not recorded."""
    subgraphs = agent.get("subgraphs", {})
    whole = {**agent}
    if isinstance(agent["nodes"], list):
        whole["nodes"] = {node: None if node in subgraphs else _placeholder(node, name) for node in agent["nodes"]}
    if subgraphs:
        told = subgraphs.items()
        whole["subgraphs"] = {node: honest(row, f"{name}, {node}") for node, row in told if isinstance(row, dict)}
        whole["subgraphs"] |= {node: row for node, row in told if not isinstance(row, dict)}
    return whole


def _placeholder(node: str, agent: str) -> JsonObject:
    message = f"what the node {node} of {agent} does was not recorded; write its script, or record with --runs"
    return {"raise": {"error": UNKNOWN, "message": message}}


class _Telling:
    """Tells of one agent; a `namespace` are the nodes around what is told of, without ids of tasks."""

    def __init__(self, schemas: JsonObject, states: dict[str, list[JsonObject]]) -> None:
        self._schemas = schemas
        self._states = states

    def agent(self, level: Drawing, whole: Drawing, namespace: str) -> JsonObject:
        """Return the agent drawn on a `level`, with those inside its nodes as in the `whole` drawing."""
        states = self._states.get(namespace, [])
        schemas = self._schemas.get(namespace) or {}
        ran = [name for state in states for name in [*state["next"], *(task["name"] for task in state["tasks"])]]
        nodes = [name for name in dict.fromkeys([*level.nodes, *ran]) if name not in (START, END)] or ["agent"]
        subgraphs = {}
        for node in nodes:
            inner = f"{namespace}|{node}" if namespace else node
            inside = whole.inside(node)
            known = {*self._schemas, *self._states}
            if inside.places or inner in known or any(each.startswith(f"{inner}|") for each in known):
                subgraphs[node] = self.agent(inside, inside, inner)
        row: JsonObject = {
            "channels": channels_of(states, schemas.get("state")),
            "nodes": nodes,
        }
        if level.edges:
            row["edges"] = level.edges
        if subgraphs:
            row["subgraphs"] = subgraphs
        told = {name: schema for name, schema in schemas.items() if schema is not None}
        if "config" in told and told["config"] in ({}, told.get("context")):
            del told["config"]  # it follows from that of the context
        return {**row, "schemas": told} if told else row
