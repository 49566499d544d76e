"""Projects between a scenario and a world: rows filled in and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.scenarios.computer_agents.rows import dated, is_whole, timed

if TYPE_CHECKING:
    from understudy.paths import Path
    from understudy.scenarios.computer_agents.known import Known
    from understudy.scenarios.references import Complain
    from understudy.state.computer_agents.projects import Projects
    from understudy.wire import JsonObject


def complete(
    row: JsonObject, row_id: str, path: Path, projects: Projects, known: Known, complain: Complain
) -> JsonObject:
    """Return the row of a project with everything that was left out."""
    row = timed(row, path, complain)
    if is_whole("Project", row):
        return row
    for at, environment_id in enumerate(row.get("environmentIds", ())):
        known.refer("computer", environment_id, (*path, "environmentIds", at))
    known.refer("computer", row.get("defaultEnvironmentId"), (*path, "defaultEnvironmentId"))
    return dated(projects.drafted({"name": row_id, **row, "id": row_id}), {**row, "id": row_id})
