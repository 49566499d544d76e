"""The tasks of a state between a scenario and a world."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from understudy.paths import Path
    from understudy.scenarios.references import Complain
    from understudy.state.ids import Ids
    from understudy.wire import JsonObject


def told(state: JsonObject, path: Path, complain: Complain) -> list[tuple[Path, JsonObject]]:
    """Return the tasks of a state as they were written, with the path of each: its `tasks`, or one for each `next`.

    What the state says it waits for goes to its only task.
    """
    nodes = state.get("next", [])
    tasks = [((*path, "next", at), {"name": name}) for at, name in enumerate(nodes)]
    if "tasks" in state:
        tasks = [((*path, "tasks", at), task) for at, task in enumerate(state["tasks"])]
    waits = state.get("interrupts")
    if not waits:
        return tasks
    by_task = [interrupt for _, task in tasks for interrupt in task.get("interrupts", [])]
    if by_task:
        if [interrupt["value"] for interrupt in by_task] != [interrupt["value"] for interrupt in waits]:
            complain((*path, "interrupts"), "not what the tasks wait for; leave it out here")
    elif len(tasks) == 1:
        place, task = tasks[0]
        tasks = [(place, {**task, "interrupts": waits})]
    elif any(task.get("state") or task.get("checkpoint") for _, task in tasks):
        pass  # A subgraph says what it waits for.
    else:
        complain((*path, "interrupts"), "say in `tasks` which task waits for this, one of which there must be")
    return tasks


def complete(task: JsonObject, ids: Ids) -> JsonObject:
    """Return a task with everything that was left out; what its subgraph or the next state tells is still null."""
    return {
        "id": task["id"] if "id" in task else ids.digest(),
        "name": task["name"],
        "path": task.get("path", ["__pregel_pull", task["name"]]),
        "error": task.get("error"),
        "interrupts": [_interrupt(interrupt, ids) for interrupt in task.get("interrupts", [])],
        "checkpoint": task.get("checkpoint"),
        "state": None,
        "result": task.get("result"),
    }


def _interrupt(interrupt: JsonObject, ids: Ids) -> JsonObject:
    return {**interrupt, "id": interrupt.get("id") or ids.interrupt()} if "id" not in interrupt else interrupt
