"""The events of mode `events`: the beginnings, results and ends of everything that runs, one inside the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from understudy.agents.loop import Loop
    from understudy.agents.output import Output
    from understudy.agents.performance import Performance
    from understudy.agents.tasks import Task
    from understudy.wire import Json, JsonObject


class Chain:
    """Something that runs, as mode `events` tells of it."""

    def __init__(
        self, output: Output, name: str, run_id: str, tags: list[str], metadata: JsonObject, parents: list[str]
    ) -> None:
        self._output = output
        self._told: JsonObject = {
            "name": name,
            "tags": tags,
            "run_id": run_id,
            "metadata": metadata,
            "parent_ids": parents,
        }
        self._input: Json = None

    @classmethod
    def of_node(cls, output: Output, run: Performance, loop: Loop, task: Task, told: JsonObject) -> Chain:
        """Return the chain of a task that begins."""
        if "events" not in output.modes:
            return _Silent()
        tags = [f"graph:step:{loop.step}"]
        chain = cls(output, task.name, run.world.ids.time_ordered(), tags, told, [run.run_id])
        chain.begin(task.input if task.sent else loop.values)
        return chain

    def begin(self, given: Json) -> None:
        """Tell that it begins."""
        self._input = given
        self._show("on_chain_start", {"input": given})

    def stream(self, chunk: Json) -> None:
        """Tell what came out of it."""
        self._show("on_chain_stream", {"chunk": chunk})

    def end(self, result: Json) -> None:
        """Tell that it is done."""
        self.stream(result)
        self._show("on_chain_end", {"output": result, "input": self._input})

    def _show(self, event: str, data: JsonObject) -> None:
        self._output.show("events", (), {"event": event, "data": data, **self._told})


class _Silent(Chain):
    """A chain that nobody wants to hear of."""

    def __init__(self) -> None:
        pass

    def begin(self, given: Json) -> None:
        """Tell nothing."""

    def stream(self, chunk: Json) -> None:
        """Tell nothing."""

    def end(self, result: Json) -> None:
        """Tell nothing."""


def whole(run: Performance) -> Chain:
    """Return the chain of a whole run, which begins."""
    if "events" not in run.output.modes:
        return _Silent()
    told = {**run.metadata, "ls_integration": "langgraph"}
    chain = Chain(run.output, run.agent.graph_id, run.run_id, [], told, [])
    chain.begin(run.input)
    return chain
