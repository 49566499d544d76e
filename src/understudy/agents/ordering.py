"""What a client asks for when it starts a run, made into the run's row as the Agent Server keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from understudy.agents.protocol.envelopes import is_v2
from understudy.errors import Conflict, Invalid, NotFound, Unacceptable
from understudy.state.clock import microseconds, timestamp
from understudy.state.configuration import mirrored
from understudy.state.ids import assistant_of
from understudy.state.threads import writable
from understudy.wire import canonical

if TYPE_CHECKING:
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject

_NOBODY = {"identity": "", "is_authenticated": True, "display_name": ""}
"""Who asks for the run that a cron starts."""

GONE = "Thread or assistant not found."

BUSY = "Thread is already running a task. Wait for it to finish or choose a different multitask strategy."


@dataclass(frozen=True, slots=True)
class Order:
    """A run that is asked for, checked as far as that goes without looking at the thread.

    `thread_id` is None for a run that makes its own thread; `temporary` says that the thread goes with it.
    """

    body: JsonObject
    assistant_id: str
    thread_id: str | None
    temporary: bool
    config: JsonObject
    context: JsonObject
    metadata: JsonObject


def ordered(world: World, thread_id: str | None, body: JsonObject) -> Order:
    """Return the order of a run. Invalid for a malformed id, Unacceptable for what makes no sense together."""
    assistant_id = _assistant_id(world, body["assistant_id"])
    if thread_id is not None:
        thread_id = _uuid(thread_id, "Invalid thread ID")
    checkpoint_id = body.get("checkpoint_id")
    if checkpoint_id:
        checkpoint_id = _uuid(checkpoint_id, "Invalid checkpoint ID")
    if thread_id is None and (body.get("command") or {}).get("resume"):
        raise Unacceptable("You must provide a thread_id when resuming.")
    config, context = mirrored(body.get("config") or {}, body.get("context") or {})
    config, context = dict(config or {}), dict(context or {})
    configurable = dict(config.get("configurable") or {})
    if body.get("context"):
        configurable["__context_provided__"] = True
    if checkpoint_id:
        configurable["checkpoint_id"] = checkpoint_id
    configurable.update(body.get("checkpoint") or {})
    config["configurable"] = configurable
    return Order(
        body=body,
        assistant_id=assistant_id,
        thread_id=thread_id,
        temporary=thread_id is None and (body.get("on_completion") or "delete") == "delete",
        config=config,
        context=context,
        metadata=writable(body.get("metadata")),
    )


def placed(world: World, order: Order, *, request_id: str | None, cron_id: str | None = None) -> JsonObject:
    """Return the row of a new run, which is kept, with its thread.

    The thread is busy from now on, and takes over what it did not know yet from the run. NotFound if there is no such
    thread or assistant, Conflict if the thread is busy and the order does not want to wait.
    """
    body, now = order.body, world.clock.now()
    thread_id = order.thread_id or world.ids.time_ordered()
    known = world.threads.seek(thread_id)
    try:
        assistant = world.assistants.get(order.assistant_id)
    except NotFound:
        raise NotFound(GONE) from None
    if known is None and order.thread_id is not None and body.get("if_not_exists", "reject") != "create":
        raise NotFound(GONE)
    if body.get("multitask_strategy") == "reject" and world.runs.active(thread_id):
        raise Conflict(BUSY)
    run_id, graph_id = world.ids.time_ordered(), assistant["graph_id"]
    configurable = {
        **order.config["configurable"],
        **({"cron_id": cron_id} if cron_id else {}),
        "langgraph_auth_user": _NOBODY if cron_id else None,
        "langgraph_auth_user_id": "",
        "langgraph_auth_permissions": [],
        "langgraph_request_id": request_id,
        **_tracing(body.get("langsmith_tracer")),
        "__request_start_time_ms__": microseconds(now) // 1000,
        "__after_seconds__": body.get("after_seconds", 0),
    }
    started_by: JsonObject = {}
    if cron_id or is_v2(configurable):
        del configurable["__request_start_time_ms__"]
    if cron_id and not body.get("context"):
        started_by = {"cron_id": cron_id, "langgraph_auth_user": _NOBODY}
    fixed = assistant["config"].get("configurable") or {}
    kept: JsonObject = {}
    known_metadata: JsonObject = {}
    if known is None:
        world.threads.begin(_own_thread(order, assistant, thread_id, timestamp(now)))
    else:
        known_metadata = known["metadata"]
        kept = known["config"].get("configurable") or {}
        if known["status"] != "busy":
            known_metadata = {**known_metadata, "graph_id": graph_id, "assistant_id": order.assistant_id}
            kept = {**fixed, **kept}
            config = {**assistant["config"], **known["config"], **order.config, "configurable": kept}
            changed = {"metadata": known_metadata, "config": config, "updated_at": timestamp(now)}
            world.threads.note(thread_id, status="busy", **changed)
    metadata = {
        **assistant["metadata"],
        **known_metadata,
        **(order.config.get("metadata") or {}),
        **order.metadata,
        "assistant_id": order.assistant_id,
    }
    complete = {
        **fixed,
        **kept,
        **configurable,
        "run_id": run_id,
        "thread_id": thread_id,
        "graph_id": graph_id,
        "assistant_id": order.assistant_id,
        "user_id": configurable.get("user_id") or kept.get("user_id") or fixed.get("user_id") or "",
    }
    row: JsonObject = {
        "run_id": run_id,
        "thread_id": thread_id,
        "assistant_id": order.assistant_id,
        "metadata": metadata,
        "status": "pending",
        "kwargs": {
            "input": body.get("input"),
            "command": body.get("command"),
            "config": {**assistant["config"], **order.config, "configurable": complete, "metadata": metadata},
            "context": {**(assistant.get("context") or {}), **order.context, **started_by},
            "stream_mode": _modes(body.get("stream_mode")),
            "interrupt_before": body.get("interrupt_before"),
            "interrupt_after": body.get("interrupt_after"),
            "webhook": body.get("webhook"),
            "feedback_keys": body.get("feedback_keys"),
            "temporary": order.temporary,
            "subgraphs": body.get("stream_subgraphs", False),
            "resumable": body.get("stream_resumable", False),
            "checkpoint_during": body.get("checkpoint_during", True),
            "durability": _durability(body),
        },
        "multitask_strategy": body.get("multitask_strategy") or "enqueue",
        "created_at": timestamp(now + timedelta(seconds=body.get("after_seconds") or 0)),
        "updated_at": timestamp(now),
        "langsmith_session_name": None,
    }
    world.runs.add(row)
    return row


def _own_thread(order: Order, assistant: JsonObject, thread_id: str, now: str) -> JsonObject:
    fixed = assistant["config"].get("configurable") or {}
    return {
        "thread_id": thread_id,
        "status": "busy",
        "metadata": {
            "graph_id": assistant["graph_id"],
            "assistant_id": order.assistant_id,
            **(order.config.get("metadata") or {}),
            **order.metadata,
        },
        "config": {**assistant["config"], **order.config, "configurable": dict(fixed)},
        "created_at": now,
        "updated_at": now,
        "values": None,
        "state_updated_at": now,
    }


def _assistant_id(world: World, told: str) -> str:
    if told in world.agents:
        return assistant_of(told)
    try:
        return canonical(told)
    except ValueError:
        graphs = ", ".join(agent.graph_id for agent in world.agents)
        raise Invalid(
            f"Invalid assistant: '{told}'. Must be either:\n- A valid assistant UUID, or\n"
            f"- One of the registered graphs: {graphs}"
        ) from None


def _uuid(text: str, complaint: str) -> str:
    try:
        return canonical(text)
    except ValueError:
        raise Invalid(complaint) from None


def _modes(told: Json) -> list[str]:
    return (told if isinstance(told, list) else [told]) if told else ["values"]


def _durability(body: JsonObject) -> str:
    durability: str | None = body.get("durability")
    if durability is not None:
        return durability
    return "async" if body.get("checkpoint_during") in (None, True) else "exit"


def _tracing(told: JsonObject | None) -> JsonObject:
    if not told:
        return {}
    return {"__langsmith_project__": told.get("project_name"), "__langsmith_example_id__": told.get("example_id")}
