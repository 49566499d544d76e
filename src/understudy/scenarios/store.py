"""Items of the store between a scenario and a world: rows filled in and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.errors import Refusal
from understudy.scenarios.references import time
from understudy.state.clock import timestamp
from understudy.state.namespaces import home_of

if TYPE_CHECKING:
    from understudy.paths import Path
    from understudy.scenarios.references import Around, Complain
    from understudy.wire import JsonObject


def complete(row: JsonObject, path: Path, around: Around, complain: Complain) -> JsonObject:
    """Return the row of an item with the times that were left out."""
    try:
        home_of(row["namespace"])
    except Refusal as refusal:
        complain((*path, "namespace"), refusal.detail)
    created_at = time(row, "created_at", path, complain) or timestamp(around.world.clock.now())
    return {
        "namespace": row["namespace"],
        "key": row["key"],
        "value": row["value"],
        "created_at": created_at,
        "updated_at": time(row, "updated_at", path, complain) or created_at,
    }
