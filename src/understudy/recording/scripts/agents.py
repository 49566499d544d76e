"""Agents that play what recorded runs show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from understudy.agents.script.conversations import channel_of
from understudy.recording.channels import channels_of
from understudy.recording.scripts.failing import failing
from understudy.recording.scripts.features import of_state
from understudy.recording.scripts.hidden import shown
from understudy.recording.scripts.literals import key_of
from understudy.recording.scripts.plays import graph_of
from understudy.recording.scripts.rows import START, written
from understudy.recording.scripts.turns import never, told_of, turns
from understudy.recording.scripts.ways import Ways
from understudy.recording.scripts.writing import Writing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from understudy.recording.captured import RecordedRun
    from understudy.recording.scripts.plays import Graph, Play
    from understudy.state.agents import ReducerName
    from understudy.wire import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Scripted:
    """Agents by graph id, as a scenario writes them, and sentences on what the recording could not tell."""

    agents: JsonObject
    notes: list[str] = field(default_factory=list)


def agents_from(runs: Sequence[RecordedRun], drawn: Mapping[str, JsonObject]) -> Scripted:
    """Return the agents that play these runs again.

    `drawn` are agents as a scenario writes them, by graph id: their `channels`, `edges`, `subgraphs` and `schemas` are
    what is known of them, what their nodes do is not. A node that never ran fails, and says that it was not recorded.
    """
    notes: list[str] = []
    by_graph: dict[str, list[RecordedRun]] = {graph_id: [] for graph_id in drawn}
    for run in runs:
        if run.graph_id is not None:
            by_graph.setdefault(run.graph_id, []).append(run)
    agents: JsonObject = {}
    for graph_id, told in by_graph.items():
        graph = graph_of(shown(told, drawn.get(graph_id, {})))
        writing = Writing(_plays(graph))
        agents[graph_id] = _Agent(graph_id, graph, drawn.get(graph_id, {}), writing, notes).row(enters=True)
    if runs:
        notes.append("what agents streamed of their own and how long they took is in no history: they do neither")
    return Scripted(agents, list(dict.fromkeys(notes)))


def _plays(graph: Graph) -> Iterator[Play]:
    yield from graph.plays
    for inner in graph.inner.values():
        yield from _plays(inner)


class _Agent:
    """One agent in the making: a graph, or one that runs in a node."""

    def __init__(self, name: str, graph: Graph, drawn: Mapping[str, Json], writing: Writing, notes: list[str]) -> None:
        self._name = name
        self._graph = graph
        self._drawn = drawn
        self._writing = writing
        self._notes = notes
        states = [superstep.state for superstep in graph.supersteps]
        channels: JsonObject = drawn.get("channels") or channels_of(states, None)
        self._channels: dict[str, ReducerName] = dict(channels)
        for superstep in graph.supersteps:
            for task in superstep.tasks:
                for channel, _ in written(task) if task["name"] != START else ():
                    self._channels.setdefault(channel, "last")
        self._ways = Ways(graph, self._channels, drawn.get("edges"))

    def row(self, *, enters: bool) -> JsonObject:
        """Return the agent; `enters` says that what comes in is what a run was started with."""
        graph, ways = self._graph, self._ways
        played: dict[str, list[Play]] = {}
        for play in graph.plays:
            played.setdefault(play.node, []).append(play)
        subgraphs = {node: inner for node, inner in (self._drawn.get("subgraphs") or {}).items() if node not in played}
        nodes = list(dict.fromkeys([*(self._drawn.get("nodes") or ()), *played, *graph.inner]))
        first = self._first()
        for node, plays in played.items():
            ways.learn_calls(node, plays)
        for node in [START, *graph.inner]:
            if not ways.learn(node):
                self._notes.append(
                    f"{self._name}, {node}: went different ways in the same situation; it goes the first"
                )
        told: JsonObject = {}
        for node in nodes:
            if node in subgraphs or node in graph.inner:
                told[node] = None
                drawn = subgraphs.get(node)
                inner = _Agent(
                    f"{self._name}, {node}",
                    graph.inner.get(node) or graph_of([]),
                    drawn if isinstance(drawn, dict) else {},
                    self._writing,
                    self._notes,
                )
                subgraphs[node] = drawn if isinstance(drawn, str) else inner.row(enters=enters and node in first)
            elif node in played:
                told[node] = self._node(node, played[node], enters=enters and node in first)
            else:
                told[node] = never(f"what {node} does")
        row: JsonObject = {"channels": self._channels, "nodes": told}
        if ways.edges():
            row["edges"] = ways.edges()
        row |= self._stops()
        if subgraphs:
            row["subgraphs"] = subgraphs
        before = {key: self._drawn[key] for key in ("description", "assistant") if key in self._drawn}
        after = {key: value for key, value in self._drawn.items() if key not in {**before, **row, "subgraphs": None}}
        return {**before, **row, **after}

    def _stops(self) -> JsonObject:
        """Return where every run stops: before nodes that never ran without a stop, otherwise after those before."""
        graph, stops = self._graph, self._graph.stops
        ahead = {task["name"] for superstep in stops for task in superstep.tasks}
        others = [superstep for superstep in graph.supersteps if superstep not in stops]
        if not ahead & {task["name"] for superstep in others for task in superstep.tasks}:
            return {"interrupt_before": sorted(ahead)} if ahead else {}
        reached = [superstep.state for superstep in stops]
        behind = [superstep for superstep in others if superstep.after in reached]
        return {"interrupt_after": sorted({task["name"] for superstep in behind for task in superstep.tasks})}

    def _first(self) -> set[str]:
        """Return the nodes that ran on what came in."""
        return {
            task["name"]
            for superstep in self._graph.supersteps
            if superstep.is_input and superstep.after is not None
            for task in superstep.after["tasks"]
        }

    def _node(self, node: str, plays: Sequence[Play], *, enters: bool) -> Json:
        told = [{**self._ways.given(play, plays), **told_of(play, self._channels)} for play in plays]
        required = self._required(told) if enters else ()
        does, odd = turns(plays, told, required, self._ends)
        if odd:
            self._notes.append(
                f"{self._name}, {node}: did different things in the same situation; "
                "they are played in the order in which they were recorded"
            )
        if any(len(play.asked) > 1 for play in plays):
            self._notes.append(
                f"{self._name}, {node}: asked several times; a history keeps the last question only, "
                "which is asked instead of the others"
            )
        return does or None

    def _ends(self, play: Play) -> list[JsonObject] | None:
        """Return the steps with which a play ends; None where nobody knows how it did."""
        if play.error is not None:
            return [failing(play.error)]
        return [*self._writing.steps(play, self._channels), *self._ways.steps(play)] if play.done else None

    def _required(self, told: Sequence[JsonObject]) -> tuple[str, ...]:
        """Return the expressions for what came in: it is honest to answer to nothing else than was recorded."""
        entered = {
            name
            for superstep in self._graph.supersteps
            if superstep.is_input
            for task in superstep.tasks
            for name, _ in written(task)
        }
        held = channel_of(self._channels)
        newest = [of_state(name) for name in self._channels if name in entered and self._channels[name] == "last"]
        others = [of_state(name) for name in self._channels if name in entered and self._channels[name] != "messages"]
        given = [name for name in ("context",) if len({key_of(one.get(name)) for one in told}) > 1]
        for names in (["asked"] if held in entered else [], newest, ["run_input"], others):
            required = [*names, *given]
            if names and all(name in one for one in told for name in required):
                return tuple(required)
        return ()
