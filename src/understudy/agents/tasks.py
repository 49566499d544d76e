"""The tasks of a superstep: nodes that are to run, what they were given, and what has become of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from understudy.agents.steps import Send
from understudy.state.agents import START

if TYPE_CHECKING:
    from collections.abc import Iterable

    from understudy.agents.failures import Failure
    from understudy.state.agents import Agent
    from understudy.state.checkpoints import Checkpoint
    from understudy.state.ids import Ids
    from understudy.wire import Json, JsonObject

PULL = "__pregel_pull"
PUSH = "__pregel_push"


@dataclass(slots=True)
class Task:
    """One task. `place` is the namespace of the subgraph that it runs, if it runs one.

    `writes` are None until it is done. `answers` are those to its interrupts, in order; `interrupts` are what it asked
    last. `sent` says that it has an `input` of its own.
    """

    id: str
    name: str
    path: list[Json]
    triggers: list[str]
    place: JsonObject | None = None
    sent: bool = False
    input: Json = None
    writes: list[tuple[str, Json]] | None = None
    goto: list[str | Send] = field(default_factory=list)
    interrupts: list[JsonObject] = field(default_factory=list)
    answers: list[Json] = field(default_factory=list)
    failure: Failure | None = None
    told_error: str | None = None

    def namespace_in(self, namespace: str) -> str:
        """Return the namespace of what runs inside the task, in a graph that has this one."""
        own = f"{self.name}:{self.id}"
        return f"{namespace}|{own}" if namespace else own

    @property
    def waits(self) -> bool:
        """Whether it waits for an answer."""
        return self.writes is None and bool(self.interrupts)

    @property
    def result(self) -> JsonObject:
        """What it wrote, by channel; several writes to one channel are listed under `$writes`."""
        result: JsonObject = {}
        for name, value in self.writes or ():
            if name not in result:
                result[name] = value
            elif isinstance(result[name], _Several):
                result[name]["$writes"].append(value)
            else:
                result[name] = _Several({"$writes": [result[name], value]})
        return result

    def to_json(self) -> JsonObject:
        """Return the task as ThreadState shows it."""
        return {
            "id": self.id,
            "name": self.name,
            "path": self.path,
            "error": self.told_error if self.failure is None else repr(self.failure),
            "interrupts": [{"id": asked["id"], "value": asked["value"]} for asked in self.interrupts],
            "checkpoint": self.place,
            "state": None,
            "result": None if self.writes is None else self.result,
        }

    def held(self, *, done: bool = False) -> JsonObject:
        """Return what `to_json` leaves out, and a later run needs to know; less when the superstep is `done`."""
        kept: JsonObject = {}
        if self.sent or (self.name == START and self.writes is None):
            kept["input"] = self.input
        if self.answers:
            kept["answers"] = list(self.answers)
        if self.goto and not done:
            kept["goto"] = [
                target if isinstance(target, str) else {"node": target.node, "input": target.input}
                for target in self.goto
            ]
        return kept


class _Several(dict[str, Any]):
    """The writes to one channel of a task that wrote to it more than once."""


def held_by(tasks: Iterable[Task], *, done: bool = False) -> JsonObject:
    """Return what is held of tasks, by id; those with nothing to hold are left out."""
    return {task.id: kept for task in tasks if (kept := task.held(done=done))}


def pending(checkpoint: Checkpoint) -> list[Task]:
    """Return the tasks of a checkpoint as a run takes them up."""
    known = checkpoint.held.get("tasks", {})
    tasks = []
    for row in checkpoint.tasks:
        kept = known.get(row["id"], {})
        sent = row["path"][:1] == [PUSH]
        tasks.append(
            Task(
                id=row["id"],
                name=row["name"],
                path=row["path"],
                triggers=[PUSH] if sent else triggers_of(row["name"]),
                place=row["checkpoint"],
                sent=sent,
                input=kept.get("input", row["result"] if row["name"] == START else None),
                writes=None if row["result"] is None else _writes(row["result"]),
                goto=[
                    target if isinstance(target, str) else Send(target["node"], target["input"])
                    for target in kept.get("goto", ())
                ],
                interrupts=[{"value": asked["value"], "id": asked["id"]} for asked in row["interrupts"]],
                answers=list(kept.get("answers", ())),
                told_error=row["error"],
            )
        )
    return tasks


def waiting(ids: Ids, thread_id: str, agent: Agent, namespace: str, name: str, path: list[Json]) -> Task:
    """Return a new task; that of a subgraph tells where its checkpoints will be."""
    task = Task(ids.digest(), name, path, [PUSH] if path[0] == PUSH else triggers_of(name))
    if name in agent.subgraphs:
        task.place = {"thread_id": thread_id, "checkpoint_ns": task.namespace_in(namespace)}
    return task


def in_graph_order(agent: Agent, tasks: Iterable[Task]) -> list[Task]:
    """Return tasks that were sent first, then the others in the order in which the graph declares its nodes."""
    order = {name: at for at, name in enumerate((START, *agent.nodes))}
    return sorted(tasks, key=lambda task: (task.path[0] == PULL, order[task.name] if task.path[0] == PULL else 0))


def triggers_of(node: str) -> list[str]:
    """Return what triggers a node that an edge or a command leads to."""
    return [node] if node == START else [f"branch:to:{node}"]


def interrupt_id(namespace: str, task: Task) -> str:
    """Return the id of everything that a task asks: it is the same each time the task runs."""
    return blake2b(task.namespace_in(namespace).encode(), digest_size=16).hexdigest()


def _writes(result: JsonObject) -> list[tuple[str, Json]]:
    writes: list[tuple[str, Json]] = []
    for name, value in result.items():
        if isinstance(value, dict) and isinstance(value.get("$writes"), list):
            writes += [(name, one) for one in value["$writes"]]
        else:
            writes.append((name, value))
    return writes
