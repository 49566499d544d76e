"""Agents: who does the work, by which model and instructions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.errors import Conflict
from understudy.state.computer_agents import OWNER
from understudy.state.computer_agents.rows import Rows

if TYPE_CHECKING:
    from understudy.state import agents
    from understudy.state.clock import Clock
    from understudy.state.ids import Ids
    from understudy.wire import JsonObject

DEFAULT = "agent_default"
"""The agent that works where no other one is the default."""

MODEL = "claude-sonnet-4-5"
"""The model that is built in."""

DEFAULT_AGENT: JsonObject = {
    "id": DEFAULT,
    "name": "Default agent",
    "model": MODEL,
    "isDefault": True,
    "isSystem": True,
}
"""What is told of `agent_default` when it is made."""


class Agents(Rows):
    """The agents of a world: `agent_default`, one for each script, and those that are made.

    Rows are what the API answers. An agent plays the script that has its id, if there is one.
    """

    def __init__(self, scripts: agents.Agents, *, clock: Clock, ids: Ids) -> None:
        super().__init__("Agent", indexed=("isDefault",), clock=clock)
        self._ids = ids
        self._put(self.drafted(DEFAULT_AGENT))
        for script in scripts:
            self.welcome(script)

    def welcome(self, script: agents.Agent) -> None:
        """Make the agent that plays a script, unless there is one with its id."""
        if script.graph_id not in self:
            given = {"id": script.graph_id, "name": script.graph_id, "model": MODEL}
            self._put(self.drafted({**given, "description": script.description or ""}))

    def find(self) -> list[JsonObject]:
        """Return all agents, in order of creation."""
        return self._table.find(sort_by="createdAt", order="asc").rows

    def default(self) -> JsonObject:
        """Return the agent that works where none is named; if none is marked, `agent_default`, made if it is gone."""
        marked = self._marked()
        return marked[0] if marked else self._table.get(DEFAULT) or self._put(self.drafted(DEFAULT_AGENT))

    def create(self, given: JsonObject) -> JsonObject:
        """Return the row of a new agent. Conflict if the id that is given is taken."""
        agent_id = given.get("id") or self._ids.named("agent")
        if agent_id in self:
            raise Conflict(f"Agent {agent_id} exists already")
        return self._put(self.drafted({**given, "id": agent_id}))

    def update(self, agent_id: str, changes: JsonObject) -> JsonObject:
        """Return the row with the changes in it. NotFound if there is no such agent."""
        row = {**self.get(agent_id), **changes, "updatedAt": self._now()}
        if row.get("permissionSet") is None:
            row.pop("permissionSet", None)
        return self._put(row)

    def run(self, agent_id: str) -> None:
        """Note that an agent begins to work now."""
        if agent_id in self:
            self._table.update(agent_id, lastRunAt=self._now())

    def drafted(self, given: JsonObject) -> JsonObject:
        """Return the row of an agent that is made now; nothing is kept. `id`, `name` and `model` are needed."""
        now = self._now()
        return {
            "id": given["id"],
            "userId": OWNER,
            "name": given["name"],
            "description": "",
            "model": given["model"],
            "instructions": "",
            "binary": "Claude Code CLI",
            "reasoningEffort": "medium",
            "enabledSkills": [],
            "deepResearchModel": "gemini-3-flash-preview",
            "isDefault": False,
            "isSystem": False,
            "isActive": True,
            "metadata": {},
            **given,
            "createdAt": now,
            "updatedAt": now,
            "lastRunAt": None,
        }
