"""What all rows of the Computer Agents API have in common in scenarios: times, ids, whether they tell everything."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from understudy.contract.documents import load_contract
from understudy.scenarios.references import time
from understudy.state.clock import Clock, brief_timestamp, moment
from understudy.state.computer_agents.threads import FOLLOWING
from understudy.state.ids import Ids

if TYPE_CHECKING:
    from understudy.paths import Path
    from understudy.scenarios.references import Complain
    from understudy.wire import JsonObject

API = "computer-agents"

_TIMES = (
    "createdAt",
    "updatedAt",
    "deletedAt",
    "lastBuildAt",
    "lastRunAt",
    "lastMessageAt",
    "lastModified",
    "lastUsedAt",
    "startedAt",
    "completedAt",
)

_NO_NAME = re.compile(r"[^a-z0-9]+")


def timed(row: JsonObject, path: Path, complain: Complain) -> JsonObject:
    """Return a row with its times as the API writes them, `2026-01-31T08:00:00.000Z`, and without what is no time."""
    told = {name: time(row, name, path, complain) for name in _TIMES if row.get(name) is not None}
    brief = {name: text and brief_timestamp(moment(text)) for name, text in told.items()}
    return {name: brief.get(name, value) for name, value in row.items() if brief.get(name, "") is not None}


def dated(drafted: JsonObject, row: JsonObject) -> JsonObject:
    """Return a row as it is told, and where it says nothing as a new one; it was changed last when it was made."""
    created_at = row.get("createdAt", drafted["createdAt"])
    return {**drafted, "createdAt": created_at, "updatedAt": created_at, **row}


def is_whole(kind: str, row: JsonObject) -> bool:
    """Return whether a row tells everything that the document says an answer has, and that does not follow from it."""
    return _needed(kind) <= row.keys()


def id_of(noun: str, row: JsonObject, ids: Ids) -> str:
    """Return the id of a row: as it is told, made of its name, or a new one."""
    if "id" in row:
        return str(row["id"])
    name = _NO_NAME.sub("_", row.get("name", "").lower()).strip("_")
    return f"{noun}_{name}" if name else ids.named(noun)


def own_ids(row_id: str) -> Ids:
    """Return what draws the ids of what belongs to a row: the same ones every time."""
    return Ids(Clock(), seed=int.from_bytes(row_id.encode(errors="surrogatepass")))


@cache
def _needed(kind: str) -> frozenset[str]:
    schema = load_contract(API).observed["components"]["schemas"][kind]
    return frozenset(schema["required"]).difference(FOLLOWING)
