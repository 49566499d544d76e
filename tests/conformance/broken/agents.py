"""What goes wrong with assistants as agents of A2A."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conformance.broken.changes import answers, streams
from tests.conformance.broken.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from understudy.wire import JsonObject

A2A = "POST /a2a/{assistant_id}"


def task(edit: Callable[[JsonObject], JsonObject]) -> Callable[[JsonObject], JsonObject]:
    """Return what changes a task that is told."""
    return lambda told: {**told, "result": edit(told["result"])} if "result" in told else told


FAULTS = (
    Fault(
        "task-is-no-run",
        "A task has an id that has nothing to do with its run.",
        "a2a-task-is-a-run",
        {A2A: answers(task(lambda told: {**told, "id": "task-1"}))},
    ),
    Fault(
        "agent-forgets",
        "A task tells only the last of what was said.",
        "a2a-context-remembers",
        {A2A: answers(task(lambda told: {**told, "history": told.get("history", [])[-1:]}))},
    ),
    Fault(
        "message-stream-stops-short",
        "The stream of a message leaves out the state that its task comes to.",
        "a2a-stream-ends-as-its-task",
        {A2A: streams(lambda events: events[:-1])},
    ),
    Fault(
        "message-stream-says-nothing",
        "The stream of a message has no events.",
        "a2a-stream-ends-as-its-task",
        {A2A: streams(lambda events: [])},
    ),
)
