"""Items of the store between a scenario and a world: rows filled in and checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MAXYEAR
from typing import TYPE_CHECKING

from understudy.errors import Refusal
from understudy.scenarios.references import time
from understudy.state.clock import moment, timestamp
from understudy.state.namespaces import home_of

if TYPE_CHECKING:
    from datetime import datetime

    from understudy.paths import Path
    from understudy.scenarios.references import Around, Complain
    from understudy.wire import JsonObject


@dataclass(frozen=True, slots=True)
class Told:
    """The complete row of an item, for how many minutes it is kept, None for ever, and when its present time ends."""

    item: JsonObject
    ttl: float | None
    expires_at: datetime | None


def name_of(row: JsonObject) -> str:
    """Return what an item is called by its namespace and its key: `users/ada/profile`, a slash in them `%2F`."""
    return "/".join(part.replace("%", "%25").replace("/", "%2F") for part in (*row["namespace"], row["key"]))


def complete(row: JsonObject, path: Path, around: Around, complain: Complain) -> Told:
    """Return an item with the times that were left out."""
    try:
        home_of(row["namespace"])
    except Refusal as refusal:
        complain((*path, "namespace"), refusal.detail)
    created_at = time(row, "created_at", path, complain) or timestamp(around.world.clock.now())
    ttl = row.get("ttl")
    expires_at = time(row, "expires_at", path, complain, last=MAXYEAR)
    if expires_at and ttl is None:
        complain((*path, "expires_at"), "say in `ttl` as well for how many minutes the item is kept when it is read")
    item = {
        "namespace": row["namespace"],
        "key": row["key"],
        "value": row["value"],
        "created_at": created_at,
        "updated_at": time(row, "updated_at", path, complain) or created_at,
    }
    return Told(item, ttl, moment(expires_at) if expires_at else None)
