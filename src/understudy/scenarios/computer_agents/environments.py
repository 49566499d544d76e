"""Computers between a scenario and a world: rows filled in and checked, with what they run in and their files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from understudy.scenarios.computer_agents import snapshots
from understudy.scenarios.computer_agents.rows import dated, is_whole, timed
from understudy.state.computer_agents.environments import Container

if TYPE_CHECKING:
    from understudy.paths import Path
    from understudy.scenarios.computer_agents.known import Known
    from understudy.scenarios.computer_agents.snapshots import Snapshot
    from understudy.scenarios.references import Complain
    from understudy.state.computer_agents.environments import Environments
    from understudy.state.ids import Ids
    from understudy.wire import JsonObject

_APART = ("deleted", "container", "files", "snapshots")
"""What is told with the row of a computer, and is not in it."""


@dataclass(frozen=True, slots=True)
class Computer:
    """The complete row of a computer, what it runs in, its snapshots, and how it was deleted, if it was.

    Of one that was deleted `hard` the row is of no use.
    """

    row: JsonObject
    container: Container
    snapshots: list[Snapshot]
    deleted: Literal["soft", "hard"] | None


def complete(
    row: JsonObject,
    row_id: str,
    path: Path,
    environments: Environments,
    ids: Ids,
    known: Known,
    complain: Complain,
) -> Computer:
    """Return a computer with everything that was left out."""
    told = timed({name: value for name, value in row.items() if name not in _APART}, path, complain)
    whole = _whole(told, row_id, path, environments, known, complain)
    if "files" in row and "snapshots" in row:
        complain((*path, "files"), "is the short form of one snapshot; say it in `snapshots`")
    taken: list[JsonObject] = row.get("snapshots", [{"files": row["files"]}] if "files" in row else [])
    place = (*path, "snapshots") if "snapshots" in row else path
    return Computer(
        row=whole,
        container=_container(row, whole, path, ids, complain),
        snapshots=snapshots.complete(taken, whole, place, known, complain),
        deleted=row.get("deleted"),
    )


def _whole(
    row: JsonObject, row_id: str, path: Path, environments: Environments, known: Known, complain: Complain
) -> JsonObject:
    secrets = {"secrets": [{**secret, "value": ""} for secret in row["secrets"]]} if "secrets" in row else {}
    if is_whole("Environment", row):
        return {**row, **secrets}
    known.refer("project", row.get("projectId"), (*path, "projectId"))
    configured = {name: value for name, value in row.items() if name != "projectId"}
    drafted = environments.drafted({"name": row_id, "imageTag": f"{row_id}:latest", **configured})
    same: JsonObject = {name: drafted[name] for name in ("metadata", "guiEnabled", "packages") if name in row}
    told = {name: value for name, value in row.items() if name not in ("computeProfile", "officeAppsEnabled")}
    created_at = row.get("createdAt", drafted["createdAt"])
    return dated({**drafted, "lastBuildAt": created_at}, {**told, **same, **secrets, "id": row_id})


def _container(row: JsonObject, whole: JsonObject, path: Path, ids: Ids, complain: Complain) -> Container:
    """Return what a computer runs in: it has an id while it runs, and only then."""
    told = timed(row.get("container", {}), (*path, "container"), complain)
    runs = whole["status"] == "running"
    for name in ("containerId", "startedAt"):
        if name in told and not runs:
            complain((*path, "container", name), f"the computer does not run: its status is {whole['status']}")
    return Container(
        id=(told.get("containerId") or ids.named("container")) if runs else None,
        started_at=told.get("startedAt", whole["updatedAt"]) if runs else None,
        last_used_at=told.get("lastUsedAt"),
        executions=int(told.get("executionCount", 0)),
    )
