"""Plays a run from its beginning to its end, and leaves run and thread as the life cycle says."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from understudy.agents.failures import Failed, Failure, Paused
from understudy.agents.loop import Loop
from understudy.agents.output import Output
from understudy.agents.performance import EVERY, Performance
from understudy.agents.webhooks import payload, post
from understudy.errors import Refusal
from understudy.state.checkpoints import ROOT
from understudy.state.clock import timestamp

if TYPE_CHECKING:
    from understudy.agents.failures import Failure as FailureType
    from understudy.state.agents import Agent
    from understudy.state.runs import Stop
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject

log = logging.getLogger("understudy.runs")

VERSIONS = {"langgraph_version": "1.2.22", "langgraph_api_version": "0.16.7"}
"""What the imitated server says of itself in the metadata of a run."""

_STOPPED = {"interrupt": "UserInterrupt", "rollback": "UserRollback"}

RECURSION_LIMIT = 10007
"""Supersteps that a run may take where nobody says how many."""


async def perform(world: World, row: JsonObject) -> None:
    """Play a run. Nothing is raised: what goes wrong is told to its readers, and stands in its thread."""
    run_id, thread_id = row["run_id"], row["thread_id"]
    feed = world.feeds.of(thread_id)
    graph_id = row["kwargs"]["config"]["configurable"]["graph_id"]
    agent = world.agents.get(graph_id) if graph_id in world.agents else None
    kwargs = _begun(row["kwargs"], agent)
    started_at = timestamp(world.clock.now())
    world.runs.update(run_id, status="running", kwargs=kwargs)
    output = Output(feed, world.clock, run_id, kwargs)
    failure: FailureType | None = None
    status, stopped = "success", None
    try:
        output.begin()
        run = performance(world, row, kwargs, agent or world.agents.get(graph_id), output)
        await _play(run)
    except Paused:
        pass
    except Failed as failed:
        status, failure = "error", failed.failure
    except asyncio.CancelledError:
        stopped = world.runs.playing[run_id].stop if run_id in world.runs.playing else None
        status = "interrupted"
    except Refusal as refusal:
        status, failure = "error", Failure("HTTPException", refusal.detail)
    except Exception as error:
        log.exception("run %s of thread %s", run_id, thread_id)
        status, failure = "error", Failure(type(error).__name__, str(error), public=False)
    if failure is not None:
        output.error(failure.to_json())
    _end(world, row, output, status, failure, stopped)
    output.finish()
    row = {**row, "kwargs": kwargs, "status": status, "updated_at": timestamp(world.clock.now())}
    if kwargs["webhook"] and not (stopped is not None and stopped.action == "rollback"):
        _notify(world, row, failure, started_at)
    if kwargs["temporary"] and world.threads.seek(thread_id) is not None:
        world.runs.delete(run_id)
        world.threads.delete(thread_id)


def _notify(world: World, row: JsonObject, failure: FailureType | None, started_at: str) -> None:
    """Tell the address that the run names how it ended."""
    now = timestamp(world.clock.now())
    thread = None if row["kwargs"]["temporary"] else world.threads.seek(row["thread_id"])
    body = payload(
        row,
        thread and thread["values"],
        failure.to_json() if failure else None,
        started_at=started_at,
        ended_at=row["updated_at"],
        sent_at=now,
    )
    post(world, row["kwargs"]["webhook"], body)


async def _play(run: Performance) -> None:
    loop = Loop(run, run.agent, ROOT, {}, {})
    loop.chain.begin(run.input)
    try:
        await loop.play(run.input)
    except Paused:
        loop.chain.end(loop.values)
        raise
    loop.chain.end(loop.values)
    if run.feedback_keys:
        raise Failed(Failure("LangSmithConnectionError", "there is no LangSmith to give feedback to", public=False))


def performance(world: World, row: JsonObject, kwargs: JsonObject, agent: Agent, output: Output) -> Performance:
    """Return what a run's graphs share, as its row tells it."""
    config = kwargs["config"]
    context = kwargs["context"] or {}
    known = _context_keys(agent)
    return Performance(
        world=world,
        thread_id=row["thread_id"],
        run_id=row["run_id"],
        agent=agent,
        output=output,
        config=config,
        context={name: value for name, value in context.items() if not known or name in known},
        input=kwargs["input"],
        command=_command(kwargs["command"]),
        checkpoint_id=config["configurable"].get("checkpoint_id"),
        records=not kwargs["temporary"],
        at_exit=kwargs["durability"] == "exit",
        interrupt_before=_names(kwargs["interrupt_before"]),
        interrupt_after=_names(kwargs["interrupt_after"]),
        feedback_keys=tuple(kwargs["feedback_keys"] or ()),
        recursion_limit=int(config.get("recursion_limit") or RECURSION_LIMIT),
    )


def _context_keys(agent: Agent) -> JsonObject:
    """Return the properties that an agent's context has; empty where it does not say."""
    properties: JsonObject = (agent.schemas.context or {}).get("properties") or {}
    return properties


def _begun(kwargs: JsonObject, agent: Agent | None) -> JsonObject:
    """Return a run's arguments as they read once it has begun."""
    config = kwargs["config"]
    configurable = dict(config["configurable"])
    known, context = _context_keys(agent) if agent else {}, kwargs["context"] or {}
    if configurable.pop("__context_provided__", False) and known:
        configurable = {name: value for name, value in configurable.items() if name in known or name not in context}
    metadata = {
        **config["metadata"],
        "run_attempt": 1,
        **VERSIONS,
        "langgraph_plan": "enterprise",
        "langgraph_host": "self-hosted",
        "langgraph_api_url": "http://127.0.0.1:2024",
    }
    return {
        **kwargs,
        "config": {
            **config,
            "configurable": {**configurable, "__pregel_node_finished": None},
            "metadata": metadata,
        },
    }


def _command(told: JsonObject | None) -> JsonObject | None:
    return told or None


def _names(told: Json) -> tuple[str, ...]:
    if not told:
        return ()
    return (EVERY,) if told == EVERY else tuple(told)


def _end(
    world: World,
    row: JsonObject,
    output: Output,
    status: str,
    failure: FailureType | None,
    stopped: Stop | None,
) -> None:
    """Let run and thread say how the run ended."""
    run_id, thread_id = row["run_id"], row["thread_id"]
    thread = world.threads.seek(thread_id)
    if thread is None:
        return
    now = timestamp(world.clock.now())
    last = output.last
    error = failure.to_json() if failure else None
    if stopped is not None:
        error = {"error": _STOPPED[stopped.action], "message": stopped.reason}
    if stopped is not None and stopped.action == "rollback":
        world.runs.delete(run_id)
        world.threads.forget_run(thread_id, run_id)
        world.feeds.of(thread_id).forget(run_id)
        last = None
    else:
        world.runs.update(run_id, status=status, updated_at=now)
    changes: JsonObject = {}
    if last is not None:
        changes["values"] = last["values"]
    resting = "error" if failure else "interrupted" if last is not None and last["next"] else "idle"
    changes["status"] = "busy" if world.runs.active(thread_id) else resting
    changes["error"] = error
    if last is not None:
        asked = last["interrupts"].items()
        changes["interrupts"] = {
            task_id: [{"id": one["id"], "value": one["value"]} for one in interrupts]
            for task_id, interrupts in asked
            if interrupts
        }
    graph_id = row["kwargs"]["config"]["configurable"]["graph_id"]
    changes["metadata"] = {**thread["metadata"], "graph_id": graph_id}
    world.threads.note(thread_id, **changes, updated_at=now, state_updated_at=now)
