"""The states of a thread between a scenario and a world: what is left out is worked out as a run would have made it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from understudy.paths import quoted
from understudy.scenarios import tasks, values
from understudy.scenarios.references import known, time, uuid
from understudy.scenarios.whole import is_whole_state
from understudy.state.agents import START
from understudy.state.checkpoints import ROOT, checkpoint_ref
from understudy.state.clock import Clock, moment, timestamp
from understudy.state.ids import Ids

if TYPE_CHECKING:
    from datetime import datetime

    from understudy.paths import Path
    from understudy.scenarios.references import Complain
    from understudy.state.agents import Agent
    from understudy.wire import Json, JsonObject

TICK = timedelta(milliseconds=1)
"""Lies between two states when nothing is said of their times."""

# What the server notes in the metadata of every checkpoint that a run makes.
_RUN = {
    "run_attempt": 1,
    "langgraph_version": "1.2.22",
    "langgraph_api_version": "0.16.7",
    "langgraph_plan": "enterprise",
    "langgraph_host": "self-hosted",
}


class States:
    """The states of one thread, added oldest first, then settled.

    What is made up (ids, times) is the same every time for the same thread: it hangs on the thread's id and `start`,
    the moment of the first state if that does not tell its own.
    """

    def __init__(
        self, thread: JsonObject, agent: Agent | None, noted: JsonObject, start: datetime, complain: Complain
    ) -> None:
        """Begin with a thread of which id and metadata are known; `noted` is the metadata of its assistant."""
        self._thread_id: str = thread["thread_id"]
        self._metadata: JsonObject = thread["metadata"]
        self._agent = agent
        self._noted = noted
        self._complain = complain
        self._clock = Clock(start - TICK)
        self._ids = Ids(self._clock, seed=int.from_bytes(self._thread_id.encode()))
        self._run_id: str | None = None
        self._ids_known: set[tuple[str, str]] = set()
        self._by_namespace: dict[str, list[JsonObject]] = {}
        # By the namespace of a task's subgraph, the state that the task belongs to.
        self._outer: dict[str, JsonObject] = {}
        self._as_written: dict[str, JsonObject] = {}
        self._unsettled: list[tuple[str, JsonObject, JsonObject, JsonObject]] = []
        self._all: list[JsonObject] = []

    def add(self, row: JsonObject, path: Path) -> None:
        """Take in the next state, of the agent itself or of a subgraph."""
        self._add(row, path, row.get("checkpoint", {}).get("checkpoint_ns", ROOT))

    def settle(self) -> list[JsonObject]:
        """Return all states, those inside tasks too, with what could not be known before the later ones were."""
        for namespace, state, task, row in reversed(self._unsettled):
            self._settle_task(namespace, state, task, row)
        for state in self._all:
            state["interrupts"] = [interrupt for task in state["tasks"] for interrupt in task["interrupts"]]
        return self._all

    def latest(self, namespace: str = ROOT) -> JsonObject | None:
        """Return the last state of a namespace, or None."""
        states = self._by_namespace.get(namespace)
        return states[-1] if states else None

    def waiting(self, namespace: str = ROOT) -> JsonObject:
        """Return what the thread waits for, by task; what a subgraph waits for, by the task inside it."""
        state = self.latest(namespace)
        found: JsonObject = {}
        for task in state["tasks"] if state else ():
            inner = _namespace(namespace, task)
            if self.latest(inner):
                found |= self.waiting(inner)
            elif task["interrupts"]:
                found[task["id"]] = task["interrupts"]
        return found

    def finished(self) -> JsonObject | None:
        """Return the last state with which a run ended, or None."""
        return next((state for state in reversed(self._by_namespace.get(ROOT, [])) if not state["next"]), None)

    def _add(self, row: JsonObject, path: Path, namespace: str) -> None:
        whole = is_whole_state(row)
        agent = None if whole else self._agent_in(namespace)
        if self._agent and not agent and not whole:
            self._complain(path, f"no node runs the subgraph of {quoted(namespace)}")
        base = self.latest(namespace)
        told = tasks.told(row, path, self._complain)
        following = row.get("next", [task["name"] for _, task in told])
        for at, name in enumerate(row.get("next", ())):
            self._check_node(name, agent, (*path, "next", at))
        created_at = time(row, "created_at", path, self._complain) or timestamp(self._clock.now() + TICK)
        self._clock.set(moment(created_at))
        metadata = self._metadata_of(row, following, base, namespace, path)
        checkpoint_id = self._checkpoint_id(row, metadata["step"], namespace, path)
        parents = metadata.get("parents", {})
        parent_id = self._parent_id(row, base, metadata, namespace, path, whole=whole)
        state: JsonObject = {
            "values": self._values(row, base, agent, path),
            "next": following,
            "tasks": [],
            "metadata": metadata,
            "created_at": created_at,
            "checkpoint": checkpoint_ref(self._thread_id, namespace, checkpoint_id, parents),
            "parent_checkpoint": parent_id and checkpoint_ref(self._thread_id, namespace, parent_id, parents),
            "interrupts": [],
            "checkpoint_id": checkpoint_id,
            "parent_checkpoint_id": parent_id,
            **{name: row[name] for name in ("ran", "held") if name in row},
        }
        if "values" in row:
            self._as_written[checkpoint_id] = row["values"]
        self._all.append(state)
        self._by_namespace.setdefault(namespace, []).append(state)
        for place, task in told:
            if "tasks" in row:
                self._check_node(task["name"], agent, (*place, "name"))
            state["tasks"].append(self._task(task, place, state, namespace))

    def _agent_in(self, namespace: str) -> Agent | None:
        """Return the agent whose states a namespace has, None where it is not known."""
        agent = self._agent
        for level in namespace.split("|") if namespace else ():
            agent = agent and agent.subgraphs.get(level.partition(":")[0])
        return agent

    def _check_node(self, name: str, agent: Agent | None, path: Path) -> None:
        if agent:
            known("node", name, [START, *agent.nodes], path, self._complain)

    def _values(self, row: JsonObject, base: JsonObject | None, agent: Agent | None, path: Path) -> Json:
        if "values" in row and agent:
            return values.complete(row["values"], agent, self._thread_id, (*path, "values"), self._complain)
        if "values" in row:
            return row["values"]
        if base:
            return base["values"]
        return values.empty(agent) if agent else {}

    def _metadata_of(
        self, row: JsonObject, following: list[str], base: JsonObject | None, namespace: str, path: Path
    ) -> JsonObject:
        told: JsonObject = row.get("metadata") or {}
        if "source" in told and "step" in told:
            return told
        source = told.get("source") or ("input" if START in following else "loop")
        first = -1 if source == "input" else 0
        step = base["metadata"]["step"] + 1 if base else first
        parents = self._parents(namespace, path) if namespace != ROOT else {}
        made: JsonObject = {name: self._metadata[name] for name in ("graph_id",) if name in self._metadata}
        if source in ("input", "loop"):
            resumed = base is not None and any(task["interrupts"] for task in base["tasks"])
            if self._run_id is None or (namespace == ROOT and (source == "input" or resumed)):
                self._run_id = self._ids.time_ordered()
            made |= {name: self._metadata[name] for name in ("assistant_id",) if name in self._metadata}
            made |= {"user_id": "", **self._noted, **self._metadata, **_RUN, "run_id": self._run_id}
        made["thread_id"] = self._thread_id
        if namespace != ROOT:
            made["checkpoint_ns"] = namespace
        return {**made, "source": source, "step": step, "parents": parents, **told}

    def _parents(self, namespace: str, path: Path) -> JsonObject:
        """Return the checkpoint of each namespace around this one."""
        outer = self._outer.get(namespace)
        if outer is None:
            if self._agent_in(namespace):
                self._complain(path, f"no task above it has the subgraph {quoted(namespace)}, which is `node:task id`")
            return {}
        around: JsonObject = outer["metadata"].get("parents", {})
        return {**around, outer["checkpoint"]["checkpoint_ns"]: outer["checkpoint_id"]}

    def _checkpoint_id(self, row: JsonObject, step: int, namespace: str, path: Path) -> str:
        ref = row.get("checkpoint", {})
        if ref.get("thread_id", self._thread_id) != self._thread_id:
            self._complain((*path, "checkpoint", "thread_id"), f"not that of the thread, {self._thread_id}")
        told = row.get("checkpoint_id", ref.get("checkpoint_id"))
        if told is None:
            checkpoint_id = self._ids.checkpoint(int(step))
        else:
            place = (*path, "checkpoint_id") if "checkpoint_id" in row else (*path, "checkpoint", "checkpoint_id")
            checkpoint_id = uuid(told, place, self._complain)
            if (namespace, checkpoint_id) in self._ids_known:
                self._complain(place, f"the checkpoint {checkpoint_id} is there twice")
        self._ids_known.add((namespace, checkpoint_id))
        return checkpoint_id

    def _parent_id(
        self, row: JsonObject, base: JsonObject | None, metadata: JsonObject, namespace: str, path: Path, *, whole: bool
    ) -> str | None:
        if "parent_checkpoint_id" in row:
            place, told = (*path, "parent_checkpoint_id"), row["parent_checkpoint_id"]
        elif "parent_checkpoint" in row:
            place = (*path, "parent_checkpoint")
            told = (row["parent_checkpoint"] or {}).get("checkpoint_id")
        else:
            return base["checkpoint_id"] if base else None
        # The first state there is may have had others before it; a fork notes which state it starts from, even one
        # that never was.
        if told is None:
            return None
        noted = whole or base is None or metadata.get("checkpoint_id") == told
        if not noted and (namespace, told) not in self._ids_known:
            self._complain(place, f"no state above this one is the checkpoint {told}")
        return str(told)

    def _task(self, row: JsonObject, path: Path, state: JsonObject, namespace: str) -> JsonObject:
        task = tasks.complete(row, self._ids)
        inner = _namespace(namespace, task)
        self._outer[inner] = state
        if row.get("state"):
            self._add(row["state"], (*path, "state"), inner)
        self._unsettled.append((namespace, state, task, row))
        return task

    def _settle_task(self, namespace: str, state: JsonObject, task: JsonObject, row: JsonObject) -> None:
        inner = _namespace(namespace, task)
        if self.latest(inner):
            task["checkpoint"] = {"thread_id": self._thread_id, "checkpoint_ns": inner}
            if "interrupts" not in row:
                task["interrupts"] = [interrupt for waits in self.waiting(inner).values() for interrupt in waits]
        if "result" not in row and task["error"] is None and len(state["tasks"]) == 1:
            after = self._made_from(state, namespace)
            agent = self._agent_in(namespace)
            if after and agent:
                # What came in from outside shows as it was written, all else as it is kept.
                as_written = self._as_written.get(after["checkpoint_id"]) if task["name"] == START else None
                task["result"] = values.written(state["values"], after["values"], agent.channels, as_written)

    def _made_from(self, state: JsonObject, namespace: str) -> JsonObject | None:
        """Return the state that the tasks of this one led to, or None if they led to none."""
        states = self._by_namespace[namespace]
        return next(
            (
                later
                for later in states
                if later["parent_checkpoint_id"] == state["checkpoint_id"] and later["metadata"]["source"] == "loop"
            ),
            None,
        )


def _namespace(outer: str, task: JsonObject) -> str:
    """Return the namespace of the subgraph that a task runs, or would run."""
    own = f"{task['name']}:{task['id']}"
    return f"{outer}|{own}" if outer else own
