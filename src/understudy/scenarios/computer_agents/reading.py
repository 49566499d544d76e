"""Reads what scenarios tell of the Computer Agents API: everything is filled in and checked."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Protocol

from understudy.agents.computer_agents.staging import echo_of, place_id
from understudy.scenarios import store
from understudy.scenarios import threads as stage_threads
from understudy.scenarios.computer_agents import agents, environments, projects
from understudy.scenarios.computer_agents import threads as conversations
from understudy.scenarios.computer_agents.known import Known
from understudy.scenarios.computer_agents.rows import API, id_of
from understudy.scenarios.computer_agents.told import Kept, Told
from understudy.scenarios.whole import is_whole_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from understudy.paths import Path
    from understudy.scenarios.references import Around, Complain
    from understudy.scenarios.scenario import Scenario
    from understudy.wire import JsonObject

SECTION = "computer_agents"


class Checks(Protocol):
    """What is asked of whoever reads a scenario as a whole."""

    complain: Complain

    def once(self, kind: str, key: str, path: Path) -> None:
        """Complain when something with this key was told before."""

    def hold(self, path: Path, kind: str, rows: Iterable[JsonObject], api: str) -> None:
        """Hold complete rows to the document of their API."""

    def in_turn(self, row: JsonObject, touch: Callable[[], object]) -> None:
        """Let a row count as the one changed last when it is its turn, if it says so."""


class Reader:
    """Reads the sections of scenarios that are put together; what one tells the next may refer to."""

    def __init__(self, around: Around) -> None:
        self._around = around
        self._platform = around.world.computer_agents
        self.told = Told()

    @cached_property
    def _known(self) -> Known:
        return Known(self._platform, self._around.graphs)

    def read(self, scenario: Scenario, checks: Checks) -> None:
        """Take in what one scenario tells."""
        if SECTION not in scenario.value:
            return
        rows = partial(self._rows, scenario, checks)
        for path, row, row_id in rows("projects", "project"):
            project = projects.complete(row, row_id, path, self._platform.projects, self._known, checks.complain)
            self._known.add("project", row_id)
            checks.hold(path, "Project", [project], API)
            self.told.projects.append(project)
        for path, row, row_id in rows("agents", "agent"):
            self._agent(row, row_id, path, checks)
        for path, row, row_id in rows("environments", "env", "computer"):
            self._computer(row, row_id, path, checks)
        for path, row in scenario.rows(SECTION, "threads"):
            row_id = row.get("id") or self._around.world.ids.named("thread")
            checks.once("thread", row_id, path)
            self._conversation(row, row_id, path, checks)
        self._known.settle(checks.complain)
        for path, row in scenario.rows(SECTION, "store"):
            told = store.complete(row, path, self._around, checks.complain)
            checks.once("item that agents keep", store.name_of(told.item), path)
            checks.hold(path, "Item", [told.item], "agent-server")
            self.told.items.append(told)

    def _rows(
        self, scenario: Scenario, checks: Checks, section: str, noun: str, kind: str = ""
    ) -> Iterator[tuple[Path, JsonObject, str]]:
        for path, row in scenario.rows(SECTION, section):
            if "id" not in row and "name" not in row:
                checks.complain(path, "name is missing")
            row_id = id_of(noun, row, self._around.world.ids)
            checks.once(kind or noun, row_id, path)
            yield path, row, row_id

    def _agent(self, row: JsonObject, row_id: str, path: Path, checks: Checks) -> None:
        if row.get("deleted"):
            self.told.gone.append(row_id)
            return
        scripts = self._around.agents
        agent = agents.complete(row, row_id, path, self._platform.agents, scripts, self._known, checks.complain)
        self._known.add("agent", row_id)
        self._known.mark("agent", agent, path, checks.complain)
        self._known.agents[row_id] = agent
        checks.hold(path, "Agent", [agent], API)
        self.told.agents.append(agent)

    def _computer(self, row: JsonObject, row_id: str, path: Path, checks: Checks) -> None:
        known, ids = self._known, self._around.world.ids
        table = self._platform.environments
        computer = environments.complete(row, row_id, path, table, ids, known, checks.complain)
        for at, snapshot in enumerate(computer.snapshots):
            place: Path = (*path, "snapshots", at) if "snapshots" in row else path
            checks.once("snapshot", snapshot.row["id"], place)
            checks.hold(place, "Snapshot", [snapshot.row], API)
            known.add("snapshot", snapshot.row["id"])
        if computer.snapshots:
            known.first_snapshots[row_id] = computer.snapshots[0].row["id"]
        if computer.deleted != "hard":
            known.add("computer", row_id)
            checks.hold(path, "Environment", [computer.row], API)
        if computer.deleted is None:
            known.mark("computer", computer.row, path, checks.complain)
            known.computers[row_id] = computer.row
        self.told.computers.append(computer)

    def _conversation(self, row: JsonObject, row_id: str, path: Path, checks: Checks) -> None:
        known, world = self._known, self._around.world
        if "environmentId" not in row and known.default_computer() is None:
            self._computer({"name": "default", "isDefault": True}, "env_default", path, checks)
        told = conversations.complete(
            row, row_id, path, self._platform.threads, world.clock.now(), known, checks.complain
        )
        known.add("thread", row_id)
        checks.hold(path, "Thread", [told.row], API)
        for at, message in enumerate(told.messages):
            checks.hold((*path, "messages", at), "Message", [message], API)
        for at, step in enumerate(told.steps):
            known.add("step", step["id"])
            checks.hold((*path, "steps", at), "Step", [step], API)
        self.told.conversations.append(told)
        checks.in_turn(row, partial(self._platform.threads.touch, row_id))
        for agent_id, kept in row.get("kept", {}).items():
            self._kept(kept, row_id, agent_id, (*path, "kept", agent_id), checks)

    def _kept(self, row: JsonObject, thread_id: str, agent_id: str, path: Path, checks: Checks) -> None:
        place = place_id(thread_id, agent_id)
        metadata = {**row.get("metadata", {}), "graph_id": agent_id, "conversation": thread_id}
        row = {**row, "thread_id": place, "metadata": metadata}
        if not is_whole_thread(row):
            self._known.refer("agent", agent_id, path)
        played = self._around.agents.get(agent_id) or echo_of(agent_id)
        around = replace(self._around, agents={agent_id: played}, graphs=[agent_id])
        thread, history = stage_threads.complete(row, path, around, checks.complain)
        checks.hold(path, "Thread", [thread], "agent-server")
        checks.hold(path, "ThreadState", history, "agent-server")
        self.told.kept.append(Kept(thread, history, row.get("visits", {})))
