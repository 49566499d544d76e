"""Projects: what groups threads, agents and computers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.errors import Conflict
from understudy.state.computer_agents import OWNER
from understudy.state.computer_agents.rows import Rows

if TYPE_CHECKING:
    from understudy.state.clock import Clock
    from understudy.state.ids import Ids
    from understudy.wire import JsonObject

_WITHOUT_EFFECT = "cloneProjectDirectory"


class Projects(Rows):
    """The projects of a world. Rows are what the API answers."""

    def __init__(self, *, clock: Clock, ids: Ids) -> None:
        super().__init__("Project", indexed=("type",), clock=clock)
        self._ids = ids

    def find(self, *, kind: str | None = None, text: str | None = None) -> list[JsonObject]:
        """Return the projects of a type whose name or description has a text, in any case; in order of creation."""
        wanted = (text or "").lower()
        return self._table.find(
            columns=None if kind is None else {"type": kind},
            where=lambda row: wanted in row["name"].lower() or wanted in row["description"].lower(),
            sort_by="createdAt",
            order="asc",
        ).rows

    def create(self, given: JsonObject) -> JsonObject:
        """Return the row of a new project. Conflict if the id that is given is taken."""
        project_id = given.get("id") or self._ids.named("project")
        if project_id in self:
            raise Conflict(f"Project {project_id} exists already")
        return self._put(self.drafted({**given, "id": project_id}))

    def drafted(self, given: JsonObject) -> JsonObject:
        """Return the row of a project that is made now; nothing is kept. `id` and `name` are needed."""
        now = self._now()
        return {
            "object": "project",
            "id": given["id"],
            "userId": OWNER,
            "name": given["name"],
            "description": "",
            "type": "cloud",
            "sources": [],
            "color": None,
            "environmentIds": [],
            "defaultEnvironmentId": None,
            "tags": [],
            "metadata": {},
            **given,
            "createdAt": now,
            "updatedAt": now,
        }

    def update(self, project_id: str, changes: JsonObject) -> JsonObject:
        """Return the row with the changes in it. NotFound if there is no such project."""
        changed = {name: value for name, value in changes.items() if name != _WITHOUT_EFFECT}
        return self._put({**self.get(project_id), **changed, "updatedAt": self._now()})
