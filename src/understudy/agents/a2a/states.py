"""What states tasks are in, and how both versions of the protocol spell them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject

SUBMITTED = "TASK_STATE_SUBMITTED"
WORKING = "TASK_STATE_WORKING"
COMPLETED = "TASK_STATE_COMPLETED"
FAILED = "TASK_STATE_FAILED"
CANCELED = "TASK_STATE_CANCELED"
INPUT_REQUIRED = "TASK_STATE_INPUT_REQUIRED"
REJECTED = "TASK_STATE_REJECTED"
AUTH_REQUIRED = "TASK_STATE_AUTH_REQUIRED"

USER = "ROLE_USER"
AGENT = "ROLE_AGENT"

OF_RUN = {
    "pending": SUBMITTED,
    "running": WORKING,
    "success": COMPLETED,
    "interrupted": CANCELED,
    "error": FAILED,
    "timeout": FAILED,
}
"""The state of a task by the status of its run. One whose run has come to a question waits for input instead."""

OVER = frozenset({COMPLETED, FAILED, CANCELED, REJECTED})
"""The states in which a task stays."""

OLD_STATES = {
    SUBMITTED: "submitted",
    WORKING: "working",
    COMPLETED: "completed",
    FAILED: "failed",
    CANCELED: "canceled",
    INPUT_REQUIRED: "input-required",
    REJECTED: "rejected",
    AUTH_REQUIRED: "auth-required",
}
"""How version 0.3 of the protocol spells the states."""

OLD_ROLES = {USER: "user", AGENT: "agent"}
"""How version 0.3 of the protocol spells the roles."""

STATES = {old: state for state, old in OLD_STATES.items()}
ROLES = {old: role for role, old in OLD_ROLES.items()}


def state_of(run: JsonObject, thread: JsonObject | None) -> str:
    """Return the state of the task whose latest run this is.

    `thread` is the run's thread if this is its latest run too: then the task waits for input if the thread does.
    """
    if run["status"] == "success" and thread is not None and thread["status"] == "interrupted":
        return INPUT_REQUIRED
    return OF_RUN.get(run["status"], SUBMITTED)


def older(told: Json) -> Json:
    """Return an answer as version 0.3 of the protocol has it: other words for states and roles, tasks not wrapped.

    As in the real server, all that looks like one is translated, be it said by the agent.
    """
    if isinstance(told, list):
        return [older(one) for one in told]
    if not isinstance(told, dict):
        return told
    return {name: _older(name, value) for name, value in told.items()}


def _older(name: str, value: Json) -> Json:
    if name == "role" and isinstance(value, str):
        return OLD_ROLES.get(value, value)
    if name == "state" and isinstance(value, str):
        return OLD_STATES.get(value, value)
    if name == "result" and isinstance(value, dict) and list(value) == ["task"]:
        return older(value["task"])
    return older(value)
