"""What runs, states, tasks and messages say of themselves, as the API answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from understudy.recording.captured import RecordedRun
    from understudy.wire import Json, JsonObject

START = "__start__"
BY_COMMAND = "by_command"
"""What tasks are marked with that a command named."""

PULL = "__pregel_pull"
PUSH = "__pregel_push"


def values_of(state: JsonObject | None) -> JsonObject:
    """Return the values of a state by channel; nothing where there are none, or where the state is no object."""
    values = (state or {}).get("values")
    return values if isinstance(values, dict) else {}


def is_sent(task: JsonObject) -> bool:
    """Return whether a task was sent an input of its own."""
    return bool(task.get("path", ())[:1] == [PUSH])


def written(task: JsonObject) -> list[tuple[str, Json]]:
    """Return what a task wrote, by channel; several writes to one channel each by themselves."""
    writes: list[tuple[str, Json]] = []
    result = task.get("result")
    for name, value in result.items() if isinstance(result, dict) else ():
        several = value.get("$writes") if isinstance(value, dict) else None
        writes += [(name, one) for one in several] if isinstance(several, list) else [(name, value)]
    return writes


def is_message(value: Json) -> bool:
    """Return whether a value is a chat message as a state holds it."""
    if not isinstance(value, dict) or not {"additional_kwargs", "content", "type"} <= value.keys():
        return False
    return isinstance(value.get("id"), str | None) and isinstance(value.get("tool_calls", []), list)


def asked_for(run: RecordedRun) -> JsonObject:
    """Return what a run was started with: `input`, `command`, `context` and so on."""
    kwargs = run.row.get("kwargs")
    return kwargs if isinstance(kwargs, dict) else {}


def command_of(run: RecordedRun) -> JsonObject:
    """Return the command that a run was started with, an empty one if with none."""
    command = asked_for(run).get("command")
    return command if isinstance(command, dict) else {}
