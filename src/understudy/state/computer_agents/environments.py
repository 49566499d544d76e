"""Computers, which the API calls environments: how they are configured, which is the default, whether they run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from understudy.state.computer_agents import OWNER
from understudy.state.computer_agents.rows import Rows

if TYPE_CHECKING:
    from understudy.state.clock import Clock
    from understudy.state.computer_agents.projects import Projects
    from understudy.state.ids import Ids
    from understudy.wire import JsonObject

_PACKAGES: JsonObject = {"system": [], "python": [], "node": []}

# What a new computer is like as far as nothing is said, in the order of answers.
_NEW: JsonObject = {
    "id": "",
    "name": "",
    "userId": OWNER,
    "description": "",
    "dockerfileExtensions": "",
    "runtimes": {},
    "packages": _PACKAGES,
    "environmentVariables": [],
    "secrets": [],
    "setupScripts": [],
    "mcpServers": [],
    "documentation": [],
    "internetAccess": True,
    "isActive": True,
    "guiEnabled": False,
    "buildStatus": "ready",
    "buildError": None,
    "metadata": {"computeProfile": "standard", "guiEnabled": False, "officeAppsEnabled": False},
}

_IN_METADATA = ("computeProfile", "guiEnabled", "officeAppsEnabled")
"""What requests may say by itself, and answers tell among the metadata."""

_LASTING = ("id", "status", "isDefault", "imageTag", "lastBuildAt", "createdAt")
"""What stays when a computer is configured anew."""


@dataclass(frozen=True, slots=True)
class Container:
    """What a computer runs in. Times are as the API tells them; `id` and `started_at` are there only while it runs."""

    id: str | None = None
    started_at: str | None = None
    last_used_at: str | None = None
    executions: int = 0


class Environments(Rows):
    """The computers of a world. Rows are what the API answers; of secrets they hold the names alone.

    Those that are deleted are kept, unless for good: a computer can still be made like them.
    """

    def __init__(self, projects: Projects, *, clock: Clock, ids: Ids) -> None:
        super().__init__("Environment", indexed=("projectId", "status", "isDefault"), clock=clock)
        self._projects = projects
        self._ids = ids
        self._deleted: dict[str, JsonObject] = {}
        self._containers: dict[str, Container] = {}

    def adopt(self, other: Environments) -> None:
        """Hold the computers that another world has."""
        super().adopt(other)
        self._deleted = other._deleted.copy()
        self._containers = other._containers.copy()

    def find(self, *, project_id: str | None = None, status: str | None = None) -> list[JsonObject]:
        """Return the computers of a project and with a status, in order of creation."""
        given = {"projectId": project_id, "status": status}
        columns = {name: value for name, value in given.items() if value is not None}
        return self._table.find(columns=columns, sort_by="createdAt", order="asc").rows

    def default(self) -> JsonObject:
        """Return the computer that threads work in which name none; it is made if there is none."""
        marked = self._marked()
        return marked[0] if marked else self.create({"name": "default", "isDefault": True})

    def create(self, given: JsonObject) -> JsonObject:
        """Return the row of a new computer, configured as is given. NotFound if its project is unknown."""
        return self._put(self.drafted(given))

    def drafted(self, given: JsonObject) -> JsonObject:
        """Return the row of a computer that is made now; nothing is kept. NotFound if its project is unknown."""
        return self._configured(_NEW | self._begun(), given)

    def fork(self, environment_id: str, *, name: str | None = None, description: str | None = None) -> JsonObject:
        """Return the row of a new computer that is configured as another is, and has no files yet.

        Its name is that of the other and `Fork`, unless one is given. The other may be deleted; NotFound if that is for
        good, or it never was.
        """
        source = self._deleted.get(environment_id) or self.get(environment_id)
        row = {**source, **self._begun(), "name": name or f"{source['name']} Fork"}
        return self._put(row if description is None else {**row, "description": description})

    def patch(self, environment_id: str, changes: JsonObject) -> JsonObject:
        """Return the row with the changes in it; metadata is merged. NotFound for an unknown computer or project."""
        return self._put(self._configured(self.get(environment_id), changes))

    def replace(self, environment_id: str, given: JsonObject) -> JsonObject:
        """Return the row as that of a new computer, but for what lasts. NotFound as with `patch`."""
        old = self.get(environment_id)
        return self._put(self._configured(_NEW | {name: old[name] for name in _LASTING}, given))

    def set_default(self, environment_id: str) -> JsonObject:
        """Return the row of what is the default computer from now on. NotFound if there is none such."""
        return self.patch(environment_id, {"isDefault": True})

    def delete(self, environment_id: str, *, for_good: bool = False) -> None:
        """Let a computer be gone, its container as well. NotFound if it is not there."""
        row = self.get(environment_id)
        super().delete(environment_id)
        self._containers.pop(environment_id, None)
        if not for_good:
            self._deleted[environment_id] = row

    def start(self, environment_id: str) -> JsonObject:
        """Let a computer run, and return what the API says of that. NotFound if there is none such."""
        row = self.get(environment_id)
        container = self.container(environment_id)
        if container.id is None:
            container = replace(container, id=self._ids.named("container"), started_at=self._now())
            self._containers[environment_id] = container
            self._put({**row, "status": "running"})
        return {"status": "running", "containerId": container.id, "message": "The computer is running"}

    def stop(self, environment_id: str) -> JsonObject:
        """Let a computer not run any more, and return what the API says of that. NotFound if there is none such."""
        row = self.get(environment_id)
        container = self.container(environment_id)
        if container.id is not None:
            self._containers[environment_id] = replace(container, id=None, started_at=None)
            self._put({**row, "status": "stopped"})
        return {"status": "stopped", "message": "The computer is stopped"}

    def status(self, environment_id: str) -> JsonObject:
        """Return what the API says of whether a computer runs. NotFound if there is none such."""
        self.get(environment_id)
        container = self.container(environment_id)
        status = "stopped" if container.id is None else "running"
        told = {
            "containerId": container.id,
            "startedAt": container.started_at,
            "lastUsedAt": container.last_used_at,
        }
        return {
            "status": status,
            **{name: value for name, value in told.items() if value is not None},
            "executionCount": container.executions,
            "message": f"The computer is {status}",
        }

    def use(self, environment_id: str) -> None:
        """Note that something is executed in a computer now, which starts it; nothing to note if it is gone."""
        if environment_id not in self:
            return
        self.start(environment_id)
        container = self.container(environment_id)
        self._containers[environment_id] = replace(
            container, last_used_at=self._now(), executions=container.executions + 1
        )

    def container(self, environment_id: str) -> Container:
        """Return what a computer runs in, or last ran in."""
        return self._containers.get(environment_id) or Container()

    def deleted(self) -> list[JsonObject]:
        """Return the computers that are gone, but not for good, in the order in which they were deleted."""
        return list(self._deleted.values())

    def restore(self, row: JsonObject, container: Container | None = None) -> None:
        """Put a row, complete as the API answers it, in the place of the one with its id.

        Without a container, a computer that runs has run since it was changed.
        """
        if container is None and row["status"] == "running":
            container = Container(self._ids.named("container"), row["updatedAt"])
        self.forget(row["id"])
        self._containers[row["id"]] = container or Container()
        self._put(row)

    def restore_deleted(self, row: JsonObject) -> None:
        """Put a row, complete as the API answered it, among those of the computers that are gone."""
        self.forget(row["id"])
        self._deleted[row["id"]] = row

    def forget(self, environment_id: str) -> None:
        """Let a computer be gone for good, if it is there."""
        self._containers.pop(environment_id, None)
        self._deleted.pop(environment_id, None)
        if environment_id in self:
            super().delete(environment_id)

    def _begun(self) -> JsonObject:
        """Return what is a new computer's own, however it is configured."""
        environment_id, now = self._ids.named("env"), self._now()
        return {
            "id": environment_id,
            "status": "stopped",
            "isDefault": False,
            "imageTag": f"{environment_id}:latest",
            "lastBuildAt": now,
            "createdAt": now,
            "updatedAt": now,
        }

    def _configured(self, row: JsonObject, given: JsonObject) -> JsonObject:
        """Return a row with what a request says in it. NotFound if that names an unknown project."""
        project_id = given.get("projectId")
        if project_id is not None:
            self._projects.get(project_id)
        told = {name: value for name, value in given.items() if name not in _IN_METADATA}
        apart = {name: given[name] for name in _IN_METADATA if name in given}
        row = {**row, **told, "metadata": {**row["metadata"], **given.get("metadata", {}), **apart}}
        row["guiEnabled"] = row["metadata"].get("guiEnabled", row["guiEnabled"])
        row["packages"] = {**_PACKAGES, **row["packages"]}
        row["secrets"] = [{**secret, "value": ""} for secret in row["secrets"]]
        row["updatedAt"] = self._now()
        if row.get("projectId", "") is None:
            del row["projectId"]
        return row
