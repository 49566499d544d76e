"""How much a thread takes: its checkpoints, the versions of its channels, the writes of its tasks."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from understudy.state.agents import START
from understudy.wire import dumps

if TYPE_CHECKING:
    from understudy.state.checkpoints import Checkpoint, History
    from understudy.wire import Json, JsonObject


def storage(thread_id: str, history: History) -> JsonObject:
    """Return the ThreadStorage of a history. Counts are those of the reference server; bytes are lengths of JSON text.

    A channel has a version for each checkpoint that changed it. The channels that lead to a node (`branch:to:<node>`,
    and `__start__` for the input) are emptied when the node runs, which is a version as well.
    """
    versions: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    checkpoints = checkpoint_bytes = writes = write_bytes = 0
    for _, steps in history:
        by_id = {step.id: step for step in steps}
        following = {step.parent: step for step in steps}
        for step in steps:
            checkpoints += 1
            checkpoint_bytes += len(dumps([step.id, step.parent, step.metadata, step.next]))
            for channel, value in _written(step, by_id.get(step.parent or "")):
                versions[channel] += 1
                sizes[channel] += 0 if value is None else len(dumps(value))
            for written in _task_writes(step, following.get(step.id)):
                writes += 1
                write_bytes += len(dumps(written))
    by_channel = {name: {"versions": versions[name], "bytes": sizes[name]} for name in versions}
    channels: JsonObject = {
        "count": sum(versions.values()),
        "bytes": sum(sizes.values()),
        "by_channel": by_channel,
    }
    return {
        "thread_id": thread_id,
        "total_bytes": checkpoint_bytes + channels["bytes"] + write_bytes,
        "checkpoints": {"count": checkpoints, "bytes": checkpoint_bytes},
        "channel_values": channels,
        "pending_writes": {"count": writes, "bytes": write_bytes},
    }


def _written(step: Checkpoint, parent: Checkpoint | None) -> list[tuple[str, Json]]:
    """Return the channels that this checkpoint changed, with their new values; None for an emptied one."""
    changed = []
    if step.metadata.get("source") != "input":
        # Before the input is read, the channels hold what they held or begin with: nothing was written yet.
        before, now = _values(parent) if parent else {}, _values(step)
        changed = [(name, value) for name, value in now.items() if name not in before or before[name] != value]
    waited = {*parent.next, *_left(parent)} if parent else set()
    kept = waited & _left(step)
    changed += [(_channel(node), None) for node in sorted({*waited, *step.next, *_left(step)} - kept)]
    return changed


def _values(step: Checkpoint) -> JsonObject:
    """Return the values of all channels, those too that other graphs left."""
    return {**step.held.get("beside", {}).get("values", {}), **step.values}


def _left(step: Checkpoint) -> set[str]:
    """Return the nodes that other graphs have yet to run."""
    return {task["name"] for task in step.held.get("beside", {}).get("tasks", ())}


def _channel(node: str) -> str:
    return node if node == START else f"branch:to:{node}"


def _task_writes(step: Checkpoint, following: Checkpoint | None) -> list[Json]:
    """Return what the tasks of this checkpoint wrote: values by channel, ways to other nodes, interrupts, an error."""
    writes: list[Json] = []
    if following and any(task["result"] is not None for task in step.tasks):
        writes += [None for task in following.tasks if task["path"][0] == "__pregel_pull"]
    for task in step.tasks:
        writes += list((task["result"] or {}).items())
        if task["interrupts"]:
            writes.append(task["interrupts"])
        if task["error"] is not None:
            writes.append(task["error"])
    return writes
