"""One run as all its graphs share it: who runs, with what configuration, and what became of it so far."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from understudy.agents.output import Output
    from understudy.agents.tasks import Task
    from understudy.state.agents import Agent
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject

EVERY = "*"
"""Stands for all nodes where nodes are named."""

_SCALARS = (str, int, float, bool)


@dataclass(slots=True, kw_only=True)
class Performance:
    """What the graphs of a run have in common. `config` is what nodes see; `metadata` what events tell of the run.

    `answers` are the scalar answer of a command, until a node takes it; `answers_by_id` those to named interrupts.
    `records` says whether checkpoints are kept, `at_exit` that only the last of each graph is.
    """

    world: World
    thread_id: str
    run_id: str
    agent: Agent
    output: Output
    config: JsonObject
    context: JsonObject
    recursion_limit: int
    input: Json = None
    command: JsonObject | None = None
    checkpoint_id: str | None = None
    records: bool = True
    at_exit: bool = False
    interrupt_before: Collection[str] = ()
    interrupt_after: Collection[str] = ()
    feedback_keys: Collection[str] = ()
    answers: list[Json] = field(default_factory=list)
    answers_by_id: dict[str, Json] = field(default_factory=dict)
    resume: Json = None
    visits: Counter[str] = field(default_factory=Counter)

    @property
    def goes_on(self) -> bool:
        """Whether the run goes on from where its thread is, instead of starting with an input."""
        # A graph that runs this one as a node, elsewhere, says so when it is resumed.
        told = bool(self.config["configurable"].get("__pregel_resuming"))
        return self.input is None or self.command is not None or told

    @property
    def metadata(self) -> JsonObject:
        """The metadata of the run's configuration, with the run and its thread."""
        return {
            "graph_id": self.agent.graph_id,
            **self.config["metadata"],
            "run_id": self.run_id,
            "thread_id": self.thread_id,
        }

    def config_at(self, namespace: str) -> JsonObject:
        """Return the configuration as the node sees it that runs under this namespace."""
        return {**self.config, "configurable": {**self.config["configurable"], "checkpoint_ns": namespace}}

    def of_task(self, task: Task, namespace: str, step: int) -> JsonObject:
        """Return what is told of a task in events and in the checkpoints of the subgraph that it runs."""
        within = {"checkpoint_ns": namespace} if namespace else {}
        return {
            **within,
            "langgraph_step": step,
            "langgraph_node": task.name,
            "langgraph_triggers": task.triggers,
            "langgraph_path": task.path,
            "langgraph_checkpoint_ns": task.namespace_in(namespace),
        }

    def of_checkpoint(self, around: JsonObject, source: str, step: int, parents: dict[str, str]) -> JsonObject:
        """Return the metadata of a checkpoint; `around` is what is told of the task that runs its graph."""
        configurable = {
            name: value
            for name, value in self.config["configurable"].items()
            if isinstance(value, _SCALARS)
            and not name.startswith(("__", "langgraph_"))
            and not (name == "checkpoint_ns" and not value)
        }
        within = (
            {"checkpoint_map": parents, **around, "checkpoint_ns": around["langgraph_checkpoint_ns"]} if around else {}
        )
        return {
            **configurable,
            **self.metadata,
            **within,
            "source": source,
            "step": step,
            "parents": parents,
            **self._asked_by(),
        }

    def _asked_by(self) -> JsonObject:
        configurable = self.config["configurable"]
        names = ("langgraph_auth_user_id", "langgraph_request_id")
        return {name: configurable[name] for name in names if isinstance(configurable.get(name), str)}
