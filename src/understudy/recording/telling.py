"""What was captured, told as a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.recording.agents import honest
from understudy.state.ids import assistant_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from understudy.recording.captured import Captured
    from understudy.wire import Json, JsonObject

# What a scenario can say. What a newer server answers besides is left out.
_ASSISTANT = ("assistant_id", "graph_id", "config", "context", "metadata", "name", "description", "version")
_TIMES = ("created_at", "updated_at")
_VERSION = ("version", "graph_id", "config", "context", "metadata", "name", "description", "created_at")
_THREAD = ("thread_id", *_TIMES, "state_updated_at", "metadata", "status", "config", "values", "error", "interrupts")
_TTL = ("strategy", "ttl_minutes", "expires_at")
_TASK = ("id", "name", "path", "error")
_INTERRUPT = ("id", "value", "response_schema")
_CRON = (
    *("cron_id", "assistant_id", "thread_id", "user_id", "end_time", "schedule", "timezone", "payload"),
    *("next_run_date", "metadata", "on_run_completed", "enabled", *_TIMES),
)
_ITEM = ("namespace", "key", "value", *_TIMES)


def told(captured: Captured, agents: JsonObject, kinds: Collection[str]) -> tuple[JsonObject, list[str]]:
    """Return the scenario with these agents and kinds of rows, and notes on what is not as on the deployment."""
    notes: list[str] = []
    rows: JsonObject = {
        "assistants": [_assistant(row) for row in captured.assistants],
        "threads": [_thread(row, notes) for row in captured.threads],
        "crons": captured.crons,
        "store": [_only(_ITEM, row) for row in captured.store],
    }
    rows = {kind: rows[kind] for kind in rows if kind in kinds}
    # Each agent has the assistant that the server makes for it, whether it is told or not.
    owners = {"assistant_id": {*_ids("assistant", rows), *map(assistant_of, agents)}, "thread_id": _ids("thread", rows)}
    if "crons" in rows:
        rows["crons"] = [_only(_CRON, row) for row in rows["crons"] if _is_owned(row, owners, notes)]
    scenario = {"agents": {name: honest(agent, name) for name, agent in agents.items()}, **rows}
    return {section: told for section, told in scenario.items() if told}, notes


def _ids(kind: str, rows: JsonObject) -> set[str]:
    return {row[f"{kind}_id"] for row in rows.get(f"{kind}s", ())}


def _is_owned(cron: JsonObject, owners: Mapping[str, set[str]], notes: list[str]) -> bool:
    """Return whether the thread and the assistant of a cron are recorded too; note it if not."""
    for name, known in owners.items():
        owner = cron.get(name)
        if owner is not None and owner not in known:
            notes.append(f"cron {cron['cron_id']}: it is left out, as its {name.removesuffix('_id')} {owner} is")
            return False
    return True


def _only(names: Iterable[str], row: JsonObject) -> JsonObject:
    return {name: row[name] for name in names if name in row}


def _assistant(row: JsonObject) -> JsonObject:
    versions = row.get("versions", [])
    current = row.get("version")
    others = [_only(_VERSION, version) for version in reversed(versions) if not _is_current(version, row, current)]
    whole = _only((*_ASSISTANT, *_TIMES), row)
    return {**whole, "versions": others} if others else whole


def _is_current(version: JsonObject, row: JsonObject, current: Json) -> bool:
    """Return whether the row itself tells this version; one that was set back to it tells another time."""
    same = ("graph_id", "config", "context", "metadata", "name", "description")
    return bool(
        version["version"] == current
        and version.get("created_at") == row.get("updated_at")
        and all(version.get(name) == row.get(name) for name in same)
    )


def _thread(row: JsonObject, notes: list[str]) -> JsonObject:
    whole = _only(_THREAD, row)
    if row.get("ttl"):
        whole["ttl"] = _only(_TTL, row["ttl"])
    if "values" not in row:
        whole["copied"] = True
    if "interrupts" in row:
        whole["interrupts"] = {task: [*map(_interrupt, waits)] for task, waits in (row["interrupts"] or {}).items()}
    thread_id = row["thread_id"]
    if row["history"] is None:
        notes.append(f"thread {thread_id}: the deployment cannot read its states; its history is left out")
    history = row["history"] or []
    if any(not isinstance(state["values"], dict) for state in history):
        notes.append(f"thread {thread_id}: its values are no object, which a scenario cannot say; they are left out")
        history = []
        whole["values"] = None
    known: set[tuple[str, str]] = set()
    whole["history"] = [_state(state, known) for state in history]
    return whole


def _state(state: JsonObject, known: set[tuple[str, str]]) -> JsonObject:
    """Return a state without what it says twice. `known` are the checkpoints before it, to which it is added."""
    ref = state["checkpoint"]
    namespace = ref.get("checkpoint_ns") or ""
    parent = (state.get("parent_checkpoint") or {}).get("checkpoint_id")
    is_first = not any(name == namespace for name, _ in known)
    noted = (state["metadata"] or {}).get("checkpoint_id") == parent
    known.add((namespace, ref["checkpoint_id"]))
    place = {"checkpoint_id": ref["checkpoint_id"]}
    return {
        "values": state["values"],
        "next": state["next"],
        "tasks": [_task(task) for task in state["tasks"]],
        "metadata": state["metadata"],
        "created_at": state["created_at"],
        "checkpoint": {**place, "checkpoint_ns": namespace} if namespace else place,
        # One that was pruned is not there to be named.
        "parent_checkpoint_id": parent if is_first or noted or (namespace, parent) in known else None,
    }


def _task(task: JsonObject) -> JsonObject:
    result = task.get("result")
    return {
        **_only(_TASK, task),
        "interrupts": [*map(_interrupt, task.get("interrupts") or ())],
        "checkpoint": task.get("checkpoint"),
        "state": None,
        "result": result if isinstance(result, dict) else None,
    }


def _interrupt(told: JsonObject) -> JsonObject:
    return _only(_INTERRUPT, told)
