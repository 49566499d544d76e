"""Plays a graph, superstep by superstep: the checkpoints it makes, the events it shows, and how it ends.

The order of what happens is that of LangGraph's loop, as the reference server shows it.
"""

from __future__ import annotations

from asyncio import CancelledError
from typing import TYPE_CHECKING

from understudy.agents.chain_events import Chain
from understudy.agents.channels import empty, taken_in
from understudy.agents.failures import Failed, Failure, Paused, failure_of, no_input, out_of_steps
from understudy.agents.following import Following, following
from understudy.agents.holding import held
from understudy.agents.nodes import Nodes
from understudy.agents.performance import EVERY
from understudy.agents.record import Record
from understudy.agents.tasks import PULL, PUSH, Task, pending, waiting
from understudy.agents.writes import pairs, targets
from understudy.errors import Unacceptable
from understudy.state.agents import START
from understudy.state.checkpoints import ROOT

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
    """One graph of a run at work. `around` is what is told of the task that runs it, if it is a subgraph.

    `values` are those of its channels, `tasks` the ones that are next or under way, `step` is the number of the
    superstep.
    """

    def __init__(
        self, run: Performance, agent: Agent, namespace: str, parents: dict[str, str], around: JsonObject
    ) -> None:
        self.run = run
        self.agent = agent
        self.namespace = namespace
        self.place = tuple(namespace.split("|")) if namespace else ()
        self.parents = parents
        self.values = empty(agent)
        self.tasks: list[Task] = []
        self.step = -1
        metadata = {**run.metadata, "ls_integration": "langgraph"}
        tags = run.config.get("tags") or []
        self.chain = Chain(run.output, run.world.ids, run.agent.graph_id, metadata, run_id=run.run_id, tags=tags)
        self._record = Record(run, agent, namespace, parents, around)
        self._nodes = Nodes(self)
        self._joins: JsonObject = {}
        self._ran: list[Task] = []
        self._moved = False
        self._replays = False
        base = self._record.base
        if base is not None:
            self.values |= {name: value for name, value in base.values.items() if name in agent.channels}
            self.tasks = [task for task in pending(base) if task.id not in self._record.left]
            self.step = base.step + 1
            self._joins = base.held.get("joins", {})
        self._stop = self.step + run.recursion_limit + 1

    def below(self) -> dict[str, str]:
        """Return the checkpoints under which a subgraph of this one runs, by namespace."""
        base = self._record.base
        return {**self.parents, self.namespace: base.id if base else ""}

    async def play(self, told: Json) -> JsonObject:
        """Return the values in the end. Failed or Paused when it does not come to its end.

        `told` is the input; a graph of a run that goes on from where the thread is goes on from its own last
        checkpoint, if it has one.
        """
        try:
            self._begin(told)
            while await self._superstep():
                pass
        except (Failed, Paused, CancelledError) as end:
            self._record.close(broken_off=True)
            if isinstance(end, Paused) and self.namespace == ROOT:
                self._show_pause(end)
            raise
        self._record.close(broken_off=False)
        return self.values

    def _begin(self, told: Json) -> None:
        nested = self.namespace != ROOT
        command = None if nested else self.run.command
        if command is not None:
            self._command(command)
        if self._record.base is not None and self.run.goes_on:
            self._go_on(command)
        elif told is not None or command is not None:
            self._enter(told, command)
        elif not nested:
            raise no_input()

    def _command(self, command: JsonObject) -> None:
        """Take the answers that a command has."""
        run, resume = self.run, command.get("resume")
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
        """Go on from the checkpoint that there is; from one that the run was told by name on a branch of its own."""
        run, base = self.run, self._record.base
        assert base is not None
        addressed = run.checkpoint_id is not None and self.namespace == ROOT
        superseded = addressed and self._record.is_superseded
        travels = addressed and (command is None or command.get("resume") is None)
        self._replays = travels or superseded
        if travels:
            for task in self.tasks:
                task.answers = []
        updates = pairs((command or {}).get("update") or {})
        if updates:
            self.values, _ = self.taken(updates)
        if command is not None:
            self._go_to(command)
        if travels and (base.metadata.get("source") not in _FORKED or superseded):
            self._keep("fork", [self._task(task.name, task.path, like=task) for task in self.tasks])
        elif updates:
            self._record.rewrite(self.values)
        run.output.show("values", self.place, self.values)

    def _enter(self, told: Json, command: JsonObject | None) -> None:
        """Start from the input, or from a command in its place: what that writes counts twice, as in LangGraph."""
        task = self._task(START, [PULL, START])
        task.input = told
        if command is not None:
            updates = pairs(command.get("update") or {})
            self.values, _ = self.taken(updates)
            task.input = dict(updates) if command.get("goto") else None
            task.goto = targets(command)
        self._keep("input", [task])

    def _go_to(self, command: JsonObject) -> None:
        """Let the nodes run that a command names, besides those that are next."""
        more = Following()
        more.go(self.agent, targets(command))
        there = {task.name for task in self.tasks}
        more.triggers = {name: triggers for name, triggers in more.triggers.items() if name not in there}
        self.tasks = [*self.tasks, *self._prepared(more)]

    async def _superstep(self) -> bool:
        """Run the tasks that are next; return whether there were any."""
        output = self.run.output
        self._show_checkpoint()
        if self.step > self._stop:
            raise out_of_steps(self.run.recursion_limit)
        if not self.tasks:
            return False
        if self._replays:
            self._replays = False
            for task in self.tasks:
                task.writes = None
        if self._moved and self._stops_at(self.run.interrupt_before, self.agent.interrupt_before, self.tasks):
            raise Paused([])
        runs = self.run.world.runs
        runs.moves += 1
        if runs.held and self.namespace == ROOT:
            await held(runs, self.run.run_id, self.tasks)
        for task in self.tasks:
            if task.name != START:
                output.task(self.place, self.step, self._nodes.beginning(task))
        for task in self.tasks:
            if task.writes is not None and task.name != START:
                self._nodes.show_update(task, cached=True)
        try:
            await self._nodes.run(self.tasks)
        except BaseException:
            self._record.note(self.tasks)
            raise
        self._finish()
        if self._stops_at(self.run.interrupt_after, self.agent.interrupt_after, self._ran):
            self._show_checkpoint()
            raise Paused([])
        return True

    def _finish(self) -> None:
        """Take in what the tasks wrote, and make the checkpoint that follows them."""
        done = sorted(self.tasks, key=_place_in_superstep)
        writes = [write for task in done for write in task.writes or ()]
        try:
            self.values, written = self.taken(writes, stored=done[0].name != START)
        except Failed:
            self._record.note(self.tasks)
            raise
        if written:
            self.run.output.show("values", self.place, self.values)
        self._record.note(self.tasks, done=True)
        self._ran = self.tasks
        after = following(self.agent, [(task.name, task.goto) for task in done], self._joins)
        self._joins = after.joins
        self._keep("loop", self._prepared(after))
        self._moved = True

    def _show_pause(self, pause: Paused) -> None:
        """Show the values with what is done already, and that the run waits to be told to go on."""
        done = [write for task in self.tasks for write in task.writes or ()]
        if done:
            values, written = self.taken(done, stored=True)
            if written:
                self.run.output.show("values", self.place, values)
        if not pause.interrupts:
            self.run.output.show("updates", self.place, {"__interrupt__": []})

    def taken(self, writes: Iterable[tuple[str, Json]], *, stored: bool = False) -> tuple[JsonObject, set[str]]:
        """Return the values after these writes, and the channels written to. Failed when they cannot be taken in."""
        try:
            return taken_in(self.agent, self.values, writes, self.run.world.ids, stored=stored)
        except Unacceptable as refusal:
            raise Failed(failure_of(refusal)) from None

    def _prepared(self, after: Following) -> list[Task]:
        pushed = []
        for at, send in enumerate(after.sends):
            task = self._task(send.node, [PUSH, at, False])
            task.input, task.sent = send.input, True
            pushed.append(task)
        pulled = []
        for name in sorted(after.triggers):
            task = self._task(name, [PULL, name])
            task.triggers = after.triggers[name]
            pulled.append(task)
        return pushed + pulled

    def _task(self, name: str, path: list[Json], *, like: Task | None = None) -> Task:
        run = self.run
        task = waiting(run.world.ids, run.thread_id, self.agent, self.namespace, name, path)
        if like is not None:
            task.triggers, task.sent, task.input = like.triggers, like.sent, like.input
        return task

    def _keep(self, source: str, tasks: list[Task]) -> None:
        base = self._record.base
        ran = tuple(task.name for task in self._ran) if source == "loop" else base.ran if base else ()
        self._record.keep(source, self.step, self.values, tasks, self._joins, ran)
        self.tasks = tasks
        self.step += 1
        self._moved = self._moved or source == "input"

    def _show_checkpoint(self) -> None:
        if not self.run.records:
            return
        shown: JsonObject = {
            "values": self.values,
            "next": [task.name for task in self.tasks],
            "ids": {task.id for task in self.tasks},
            "interrupts": {task.id: task.interrupts for task in self.tasks if task.interrupts and task.writes is None},
        }
        output, tasks = self.run.output, self.tasks
        output.checkpoint(self.place, self.step - 1, shown, lambda: self._record.told(self.values, tasks))

    def _stops_at(self, asked: Collection[str], fixed: Collection[str], tasks: Iterable[Task]) -> bool:
        """Return whether the run is to wait at any of these tasks: a run says so of its own graph, others of theirs."""
        nodes = (asked if self.namespace == ROOT else ()) or fixed
        return any(task.name != START and (EVERY in nodes or task.name in nodes) for task in tasks)


def _place_in_superstep(task: Task) -> tuple[str, str]:
    """Return where the writes of a task come among others': in order of name, or in that in which they were sent."""
    kind, at = task.path[:2]
    return kind, f"{at:010d}" if isinstance(at, int) else str(at)


def _is_id(text: str) -> bool:
    return len(text) == 32 and all(digit in "0123456789abcdef" for digit in text)
