"""Plays the nodes of a superstep: step by step what each does, until it is done, fails, or waits for an answer."""

from __future__ import annotations

import asyncio
import builtins
import inspect
from typing import TYPE_CHECKING, Any

from understudy.agents import messages
from understudy.agents.chain_events import MODEL
from understudy.agents.failures import Failed, Failure, Paused, failure_of
from understudy.agents.following import chosen
from understudy.agents.speech import Speech, ids_in, show_whole
from understudy.agents.steps import Emit, Fail, Goto, Interrupt, Say, Situation, Wait, Write
from understudy.agents.tasks import Task, interrupt_id
from understudy.errors import Unacceptable
from understudy.state.agents import START
from understudy.state.clock import give_way

if TYPE_CHECKING:
    from collections.abc import Iterable

    from understudy.agents.chain_events import Chain
    from understudy.agents.loop import Loop
    from understudy.agents.steps import Script, Step
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
                await asyncio.gather(*work, return_exceptions=True)
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
        path = "|".join([*(level.partition(":")[0] for level in loop.place), task.name])
        run.visits[path] += 1
        run.world.runs.visits[run.thread_id, path] += 1
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
            work = _Work(self, task, told, chain)
            if behaviour is not None:
                await work.do(behaviour(self.situation(task.name, self._given(task), path, told)))
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
            raise Failed(Failure("InvalidUpdateError", _not_a_dict(task.input)))
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

    def situation(
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
            visit=run.world.runs.visits[run.thread_id, path],
            run_visit=run.visits[path],
            resume=run.resume,
        )

    def _chosen(self, node: str, writes: list[tuple[str, Json]], told: JsonObject, *, stored: bool = True) -> list[Any]:
        loop = self._loop
        if node not in loop.agent.routes:
            return []
        from understudy.agents.channels import taken_in

        try:
            values, _ = taken_in(loop.agent, loop.values, writes, loop.run.world.ids, stored=stored)
        except Unacceptable as refusal:
            raise Failed(failure_of(refusal)) from None
        path = "|".join([*(level.partition(":")[0] for level in loop.place), node])
        with _Raised():
            return chosen(loop.agent, node, self.situation(node, values, path, told, values))

    def answer(self, task: Task, asked: int, value: Json) -> Json:
        """Return the answer to what a task asks, its `asked`-th question. Paused if there is none yet."""
        run = self._loop.run
        name = interrupt_id(self._loop.namespace, task)
        if name in run.answers_by_id:
            task.answers.append(run.answers_by_id.pop(name))
        if asked < len(task.answers):
            return task.answers[asked]
        if run.answers:
            task.answers.append(run.answers.pop())
            return task.answers[asked]
        raise Paused([{"value": value, "id": name}])

    def stored(self, values: JsonObject) -> list[tuple[str, Json]]:
        """Return the writes of a node, messages in the form that is stored."""
        loop = self._loop
        writes = []
        for name, value in values.items():
            is_messages = loop.agent.channels.get(name) == "messages" and isinstance(value, (list, dict, str))
            if is_messages and not (isinstance(value, dict) and "__overwrite__" in value):
                writes.append((name, _coerced(value, loop)))
            else:
                writes.append((name, value))
        return writes

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


class _Work:
    """A node at work: takes its steps one after the other."""

    def __init__(self, nodes: Nodes, task: Task, told: JsonObject, chain: Chain) -> None:
        self._nodes = nodes
        self._task = task
        self._told = told
        self._chain = chain
        self._asked = 0
        self.writes: list[tuple[str, Json]] = []
        self.goto: list[Any] = []

    async def do(self, script: Script) -> None:
        """Take all steps of a script."""
        result: Any = None
        running = inspect.isasyncgen(script)
        try:
            while True:
                with _Raised():
                    try:
                        step = await script.asend(result) if running else script.send(result)  # type: ignore[union-attr]
                    except (StopIteration, StopAsyncIteration):
                        return
                result = await self._take(step)
                await self._nodes._loop.run.output.breathe()  # noqa: SLF001
        finally:
            if running:
                await script.aclose()  # type: ignore[union-attr]
            else:
                script.close()  # type: ignore[union-attr]

    async def _take(self, step: Step) -> Any:
        loop = self._nodes._loop  # noqa: SLF001 - the nodes that this work is of
        if isinstance(step, Write):
            for name, value in self._nodes.stored(step.values):
                self._add(name, value)
        elif isinstance(step, Say):
            return await self._say(step)
        elif isinstance(step, Emit):
            loop.run.output.show("custom", loop.place, step.data)
        elif isinstance(step, Interrupt):
            self._asked += 1
            return self._nodes.answer(self._task, self._asked - 1, step.value)
        elif isinstance(step, Fail):
            raise Failed(Failure(step.error, step.message, public=step.builtin))
        elif isinstance(step, Wait):
            await loop.run.world.pause(step.seconds)
        elif isinstance(step, Goto):
            self.goto += step.targets
        else:
            raise Failed(Failure("TypeError", f"a node yields steps, not {step!r}"))
        return None

    async def _say(self, said: Say) -> JsonObject:
        loop = self._nodes._loop  # noqa: SLF001 - the nodes that this work is of
        output = loop.run.output
        namespace = self._told["langgraph_checkpoint_ns"]
        model = {
            "ls_integration": "langchain_chat_model",
            "checkpoint_ns": namespace,
            "ls_provider": "genericfakechatmodel",
            "ls_model_type": "chat",
            "lc_versions": {"langchain-core": "1.7.2"},
        }
        try:
            metadata = {**self._told, **model}
            speech = Speech(said, output, loop.run.world.ids, metadata)
        except Unacceptable as refusal:
            raise Failed(failure_of(refusal)) from None
        chain = self._chain.inside(MODEL, "seq:step:1", metadata, kind="chat_model")
        asked = {"messages": [loop.values.get(said.channel or "messages", [])]}
        chain.begin(asked)
        shown = output.shows(loop.place)
        for at, piece in enumerate(speech.pieces):
            if said.pace:
                await loop.run.world.pause(said.pace)
            else:
                await output.breathe()
            if chain.id:
                chain.stream(speech.chunk(at))
            if shown:
                for mode, data in piece:
                    output.put(mode, loop.place if mode == "messages" else (), data)
        if shown:
            for mode, data in speech.closing:
                output.put(mode, loop.place, data)
            output.spoken.add(speech.message["id"])
        chain.end(speech.message)
        if said.channel is not None:
            self._add(said.channel, [speech.message])
        return speech.message

    def _add(self, name: str, value: Json) -> None:
        """Add a write to those of the node: it returns one value for each channel."""
        reducer = self._nodes._loop.agent.channels.get(name)  # noqa: SLF001
        for at, (known, old) in enumerate(self.writes):
            if known == name:
                self.writes[at] = (name, _together(reducer, old, value))
                return
        self.writes.append((name, value))


def _together(reducer: str | None, old: Json, new: Json) -> Json:
    if reducer in ("append", "messages") and isinstance(old, list) and isinstance(new, list):
        return old + new
    if reducer == "sum" and isinstance(old, (int, float)) and isinstance(new, (int, float)):
        return old + new
    return new


def _coerced(value: Json, loop: Loop) -> Json:
    try:
        return messages.coerce(value, loop.run.world.ids)
    except Unacceptable as refusal:
        raise Failed(failure_of(refusal)) from None


def _not_a_dict(value: Json) -> str:
    from understudy.agents.failures import HELP

    return f"Expected dict, got {value}{HELP}INVALID_GRAPH_NODE_RETURN_VALUE"


class _Raised:
    """Turns what a script raises into the failure of its node."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if error is None or isinstance(error, (Failed, Paused)) or not isinstance(error, Exception):
            return
        name = type(error).__name__
        raise Failed(Failure(name, str(error), public=getattr(builtins, name, None) is type(error))) from error
