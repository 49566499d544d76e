"""Projects: what groups threads, agents and computers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.errors import Conflict, NotFound
from understudy.state.clock import brief_timestamp
from understudy.state.computer_agents import OWNER
from understudy.state.tables import Table

if TYPE_CHECKING:
    from understudy.state.clock import Clock
    from understudy.state.ids import Ids
    from understudy.wire import JsonObject

_WITHOUT_EFFECT = "cloneProjectDirectory"


class Projects:
    """The projects of a world. Rows are what the API answers."""

    def __init__(self, *, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self._table = Table("id", indexed=("type",), created="createdAt", changed="updatedAt")

    def adopt(self, other: Projects) -> None:
        """Hold the projects that another world has."""
        self._table.adopt(other._table)

    def find(self, *, kind: str | None = None, text: str | None = None) -> list[JsonObject]:
        """Return the projects of a type whose name or description has a text, in any case; in order of creation."""
        wanted = (text or "").lower()
        return self._table.find(
            columns=None if kind is None else {"type": kind},
            where=lambda row: wanted in row["name"].lower() or wanted in row["description"].lower(),
            sort_by="createdAt",
            order="asc",
        ).rows

    def get(self, project_id: str) -> JsonObject:
        """Return a project's row. NotFound if there is none."""
        row = self._table.get(project_id)
        if row is None:
            raise NotFound(f"Project {project_id} not found")
        return row

    def create(self, given: JsonObject) -> JsonObject:
        """Return the row of a new project. Conflict if the id that is given is taken."""
        project_id = given.get("id") or self._ids.named("project")
        if project_id in self._table:
            raise Conflict(f"Project {project_id} exists already")
        row = self.drafted({**given, "id": project_id})
        self._table.put(row)
        return row

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
        row = {**self.get(project_id), **changed, "updatedAt": self._now()}
        self._table.put(row)
        return row

    def delete(self, project_id: str) -> None:
        """Remove a project; what belongs to it stays. NotFound if there is none."""
        self.get(project_id)
        self._table.delete(project_id)

    def restore(self, row: JsonObject) -> None:
        """Put a row, complete as the API answers it, in the place of the one with its id."""
        self._table.put(row)

    def _now(self) -> str:
        return brief_timestamp(self._clock.now())
