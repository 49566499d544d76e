"""Scenarios put into a world: everything is filled in and checked first, then all of it goes in or nothing does."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING

from understudy.paths import quoted, spelled
from understudy.scenarios import assistants, crons, observed, runs, store, threads
from understudy.scenarios.agents import AgentReader, with_inside
from understudy.scenarios.computer_agents.reading import Reader
from understudy.scenarios.computer_agents.told import Told
from understudy.scenarios.generate import Generator
from understudy.scenarios.problems import Problem, ScenarioError
from understudy.scenarios.references import Around, time
from understudy.state.clock import Clock, moment
from understudy.state.ids import assistant_of
from understudy.state.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from understudy.paths import Path
    from understudy.scenarios.references import Complain
    from understudy.scenarios.scenario import Scenario
    from understudy.state.agents import Agent
    from understudy.state.clock import Clock
    from understudy.wire import JsonObject


def build(
    scenarios: Iterable[Scenario],
    clock: Clock | None = None,
    seed: int | None = None,
    *,
    agents: Iterable[Agent] | None = None,
) -> World:
    """Return a new world with everything that the scenarios tell, put in one after the other.

    Without a `clock`, its time stands still where the last scenario that tells a moment says so, and is the machine's
    if none does; without a `seed`, ids are the machine's. `agents` are those of another world with the same scenarios:
    making them anew takes the most time. ScenarioError lists all that is wrong in any of the scenarios, such as an id
    that two of them have.
    """
    told = list(scenarios)
    loading = _Loading()
    stands_at = loading.clock(told)
    if stands_at and clock is None:
        clock = Clock(stands_at)
    made = loading.all_agents(told) if agents is None else {agent.graph_id: agent for agent in agents}
    world = World(made.values(), clock=clock, seed=seed)
    names = [*dict.fromkeys(name for scenario in told for name in scenario.agents)]
    loading.read(told, Around(world, made, names))
    # In a new world, the assistants of the agents come to be where the scenarios tell of them.
    for assistant, _ in loading.rows.assistants:
        if assistant["assistant_id"] in world.assistants:
            world.assistants.delete(assistant["assistant_id"])
    loading.rows.platform.make_way(world)
    loading.fill(told, world)
    if known := loading.rows.ids():
        world.ids.avoid(known)
    return world


def clock_of(scenarios: Iterable[Scenario]) -> datetime | None:
    """Return where the last scenario that says so lets time stand still; None if none does."""
    return _Loading().clock(list(scenarios))


def load(scenario: Scenario, world: World) -> None:
    """Put what a scenario tells into a world; what has the same id there is replaced, and time goes on.

    Runs that are at work play on with the agent that they began with. ScenarioError lists all that is wrong; then
    nothing has changed.
    """
    loading = _Loading()
    loading.clock([scenario])
    agents = {agent.graph_id: agent for agent in world.agents}
    fresh = loading.agents(scenario, agents)
    loading.read([scenario], Around(world, agents | fresh, [*agents, *scenario.agents]))
    for agent in [*fresh.values(), *with_inside(fresh, agents)]:
        world.agents.put(agent)
        if agent.graph_id not in agents:
            world.assistants.welcome(agent)
            world.computer_agents.agents.welcome(agent)
    loading.fill([scenario], world)
    if known := loading.rows.platform.ids():
        world.ids.avoid(known)


@dataclass
class _Rows:
    """What is to be put into a world, complete."""

    assistants: list[tuple[JsonObject, list[JsonObject]]] = field(default_factory=list)
    threads: list[tuple[JsonObject, Sequence[JsonObject]]] = field(default_factory=list)
    runs: list[JsonObject] = field(default_factory=list)
    visits: dict[str, dict[str, int]] = field(default_factory=dict)
    crons: list[JsonObject] = field(default_factory=list)
    items: list[store.Told] = field(default_factory=list)
    platform: Told = field(default_factory=Told)
    generators: list[Generator] = field(default_factory=list)
    changed: list[tuple[int, Callable[[], object]]] = field(default_factory=list)
    """What lets a row count as the one changed last, and when that is its turn."""

    def ids(self) -> list[str]:
        """Return the ids of all rows."""
        return [
            *(row["assistant_id"] for row, _ in self.assistants),
            *(row["thread_id"] for row, _ in self.threads),
            *(row["run_id"] for row in self.runs),
            *(row["cron_id"] for row in self.crons),
            *self.platform.ids(),
        ]


class _Loading:
    """Collects what is wrong and what is to be put in."""

    def __init__(self) -> None:
        self.rows = _Rows()
        self._problems: list[Problem] = []
        # By kind and id, where the row was told first.
        self._seen: dict[tuple[str, str], tuple[str, Path]] = {}

    def complain(self, scenario: Scenario, path: Path, what: str) -> None:
        """Note a problem."""
        self._problems.append(scenario.problem(path, what))

    def clock(self, scenarios: Iterable[Scenario]) -> datetime | None:
        """Return where the last scenario that says so lets time stand still; None if none does."""
        last = None
        for scenario in scenarios:
            last = time(scenario.value, "clock", (), self._complaints_of(scenario)) or last
        return moment(last) if last else None

    def all_agents(self, scenarios: Sequence[Scenario]) -> dict[str, Agent]:
        """Return the agents of all scenarios, which may differ in none that they share."""
        agents: dict[str, Agent] = {}
        for scenario in scenarios:
            for graph_id, agent in self.agents(scenario, agents).items():
                if graph_id in agents and agents[graph_id] != agent:
                    first = next(other for other in scenarios if graph_id in other.agents)
                    self.complain(scenario, ("agents", graph_id), f"{first.file} has another agent of this name")
                agents[graph_id] = agent
        return agents

    def agents(self, scenario: Scenario, others: Mapping[str, Agent]) -> dict[str, Agent]:
        """Return the agents of a scenario whose shape is right."""
        self._problems += scenario.problems
        return AgentReader(scenario, others, self._complaints_of(scenario)).agents()

    def read(self, scenarios: Sequence[Scenario], around: Around) -> None:
        """Complete everything that is to be put in. ScenarioError when there is any problem."""
        platform = Reader(around)
        self.rows.platform = platform.told
        for scenario in scenarios:
            self._read(scenario, around)
            platform.read(scenario, _Checks(self, scenario))
        if self._problems:
            order = {scenario.file: at for at, scenario in enumerate(scenarios)}
            raise ScenarioError(sorted(self._problems, key=lambda problem: (order[problem.source], problem.line or 0)))

    def fill(self, scenarios: Sequence[Scenario], world: World) -> None:
        """Put everything into a world that has the agents."""
        rows = self.rows
        for scenario in scenarios:
            for graph_id, row in scenario.agents.items():
                assistant_id = assistant_of(graph_id)
                if row.get("assistant") is False and assistant_id in world.assistants:
                    world.assistants.delete(assistant_id)
                    world.crons.forget_assistant(assistant_id)
        for assistant, versions in rows.assistants:
            world.assistants.restore(assistant, versions)
        # With a thread that is replaced go its runs, but not the crons that start them.
        crons = list(world.crons)
        for thread, history in rows.threads:
            world.threads.restore(thread, history)
            world.ids.outgrow(thread["thread_id"])
            for state in history:
                world.ids.outgrow(state["checkpoint_id"])
        for run in rows.runs:
            world.runs.add(run)
            world.ids.outgrow(run["run_id"])
        world.runs.visits |= {thread_id: Counter(visits) for thread_id, visits in rows.visits.items()}
        for cron in [*crons, *rows.crons]:
            world.crons.restore(cron)
        for told in rows.items:
            world.store.restore(told.item, ttl=told.ttl, expires_at=told.expires_at)
        rows.platform.fill(world)
        for generator in rows.generators:
            generator.fill(world)
        for _, touch in sorted(rows.changed, key=itemgetter(0)):
            touch()

    def _read(self, scenario: Scenario, around: Around) -> None:
        complain = self._complaints_of(scenario)
        world = around.world
        for path, row in scenario.rows("assistants"):
            before = len(self._problems)
            assistant, versions = assistants.complete(row, path, around, complain)
            self.once(scenario, "assistant", assistant["assistant_id"], path)
            if len(self._problems) == before:
                self.hold(scenario, path, "Assistant", [assistant])
                self.hold(scenario, path, "AssistantVersion", versions)
            self.rows.assistants.append((assistant, versions))
            self.in_turn(row, partial(world.assistants.touch, assistant["assistant_id"]))
        rows = [*map(_own_assistant, around.agents), *world.assistants, *(row for row, _ in self.rows.assistants)]
        around = replace(around, assistants={row["assistant_id"]: row for row in rows})
        for path, row in scenario.rows("threads"):
            self._read_thread(scenario, path, row, around)
        for path, row in scenario.rows("crons"):
            before = len(self._problems)
            cron = crons.complete(row, path, around, complain)
            thread_id = cron["thread_id"]
            if thread_id and ("thread", thread_id) not in self._seen and world.threads.seek(thread_id) is None:
                complain((*path, "thread_id"), f"no thread {quoted(thread_id)}")
            self.once(scenario, "cron", cron["cron_id"], path)
            if len(self._problems) == before:
                self.hold(scenario, path, "Cron", [cron])
            self.rows.crons.append(cron)
        for path, row in scenario.rows("store"):
            before = len(self._problems)
            told = store.complete(row, path, around, complain)
            self.once(scenario, "item", store.name_of(told.item), path)
            if len(self._problems) == before:
                self.hold(scenario, path, "Item", [told.item])
            self.rows.items.append(told)
        if scenario.is_sound(("generate",)) and scenario.generate:
            self.rows.generators.append(Generator(scenario, around, complain))

    def _read_thread(self, scenario: Scenario, path: Path, row: JsonObject, around: Around) -> None:
        complain = self._complaints_of(scenario)
        before = len(self._problems)
        thread, history = threads.complete(row, path, around, complain)
        thread_id = thread["thread_id"]
        self.once(scenario, "thread", thread_id, path)
        told = []
        for at, run_row in enumerate(row.get("runs", ())):
            place: Path = (*path, "runs", at)
            run = runs.complete(run_row, thread, place, around, complain)
            self.once(scenario, "run", run["run_id"], place)
            told.append((place, run))
        if len(self._problems) == before:
            self.hold(scenario, path, "Thread", [thread])
            self.hold(scenario, path, "ThreadState", history)
            for place, run in told:
                self.hold(scenario, place, "Run", [run])
        self.rows.threads.append((thread, history))
        self.rows.runs += [run for _, run in told]
        if row.get("visits"):
            self.rows.visits[thread_id] = row["visits"]
        self.in_turn(row, partial(around.world.threads.note, thread_id))

    def in_turn(self, row: JsonObject, touch: Callable[[], object]) -> None:
        """Let a row count as the one changed last when it is its turn, if it says so."""
        if "changed" in row:
            self.rows.changed.append((row["changed"], touch))

    def once(self, scenario: Scenario, kind: str, key: str, path: Path) -> None:
        """Complain when something with this key was told before."""
        if (kind, key) in self._seen:
            file, first = self._seen[kind, key]
            place = spelled(first) if file == scenario.file else f"{file}, {spelled(first)}"
            self.complain(scenario, path, f"the {kind} {key} is told twice, first by {place}")
        self._seen.setdefault((kind, key), (scenario.file, path))

    def hold(
        self, scenario: Scenario, path: Path, kind: str, rows: Iterable[JsonObject], api: str = "agent-server"
    ) -> None:
        """Hold complete rows to the observed document of an API."""
        for row in rows:
            for inner, what in observed.faults(kind, row, api):
                self.complain(scenario, path, f"{kind} {spelled(inner)}: {what}" if inner else f"{kind}: {what}")

    def _complaints_of(self, scenario: Scenario) -> Complain:
        return lambda path, what: self.complain(scenario, path, what)


class _Checks:
    """What is asked of one scenario's reading by those who read a part of it."""

    def __init__(self, loading: _Loading, scenario: Scenario) -> None:
        self.complain: Complain = partial(loading.complain, scenario)
        self.once = partial(loading.once, scenario)
        self.hold = partial(loading.hold, scenario)
        self.in_turn = loading.in_turn


def _own_assistant(graph_id: str) -> JsonObject:
    """Return what there is to know of the assistant that an agent has from the start."""
    return {"assistant_id": assistant_of(graph_id), "graph_id": graph_id, "metadata": {"created_by": "system"}}
