"""Agents between a scenario and a world, as the Computer Agents API tells them: rows filled in and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.scenarios.computer_agents.rows import dated, is_whole, timed
from understudy.state.computer_agents.agents import DEFAULT, DEFAULT_AGENT, MODEL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from understudy.paths import Path
    from understudy.scenarios.computer_agents.known import Known
    from understudy.scenarios.references import Complain
    from understudy.state import agents
    from understudy.state.computer_agents.agents import Agents
    from understudy.wire import JsonObject


def complete(
    row: JsonObject,
    row_id: str,
    path: Path,
    table: Agents,
    scripts: Mapping[str, agents.Agent],
    known: Known,
    complain: Complain,
) -> JsonObject:
    """Return the row of an agent with everything that was left out; what describes its script describes it, too."""
    row = timed(row, path, complain)
    if is_whole("Agent", row):
        return row
    known.refer("project", row.get("projectId"), (*path, "projectId"))
    described = {"description": scripts[row_id].description or ""} if row_id in scripts else {}
    own = DEFAULT_AGENT if row_id == DEFAULT else {}
    given = {"name": row_id, "model": MODEL, **described, **own, "isDefault": False}
    return dated(table.drafted({**given, **row, "id": row_id}), {**row, "id": row_id})
