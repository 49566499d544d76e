"""What rows of the Computer Agents API may refer to, and the references that are looked up when all rows were read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.errors import did_you_mean
from understudy.paths import quoted
from understudy.state.computer_agents.agents import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from understudy.paths import Path
    from understudy.scenarios.references import Complain
    from understudy.state.computer_agents.platform import ComputerAgents
    from understudy.wire import Json, JsonObject

_TOO_MANY = {"agent": "agents", "computer": "computers"}


class Known:
    """The ids that there are by kind: those of the world that scenarios are put into, and those that they tell.

    `agents` and `computers` are the rows that are told, by id; `first_snapshots` are the oldest that are told.
    """

    def __init__(self, platform: ComputerAgents, scripts: Iterable[str]) -> None:
        self._platform = platform
        self.agents: dict[str, JsonObject] = {}
        self.computers: dict[str, JsonObject] = {}
        self.first_snapshots: dict[str, str] = {}
        self._ids: dict[str, set[str]] = {
            "project": {row["id"] for row in platform.projects.find()},
            "agent": {row["id"] for row in platform.agents.find()} | set(scripts),
            "computer": {row["id"] for row in [*platform.environments.find(), *platform.environments.deleted()]},
            "snapshot": {row["id"] for row in platform.snapshots},
            "thread": {row["id"] for row in platform.threads},
            "step": {step["id"] for row in platform.threads for step in platform.steps.of(row["id"])},
        }
        self._defaults: dict[str, Path] = {}
        self._open: list[tuple[str, str, Path]] = []

    def add(self, kind: str, row_id: str) -> None:
        """Note that there is something of a kind."""
        self._ids[kind].add(row_id)

    def refer(self, kind: str, row_id: Json, path: Path) -> None:
        """Note that a row refers to something, if it does."""
        if row_id is not None:
            self._open.append((kind, row_id, path))

    def settle(self, complain: Complain) -> None:
        """Complain of all that was referred to and is not there."""
        for kind, row_id, path in self._open:
            if row_id not in self._ids[kind]:
                complain(path, f"no {kind} {quoted(row_id)}.{did_you_mean(row_id, self._ids[kind])}")
        self._open.clear()

    def mark(self, kind: str, row: JsonObject, path: Path, complain: Complain) -> None:
        """Complain if a row is the default one of its kind, and another that was told is, too."""
        if not row.get("isDefault"):
            return
        if kind in self._defaults:
            complain((*path, "isDefault"), f"two {_TOO_MANY[kind]} cannot be the default; {row['id']} is the second")
        self._defaults.setdefault(kind, path)

    def default_agent(self) -> str:
        """Return the id of the agent that works where none is named."""
        marked = (row["id"] for row in [*self.agents.values(), *self._platform.agents.find()] if row["isDefault"])
        return next(marked, DEFAULT)

    def default_computer(self) -> str | None:
        """Return the id of the computer that threads work in which name none; None if there is none yet."""
        rows = [*self.computers.values(), *self._platform.environments.find()]
        return next((row["id"] for row in rows if row["isDefault"]), None)

    def first_snapshot(self, environment_id: str) -> str | None:
        """Return the id of the first snapshot of a computer; None if it has none."""
        if environment_id in self.first_snapshots:
            return self.first_snapshots[environment_id]
        rows = self._platform.snapshots.find(environment_id)
        return rows[-1]["id"] if rows else None

    def names(self, environment_id: str, agent_id: str) -> tuple[str | None, str | None]:
        """Return the names of a computer and of an agent; None for what is not there."""
        computer, agent = self.computers.get(environment_id), self.agents.get(agent_id)
        return (
            self._platform.environments.name_of(environment_id) if computer is None else computer["name"],
            self._platform.agents.name_of(agent_id) if agent is None else agent["name"],
        )
