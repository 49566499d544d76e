"""Plays a run from its beginning to its end, and leaves run and thread as the life cycle says."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.agents.failures import Failed, Failure, Paused
from understudy.agents.loop import Loop
from understudy.agents.output import Output
from understudy.agents.performance import EVERY, Performance
from understudy.agents.webhooks import payload, post
from understudy.errors import Refusal
from understudy.state.checkpoints import ROOT
from understudy.state.clock import give_way, timestamp
from understudy.state.imitated import LANGGRAPH, LANGGRAPH_API
from understudy.state.life_cycle import ENDINGS

if TYPE_CHECKING:
    from understudy.state.agents import Agent
    from understudy.state.life_cycle import Ending
    from understudy.state.runs import Stop
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject

log = logging.getLogger("understudy.runs")

_STOPPED = {"interrupt": "UserInterrupt", "rollback": "UserRollback"}

COMMAND = ("graph", "update", "resume", "goto")
"""What a command consists of, as events tell it."""

CONFIG = ("tags", "metadata", "callbacks", "run_name", "max_concurrency", "recursion_limit", "configurable", "run_id")
"""The keys that a configuration has."""

RECURSION_LIMIT = 10007
"""Supersteps that a run may take where nobody says how many."""


async def perform(world: World, row: JsonObject) -> None:
    """Play a run. Nothing is raised: what goes wrong is told to its readers, and stands in its thread."""
    run_id, thread_id = row["run_id"], row["thread_id"]
    feed = world.feeds.of(thread_id)
    graph_id = row["kwargs"]["config"]["configurable"]["graph_id"]
    agent = world.agents.get(graph_id) if graph_id in world.agents else None
    kwargs = _begun(row["kwargs"], agent, world.address)
    started_at = timestamp(world.clock.now())
    world.runs.update(run_id, status="running", kwargs=kwargs)
    output = Output(feed, world.clock, run_id, kwargs)
    end = _End()
    try:
        output.begin()
        await give_way()  # so that its readers know of it before it does anything
        await _play(performance(world, row, kwargs, agent or world.agents.get(graph_id), output))
    except Paused:
        pass
    except Failed as failed:
        end = _End(failed.failure)
    except asyncio.CancelledError:
        end = _End(cut=True)
    except Refusal as refusal:
        end = _End(Failure("HTTPException", refusal.detail))
    except Exception as error:
        log.exception("run %s of thread %s", run_id, thread_id)
        end = _End(Failure(type(error).__name__, str(error), public=False))
    ended_at = timestamp(world.clock.now())
    playing = world.runs.playing[run_id]
    if playing.cut:
        output.finish(gone=True)
        return
    if playing.stop is not None:
        # Whatever its nodes made of being stopped.
        end = _End(stop=playing.stop, cut=True)
    if end.failure is not None:
        output.error(end.failure.to_json())
    _settle(world, row, output, end, ended_at)
    output.finish(gone=playing.stop is not None and playing.stop.deleted)
    thread = world.threads.seek(thread_id)
    if thread is None:
        return
    if kwargs["webhook"]:
        told = {**row, "kwargs": kwargs, "status": end.status}
        keeps = not kwargs["temporary"]
        if keeps:
            told["updated_at"] = ended_at
        values = thread.get("values") if keeps and not end.rolls_back else None
        now = timestamp(world.clock.now())
        body = payload(told, values, end.error, started_at=started_at, ended_at=ended_at, sent_at=now)
        post(world, kwargs["webhook"], body)
    if kwargs["temporary"]:
        world.runs.delete(run_id)
        world.threads.delete(thread_id)


@dataclass(frozen=True, slots=True)
class _End:
    """How a run ended: it came to its end or waits, it failed, or it was stopped; `cut` if it was stopped at all."""

    failure: Failure | None = None
    stop: Stop | None = None
    cut: bool = False

    @property
    def rolls_back(self) -> bool:
        """Whether nothing of the run is to stay."""
        return self.stop is not None and self.stop.action == "rollback"

    @property
    def ending(self) -> Ending:
        """Which way of ending it is."""
        if self.failure is not None:
            return "failed"
        if self.rolls_back:
            return "rolled back"
        return "stopped" if self.cut else "finished"

    @property
    def status(self) -> str:
        """What the run's row says, or would say."""
        return ENDINGS[self.ending].run or "rollback"

    @property
    def error(self) -> JsonObject | None:
        """What is told of why it did not come to its end."""
        if self.stop is not None:
            return {"error": _STOPPED[self.stop.action], "message": self.stop.reason}
        return self.failure.to_json() if self.failure is not None else None


async def _play(run: Performance) -> None:
    loop = Loop(run, run.agent, ROOT, {}, {})
    loop.chain.begin(run.input if run.command is None else {name: run.command.get(name) for name in COMMAND})
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
        config={**config, "configurable": {**config["configurable"], **_unknown(config)}},
        context={name: value for name, value in context.items() if not known or name in known},
        input=kwargs["input"],
        command=kwargs["command"] or None,
        checkpoint_id=config["configurable"].get("checkpoint_id") or None,
        records=not kwargs["temporary"],
        at_exit=kwargs["durability"] == "exit",
        interrupt_before=_names(kwargs["interrupt_before"]),
        interrupt_after=_names(kwargs["interrupt_after"]),
        feedback_keys=tuple(kwargs["feedback_keys"] or ()),
        recursion_limit=_limit(config),
    )


def _context_keys(agent: Agent) -> JsonObject:
    """Return the properties that an agent's context has; empty where it does not say."""
    properties: JsonObject = (agent.schemas.context or {}).get("properties") or {}
    return properties


def _begun(kwargs: JsonObject, agent: Agent | None, address: str) -> JsonObject:
    """Return a run's arguments as they read once it has begun."""
    config = kwargs["config"]
    configurable = dict(config["configurable"])
    known, context = _context_keys(agent) if agent else {}, kwargs["context"] or {}
    if configurable.pop("__context_provided__", False) and known:
        configurable = {name: value for name, value in configurable.items() if name in known or name not in context}
    metadata = {
        **config["metadata"],
        "run_attempt": 1,
        "langgraph_version": LANGGRAPH,
        "langgraph_api_version": LANGGRAPH_API,
        "langgraph_plan": "enterprise",
        "langgraph_host": "self-hosted",
        "langgraph_api_url": address,
    }
    return {
        **kwargs,
        "config": {
            **config,
            "configurable": {**configurable, "__pregel_node_finished": None},
            "metadata": metadata,
        },
    }


def _unknown(config: JsonObject) -> JsonObject:
    """Return what stands in a configuration beside its own keys: it counts as configurable."""
    return {name: value for name, value in config.items() if name not in CONFIG}


def _limit(config: JsonObject) -> int:
    """Return how many supersteps a run may take. Failed if it may take none."""
    limit = config.get("recursion_limit")
    if limit is None:
        return RECURSION_LIMIT
    if limit < 1:
        raise Failed(Failure("ValueError", "recursion_limit must be at least 1"))
    return int(limit)


def _names(told: Json) -> tuple[str, ...]:
    if not told:
        return ()
    return (EVERY,) if told == EVERY else tuple(told)


def _settle(world: World, row: JsonObject, output: Output, end: _End, now: str) -> None:
    """Let run and thread say how the run ended.

    Of a run of the streaming protocol that did not come to its end, the thread's row shows no values.
    """
    run_id, thread_id = row["run_id"], row["thread_id"]
    thread = world.threads.seek(thread_id)
    if thread is None:
        return
    last = output.last if end.error is None or not output.is_v2 else None
    if end.rolls_back:
        world.runs.delete(run_id)
        world.threads.forget_run(thread_id, run_id)
        world.feeds.forget_run(thread_id, run_id)
        last = None
    else:
        world.runs.update(run_id, status=end.status, updated_at=now)
    changes: JsonObject = {}
    if last is not None:
        changes["values"] = last["values"]
    left = ENDINGS[end.ending]
    resting = left.goes_on if last is not None and last["next"] else left.rests
    changes["status"] = "busy" if world.runs.active(thread_id) else resting
    changes["error"] = end.error
    if last is not None:
        changes["interrupts"] = {
            task_id: [{"id": asked["id"], "value": asked["value"]} for asked in interrupts]
            for task_id, interrupts in last["interrupts"].items()
            if interrupts
        }
    graph_id = row["kwargs"]["config"]["configurable"]["graph_id"]
    changes["metadata"] = {**thread["metadata"], "graph_id": graph_id}
    world.threads.note(thread_id, **changes, updated_at=now, state_updated_at=now)
