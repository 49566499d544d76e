"""Assistants between a scenario and a world: rows filled in and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.errors import Refusal
from understudy.scenarios.references import known, time, uuid
from understudy.state.clock import timestamp
from understudy.state.configuration import mirrored

if TYPE_CHECKING:
    from understudy.paths import Path
    from understudy.scenarios.references import Around, Complain
    from understudy.wire import JsonObject


def complete(row: JsonObject, path: Path, around: Around, complain: Complain) -> tuple[JsonObject, list[JsonObject]]:
    """Return the row of an assistant, and those of its other versions, with everything that was left out."""
    known("agent", row["graph_id"], around.graphs, (*path, "graph_id"), complain)
    told_id = row.get("assistant_id")
    assistant_id = uuid(told_id, (*path, "assistant_id"), complain) if told_id else around.world.ids.random()
    now = timestamp(around.world.clock.now())
    created_at = time(row, "created_at", path, complain) or now
    updated_at = time(row, "updated_at", path, complain) or created_at
    config, context = _configuration(row, path, complain)
    versions = row.get("versions", [])
    whole: JsonObject = {
        "assistant_id": assistant_id,
        "graph_id": row["graph_id"],
        "config": config,
        "context": context,
        "metadata": row.get("metadata", {}),
        "name": row.get("name", "Untitled"),
        "created_at": created_at,
        "updated_at": updated_at,
        "version": row.get("version", len(versions) + 1),
        "description": row.get("description"),
    }
    others = []
    numbers: set[int] = set()
    for at, version in enumerate(versions):
        other = _version(version, at, whole, (*path, "versions", at), complain)
        known("agent", other["graph_id"], around.graphs, (*path, "versions", at, "graph_id"), complain)
        if other["version"] in numbers:
            complain((*path, "versions", at), f"version {other['version']} is there twice")
        numbers.add(other["version"])
        others.append(other)
    return whole, others


def _version(row: JsonObject, at: int, assistant: JsonObject, path: Path, complain: Complain) -> JsonObject:
    told: JsonObject = {name: row[name] for name in ("graph_id", "metadata", "name", "description") if name in row}
    if "config" in row or "context" in row:
        told["config"], told["context"] = _configuration(row, path, complain)
    told_id = row.get("assistant_id")
    if told_id is not None and uuid(told_id, (*path, "assistant_id"), complain) != assistant["assistant_id"]:
        complain((*path, "assistant_id"), f"not that of the assistant, {assistant['assistant_id']}")
    whole = {**assistant, **told}
    return {
        "assistant_id": whole["assistant_id"],
        "version": row.get("version", at + 1),
        "graph_id": whole["graph_id"],
        "config": whole["config"],
        "context": whole["context"],
        "metadata": whole["metadata"],
        "created_at": time(row, "created_at", path, complain) or whole["created_at"],
        "name": whole["name"],
        "description": whole["description"],
    }


def _configuration(row: JsonObject, path: Path, complain: Complain) -> tuple[JsonObject, JsonObject]:
    """Return config and context; where one is told alone, the other says the same, as on the server."""
    config, context = row.get("config"), row.get("context")
    if config is not None and context is not None:
        return config, context
    try:
        config, context = mirrored(config, context)
    except Refusal as refusal:
        complain(path, refusal.detail)
    return config or {}, context or {}
