"""A node at work: takes the steps that its script says, one after the other."""

from __future__ import annotations

import builtins
import inspect
from math import isnan
from typing import TYPE_CHECKING, Any

from understudy.agents import messages
from understudy.agents.chain_events import MODEL
from understudy.agents.failures import Failed, Failure, Paused, failure_of
from understudy.agents.reducers import OVERWRITE
from understudy.agents.speech import Speech
from understudy.agents.steps import Emit, Fail, Goto, Interrupt, Say, Send, Wait, Write
from understudy.agents.tasks import Task, interrupt_id
from understudy.errors import Unacceptable
from understudy.state.imitated import LANGCHAIN_CORE

if TYPE_CHECKING:
    from understudy.agents.chain_events import Chain
    from understudy.agents.loop import Loop
    from understudy.agents.steps import Script, Step
    from understudy.wire import Json, JsonObject

SPOKEN = {
    "ls_integration": "langchain_chat_model",
    "ls_provider": "genericfakechatmodel",
    "ls_model_type": "chat",
    "lc_versions": {"langchain-core": LANGCHAIN_CORE},
}
"""What is told of the model that says a message: that of the reference graphs, which says what it was told to say."""


class Work:
    """What one node does. `writes` and `goto` are what it has written, and where it wants to go on, so far.

    `told` is what events tell of its task.
    """

    def __init__(self, loop: Loop, task: Task, told: JsonObject, chain: Chain) -> None:
        self._loop = loop
        self._task = task
        self._told = told
        self._chain = chain
        self._playing = loop.run.world.runs.playing[loop.run.run_id]
        self._asked = 0
        self.writes: list[tuple[str, Json]] = []
        self.goto: list[str | Send] = []

    async def do(self, script: Script) -> None:
        """Take all steps of a script."""
        result: Any = None
        running = inspect.isasyncgen(script)
        self._playing.working += 1
        try:
            while True:
                with Raised():
                    try:
                        step = await script.asend(result) if running else script.send(result)  # type: ignore[union-attr]
                    except (StopIteration, StopAsyncIteration):
                        return
                result = await self._take(step)
                await self._loop.run.output.breathe()
        finally:
            with Raised():
                if running:
                    await script.aclose()  # type: ignore[union-attr]
                else:
                    script.close()  # type: ignore[union-attr]
            self._playing.working -= 1

    async def _take(self, step: Step) -> Any:
        loop = self._loop
        if isinstance(step, Write):
            for name, value in step.values.items():
                self._add(name, self._stored(name, value))
        elif isinstance(step, Say):
            return await self._say(step)
        elif isinstance(step, Emit):
            loop.run.output.show("custom", loop.place, step.data)
        elif isinstance(step, Interrupt):
            return self._answer(step.value)
        elif isinstance(step, Fail):
            raise Failed(Failure(step.error, step.message, public=step.builtin))
        elif isinstance(step, Wait):
            if not _is_number(step.seconds):
                raise Failed(Failure("ScriptError", f"a node waits for a number of seconds, not for {step.seconds!r}"))
            await self._pause(step.seconds)
        elif isinstance(step, Goto):
            self.goto += step.targets
        else:
            raise Failed(Failure("TypeError", f"a node yields steps, not {step!r}"))
        return None

    async def _say(self, said: Say) -> JsonObject:
        loop = self._loop
        output = loop.run.output
        metadata = {**self._told, **SPOKEN, "checkpoint_ns": self._told["langgraph_checkpoint_ns"]}
        try:
            speech = Speech(said, output, loop.run.world.ids, metadata)
        except Unacceptable as refusal:
            raise Failed(failure_of(refusal)) from None
        chain = self._chain.inside(MODEL, "seq:step:1", metadata, kind="chat_model")
        asked = {"messages": [loop.values.get(said.channel or "messages", [])]}
        chain.begin(asked)
        shown = output.shows(loop.place)
        for at, piece in enumerate(speech.pieces):
            if said.pace:
                await self._pause(said.pace)
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

    async def _pause(self, seconds: float) -> None:
        world, playing = self._loop.run.world, self._playing
        world.runs.moves += 1
        playing.pausing += 1
        try:
            await world.pause(seconds)
        finally:
            playing.pausing -= 1
            world.runs.moves += 1

    def _answer(self, value: Json) -> Json:
        """Return the answer to what the node asks now. Paused if there is none yet.

        It runs anew when it is resumed: questions that were answered before get the same answers again.
        """
        run, task = self._loop.run, self._task
        asked, self._asked = self._asked, self._asked + 1
        name = interrupt_id(self._loop.namespace, task)
        if name in run.answers_by_id:
            task.answers.append(run.answers_by_id.pop(name))
        if asked < len(task.answers):
            return task.answers[asked]
        if run.answers:
            task.answers.append(run.answers.pop())
            return task.answers[asked]
        raise Paused([{"value": value, "id": name}])

    def _stored(self, name: str, value: Json) -> Json:
        """Return what is written to a channel; messages in the form that is stored."""
        is_overwrite = isinstance(value, dict) and OVERWRITE in value
        if (
            self._loop.agent.channels.get(name) != "messages"
            or is_overwrite
            or not isinstance(value, (list, dict, str))
        ):
            return value
        try:
            return messages.coerce(value, self._loop.run.world.ids)
        except Unacceptable as refusal:
            raise Failed(failure_of(refusal)) from None

    def _add(self, name: str, value: Json) -> None:
        """Add a write to those of the node: it returns one value for each channel."""
        reducer = self._loop.agent.channels.get(name)
        for at, (known, old) in enumerate(self.writes):
            if known == name:
                self.writes[at] = (name, _together(reducer, old, value))
                return
        self.writes.append((name, value))


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isnan(value)


def _together(reducer: str | None, old: Json, new: Json) -> Json:
    if reducer in ("append", "messages") and isinstance(old, list) and isinstance(new, list):
        return old + new
    if reducer == "sum" and isinstance(old, (int, float)) and isinstance(new, (int, float)):
        return old + new
    return new


class Raised:
    """Turns what a script raises into the failure of its node."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if error is None or isinstance(error, (Failed, Paused)) or not isinstance(error, Exception):
            return
        name = type(error).__name__
        raise Failed(Failure(name, str(error), public=getattr(builtins, name, None) is type(error))) from error
