"""Where nodes led: along edges, by conditions, or of their own accord."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents.script.conversations import calls_in, channel_of, conversation
from understudy.recording.scripts.conditions import all_of, conditions
from understudy.recording.scripts.features import features, grouped, telling
from understudy.recording.scripts.literals import key_of, literal
from understudy.recording.scripts.plays import Moment
from understudy.recording.scripts.rows import BY_COMMAND, START, is_sent, values_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from understudy.recording.scripts.plays import Graph, Play, Superstep
    from understudy.state.agents import ReducerName
    from understudy.wire import Json, JsonObject

END = "__end__"

_COUNTING = ("visit", "run_visit")


class Ways:
    """The edges of one graph, as far as they are known, and where its nodes led besides.

    `inputs` are what the tasks that were sent an input get: nobody knows what they got, so it is a number.
    """

    def __init__(self, graph: Graph, channels: Mapping[str, ReducerName], drawn: Iterable[Json] | None) -> None:
        self._graph = graph
        self._channels = channels
        self._edges = list(drawn) if drawn is not None else _seen(graph)
        self._with_calls: set[str] = set()
        self.inputs: dict[str, JsonObject] = {}
        for superstep in graph.supersteps:
            if superstep.after is not None:
                self._attribute(superstep, superstep.after)
        self._number_inputs()
        self._led = {play.node for play in graph.plays if play.targets or play.sends}

    def _plain(self, node: str) -> list[str]:
        return [edge[1] for edge in self._edges if isinstance(edge, list) and edge[0] == node]

    def _conditional(self, node: str) -> list[JsonObject]:
        return [edge for edge in self._edges if isinstance(edge, dict) and edge["from"] == node]

    def _attribute(self, superstep: Superstep, after: JsonObject) -> None:
        """Say which of the tasks led to which of those that came next."""
        tasks = superstep.tasks
        if not tasks:
            return
        by_edges = {target for task in tasks for target in self._plain(task["name"])}
        for next_task in after["tasks"]:
            if next_task.get(BY_COMMAND):
                continue
            name = next_task["name"]
            drawn = [task for task in tasks if any(_leads(edge, name) for edge in self._conditional(task["name"]))]
            source = (drawn or tasks)[0]["id"]
            if is_sent(next_task):
                superstep.sends[source].append(next_task)
            elif name not in by_edges and name != START:
                superstep.targets[source].append(name)

    def _number_inputs(self) -> None:
        """Give an input to each task that was sent one: the same to those of a node that did the same."""
        known: dict[str, dict[str, int]] = {}
        for play in self._graph.plays:
            if play.sent:
                numbers = known.setdefault(play.node, {})
                did = key_of([play.task.get("result"), play.error, play.asked, play.answers])
                self.inputs[play.task["id"]] = {"play": numbers.setdefault(did, len(numbers) + 1)}
        for superstep in self._graph.supersteps:
            for task in superstep.tasks:
                if is_sent(task):
                    self.inputs.setdefault(task["id"], {"play": 0})

    def steps(self, play: Play) -> list[JsonObject]:
        """Return the step with which a node goes on where no edge leads it; none if there is no need for one."""
        if play.node in self._with_calls:
            return []
        targets: list[Json] = [self._send(task) for task in play.sends]
        targets += play.targets
        if not targets and self._conditional(play.node) and play.node not in self._led:
            targets = [END]  # without any, the first of the edges would be taken
        return [{"goto": targets[0] if len(targets) == 1 else targets}] if targets else []

    def given(self, play: Play, plays: Sequence[Play]) -> JsonObject:
        """Return the expression for the input that a play was sent, if there are others of its node that were."""
        number = self.inputs.get(play.task["id"], {}).get("play")
        return {'input.get("play")': number} if any(one.sent for one in plays) else {}

    def _send(self, task: JsonObject) -> JsonObject:
        return {"node": task["name"], "input": self.inputs[task["id"]]}

    def learn_calls(self, node: str, plays: Sequence[Play]) -> None:
        """Let conditions lead from a node, if whether it called tools explains where it led."""
        held = channel_of(self._channels)
        after = [play for play in plays if play.done and play.superstep.after is not None]
        if held is None or not self._conditional(node) or any(play.sends for play in after):
            return
        led: dict[bool, list[list[str]]] = {True: [], False: []}
        for play in after:
            messages = conversation(values_of(play.superstep.after), held)
            led[bool(calls_in(messages))].append(sorted(play.targets))
        calling, other = led[True], led[False]
        if not calling or not calling[0] or any(way != calling[0] for way in calling):
            return
        if any(way != (other or [[]])[0] for way in other) or (other and other[0] == calling[0]):
            return
        self._with_calls.add(node)
        others = (other[0] if other else []) or [END]
        self._replace(node, [{"to": calling[0], "when": "calls"}, {"to": others, "conditional": True}])

    def learn(self, node: str) -> bool:
        """Let conditions lead from the beginning, or from a node that runs a subgraph: neither has a script.

        Return whether all conditions are known.
        """
        after = [
            (superstep, task)
            for superstep in self._graph.supersteps
            for task in superstep.tasks
            if task["name"] == node and superstep.after is not None
        ]
        ways = [
            [*superstep.targets[task["id"]], *map(self._key, superstep.sends[task["id"]])] for superstep, task in after
        ]
        if not after or not (any(ways) or self._conditional(node)):
            return True
        told = []
        for superstep, _ in after:
            moment = Moment(values_of(superstep.after), superstep.run, 0, 0)
            found = features(moment, self._channels)
            told.append({name: value for name, value in found.items() if name not in _COUNTING})

        def broken(groups: Sequence[Sequence[int]]) -> int:
            return sum(len(group) for group in groups if any(ways[at] != ways[group[0]] for at in group))

        names = telling(told, (), broken)
        keyed = [{name: key_of(one[name]) for name in names} for one in told]
        rows: list[JsonObject] = []
        for group in grouped(keyed, names):
            when = all_of(conditions(told[group[0]], names))
            superstep, task = after[group[0]]
            rows += self._rows(superstep, task, {"when": when} if when else {"conditional": True})
        self._replace(node, [*rows, *self._otherwise(rows)])
        return not broken(grouped(keyed, names))

    def _rows(self, superstep: Superstep, task: JsonObject, condition: JsonObject) -> list[JsonObject]:
        sends = [self._send(one) for one in superstep.sends[task["id"]]]
        if sends:
            inputs = literal([one["input"] for one in sends])
            return [{"to": sends[0]["node"], "each": inputs, "input": "{{ item }}", **condition}]
        return [{"to": superstep.targets[task["id"]] or END, **condition}]

    def _otherwise(self, rows: Sequence[JsonObject]) -> list[JsonObject]:
        """Return the edge for what was not recorded: where one led first, as there it is told that it was not."""
        if not rows or any("when" not in row for row in rows):
            return []
        return [{"to": rows[0]["to"], "conditional": True}]

    def _key(self, task: JsonObject) -> str:
        return key_of([task["name"], self.inputs[task["id"]]])

    def _replace(self, node: str, rows: Sequence[JsonObject]) -> None:
        """Put these edges in the place of the conditional ones of a node; those not needed are kept to be drawn."""
        drawn = self._conditional(node)
        places = [at for at, edge in enumerate(self._edges) if edge in drawn]
        labels = {edge["to"]: {"label": edge["label"]} for edge in drawn if edge.get("label")}
        told = []
        for row in rows:
            to = row["to"]
            to = to[0] if isinstance(to, list) and len(to) == 1 else to
            told.append({"from": node, **row, "to": to, **(labels.get(to, {}) if isinstance(to, str) else {})})
        reached = {name for row in told for name in ([row["to"]] if isinstance(row["to"], str) else row["to"])}
        told += [edge for edge in drawn if edge["to"] not in reached]
        at = places[0] if places else len(self._edges)
        rest = [edge for edge in self._edges if edge not in drawn]
        self._edges = [*rest[:at], *told, *rest[at:]]

    def edges(self) -> list[Json]:
        """Return the edges as a scenario has them; those that wait for several nodes are joined."""
        joins = {target for superstep in self._graph.supersteps for target in self._waited_for(superstep)}
        edges: list[Json] = []
        for edge in self._edges:
            is_join = isinstance(edge, list) and edge[1] in joins
            row = {"from": self._sources(edge[1]), "to": edge[1]} if is_join else edge
            if row not in edges:
                edges.append(row)
        return edges

    def _sources(self, node: str) -> list[str]:
        return [edge[0] for edge in self._edges if isinstance(edge, list) and edge[1] == node]

    def _waited_for(self, superstep: Superstep) -> set[str]:
        """Return the nodes to which a plain edge leads from here, and which did not run: they wait for others."""
        if superstep.after is None:
            return set()
        led = {target for task in superstep.tasks for target in self._plain(task["name"])} - {END}
        waiting = led - {task["name"] for task in superstep.after["tasks"]}
        return {target for target in waiting if len(self._sources(target)) > 1}


def _leads(edge: JsonObject, node: str) -> bool:
    return node in (edge["to"] if isinstance(edge["to"], list) else [edge["to"]])


def _seen(graph: Graph) -> list[Json]:
    """Return the edges that were taken, for a graph of which there is no drawing."""
    led: dict[str, list[tuple[str, ...]]] = {}
    for superstep in graph.supersteps:
        if superstep.after is not None:
            for task in superstep.tasks:
                next_tasks = tuple(one["name"] for one in superstep.after["tasks"] if not is_sent(one))
                led.setdefault(task["name"], []).append(next_tasks or (END,))
    edges: list[Json] = []
    for node, ways in led.items():
        names = list(dict.fromkeys(name for way in ways for name in way))
        if all(way == ways[0] for way in ways):
            edges += [[node, name] for name in names]
        else:
            edges += [{"from": node, "to": name, "conditional": True} for name in names]
    return edges
