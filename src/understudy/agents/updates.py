"""Updates of a thread's state from outside: as if a node had returned them, superstep by superstep.

The rules are those of LangGraph's bulk state update, as the reference server shows them over HTTP.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from understudy.agents.beside import carried_over, seen_by
from understudy.agents.channels import empty, taken_in
from understudy.agents.failures import HELP, Failed
from understudy.agents.following import Following, chosen, following, plain
from understudy.agents.places import Place, subgraph_of
from understudy.agents.results import values_with_results
from understudy.agents.situations import outside
from understudy.agents.tasks import PULL, PUSH, Task, held_by, in_graph_order, pending, waiting
from understudy.agents.writes import Update, expect_dict, targets, writes
from understudy.errors import Unacceptable
from understudy.state.agents import END, START, Agent
from understudy.state.checkpoints import ROOT, Checkpoint, History
from understudy.state.clock import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from understudy.agents.steps import Send
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject

COPY = "__copy__"
INPUT = "__input__"

_CONCURRENT = f"{HELP}INVALID_CONCURRENT_GRAPH_UPDATE"


def apply(
    world: World, thread_id: str, agent: Agent, supersteps: Sequence[Sequence[Update]], place: Place
) -> Checkpoint:
    """Return the last checkpoint made; each superstep makes one, and the thread's row follows the last.

    `agent` is the graph of the thread; a place in a subgraph's namespace finds the subgraph in it. Unacceptable when
    a superstep cannot be applied: then nothing has changed.
    """
    history = world.threads.history(thread_id)
    steps = _Steps(world, thread_id, agent, history, place)
    if not all(supersteps):
        raise Unacceptable("No updates provided")
    for updates in supersteps:
        steps.make(updates)
    steps.commit()
    return steps.base_or_fail()


class _Steps:
    """Makes checkpoints one upon the other and keeps them back until all have been made."""

    def __init__(self, world: World, thread_id: str, agent: Agent, history: History, place: Place) -> None:
        self._world = world
        self._thread_id = thread_id
        self._agent = subgraph_of(agent, place.namespace)
        self._history = history
        self._namespace = place.namespace
        self._parent_id = place.checkpoint_id
        self._base: Checkpoint | None = None
        if place.checkpoint_id is None:
            self._base = history.latest(place.namespace)
        else:
            self._base = history.find(place.checkpoint_id, place.namespace)
        if self._base is not None and place.namespace == ROOT:
            self._base = seen_by(self._agent, self._base)
        self._named = self._base
        self._origin = {"graph_id": agent.graph_id}
        if place.checkpoint_id is not None:
            self._origin["checkpoint_id"] = place.checkpoint_id
        self._made: list[Checkpoint] = []
        self._noted: Checkpoint | None = None

    def base_or_fail(self) -> Checkpoint:
        """Return the checkpoint that the next superstep would go on from."""
        if self._base is None:
            raise Unacceptable("No updates provided")
        return self._base

    def make(self, updates: Sequence[Update]) -> None:
        """Make the checkpoint of one superstep, which has an update at least."""
        first = updates[0]
        if first.as_node == END and first.values is None and first.command is None:
            _alone(updates, "Cannot apply multiple updates when clearing state")
            self._clear()
        elif first.as_node == COPY:
            _alone(updates, "Cannot copy checkpoint with multiple updates")
            self._copy()
        elif first.as_node == INPUT:
            _alone(updates, "Cannot apply multiple updates when updating as input")
            self._input(first)
        else:
            self._write(updates)

    def commit(self) -> None:
        """Put the made checkpoints into the history and the last one's state into the thread's row."""
        if self._noted is not None:
            self._history.replace(self._noted, self._namespace)
        for checkpoint in self._made:
            self._history.append(checkpoint, self._namespace)
        # As in the reference server, the row shows the checkpoint that a client named, not the one made from it.
        shown = self._named if self._parent_id is not None else self.base_or_fail()
        self._world.threads.advance(
            self._thread_id,
            self._history,
            values=shown.values if shown else {},
            status="interrupted" if shown and shown.next else "idle",
            error=None,
            interrupts={task["id"]: task["interrupts"] for task in shown.tasks if task["interrupts"]} if shown else {},
        )

    def _values(self) -> JsonObject:
        if self._base is not None:
            return dict(self._base.values)
        return empty(self._agent)

    def _clear(self) -> None:
        """Drop the tasks that wait; those that are done go on to what follows them."""
        base = self._base
        if base is None:
            self._add(self._values(), Following(), source="update", clock_seq=-1)
            return
        values = values_with_results(self._agent, base, self._world.ids)
        told = [(task.name, task.goto) for task in pending(base) if task.writes is not None]
        after = following(self._agent, told, base.held.get("joins", {}))
        # A task that is dropped counts as one that ran.
        dropped = tuple(task["name"] for task in base.tasks if task["result"] is None and task["name"] != START)
        self._add(values, after, source="update", clock_seq=base.step, ran=dropped)

    def _copy(self) -> None:
        base = self._base
        if base is None:
            raise Unacceptable("Cannot copy a non-existent checkpoint")
        # Only a copy of a named checkpoint that has no parent remembers where it was made.
        remembers = base.parent is None and "checkpoint_id" in self._origin
        named = {**self._origin, "thread_id": self._thread_id} if remembers else {}
        metadata = {**named, "source": "fork", "step": base.step + 1, "parents": base.metadata.get("parents", {})}
        tasks = []
        for known in pending(base):
            tasks.append(self._task(known.name, known.path))
            tasks[-1].sent, tasks[-1].input = known.sent, known.input
        copy = replace(
            base,
            id=self._world.ids.checkpoint(base.step),
            tasks=tuple(task.to_json() for task in tasks),
            metadata=metadata,
            created_at=timestamp(self._world.clock.now()),
            held=self._held(base.held.get("joins", {}), tasks),
        )
        self._keep(copy)

    def _input(self, update: Update) -> None:
        if update.values is None:
            raise Unacceptable("Received no input writes for __start__")
        expect_dict(update.values)
        waiting = self._base.next if self._base else ()
        after = Following({name: [] for name in (START, *waiting)})
        self._add(self._values(), after, source="input", first_step=-1, given=update.values)

    def _write(self, updates: Sequence[Update]) -> None:
        values = self._values()
        nodes = [self._node(update.as_node) for update in updates]
        told = [[(name, new) for name, new in writes(update) if name in self._agent.channels] for update in updates]
        values, _ = taken_in(self._agent, values, [write for of_one in told for write in of_one], self._world.ids)
        ways: list[tuple[str, list[str | Send]]] = []
        for node, update, written in zip(nodes, updates, told, strict=True):
            way = [*targets(update.command), *self._chosen(node, values)]
            ways.append((node, way))
            if written or way or set(plain(self._agent, node)) - {END}:
                self._note_result(node, dict(written))
        joins = self._base.held.get("joins", {}) if self._base else {}
        self._add(values, following(self._agent, ways, joins), source="update")

    def _chosen(self, node: str, values: JsonObject) -> list[str | Send]:
        """Return where the conditions of a node lead after an update. Unacceptable when they cannot be told."""
        try:
            return chosen(self._agent, node, outside(self._world, self._thread_id, node, values))
        except Failed as failed:
            raise Unacceptable(str(failed)) from None

    def _node(self, as_node: str | None) -> str:
        """Return the node that an update counts for: the named one, or the one that ran last."""
        if as_node is None:
            ran = [node for node in self._base.ran if node in self._agent.nodes] if self._base else []
            if len(ran) > 1:
                raise Unacceptable(f"Ambiguous update, specify as_node{_CONCURRENT}")
            as_node = ran[0] if ran else START
        if as_node != START and as_node not in self._agent.nodes:
            raise Unacceptable(f"Node {as_node} does not exist")
        return as_node

    def _note_result(self, node: str, result: JsonObject) -> None:
        """Let the first pending task of this node, if there is one, show what was first written in its name."""
        if self._base is None:
            return
        tasks = list(self._base.tasks)
        at = next((at for at, task in enumerate(tasks) if task["name"] == node), None)
        if at is None or tasks[at]["result"] is not None:
            return
        tasks[at] = {**tasks[at], "result": result}
        self._base = replace(self._base, tasks=tuple(tasks))
        if self._made:
            self._made[-1] = self._base
        else:
            self._noted = self._base

    def _add(
        self,
        values: JsonObject,
        after: Following,
        *,
        source: str,
        first_step: int = 0,
        clock_seq: int | None = None,
        ran: tuple[str, ...] = (),
        given: Json = None,
    ) -> None:
        base = self._base
        step = base.step + 1 if base else first_step
        ids = self._world.ids
        tasks = [self._task(name, [PULL, name]) for name in after.triggers]
        for task in tasks:
            if task.name == START:
                task.input = given
        for at, send in enumerate(after.sends):
            task = self._task(send.node, [PUSH, at, False])
            task.sent, task.input = True, send.input
            tasks.append(task)
        tasks = in_graph_order(self._agent, tasks)
        # The first checkpoint of a subgraph that never ran knows of none around it.
        parents = base.metadata.get("parents", {}) if base else {}
        namespace = {} if self._namespace == ROOT else {"checkpoint_ns": self._namespace}
        metadata = {
            **self._origin,
            "thread_id": self._thread_id,
            **namespace,
            "source": source,
            "step": step,
            "parents": parents,
        }
        self._keep(
            Checkpoint(
                id=ids.checkpoint(step if clock_seq is None else clock_seq),
                parent=base.id if base else self._parent_id,
                values=values,
                next=tuple(task.name for task in tasks),
                tasks=tuple(task.to_json() for task in tasks),
                metadata=metadata,
                created_at=timestamp(self._world.clock.now()),
                ran=ran or (base.ran if base else ()),
                held=self._held(after.joins, tasks),
            )
        )

    def _task(self, name: str, path: list[Json]) -> Task:
        return waiting(self._world.ids, self._thread_id, self._agent, self._namespace, name, path)

    def _held(self, joins: JsonObject, tasks: Iterable[Task]) -> JsonObject:
        told = {"joins": joins, "tasks": held_by(tasks), "beside": carried_over(self._base, self._world.ids)}
        return {name: value for name, value in told.items() if value}

    def _keep(self, checkpoint: Checkpoint) -> None:
        self._made.append(checkpoint)
        self._base = checkpoint
        self._origin = {"checkpoint_id": checkpoint.id}


def _alone(updates: Sequence[Update], complaint: str) -> None:
    if len(updates) > 1:
        raise Unacceptable(complaint)
