"""Checkpoints: the steps that a thread's state went through, per namespace, as ThreadStates without their wrapping."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import orjson

from understudy.wire import dumps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from understudy.wire import Json, JsonObject

ROOT = ""
"""The namespace of a graph's own checkpoints; a subgraph's is `<node>:<task id>`, deeper ones joined by `|`."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One step. `tasks` are as ThreadState shows them, without `state`; `ran` are the nodes that ran last before it.

    `held` is what the API does not show of its tasks: `joins` lists, for each node that waits for several others, which
    of them ran; `tasks` has, by id, the `input` of a task that was sent one, the `answers` that it got so far, and the
    `goto` of one that is done while others are not; `beside` has the `values` and the `tasks` that other graphs left on
    the thread.
    """

    id: str
    parent: str | None
    values: Json
    next: tuple[str, ...]
    tasks: tuple[JsonObject, ...]
    metadata: JsonObject
    created_at: str
    ran: tuple[str, ...] = ()
    held: JsonObject = field(default_factory=dict)

    @property
    def step(self) -> int:
        """The number of the step: -1 for the input, then counted up."""
        return int(self.metadata.get("step", -1))

    @property
    def interrupts(self) -> list[JsonObject]:
        """Everything that the pending tasks wait for, in order."""
        return [interrupt for task in self.tasks for interrupt in task["interrupts"]]


class History:
    """A thread's checkpoints by namespace, each in order of creation. Copying one shares the checkpoints."""

    __slots__ = ("_namespaces",)

    def __init__(self) -> None:
        self._namespaces: dict[str, list[Checkpoint]] = {}

    def __bool__(self) -> bool:
        return bool(self._namespaces)

    def __iter__(self) -> Iterator[tuple[str, list[Checkpoint]]]:
        return iter(self._namespaces.items())

    def append(self, checkpoint: Checkpoint, namespace: str = ROOT) -> None:
        """Add a checkpoint; it is the latest from now on."""
        self._namespaces.setdefault(namespace, []).append(checkpoint)

    def replace(self, checkpoint: Checkpoint, namespace: str = ROOT) -> None:
        """Put a checkpoint in the place of the one with its id. ValueError if there is none."""
        steps = self._namespaces[namespace]
        steps[[step.id for step in steps].index(checkpoint.id)] = checkpoint

    def latest(self, namespace: str = ROOT) -> Checkpoint | None:
        """Return the latest checkpoint, or None."""
        steps = self._namespaces.get(namespace)
        return steps[-1] if steps else None

    def find(self, checkpoint_id: str, namespace: str = ROOT) -> Checkpoint | None:
        """Return the checkpoint with this id, or None."""
        steps = self._namespaces.get(namespace, ())
        return next((step for step in reversed(steps) if step.id == checkpoint_id), None)

    def newest_first(self, namespace: str = ROOT) -> Iterator[Checkpoint]:
        """Yield the checkpoints of a namespace, the latest first."""
        return reversed(self._namespaces.get(namespace, []))

    def drop(self, run_id: str) -> None:
        """Forget the checkpoints that a run made, in every namespace."""
        for namespace, steps in list(self._namespaces.items()):
            kept = [step for step in steps if step.metadata.get("run_id") != run_id]
            if kept:
                self._namespaces[namespace] = kept
            else:
                del self._namespaces[namespace]

    def keep_latest(self) -> None:
        """Forget all but the latest checkpoint of every namespace."""
        self._namespaces = {namespace: steps[-1:] for namespace, steps in self._namespaces.items()}

    def to_json(self) -> bytes:
        """Return everything in it as JSON text; `from_json` reads it."""
        return dumps({namespace: [_fields(step) for step in steps] for namespace, steps in self})

    @classmethod
    def from_json(cls, text: bytes) -> History:
        """Return the history that `to_json` wrote."""
        history = cls()
        history._namespaces = {
            namespace: [
                Checkpoint(
                    id=step[0],
                    parent=step[1],
                    values=step[2],
                    next=tuple(step[3]),
                    tasks=tuple(step[4]),
                    metadata=step[5],
                    created_at=step[6],
                    ran=tuple(step[7]),
                    held=step[8],
                )
                for step in steps
            ]
            for namespace, steps in orjson.loads(text).items()
        }
        return history

    def copy(self) -> History:
        """Return a history that has the same checkpoints now and goes its own way."""
        copy = History()
        copy._namespaces = {namespace: steps.copy() for namespace, steps in self._namespaces.items()}
        return copy

    def renamed(self, old: str, new: str) -> History:
        """Return a copy in which the thread id `old` reads `new` in metadata and in the places of subgraphs.

        Values and results are shared: what a thread says of itself there is its own affair.
        """
        copy = History()
        copy._namespaces = {
            namespace: [_renamed(step, old, new) for step in steps] for namespace, steps in self._namespaces.items()
        }
        return copy


def _renamed(step: Checkpoint, old: str, new: str) -> Checkpoint:
    metadata = orjson.loads(dumps(step.metadata).replace(old.encode(), new.encode()))
    tasks = tuple(
        {**task, "checkpoint": {**task["checkpoint"], "thread_id": new}} if task.get("checkpoint") else task
        for task in step.tasks
    )
    return replace(step, metadata=metadata, tasks=tasks)


def _fields(step: Checkpoint) -> list[Json]:
    return [
        step.id, step.parent, step.values, step.next, step.tasks, step.metadata, step.created_at, step.ran, step.held
    ]  # fmt: skip


def checkpoint_ref(thread_id: str, namespace: str, checkpoint_id: str, parents: Mapping[str, str]) -> JsonObject:
    """Return what the API calls a checkpoint: where one is found. A subgraph's names those of the graphs around it."""
    ref: JsonObject = {"checkpoint_id": checkpoint_id, "thread_id": thread_id, "checkpoint_ns": namespace}
    if parents:
        ref["checkpoint_map"] = {**parents, namespace: checkpoint_id}
    return ref


def thread_state(
    thread_id: str, history: History, checkpoint: Checkpoint, *, namespace: str = ROOT, subgraphs: bool = False
) -> JsonObject:
    """Return a checkpoint as the ThreadState of the API.

    With `subgraphs`, a task of a subgraph holds the latest state of it, else only the place where that is found.
    """
    parents = checkpoint.metadata.get("parents", {})
    ref = checkpoint_ref(thread_id, namespace, checkpoint.id, parents)
    parent = checkpoint.parent and checkpoint_ref(thread_id, namespace, checkpoint.parent, parents)
    return {
        "values": checkpoint.values,
        "next": checkpoint.next,
        "tasks": [_task(thread_id, history, task, subgraphs) for task in checkpoint.tasks],
        "metadata": checkpoint.metadata,
        "created_at": checkpoint.created_at,
        "checkpoint": ref,
        "parent_checkpoint": parent,
        "interrupts": checkpoint.interrupts,
        "checkpoint_id": checkpoint.id,
        "parent_checkpoint_id": checkpoint.parent,
    }


def empty_state(ref: JsonObject | None = None) -> JsonObject:
    """Return the ThreadState of a checkpoint that does not exist; it repeats the place where it was looked for."""
    return {
        "values": {},
        "next": [],
        "tasks": [],
        "metadata": None,
        "created_at": None,
        "checkpoint": ref,
        "parent_checkpoint": None,
        "interrupts": [],
        "checkpoint_id": ref and ref.get("checkpoint_id"),
        "parent_checkpoint_id": None,
    }


def _task(thread_id: str, history: History, task: JsonObject, subgraphs: bool) -> JsonObject:
    if not subgraphs or not task.get("checkpoint"):
        return task
    namespace = task["checkpoint"]["checkpoint_ns"]
    inner = history.latest(namespace)
    if inner is None:
        return {**task, "checkpoint": None, "state": empty_state()}
    state = thread_state(thread_id, history, inner, namespace=namespace, subgraphs=True)
    return {**task, "checkpoint": None, "state": state}


def restored(history: Sequence[JsonObject]) -> History:
    """Return the history that complete ThreadStates tell, oldest first; states of subgraphs inside tasks included.

    What is `held` of a state, and which nodes `ran` before it, may be told with it.
    """
    result = History()
    for state in history:
        _restore(result, state)
    return result


def _restore(history: History, state: JsonObject) -> None:
    ref = state["checkpoint"]
    namespace = ref.get("checkpoint_ns", ROOT)
    tasks = []
    for task in state["tasks"]:
        inner = task.get("state")
        if inner:
            place = inner["checkpoint"]
            if history.find(place["checkpoint_id"], place["checkpoint_ns"]) is None:
                _restore(history, inner)
            where = {"thread_id": place["thread_id"], "checkpoint_ns": place["checkpoint_ns"]}
            task = {**task, "checkpoint": where, "state": None}  # noqa: PLW2901 - the row as it is kept
        tasks.append(task)
    parent_id = state.get("parent_checkpoint_id") or (state.get("parent_checkpoint") or {}).get("checkpoint_id")
    metadata = state["metadata"] or {}
    ran = tuple(state["ran"]) if "ran" in state else ran_before(history, namespace, parent_id, metadata)
    history.append(
        Checkpoint(
            id=ref["checkpoint_id"],
            parent=parent_id,
            values=state["values"],
            next=tuple(state["next"]),
            tasks=tuple(tasks),
            metadata=metadata,
            created_at=state["created_at"],
            ran=ran,
            held=state.get("held", {}),
        ),
        namespace,
    )


def ran_before(history: History, namespace: str, parent_id: str | None, metadata: JsonObject) -> tuple[str, ...]:
    """Return the nodes that ran last before a checkpoint, as far as its parent tells."""
    parent = history.find(parent_id, namespace) if parent_id else None
    if parent is None:
        return ()
    return parent.next if metadata.get("source") == "loop" else parent.ran
