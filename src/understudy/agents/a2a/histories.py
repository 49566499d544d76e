"""The history of a task: the messages of its thread as A2A tells them, each with the task that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from understudy.agents.a2a import parts
from understudy.agents.a2a.states import AGENT, USER
from understudy.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from understudy.state.checkpoints import Checkpoint
    from understudy.state.ids import Ids
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject

Scope = Literal["context", "task"]

LONGEST = 10
"""How many messages of a history can be asked for."""

SCOPES: dict[str, Scope] = {"context": "context", "task": "task"}

SCOPE_HEADER = "langgraph-a2a-history-scope"

_BY_TYPE = {
    "human": USER,
    "humanmessage": USER,
    "humanmessagechunk": USER,
    "ai": AGENT,
    "aimessage": AGENT,
    "aimessagechunk": AGENT,
}
_BY_ROLE = {"human": USER, "user": USER, "agent": AGENT, "assistant": AGENT}

_BOTH = ("chat", "chatmessage", "chatmessagechunk")
"""Types that leave it to the role who speaks."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much of a history is asked for: at most `length` messages, of the whole context or of one task."""

    length: int | None = None
    scope: Scope = "context"


def wanted(options: JsonObject, headers: Mapping[str, str]) -> Wanted:
    """Return what is asked for. Invalid, with the length first, if that is nothing that can be had."""
    length = options.get("historyLength")
    if length is not None:
        if not isinstance(length, int) or isinstance(length, bool) or length < 0:
            raise Invalid("historyLength must be a non-negative integer")
        if length > LONGEST:
            raise Invalid(f"historyLength cannot exceed {LONGEST}")
    told = options.get("historyScope")
    scope = headers.get(SCOPE_HEADER, "context") if told is None else told
    if not isinstance(scope, str) or scope not in SCOPES:
        raise Invalid("historyScope must be 'context' or 'task'")
    return Wanted(length, SCOPES[scope])


@dataclass(frozen=True, slots=True)
class Said:
    """The messages of a thread when a run had come to its end; the run's own begin at `since`, if that is known."""

    messages: list[Json]
    since: int | None = None

    @property
    def by_the_run(self) -> list[Json] | None:
        """The messages that the run added."""
        return None if self.since is None else self.messages[self.since :]

    def stamped(self, task_id: str) -> list[Json]:
        """Return the messages, the first of the run's own with its task, unless it has one."""
        if self.since is None or self.since >= len(self.messages):
            return self.messages
        message = self.messages[self.since]
        if not isinstance(message, dict):
            return self.messages
        known = _provenance(message)
        if known.get("task_id") or known.get("task_start_id"):
            return self.messages
        extra = message.get("additional_kwargs")
        extra = extra if isinstance(extra, dict) else {}
        marked = {**message, "additional_kwargs": {**extra, "a2a": {**known, "task_id": task_id}}}
        return [*self.messages[: self.since], marked, *self.messages[self.since + 1 :]]


def said(world: World, thread_id: str, run_id: str) -> Said:
    """Return what had been said on a thread when a run was over, and what of it is the run's."""
    if world.threads.seek(thread_id) is None:
        return Said([])
    steps = [step for step in world.threads.history(thread_id).newest_first() if step.metadata.get("run_id") == run_id]
    if not steps:
        return Said([])
    last = _messages(steps[0])
    first = next((step for step in steps if step.metadata.get("source") == "input"), None)
    return Said(last) if first is None else Said(last, _beginning(_messages(first), last))


def history(
    ids: Ids, messages: Json, task_id: str, context_id: str, asked: Wanted, tasks: Mapping[str, str]
) -> list[JsonObject]:
    """Return the messages of a thread as A2A messages.

    A message that knows its task begins what is said in that task. `tasks` are those of the context by the id that
    their first run was given; what belongs to none of them is left out. `task_id` counts for what is said before.
    """
    current: str | None = None if asked.scope == "task" else task_id
    told = []
    for message in messages if isinstance(messages, list) else []:
        if not isinstance(message, dict):
            continue
        current = _task_of(message, current, task_id, tasks)
        if current is None:
            continue
        shown = _shown(message)
        if shown is not None:
            role, of_it = shown
            told.append(
                {
                    "kind": "message",
                    "role": role,
                    "parts": of_it,
                    "messageId": message.get("id") or ids.time_ordered(),
                    "taskId": current,
                    "contextId": context_id,
                }
            )
    if asked.scope == "task":
        told = [message for message in told if message["taskId"] == task_id]
    if asked.length is None:
        return told
    return told[-asked.length :] if asked.length else []


def role_of(message: JsonObject) -> str | None:
    """Return who speaks in a message of the agent's state; None if that is nobody whom A2A knows."""
    kind, role = _label(message.get("type")), _label(message.get("role"))
    if (kind and kind not in _BY_TYPE and kind not in _BOTH) or (role and role not in _BY_ROLE):
        return None
    by_type, by_role = _BY_TYPE.get(kind), _BY_ROLE.get(role)
    if by_type and by_role and by_type != by_role:
        return None
    return by_type or by_role


def tool_result(message: JsonObject) -> JsonObject | None:
    """Return what a tool has answered, if a message says so."""
    call_id = message.get("tool_call_id")
    if not isinstance(call_id, str) or not call_id:
        return None
    result: JsonObject = {"toolCallId": call_id}
    if message.get("content") not in (None, ""):
        result["content"] = message["content"]
    for name in ("name", "status"):
        if isinstance(message.get(name), str) and message[name]:
            result[name] = message[name]
    return result


def _shown(message: JsonObject) -> tuple[str, list[JsonObject]] | None:
    role = role_of(message)
    if role is None:
        result = tool_result(message)
        return None if result is None else (AGENT, [parts.data({"tool_results": [result]})])
    of_it = parts.parts_of(message.get("content", ""))
    if role == AGENT and not parts.say_something(of_it):
        return None
    return role, of_it or [parts.text("")]


def _task_of(message: JsonObject, current: str | None, task_id: str, tasks: Mapping[str, str]) -> str | None:
    """Return the task that a message belongs to: the one that it knows, or the one of the message before it."""
    known = _provenance(message)
    own, start = known.get("task_id"), known.get("task_start_id")
    if isinstance(own, str) and own:
        return own if own == task_id or own in tasks.values() else None
    if isinstance(start, str) and start:
        return tasks.get(start)
    return current


def _provenance(message: JsonObject) -> JsonObject:
    extra = message.get("additional_kwargs")
    known = extra.get("a2a") if isinstance(extra, dict) else None
    return known if isinstance(known, dict) else {}


def _messages(step: Checkpoint) -> list[Json]:
    messages = step.values.get("messages") if isinstance(step.values, dict) else None
    return messages if isinstance(messages, list) else []


def _beginning(before: list[Json], after: list[Json]) -> int | None:
    """Return where in `after` that begins which was added to `before`; None if that cannot be told."""
    if after[: len(before)] == before:
        return len(before)
    known = {message.get("id") for message in before if isinstance(message, dict)}
    if len(known) != len(before) or None in known:
        return None
    kept = [at for at, message in enumerate(after) if isinstance(message, dict) and message.get("id") in known]
    return max(kept, default=-1) + 1


def _label(value: Json) -> str:
    return value.lower().replace("_", "").replace("-", "") if isinstance(value, str) else ""
