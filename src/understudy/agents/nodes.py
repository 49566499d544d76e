"""Plays the nodes of a superstep: step by step what each does, until it is done, fails, or waits for an answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from understudy.agents.failures import BAD_RETURN, HELP, Failed, Failure, Paused
from understudy.agents.following import chosen
from understudy.agents.speech import ids_in, show_whole
from understudy.agents.steps import Send, Situation
from understudy.agents.work import Raised, Work
from understudy.state.agents import START
from understudy.state.clock import give_way

if TYPE_CHECKING:
    from collections.abc import Iterable

    from understudy.agents.chain_events import Chain
    from understudy.agents.loop import Loop
    from understudy.agents.tasks import Task
    from understudy.wire import Json, JsonObject

_UNTOLD = ("checkpoint_id", "checkpoint_ns", "checkpoint_map", "thread_id")

_SUPERSTEP = 4
"""How many steps of a node take about as long as all that belongs to a superstep."""


class Nodes:
    """The nodes of one graph of a run."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._many = False
        """Whether several tasks are played at once: then all of them begin before any goes on."""

    async def run(self, tasks: Iterable[Task]) -> None:
        """Play the tasks that are not done, at once. Failed when one fails, Paused when any waits for an answer."""
        await self._loop.run.output.breathe(_SUPERSTEP)
        waiting = [task for task in tasks if task.writes is None]
        self._many = len(waiting) > 1
        if self._loop.place and waiting and waiting[0].name != START:
            # What runs beside the subgraph has its turn.
            await give_way()
        if len(waiting) == 1:
            await self._attempt(waiting[0])
        elif waiting:
            work = [asyncio.ensure_future(self._attempt(task)) for task in waiting]
            try:
                await asyncio.wait(work, return_when=asyncio.FIRST_EXCEPTION)
            finally:
                for one in work:
                    one.cancel()
                ends = await asyncio.gather(*work, return_exceptions=True)
            for end in ends:
                if isinstance(end, BaseException) and not isinstance(end, (Failed, asyncio.CancelledError)):
                    raise end
        for task in waiting:
            if task.failure is not None:
                raise Failed(task.failure)
        asked = [interrupt for task in waiting for interrupt in task.interrupts if task.writes is None]
        if any(task.writes is None for task in waiting):
            raise Paused(asked)

    def beginning(self, task: Task) -> JsonObject:
        """Return what is told when a task begins."""
        told = {name: value for name, value in self._loop.run.metadata.items() if name not in _UNTOLD}
        if self._loop.run.config.get("tags"):
            told["tags"] = self._loop.run.config["tags"]
        return {
            "id": task.id,
            "name": task.name,
            "input": self._given(task),
            "triggers": task.triggers,
            "metadata": told,
        }

    def show_update(self, task: Task, *, cached: bool = False) -> None:
        """Show what a task that is done wrote."""
        loop = self._loop
        written = [(name, value) for name, value in task.writes or () if name in loop.agent.channels]
        names = [name for name, _ in written]
        update: Json = None
        if len(set(names)) < len(names):
            update = [{name: value} for name, value in written]
        elif written:
            update = dict(written)
        shown = {task.name: update}
        if cached:
            shown["__metadata__"] = {"cached": True}
        loop.run.output.show("updates", loop.place, shown)

    async def _attempt(self, task: Task) -> None:
        """Play a task to its end, and show how it ended. Failed if it fails, so that others are not waited for."""
        try:
            await self._play(task)
        except Paused as pause:
            task.interrupts = pause.interrupts
            self._show_pause(task)
        except Failed as failed:
            task.failure = failed.failure
            if task.name != START:
                self._show_end(task, error=failed.failure.to_json())
            raise
        else:
            if task.name != START:
                self.show_update(task)
                self._show_end(task)

    async def _play(self, task: Task) -> None:
        loop = self._loop
        run, agent = loop.run, loop.agent
        if task.name == START:
            self._start(task)
            return
        path = self._path(task.name)
        run.visits[path] += 1
        run.world.runs.visit(run.thread_id, path)
        told = {**run.metadata, "ls_integration": "langgraph", **run.of_task(task, loop.namespace, loop.step)}
        output = run.output
        if output.modes & {"messages", "messages-tuple"}:
            output.spoken |= ids_in(self._given(task)) if isinstance(self._given(task), dict) else set()
        chain = loop.chain.inside(task.name, f"graph:step:{loop.step}", told)
        chain.begin(self._given(task))
        if self._many:
            await give_way()
        writes: list[tuple[str, Json]]
        if task.name in agent.subgraphs:
            values = await self._play_subgraph(task, chain, told)
            writes = [(name, value) for name, value in values.items() if name in agent.channels]
        else:
            behaviour = agent.behaviours.get(task.name)
            work = Work(loop, task, told, chain)
            if behaviour is not None:
                await work.do(behaviour(self._situation(task.name, self._given(task), path, told)))
            writes = work.writes
            task.goto = work.goto
        task.goto += self._chosen(task.name, writes, told)
        task.writes = writes
        chain.stream(dict(writes))
        if self._many and chain.id:
            await give_way()
        chain.end(dict(writes))
        show_whole(output, loop.place, writes, told)

    def _start(self, task: Task) -> None:
        if task.input is None:
            raise Failed(Failure("TypeError", "'NoneType' object is not iterable"))
        if not isinstance(task.input, dict):
            raise Failed(Failure("InvalidUpdateError", f"Expected dict, got {task.input}{HELP}{BAD_RETURN}"))
        task.writes = [(name, value) for name, value in task.input.items() if name in self._loop.agent.channels]
        told = {"langgraph_checkpoint_ns": f"{START}:{task.id}"}
        task.goto += self._chosen(START, task.writes, told, stored=False)

    async def _play_subgraph(self, task: Task, chain: Chain, told: JsonObject) -> JsonObject:
        from understudy.agents.loop import Loop

        loop = self._loop
        assert task.place is not None
        around = loop.run.of_task(task, loop.namespace, loop.step)
        inner = Loop(loop.run, loop.agent.subgraphs[task.name], task.place["checkpoint_ns"], loop.below(), around)
        within = {**told, "checkpoint_ns": inner.namespace}
        inner.chain = chain.inside("LangGraph", "seq:step:1", within)
        inner.chain.begin(self._given(task))
        values = await inner.play(self._given(task))
        inner.chain.end(values)
        return values

    def _situation(
        self, node: str, given: Json, path: str, told: JsonObject, state: JsonObject | None = None
    ) -> Situation:
        """Return what a node has at hand; `told` is what events tell of its task."""
        loop, run = self._loop, self._loop.run
        return Situation(
            node=node,
            input=given,
            state=loop.values if state is None else state,
            run_input=run.input,
            config=run.config_at(told["langgraph_checkpoint_ns"]),
            context=run.context,
            store=run.world.store,
            visit=run.world.runs.visits_of(run.thread_id, path),
            run_visit=run.visits[path],
            resume=run.resume,
        )

    def _chosen(
        self, node: str, writes: list[tuple[str, Json]], told: JsonObject, *, stored: bool = True
    ) -> list[str | Send]:
        loop = self._loop
        if node not in loop.agent.routes:
            return []
        values, _ = loop.taken(writes, stored=stored)
        with Raised():
            return chosen(loop.agent, node, self._situation(node, values, self._path(node), told, values))

    def _path(self, node: str) -> str:
        """Return the way to a node by the names of the nodes around it: the same in every run."""
        return "|".join([*(level.partition(":")[0] for level in self._loop.place), node])

    def _given(self, task: Task) -> Json:
        return task.input if task.sent else self._loop.values

    def _show_pause(self, task: Task) -> None:
        loop, output = self._loop, self._loop.run.output
        asked = [{**interrupt, "response_schema": None} for interrupt in task.interrupts]
        if asked:
            output.show("updates", loop.place, {"__interrupt__": asked})
            output.show("values", loop.place, {**loop.values, "__interrupt__": asked})
            self._show_end(task, interrupts=asked)

    def _show_end(
        self, task: Task, *, error: JsonObject | None = None, interrupts: list[JsonObject] | None = None
    ) -> None:
        loop = self._loop
        result = {name: value for name, value in task.result.items() if name in loop.agent.channels}
        told = {"id": task.id, "name": task.name, "error": error, "result": result, "interrupts": interrupts or []}
        loop.run.output.task(loop.place, loop.step, told)
