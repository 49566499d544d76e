"""Scenarios put into a world: everything is filled in and checked first, then all of it goes in or nothing does."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from understudy.paths import quoted, spelled
from understudy.scenarios import assistants, crons, observed, store, threads
from understudy.scenarios.agents import AgentReader
from understudy.scenarios.generate import Generator
from understudy.scenarios.problems import Problem, ScenarioError
from understudy.scenarios.references import Around
from understudy.state.ids import assistant_of
from understudy.state.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from understudy.paths import Path
    from understudy.scenarios.references import Complain
    from understudy.scenarios.scenario import Scenario
    from understudy.state.agents import Agent
    from understudy.state.clock import Clock
    from understudy.wire import JsonObject


def build(scenarios: Iterable[Scenario], clock: Clock | None = None, seed: int | None = None) -> World:
    """Return a new world with everything that the scenarios tell, put in one after the other.

    Time and ids are those of the machine without `clock` and `seed`. ScenarioError lists all that is wrong in any of
    them, such as an id that two of them have.
    """
    told = list(scenarios)
    loading = _Loading()
    agents: dict[str, Agent] = {}
    for scenario in told:
        for graph_id, agent in loading.agents(scenario, agents).items():
            if graph_id in agents and agents[graph_id] != agent:
                first = next(other for other in told if graph_id in other.agents)
                loading.complain(scenario, ("agents", graph_id), f"{first.file} has another agent of this name")
            agents[graph_id] = agent
    world = World(agents.values(), clock=clock, seed=seed)
    names = [*dict.fromkeys(name for scenario in told for name in scenario.agents)]
    loading.fill(told, Around(world, agents, names))
    return world


def load(scenario: Scenario, world: World) -> None:
    """Put a scenario's assistants, threads, crons and items into a world; what has the same id there is replaced.

    Its agents must be agents of the world already. ScenarioError lists all that is wrong; then nothing has changed.
    """
    loading = _Loading()
    agents = {agent.graph_id: agent for agent in world.agents}
    for graph_id, agent in loading.agents(scenario, agents).items():
        if agents.get(graph_id) != agent:
            loading.complain(scenario, ("agents", graph_id), "a world that is there already gets no other agents")
    loading.fill([scenario], Around(world, agents, [*agents, *scenario.agents]))


@dataclass
class _Rows:
    """What is to be put into a world, complete."""

    assistants: list[tuple[JsonObject, list[JsonObject]]] = field(default_factory=list)
    threads: list[tuple[JsonObject, Sequence[JsonObject]]] = field(default_factory=list)
    crons: list[JsonObject] = field(default_factory=list)
    items: list[tuple[JsonObject, float | None]] = field(default_factory=list)
    generators: list[Generator] = field(default_factory=list)


class _Loading:
    """Collects what is wrong and what is to be put in."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []
        self._rows = _Rows()
        # By kind and id, where the row was told first.
        self._seen: dict[tuple[str, str], tuple[str, Path]] = {}

    def complain(self, scenario: Scenario, path: Path, what: str) -> None:
        """Note a problem."""
        self._problems.append(scenario.problem(path, what))

    def agents(self, scenario: Scenario, others: Mapping[str, Agent]) -> dict[str, Agent]:
        """Return the agents of a scenario whose shape is right."""
        self._problems += scenario.problems
        return AgentReader(scenario, others, self._complaints_of(scenario)).agents()

    def fill(self, scenarios: Sequence[Scenario], around: Around) -> None:
        """Put everything in. ScenarioError when there is any problem."""
        for scenario in scenarios:
            self._read(scenario, around)
        if self._problems:
            order = {scenario.file: at for at, scenario in enumerate(scenarios)}
            raise ScenarioError(sorted(self._problems, key=lambda problem: (order[problem.source], problem.line or 0)))
        world, rows = around.world, self._rows
        for scenario in scenarios:
            for graph_id, row in scenario.agents.items():
                if row.get("assistant") is False:
                    world.assistants.delete(assistant_of(graph_id))
        for assistant, versions in rows.assistants:
            world.assistants.restore(assistant, versions)
        for thread, history in rows.threads:
            world.threads.restore(thread, history)
        for cron in rows.crons:
            world.crons.restore(cron)
        for item, ttl in rows.items:
            world.store.restore(item, ttl=ttl)
        for generator in rows.generators:
            generator.fill(world)

    def _read(self, scenario: Scenario, around: Around) -> None:
        complain = self._complaints_of(scenario)
        for path, row in scenario.rows("assistants"):
            before = len(self._problems)
            assistant, versions = assistants.complete(row, path, around, complain)
            self._once(scenario, "assistant", assistant["assistant_id"], path)
            if len(self._problems) == before:
                self._hold(scenario, path, "Assistant", [assistant])
                self._hold(scenario, path, "AssistantVersion", versions)
            self._rows.assistants.append((assistant, versions))
        rows = [*around.world.assistants, *(row for row, _ in self._rows.assistants)]
        around = replace(around, assistants={row["assistant_id"]: row["metadata"] for row in rows})
        for path, row in scenario.rows("threads"):
            before = len(self._problems)
            thread, history = threads.complete(row, path, around, complain)
            self._once(scenario, "thread", thread["thread_id"], path)
            if len(self._problems) == before:
                self._hold(scenario, path, "Thread", [thread])
                self._hold(scenario, path, "ThreadState", history)
            self._rows.threads.append((thread, history))
        for path, row in scenario.rows("crons"):
            before = len(self._problems)
            cron = crons.complete(row, path, around, complain)
            thread_id = cron["thread_id"]
            if thread_id and ("thread", thread_id) not in self._seen and around.world.threads.seek(thread_id) is None:
                complain((*path, "thread_id"), f"no thread {quoted(thread_id)}")
            self._once(scenario, "cron", cron["cron_id"], path)
            if len(self._problems) == before:
                self._hold(scenario, path, "Cron", [cron])
            self._rows.crons.append(cron)
        for path, row in scenario.rows("store"):
            before = len(self._problems)
            item = store.complete(row, path, around, complain)
            self._once(scenario, "item", "/".join([*item["namespace"], item["key"]]), path)
            if len(self._problems) == before:
                self._hold(scenario, path, "Item", [item])
            self._rows.items.append((item, row.get("ttl")))
        if scenario.is_sound(("generate",)) and scenario.generate:
            self._rows.generators.append(Generator(scenario, around, complain))

    def _once(self, scenario: Scenario, kind: str, key: str, path: Path) -> None:
        """Complain when something with this key was told before."""
        if (kind, key) in self._seen:
            file, first = self._seen[kind, key]
            place = spelled(first) if file == scenario.file else f"{file}, {spelled(first)}"
            self.complain(scenario, path, f"the {kind} {key} is told twice, first by {place}")
        self._seen.setdefault((kind, key), (scenario.file, path))

    def _hold(self, scenario: Scenario, path: Path, kind: str, rows: Iterable[JsonObject]) -> None:
        """Hold complete rows to the observed document."""
        for row in rows:
            for inner, what in observed.faults(kind, row):
                self.complain(scenario, path, f"{kind} {spelled(inner)}: {what}" if inner else f"{kind}: {what}")

    def _complaints_of(self, scenario: Scenario) -> Complain:
        return lambda path, what: self.complain(scenario, path, what)
