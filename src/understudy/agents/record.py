"""What a graph of a run leaves in its thread's history, and how its checkpoints are told in events."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from understudy.agents.beside import carried_over, left_behind, seen_by
from understudy.agents.tasks import Task, held_by, in_graph_order
from understudy.state.checkpoints import ROOT, Checkpoint, checkpoint_ref
from understudy.state.clock import timestamp

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from understudy.agents.performance import Performance
    from understudy.state.agents import Agent
    from understudy.wire import JsonObject

_TOLD = ("source", "step", "parents")


class Record:
    """The checkpoints that one graph of a run goes on from and makes.

    `base` is the one that is gone on from now, None at the very beginning. `around` is what is told of the task that
    runs the graph, `parents` the checkpoints above by namespace. `left` are the tasks of `base` that no run takes up.
    """

    def __init__(
        self, run: Performance, agent: Agent, namespace: str, parents: dict[str, str], around: JsonObject
    ) -> None:
        self._run = run
        self._agent = agent
        self._namespace = namespace
        self._parents = parents
        self._around = around
        self._saved: str | None = None
        self._before: str | None = None
        self._found = False
        self.base: Checkpoint | None = None
        self.left: set[str] = set()
        self._find()

    @property
    def is_superseded(self) -> bool:
        """Whether the thread has moved past the checkpoint that this run was told to go on from."""
        run = self._run
        latest = run.world.threads.history(run.thread_id).latest(self._namespace)
        return latest is None or self.base is None or latest.id != self.base.id

    def _find(self) -> None:
        run = self._run
        if not run.records:
            return
        history = run.world.threads.history(run.thread_id)
        if run.checkpoint_id is not None and self._namespace == ROOT:
            self.base = history.find(run.checkpoint_id)
            self._saved = run.checkpoint_id
        else:
            self.base = history.latest(self._namespace)
        if self.base is not None:
            self._found = True
            if self._namespace == ROOT:
                self.left = left_behind(self._agent, self.base)
                self.base = seen_by(self._agent, self.base)
            self._saved, self._before = self.base.id, self.base.parent

    def keep(
        self, source: str, step: int, values: JsonObject, tasks: list[Task], joins: JsonObject, ran: tuple[str, ...]
    ) -> None:
        """Make a checkpoint of these values, from which these tasks are next."""
        run = self._run
        told = {"joins": joins, "tasks": held_by(tasks), "beside": carried_over(self.base, run.world.ids)}
        in_order = in_graph_order(self._agent, tasks)
        self.base = Checkpoint(
            id=run.world.ids.checkpoint(step),
            parent=self._saved,
            values=values,
            next=tuple(task.name for task in in_order),
            tasks=tuple(task.to_json() for task in in_order),
            metadata=run.of_checkpoint(self._around, source, step, self._parents),
            created_at=timestamp(run.world.clock.now()),
            ran=ran,
            held={name: value for name, value in told.items() if value},
        )
        self._found = False
        self._save(anew=True)

    def rewrite(self, values: JsonObject) -> None:
        """Let the checkpoint that is gone on from have other values: a command wrote to it."""
        assert self.base is not None
        self.base = replace(self.base, values=values)
        self._save(anew=False)

    def note(self, tasks: Collection[Task], *, done: bool = False) -> None:
        """Let the checkpoint that is gone on from show what has become of its tasks.

        Those that a command added to them show when they are still to be done.
        """
        base = self.base
        if base is None:
            return
        known = {row["id"] for row in base.tasks}
        added = [] if done else [task for task in tasks if task.id not in known]
        told = {**base.held, "tasks": held_by(tasks, done=done)}
        rows = {task.id: task.to_json() for task in tasks}
        self.base = replace(
            base,
            next=(*base.next, *(task.name for task in added)),
            tasks=(
                *(rows.get(row["id"], row) if row["result"] is None else row for row in base.tasks),
                *(rows[task.id] for task in added),
            ),
            held={name: value for name, value in told.items() if value},
        )
        self._save(anew=False)

    def close(self, *, broken_off: bool) -> None:
        """Keep the last checkpoint, where only that is kept: of a subgraph, only if it was broken off."""
        run, base = self._run, self.base
        if run.world.runs.playing[run.run_id].cut:
            return
        if run.records and run.at_exit and base is not None and (broken_off or self._namespace == ROOT):
            run.world.threads.record(run.thread_id, base, self._namespace, anew=base.id != self._saved)

    def _save(self, *, anew: bool) -> None:
        run, base = self._run, self.base
        assert base is not None
        if run.records and not run.at_exit:
            run.world.threads.record(run.thread_id, base, self._namespace, anew=anew)
            self._saved = base.id

    def told(self, values: JsonObject, tasks: Iterable[Task]) -> JsonObject:
        """Return the checkpoint as events tell it: with the values and tasks as they are by now."""
        base = self.base
        assert base is not None
        metadata: JsonObject = base.metadata
        if not self._found:
            metadata = {name: metadata.get(name) for name in _TOLD}
        if self._found or self._run.at_exit:
            # What an earlier run made is told as it was found.
            above = base.metadata.get("parents", {}) if self._found else {}
            ref = self._before and checkpoint_ref(self._run.thread_id, self._namespace, self._before, above)
            parent = {"configurable": ref} if ref else None
        else:
            parent = self._config(base.parent) if base.parent else None
        return {
            "config": self._config(base.id),
            "parent_config": parent,
            "values": values,
            "metadata": metadata,
            "next": [task.name for task in tasks],
            "tasks": [_shown(task) for task in tasks],
        }

    def _config(self, checkpoint_id: str) -> JsonObject:
        configurable = {
            name: value
            for name, value in self._run.config["configurable"].items()
            if not name.startswith("__pregel_") and name not in ("checkpoint_id", "checkpoint_ns")
        }
        at: JsonObject = {"checkpoint_ns": self._namespace, **configurable, "checkpoint_id": checkpoint_id}
        if self._parents:
            at["checkpoint_map"] = {**self._parents, self._namespace: checkpoint_id}
        return {"configurable": at}


def _shown(task: Task) -> JsonObject:
    state = {"configurable": {**task.place}} if task.place else None
    if task.failure is not None or task.told_error:
        return {"id": task.id, "name": task.name, "error": task.to_json()["error"], "state": state}
    told: JsonObject = {"id": task.id, "name": task.name}
    if task.writes:
        told["result"] = task.result
    asked = [{**one, "response_schema": None} for one in task.interrupts]
    return {**told, "interrupts": asked, "state": state}
