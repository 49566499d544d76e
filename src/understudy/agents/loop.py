"""Plays a graph, superstep by superstep: the checkpoints it makes, the events it shows, and how it ends.

The order of what happens is that of LangGraph's loop, as the reference server shows it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from understudy.agents.chain_events import Chain
from understudy.agents.channels import empty, taken_in
from understudy.agents.failures import Failed, Failure, Paused, failure_of, no_input, out_of_steps
from understudy.agents.following import Following, following, plain
from understudy.agents.nodes import Nodes
from understudy.agents.performance import EVERY
from understudy.agents.steps import Send
from understudy.agents.tasks import PULL, PUSH, Task, held_by, interrupt_id, pending, triggers_of
from understudy.agents.writes import pairs
from understudy.errors import Unacceptable
from understudy.state.agents import START
from understudy.state.checkpoints import ROOT, Checkpoint, checkpoint_ref
from understudy.state.clock import timestamp

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from understudy.agents.performance import Performance
    from understudy.state.agents import Agent
    from understudy.wire import Json, JsonObject

MANY = (
    "When there are multiple pending interrupts, you must specify the interrupt id when resuming. "
    "Docs: https://docs.langchain.com/oss/python/langgraph/interrupts#handling-multiple-interrupts."
)

_FORKED = ("update", "fork")


class Loop:
    """One graph of a run at work. `around` is what is told of the task that runs it, if it is a subgraph."""

    def __init__(
        self, run: Performance, agent: Agent, namespace: str, parents: dict[str, str], around: JsonObject
    ) -> None:
        self.run = run
        self.agent = agent
        self.namespace = namespace
        self.place = tuple(namespace.split("|")) if namespace else ()
        self.parents = parents
        self.values: JsonObject = {}
        self.tasks: list[Task] = []
        self._around = around
        self._base: Checkpoint | None = None
        self._saved: str | None = None
        self._found = False
        self._replays = False
        self._before: str | None = None
        self._joins: JsonObject = {}
        self._step = -1
        self._stop = 0
        self._moved = False
        self._nodes = Nodes(self)
        self.chain = Chain(run.output, run.world.ids, run.agent.graph_id, _of_run(run), run_id=run.run_id)

    @property
    def step(self) -> int:
        """The number of the superstep that is under way."""
        return self._step

    def below(self) -> dict[str, str]:
        """Return the checkpoints under which a subgraph of this one runs, by namespace."""
        return {**self.parents, self.namespace: self._base.id if self._base else ""}

    async def play(self, told: Json, *, resuming: bool = False) -> JsonObject:
        """Return the values in the end. Failed or Paused when it does not come to its end.

        `told` is the input; a subgraph that is `resuming` goes on from its own last checkpoint, if it has one.
        """
        try:
            self._load()
            self._begin(told, resuming=resuming)
            while await self._tick():
                pass
        except (Failed, Paused):
            self._leave(nested=True)
            raise
        self._leave(nested=False)
        return self.values

    def _load(self) -> None:
        run = self.run
        self.values = empty(self.agent)
        if run.records:
            history = run.world.threads.history(run.thread_id)
            if run.checkpoint_id is not None and self.namespace == ROOT:
                self._base = history.find(run.checkpoint_id)
                self._saved = run.checkpoint_id
            else:
                self._base = history.latest(self.namespace)
        base = self._base
        if base is not None:
            self._found = True
            self._saved, self._before = base.id, base.parent
            self._joins = base.held.get("joins", {})
            self.values |= {name: value for name, value in base.values.items() if name in self.agent.channels}
            self.tasks = pending(base)
            self._step = base.step + 1
        self._stop = self._step + run.recursion_limit + 1

    def _begin(self, told: Json, *, resuming: bool) -> None:
        run, base = self.run, self._base
        nested = self.namespace != ROOT
        command = None if nested else run.command
        resuming = resuming if nested else told is None or command is not None or self._told_to_resume()
        goes_on = base is not None and resuming
        if command is not None:
            self._command(command)
        if goes_on:
            self._go_on(command)
        elif told is not None or command is not None:
            self._enter(told, command)
        elif not nested:
            raise no_input()

    def _told_to_resume(self) -> bool:
        """Whether the graph that runs this one as a node, elsewhere, says that it is resumed."""
        return bool(self.run.config["configurable"].get("__pregel_resuming"))

    def _command(self, command: JsonObject) -> None:
        run = self.run
        resume = command.get("resume")
        if resume is not None:
            run.resume = resume
            if isinstance(resume, dict) and all(_is_id(name) for name in resume):
                run.answers_by_id = dict(resume)
            elif sum(len(task.interrupts) for task in self.tasks if task.waits) > 1:
                raise Failed(Failure("RuntimeError", MANY))
            else:
                run.answers = [resume]
        elif not command.get("update") and not command.get("goto"):
            raise no_input("Received empty Command input")

    def _go_on(self, command: JsonObject | None) -> None:
        run, base = self.run, self._base
        assert base is not None
        addressed = run.checkpoint_id is not None and self.namespace == ROOT
        superseded = addressed and run.world.threads.history(run.thread_id).latest() is not base
        travels = addressed and (command is None or command.get("resume") is None)
        forks = travels and (base.metadata.get("source") not in _FORKED or superseded)
        self._replays = travels or superseded
        if travels:
            for task in self.tasks:
                task.answers = []
        updates = pairs((command or {}).get("update") or {})
        if updates:
            self.values, written = self._take(updates)
        if command is not None:
            self._goto(command)
        if forks:
            self._keep("fork", [self._task(task.name, task.path, task) for task in self.tasks])
        elif updates:
            self._base = replace(base, values=self.values)
            self._save(self._base, anew=False)
        run.output.show("values", self.place, self.values)

    def _goto(self, command: JsonObject) -> None:
        more = Following()
        more.go(self.agent, _targets(command))
        there = {task.name for task in self.tasks}
        more.triggers = {name: triggers for name, triggers in more.triggers.items() if name not in there}
        self.tasks = [*self.tasks, *self._prepared(more)]

    def _enter(self, told: Json, command: JsonObject | None) -> None:
        """Start from the input, or from a command in its place: what that writes counts twice, as in LangGraph."""
        task = self._task(START, [PULL, START])
        task.input = told
        if command is not None:
            updates = pairs(command.get("update") or {})
            self.values, _ = self._take(updates)
            task.input = dict(updates) if updates or command.get("goto") else None
            task.goto = _targets(command)
        self._keep("input", [task])

    async def _tick(self) -> bool:
        run, output = self.run, self.run.output
        self._show_checkpoint()
        if self._step > self._stop:
            raise out_of_steps(run.recursion_limit)
        if not self.tasks:
            return False
        if self._replays:
            self._replays = False
            for task in self.tasks:
                task.writes = None
        if self._moved_since_pause() and self._stops_at(run.interrupt_before, self.agent.interrupt_before, self.tasks):
            output.show("updates", self.place, {"__interrupt__": []})
            raise Paused([])
        for task in self.tasks:
            if task.name != START:
                output.task(self.place, self._step, self._nodes.beginning(task))
        for task in self.tasks:
            if task.writes is not None and task.name != START:
                self._nodes.show_update(task, cached=True)
        try:
            await self._nodes.run(self.tasks)
        except Paused as pause:
            self._note(self.tasks)
            self._show_partial(pause)
            raise
        except BaseException:
            self._note(self.tasks)
            raise
        self._after()
        if self._stops_at(run.interrupt_after, self.agent.interrupt_after, self._ran):
            self._show_checkpoint()
            output.show("updates", self.place, {"__interrupt__": []})
            raise Paused([])
        return True

    def _after(self) -> None:
        done = sorted(self.tasks, key=lambda task: (task.path[0], str(task.path[1])))
        try:
            self.values, written = taken_in(
                self.agent,
                self.values,
                [write for task in done for write in task.writes or ()],
                self.run.world.ids,
                stored=done[0].name != START,
            )
        except Unacceptable as refusal:
            self._note(self.tasks)
            raise Failed(failure_of(refusal)) from None
        if written:
            self.run.output.show("values", self.place, self.values)
        self._note(self.tasks, done=True)
        self._ran = self.tasks
        next_ones = following(self.agent, [(task.name, task.goto) for task in done], self._joins)
        self._joins = next_ones.joins
        self._keep("loop", self._prepared(next_ones))
        self._moved = True

    def _show_partial(self, pause: Paused) -> None:
        """Show the values with what is done already, where some tasks wait while others are done."""
        done = [task for task in self.tasks if task.writes is not None]
        if self.namespace != ROOT or not done:
            return
        values, written = self._take([write for task in done for write in task.writes or ()])
        if written:
            self.run.output.show("values", self.place, values)

    def _take(self, writes: Iterable[Iterable[Json]]) -> tuple[JsonObject, set[str]]:
        try:
            return taken_in(self.agent, self.values, [(name, value) for name, value in writes], self.run.world.ids)
        except Unacceptable as refusal:
            raise Failed(failure_of(refusal)) from None

    def _prepared(self, next_ones: Following) -> list[Task]:
        pushed = []
        for at, send in enumerate(next_ones.sends):
            task = self._task(send.node, [PUSH, at, False])
            task.input, task.sent, task.triggers = send.input, True, [PUSH]
            pushed.append(task)
        pulled = []
        for name in sorted(next_ones.triggers):
            task = self._task(name, [PULL, name])
            task.triggers = next_ones.triggers[name]
            pulled.append(task)
        return pushed + pulled

    def _task(self, name: str, path: list[Json], like: Task | None = None) -> Task:
        task = Task(self.run.world.ids.digest(), name, path, triggers_of(name))
        if like is not None:
            task.triggers, task.sent, task.input = like.triggers, like.sent, like.input
        if name in self.agent.subgraphs:
            where = "|".join([*self.place, f"{name}:{task.id}"])
            task.place = {"thread_id": self.run.thread_id, "checkpoint_ns": where}
        return task

    def _keep(self, source: str, tasks: list[Task]) -> None:
        """Make a checkpoint of the values as they are, from which these tasks are next."""
        run, base = self.run, self._base
        held: JsonObject = {}
        if self._joins:
            held["joins"] = self._joins
        kept = held_by(tasks)
        if kept:
            held["tasks"] = kept
        checkpoint = Checkpoint(
            id=run.world.ids.checkpoint(self._step),
            parent=self._saved,
            values=self.values,
            next=tuple(task.name for task in tasks),
            tasks=tuple(task.to_json() for task in self._in_graph_order(tasks)),
            metadata=run.of_checkpoint(self._around, source, self._step, self.parents),
            created_at=timestamp(run.world.clock.now()),
            ran=self._ran_before(source),
            held=held,
        )
        self._base = checkpoint
        self._found = False
        self.tasks = tasks
        self._save(checkpoint, anew=True)
        self._step += 1

    def _ran_before(self, source: str) -> tuple[str, ...]:
        if source == "loop":
            return tuple(task.name for task in self._ran)
        return self._base.ran if self._base else ()

    def _in_graph_order(self, tasks: list[Task]) -> list[Task]:
        order = {name: at for at, name in enumerate((START, *self.agent.nodes))}
        return sorted(tasks, key=lambda task: (task.path[0] == PULL, order[task.name] if task.path[0] == PULL else 0))

    def _save(self, checkpoint: Checkpoint, *, anew: bool) -> None:
        run = self.run
        if run.records and not run.at_exit:
            run.world.threads.record(run.thread_id, checkpoint, self.namespace, anew=anew)
            self._saved = checkpoint.id

    def _leave(self, *, nested: bool) -> None:
        """Keep the last checkpoint, where only that is kept."""
        run, base = self.run, self._base
        if run.records and run.at_exit and base is not None and (nested or self.namespace == ROOT):
            run.world.threads.record(run.thread_id, base, self.namespace, anew=base.id != self._saved)

    def _note(self, tasks: list[Task], *, done: bool = False) -> None:
        """Let the checkpoint that is gone on from show what has become of its tasks."""
        base = self._base
        if base is None:
            return
        held = {name: value for name, value in base.held.items() if name == "joins"}
        kept = held_by(tasks, done=done)
        if kept:
            held["tasks"] = kept
        known = {task.id for task in tasks} & {row["id"] for row in base.tasks}
        rows = {task.id: task.to_json() for task in tasks}
        self._base = replace(
            base,
            tasks=tuple(rows[row["id"]] if row["id"] in known and row["result"] is None else row for row in base.tasks),
            held=held,
        )
        self._save(self._base, anew=False)

    def _show_checkpoint(self) -> None:
        base = self._base
        assert base is not None
        if not self.run.records:
            return
        shown: JsonObject = {
            "values": self.values,
            "next": [task.name for task in self.tasks],
            "ids": {task.id for task in self.tasks},
            "interrupts": {task.id: task.interrupts for task in self.tasks if task.interrupts and task.writes is None},
        }
        self.run.output.checkpoint(self.place, self._step - 1, shown, self._payload)

    def _payload(self) -> JsonObject:
        base = self._base
        assert base is not None
        metadata: JsonObject = base.metadata
        if not self._found:
            metadata = {name: metadata.get(name) for name in ("source", "step", "parents")}
        if self._found or self.run.at_exit:
            # What an earlier run made is told as it was found.
            above = base.metadata.get("parents", {}) if self._found else {}
            ref = self._before and checkpoint_ref(self.run.thread_id, self.namespace, self._before, above)
            parent = ref and {"configurable": ref}
        else:
            parent = base.parent and self._config(base.parent)
        return {
            "config": self._config(base.id),
            "parent_config": parent,
            "values": self.values,
            "metadata": metadata,
            "next": [task.name for task in self.tasks],
            "tasks": [_shown(task) for task in self.tasks],
        }

    def _config(self, checkpoint_id: str) -> JsonObject:
        configurable = {
            name: value
            for name, value in self.run.config["configurable"].items()
            if not name.startswith("__pregel_") and name not in ("checkpoint_id", "checkpoint_ns")
        }
        at: JsonObject = {"checkpoint_ns": self.namespace, **configurable, "checkpoint_id": checkpoint_id}
        if self.parents:
            at["checkpoint_map"] = {**self.parents, self.namespace: checkpoint_id}
        return {"configurable": at}

    def _moved_since_pause(self) -> bool:
        """Whether anything was written since the run was told to go on: it is not stopped twice at one place."""
        return self._moved or self._base is None or self._base.metadata.get("source") == "input"

    def _stops_at(self, of_run: Collection[str], of_agent: Collection[str], tasks: Iterable[Task]) -> bool:
        # What a run asks for holds for the nodes of its own graph; what a graph was made with, wherever it runs.
        nodes = (of_run if self.namespace == ROOT else ()) or of_agent
        return any(task.name != START and (EVERY in nodes or task.name in nodes) for task in tasks)

    _ran: list[Task] = []


def _targets(command: JsonObject) -> list[str | Send]:
    goto = command.get("goto") or []
    return [
        target if isinstance(target, str) else Send(target["node"], target.get("input"))
        for target in (goto if isinstance(goto, list) else [goto])
    ]


def _of_run(run: Performance) -> JsonObject:
    return {**run.metadata, "ls_integration": "langgraph"}


def _shown(task: Task) -> JsonObject:
    state = {"configurable": {**task.place}} if task.place else None
    if task.failure is not None or task.told_error:
        return {"id": task.id, "name": task.name, "error": task.to_json()["error"], "state": state}
    told: JsonObject = {"id": task.id, "name": task.name}
    if task.writes:
        told["result"] = task.result
    asked = [{**one, "response_schema": None} for one in task.interrupts]
    return {**told, "interrupts": asked, "state": state}


def _is_id(text: str) -> bool:
    return len(text) == 32 and all(digit in "0123456789abcdef" for digit in text)
