"""Nodes that ran and that no history shows: those that waited for several others, and those that a command named.

As the Agent Server answers it, the state before them leads nowhere; what they wrote shows in the values after them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from understudy.recording.scripts.rows import BY_COMMAND, PULL, command_of, values_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from understudy.recording.captured import RecordedRun
    from understudy.wire import Json, JsonObject


def shown(runs: Sequence[RecordedRun], drawn: Mapping[str, Json]) -> list[RecordedRun]:
    """Return the runs with the tasks that their states do not show, where it is plain which ones they were."""
    whole: dict[str, JsonObject] = {}
    made_by: dict[str, RecordedRun] = {}
    for run in runs:
        for state in [*([run.before] if run.before else []), *run.states]:
            whole.setdefault(_id(state), state)
        made_by |= {_id(state): run for state in run.states}
    for after in list(whole.values()):
        before = whole.get(_parent(after))
        if before is None or before["tasks"] or after["metadata"].get("source") != "loop":
            continue
        graph = _inside(drawn, after["checkpoint"].get("checkpoint_ns") or "")
        named = _named(made_by.get(_id(after)))
        names = named or _joining(graph, whole.get(_parent(before)))
        if len(names) == 1:
            wrote = _written(graph.get("channels") or {}, values_of(before), values_of(after))
            task: JsonObject = {"id": f"hidden-{_id(after)}", "name": names[0], "path": [PULL, names[0]]}
            task |= {"result": wrote, "error": None, "interrupts": [], "checkpoint": None, BY_COMMAND: bool(named)}
            whole[_id(before)] = {**before, "tasks": [task]}
    return [
        replace(
            run,
            states=[whole[_id(state)] for state in run.states],
            before=whole[_id(run.before)] if run.before else None,
        )
        for run in runs
    ]


def _id(state: JsonObject) -> str:
    checkpoint_id: str = state["checkpoint"]["checkpoint_id"]
    return checkpoint_id


def _parent(state: JsonObject) -> str:
    return (state.get("parent_checkpoint") or {}).get("checkpoint_id") or ""


def _inside(drawn: Mapping[str, Json], namespace: str) -> Mapping[str, Json]:
    """Return the agent that runs in a namespace."""
    for level in namespace.split("|") if namespace else ():
        inner = (drawn.get("subgraphs") or {}).get(level.partition(":")[0])
        drawn = inner if isinstance(inner, dict) else {}
    return drawn


def _named(run: RecordedRun | None) -> list[str]:
    """Return the nodes that the command of a run names."""
    told = command_of(run).get("goto") if run else None
    return [node for node in (told if isinstance(told, list) else [told]) if isinstance(node, str)]


def _joining(graph: Mapping[str, Json], before: JsonObject | None) -> list[str]:
    """Return the nodes to which edges lead from what ran last and from elsewhere."""
    edges = [edge for edge in graph.get("edges") or () if isinstance(edge, list)]
    ran = {task["name"] for task in (before or {}).get("tasks", ())}
    led = dict.fromkeys(target for source, target in edges if source in ran)
    return [node for node in led if sum(1 for _, target in edges if target == node) > 1]


def _written(channels: Mapping[str, str], before: JsonObject, after: JsonObject) -> JsonObject:
    """Return what made the values after out of those before."""
    return {
        name: _difference(channels.get(name, "last"), before.get(name), value)
        for name, value in after.items()
        if value != before.get(name)
    }


def _difference(reducer: str, before: Json, after: Json) -> Json:
    if reducer == "sum":
        return after - (before or 0)
    if reducer in ("append", "messages"):
        return _beyond(before or [], after)
    return after


def _beyond(before: Sequence[Json], after: Iterable[Json]) -> list[Json]:
    return [one for at, one in enumerate(after) if at >= len(before) or one != before[at]]
