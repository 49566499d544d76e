"""Two recordings of a thing, one of which was made from the other: where they differ but for ids and times."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.paths import spelled
from understudy.recording.short_ids import ID
from understudy.recording.supersteps import own_states

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from understudy.paths import Path
    from understudy.wire import Json, JsonObject

_MADE = ("created_at", "updated_at", "state_updated_at", "next_run_date", "expires_at")
_ROLES = ("role", "type")
_IDS = ("checkpoint_id", "parent_checkpoint_id", "run_id", "thread_id")

_OUTSIDE = "states are made from outside, not by runs, and the server writes their metadata itself"
_RUNS = "only a run can be busy, fail or ask"
REASONS: tuple[tuple[str, str], ...] = (
    (r"history\[\]\.metadata\.(?!step\b).*", _OUTSIDE),
    (r"history\[\]\.tasks\[\d*\]\.(error|interrupts)\b.*", _RUNS),
    (r"history\[\]\.tasks\[\d*\]\.(path|checkpoint)\b.*", _OUTSIDE),
    (r"history\[\]\.interrupts\b.*", _RUNS),
    (r"states_of_subgraphs", "states inside subgraphs are made by runs only"),
    (r"(status|error|interrupts)\b.*", _RUNS),
    (r"values", "a thread that is not busy shows its latest values"),
    (r"config\b.*", "a thread gets its config from its runs, and what a deployment has is not changed"),
    (r"metadata\.(thread_id|assistant_id|run_id|cron_id)", "the server keeps this name to itself"),
    (r"metadata\b.*", "what the deployment adds to metadata stays, and what it knows already too"),
    (r"runs\b.*", "runs are made by running only"),
    (r"ttl\b.*", "the deployment does not tell how long it keeps this"),
    (r"payload\b.*|user_id|end_time", "the deployment writes this itself"),
    (r"version|description|name|context|graph_id", "what a deployment has is not changed"),
)
"""Why something differs, by where it does. The first counts that fits; what fits none was not to be expected."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as it was wanted: where, and both values; None for nothing."""

    path: Path
    wanted: Json
    found: Json

    @property
    def place(self) -> str:
        """Where it is, the same for all states of a history."""
        return re.sub(r"^history\[\d+\]", "history[]", spelled(self.path))

    @property
    def reason(self) -> str | None:
        """Why it differs, None if it should not."""
        if self.path == ("status",) and self.wanted == "interrupted":
            # Where a run would go on shows without one, too.
            return None
        return next((reason for pattern, reason in REASONS if re.fullmatch(pattern, self.place)), None)


def differences(wanted: JsonObject, found: JsonObject) -> list[Difference]:
    """Return where two rows differ but for ids and times; threads with their histories."""
    return list(_parted((), _plain(wanted), _plain(found)))


def _parted(path: Path, wanted: Json, found: Json) -> Iterator[Difference]:
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key in dict.fromkeys([*wanted, *found]):
            yield from _parted((*path, key), wanted.get(key), found.get(key))
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for at, (one, other) in enumerate(zip(wanted, found, strict=True)):
            yield from _parted((*path, at), one, other)
    elif wanted != found or isinstance(wanted, bool) is not isinstance(found, bool):
        yield Difference(path, wanted, found)


def _plain(row: JsonObject) -> JsonObject:
    """Return a row without ids and times."""
    plain = {name: value for name, value in row.items() if name not in (*_MADE, *_IDS, "history", "copied", "ttl")}
    if "interrupts" in row:
        plain["interrupts"] = [_without_id(each) for waits in (row["interrupts"] or {}).values() for each in waits]
    if "versions" in row:
        plain["versions"] = [_plain(version) for version in row["versions"]]
    if isinstance(row.get("values"), dict):
        plain["values"] = _values(row["values"])
    history = row.get("history")
    if history is not None:
        own = own_states(history)
        places = {state["checkpoint"]["checkpoint_id"]: at for at, state in enumerate(own)}
        plain["history"] = [_state(state, places) for state in own]
        inner = len(history) - len(own)
        if inner:
            plain["states_of_subgraphs"] = inner
    return plain


def _state(state: JsonObject, places: Mapping[str, int]) -> JsonObject:
    metadata = state["metadata"] or {}
    parent = (state.get("parent_checkpoint") or {}).get("checkpoint_id") or state.get("parent_checkpoint_id")
    return {
        "values": _values(state["values"]),
        "next": state["next"],
        "tasks": [
            {
                "name": task["name"],
                "path": task.get("path"),
                "error": task.get("error"),
                "interrupts": [_without_id(each) for each in task.get("interrupts") or ()],
                "checkpoint": bool(task.get("checkpoint")),
                "result": _values(task.get("result")),
            }
            for task in state["tasks"]
        ],
        "metadata": {name: value for name, value in metadata.items() if name not in _IDS},
        "parent": places.get(parent) if parent else None,
    }


def _without_id(told: JsonObject) -> JsonObject:
    return {name: value for name, value in told.items() if name != "id"}


def _values(values: Json) -> Json:
    """Return values with chat messages in one form, whether they were said in a short or a long one."""
    if isinstance(values, dict):
        return {name: _channel(value) for name, value in values.items()}
    return values


def _channel(value: Json) -> Json:
    if isinstance(value, list):
        return [_message(each) if _is_message(each) else each for each in value]
    return _message(value) if _is_message(value) else value


def _is_message(value: Json) -> bool:
    return isinstance(value, dict) and "content" in value and ("role" in value or "type" in value)


def _message(message: JsonObject) -> JsonObject:
    role = str(message.get("role") or message.get("type"))
    told = {name: value for name, value in message.items() if value not in (None, [], {}) and name not in _ROLES}
    own = told.get("id")
    if isinstance(own, str) and ID.fullmatch(own):
        del told["id"]
    return {"type": {"user": "human", "assistant": "ai"}.get(role, role), **told}
