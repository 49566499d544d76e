"""What the nodes of an agent did, task by task, as the histories and runs of threads show it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from understudy.recording.channels import place
from understudy.recording.scripts.rows import (
    BY_COMMAND,
    START,
    asked_for,
    command_of,
    is_message,
    is_sent,
    values_of,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from understudy.recording.captured import RecordedRun
    from understudy.wire import Json, JsonObject


_INTERRUPT_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Moment:
    """A node begins: with these values of its graph, in this run, for the so many-th time on its thread and in the run.

    `unknown` are the channels whose values then nobody knows: a command has written to them afterwards.
    """

    values: JsonObject
    run: RecordedRun
    visit: int
    run_visit: int
    unknown: frozenset[str] = frozenset()


@dataclass(slots=True, eq=False)
class Play:
    """What a node did, from its first beginning to its end.

    It began anew, at each of its `moments`, whenever it was resumed: `answers` are what it was told then, `asked` what
    it had asked. In the end it wrote (`done`), failed (`error`), or neither is known. `sent` says which of the inputs
    that a superstep sent it had; `targets` are where it led, besides its plain edges.
    """

    node: str
    task: JsonObject
    superstep: Superstep
    moments: list[Moment] = field(default_factory=list)
    answers: list[Json] = field(default_factory=list)
    asked: list[Json] = field(default_factory=list)
    done: bool = False
    error: str | None = None

    @property
    def targets(self) -> list[str]:
        """The nodes where it led of its own accord; those that are sent an input stand in `sends`."""
        return self.superstep.targets[self.task["id"]]

    @property
    def sends(self) -> list[JsonObject]:
        """The tasks for which it sent an input."""
        return self.superstep.sends[self.task["id"]]

    @property
    def sent(self) -> bool:
        """Whether it was sent an input of its own."""
        return is_sent(self.task)

    @property
    def writes(self) -> list[tuple[str, Json]]:
        """What it wrote, by channel."""
        return written(self.task)


@dataclass(slots=True, eq=False)
class Superstep:
    """A state of a graph, and the state that its tasks led to, None where they led nowhere yet."""

    state: JsonObject
    after: JsonObject | None
    run: RecordedRun
    targets: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    sends: dict[str, list[JsonObject]] = field(default_factory=lambda: defaultdict(list))

    @property
    def tasks(self) -> list[JsonObject]:
        """Its tasks in the order in which their writes are taken in."""
        return sorted(self.state["tasks"], key=place)

    @property
    def values(self) -> JsonObject:
        """The values of its state, by channel."""
        return values_of(self.state)

    @property
    def is_by_command(self) -> bool:
        """Whether a command named what ran here."""
        return any(task.get(BY_COMMAND) for task in self.state["tasks"])

    @property
    def is_input(self) -> bool:
        """Whether an input comes in here."""
        return any(task["name"] == START for task in self.state["tasks"])


@dataclass(slots=True)
class Graph:
    """All that was recorded of one graph; `inner` are the graphs that its nodes run.

    `stops` are the supersteps before which runs stopped that had not been asked to.
    """

    supersteps: list[Superstep] = field(default_factory=list)
    stops: list[Superstep] = field(default_factory=list)
    plays: list[Play] = field(default_factory=list)
    inner: dict[str, Graph] = field(default_factory=dict)


def graph_of(runs: Sequence[RecordedRun]) -> Graph:
    """Return what these runs of one agent show."""
    graph = Graph()
    threads: dict[str, list[RecordedRun]] = {}
    for run in sorted(runs, key=lambda run: (run.row.get("created_at") or "", run.row.get("run_id") or "")):
        threads.setdefault(run.thread_id, []).append(run)
    for told in threads.values():
        _Thread(told).into(graph, "")
    return graph


class _Thread:
    """The runs of one thread, oldest first, and the states of each graph that took part in them."""

    def __init__(self, runs: list[RecordedRun]) -> None:
        self._runs = runs
        self._visits: Counter[tuple[str, ...]] = Counter()
        self._run_visits: Counter[tuple[str, tuple[str, ...]]] = Counter()
        self._states: dict[str, dict[str, JsonObject]] = defaultdict(dict)
        self._made_by: dict[str, int] = {}
        for at, run in enumerate(runs):
            for state in ([run.before] if run.before else []) + list(run.states):
                place = state["checkpoint"]
                self._states[place.get("checkpoint_ns") or ""][place["checkpoint_id"]] = state
                if state is not run.before:
                    self._made_by[place["checkpoint_id"]] = at
                elif _goes_on(run):
                    # Somebody else made the state, and this run took it up.
                    self._made_by.setdefault(place["checkpoint_id"], at)

    def into(self, graph: Graph, namespace: str, names: tuple[str, ...] = ()) -> None:
        """Add what happened in one namespace, and in those of its subgraphs."""
        states = list(self._states[namespace].values())
        children = {_parent(state): state for state in reversed(states) if state["metadata"].get("source") == "loop"}
        for state in states:
            at = self._made_by.get(state["checkpoint"]["checkpoint_id"])
            if at is None:
                continue
            superstep = Superstep(state, children.get(state["checkpoint"]["checkpoint_id"]), self._runs[at])
            graph.supersteps.append(superstep)
            if self._stopped_at(superstep, at) and superstep.tasks and not _asked_to_stop(self._runs[at]):
                graph.stops += [] if superstep.is_by_command else [superstep]
            for task in superstep.tasks:
                if task["name"] == START:
                    continue
                inner = (task.get("checkpoint") or {}).get("checkpoint_ns")
                path = (*names, task["name"])
                if inner and self._states.get(inner):
                    self.into(graph.inner.setdefault(task["name"], Graph()), inner, path)
                else:
                    graph.plays += self._plays(superstep, task, path, at)

    def _plays(self, superstep: Superstep, task: JsonObject, path: tuple[str, ...], first: int) -> Iterator[Play]:
        """Yield what a task did: once more for each time that it failed and was run again."""
        play = Play(task["name"], task, superstep)
        ran = list(self._attempts(superstep, task, first))
        answered = [at for at, (_, answer) in enumerate(ran) if answer]
        if answered and task.get("result") is not None:
            ran = ran[: answered[-1] + 1]
        for at, (run, answer) in enumerate(ran):
            self._visits[path] += 1
            run_path = (run.row["run_id"], path)
            self._run_visits[run_path] += 1
            visits = self._visits[path], self._run_visits[run_path]
            values, unknown = _before(superstep.values, [_update(later) for later, _ in ran[at + 1 :]])
            play.moments.append(Moment(values, run, *visits, unknown))
            play.answers += answer
            if task.get("error") and run.row.get("status") == "error":
                play.error = str(task["error"])
                yield _complete(play)
                play = Play(task["name"], task, superstep, answers=list(play.answers))
            elif at == len(ran) - 1:
                play.done = task.get("result") is not None or (superstep.after is not None and not task.get("error"))
        if play.moments:
            yield _complete(play)

    def _attempts(self, superstep: Superstep, task: JsonObject, first: int) -> Iterator[tuple[RecordedRun, list[Json]]]:
        """Yield the runs in which a task began, with the answers that they brought it."""
        asks = bool(task.get("interrupts"))
        if not self._stopped_at(superstep, first):
            yield self._runs[first], []
            if task.get("result") is not None and not asks and not task.get("error"):
                return
        last = self._last_to_go_on(superstep, first)
        has_failed = any(one.get("error") for one in superstep.state["tasks"])
        for run in self._runs[first + 1 : last + 1]:
            if run.row.get("status") == "error" and not has_failed and not run.states:
                continue  # it failed before any task began, as when it answers one of several questions
            yield run, _answers(command_of(run), task) if asks else []

    def _last_to_go_on(self, superstep: Superstep, first: int) -> int:
        """Return the number of the last run that took up the tasks of a superstep."""
        if superstep.after is not None:
            return self._made_by.get(superstep.after["checkpoint"]["checkpoint_id"], first)
        last, namespace = first, superstep.state["checkpoint"].get("checkpoint_ns")
        for at, run in enumerate(self._runs[first + 1 :], first + 1):
            if not _goes_on(run) or any(state["checkpoint"].get("checkpoint_ns") == namespace for state in run.states):
                break
            last = at
        return last

    def _stopped_at(self, superstep: Superstep, first: int) -> bool:
        """Return whether the run that made a state stopped there, before any of its tasks began."""
        after = superstep.after
        if after is not None and self._made_by.get(after["checkpoint"]["checkpoint_id"]) == first:
            return False
        if self._runs[first].row.get("status") not in ("success", "interrupted", "error"):
            return False
        return not any(self._began(task, first) for task in superstep.state["tasks"])

    def _began(self, task: JsonObject, at: int) -> bool:
        """Return whether a run that stopped there has had a task begin."""
        inner = self._states.get((task.get("checkpoint") or {}).get("checkpoint_ns") or "-", {})
        return bool(task.get("interrupts") or task.get("error") or any(self._made_by.get(made) == at for made in inner))


def _complete(play: Play) -> Play:
    """Return a play with what it asked. Of several questions the history has the last only: it stands for all."""
    asked = play.task.get("interrupts") or []
    count = len(play.answers) + (0 if play.done or play.error else 1)
    play.asked = [asked[-1]["value"]] * count if asked else []
    return play


def _update(run: RecordedRun) -> JsonObject:
    update = command_of(run).get("update")
    return update if isinstance(update, dict) else {}


def _before(values: JsonObject, updates: Iterable[JsonObject]) -> tuple[JsonObject, frozenset[str]]:
    """Return the values as they were before these updates, and the channels of which that cannot be told."""
    unknown: set[str] = set()
    for name, value in [pair for update in updates for pair in update.items()]:
        held = values.get(name)
        if isinstance(held, list) and held and all(map(is_message, held)):
            values = {**values, name: held[: -len(value) if isinstance(value, list) else -1]}
        else:
            unknown.add(name)
    return values, frozenset(unknown)


def _asked_to_stop(run: RecordedRun) -> bool:
    kwargs = asked_for(run)
    return run.row.get("status") != "success" or bool(kwargs.get("interrupt_before") or kwargs.get("interrupt_after"))


def _goes_on(run: RecordedRun) -> bool:
    return asked_for(run).get("input") is None


def _parent(state: JsonObject) -> Any:
    return (state.get("parent_checkpoint") or {}).get("checkpoint_id")


def _answers(command: JsonObject, task: JsonObject) -> list[Json]:
    """Return what a command answers to a task: one thing or nothing."""
    resume = command.get("resume")
    if isinstance(resume, dict) and resume and all(_INTERRUPT_ID.fullmatch(name) for name in resume):
        return [resume[asked["id"]] for asked in task["interrupts"][:1] if asked["id"] in resume]
    return [] if resume is None else [resume]
