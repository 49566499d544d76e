"""Threads: create, find, search, change and delete them; copy them, and fork them before a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents.computer_agents.playing import execute, forget
from understudy.errors import Invalid
from understudy.exchange import Answer
from understudy.state.clock import moment
from understudy.state.computer_agents import search as searching
from understudy.state.computer_agents.executions import Made
from understudy.state.computer_agents.forks import Fork, NewComputer, SameComputer, fork
from understudy.state.computer_agents.threads import FILTERS

from .executions import streamed
from .pages import clamped, listed

if TYPE_CHECKING:
    from datetime import datetime

    from understudy.exchange import Stream
    from understudy.state.computer_agents.forks import FileCopyMode
    from understudy.state.computer_agents.platform import ComputerAgents
    from understudy.state.world import World
    from understudy.wire import JsonObject

_TAKEN_OVER = ("title", "task", "appId")
"""What a new thread has as the request says it."""


async def find(
    world: World,
    limit: int,
    offset: int,
    project_id: str | None,
    environment_id: str | None,
    agent_id: str | None,
    app_id: str | None,
    schedule_id: str | None,
    status: str | None,
    created_after: str | None,
) -> JsonObject:
    """Return a page of the threads that meet all that is given."""
    threads = world.computer_agents.threads
    given = (project_id, environment_id, agent_id, app_id, schedule_id, status)
    found = threads.find(
        {name: value for name, value in zip(FILTERS, given, strict=True) if value is not None},
        created_after=None if created_after is None else _moment(created_after),
        offset=offset,
        limit=clamped(limit),
    )
    return listed([threads.shown(row) for row in found.rows], offset=offset, total=found.total)


async def create(world: World, body: JsonObject, idempotency_key: str | None) -> Answer | Stream:
    """Make a thread, and execute what is said in it."""
    platform = world.computer_agents
    made = platform.executions.made(idempotency_key) or _created(world, body, idempotency_key)
    if made.execution is not None and body.get("stream", True):
        return streamed(made.execution)
    thread = platform.threads.shown(platform.threads.get(made.thread_id))
    return Answer({"thread": thread, "queuedInBatch": False}, status=201)


async def search(world: World, body: JsonObject) -> JsonObject:
    """Return a page of the threads that have a text."""
    platform = world.computer_agents
    columns = {"environmentId": body.get("environmentId"), "status": body.get("status", "all")}
    wanted = {name: value for name, value in columns.items() if value not in (None, "all")}
    matches = searching.search(platform.threads.find(wanted).rows, platform.messages, body["query"])
    offset, limit = int(body.get("offset", 0)), clamped(int(body.get("limit", 20)))
    results = []
    for match in matches[offset : offset + limit]:
        result = {
            "thread": platform.threads.shown(match.thread),
            "score": match.score,
            "highlights": match.highlights,
        }
        results.append({**result, "matchingMessages": match.messages} if body.get("includeMessages") else result)
    return {
        "results": results,
        "total": len(matches),
        "hasMore": offset + len(results) < len(matches),
        "searchMetadata": {"query": body["query"], "queryType": "text", "processingTimeMs": 0},
    }


async def get(world: World, thread_id: str) -> JsonObject:
    """Return a thread with its messages."""
    platform = world.computer_agents
    thread = platform.threads.shown(platform.threads.get(thread_id))
    return {"thread": {**thread, "messages": list(platform.messages.of(thread_id))}}


async def update(world: World, thread_id: str, body: JsonObject | None) -> JsonObject:
    """Change what is told of a thread."""
    platform = world.computer_agents
    platform.threads.get(thread_id)
    changes = dict(body or {})
    _refuse_unknown(platform, changes)
    if "agentId" in changes:
        changes["agentId"] = changes["agentId"] or platform.agents.default()["id"]
    return {"thread": platform.threads.shown(platform.threads.update(thread_id, **changes))}


async def delete(world: World, thread_id: str) -> JsonObject:
    """Delete a thread; what is being executed in it is cancelled."""
    platform = world.computer_agents
    platform.threads.get(thread_id)
    forget(world, thread_id)
    platform.threads.delete(thread_id)
    platform.messages.forget(thread_id)
    platform.steps.forget_thread(thread_id)
    return {"deleted": True}


async def copy(world: World, thread_id: str, body: JsonObject | None) -> Answer:
    """Make a thread that begins as this one; it is a fork if more is said of it than its title."""
    given = body or {}
    status = 201 if given.keys() - {"title"} else 200
    return Answer(fork(world.computer_agents, thread_id, _fork(given)), status=status)


async def fork_from_message(world: World, thread_id: str, body: JsonObject) -> JsonObject:
    """Make a thread that ends just before a message: the last one of the user, if none is told."""
    platform = world.computer_agents
    platform.threads.get(thread_id)
    said = [at for at, message in enumerate(platform.messages.of(thread_id)) if message["role"] == "user"]
    last = {"truncateAtMessageIndex": said[-1]} if said else {}
    return fork(platform, thread_id, _fork({**last, **body}))


def _created(world: World, body: JsonObject, key: str | None) -> Made:
    """Make a thread with what was said in it; execute that unless it is put off. NotFound for what is not known."""
    platform = world.computer_agents
    _refuse_unknown(platform, body)
    given = {
        "environmentId": body.get("environmentId") or platform.environments.default()["id"],
        "agentId": body.get("agentId") or platform.agents.default()["id"],
        **{name: body[name] for name in _TAKEN_OVER if name in body},
        "metadata": body.get("metadata") or {},
    }
    if body.get("projectId"):
        given["projectId"] = body["projectId"]
    said = [{"role": message["role"], "content": message["content"]} for message in body.get("messages", ())]
    content = body.get("content") or body.get("task")
    if content:
        said.append({"role": "user", "content": content})
    row = platform.threads.create(given)
    for message in said[:-1]:
        platform.messages.add(row["id"], **message)
    execution = None
    if said:
        platform.messages.add(row["id"], **said[-1], metadata=body.get("messageMetadata"))
        if "schedule" not in body:
            execution = execute(world, row["id"], body, is_new=True)
    return platform.executions.remember(key, Made(row["id"], execution))


def _refuse_unknown(platform: ComputerAgents, given: JsonObject) -> None:
    """Raise NotFound if an agent, a computer or a project is named that is not there."""
    for name, table in (
        ("agentId", platform.agents),
        ("environmentId", platform.environments),
        ("projectId", platform.projects),
    ):
        if given.get(name) is not None:
            table.get(given[name])


def _fork(given: JsonObject) -> Fork:
    """Return what a request asks for. Invalid for all files in a computer that is there."""
    target, strategy = given.get("environmentTarget"), given.get("environmentStrategy")
    is_new = strategy == "forked_environment" if target is None else target == "new_forked_environment"
    kept = given.get("truncateAtMessageIndex")
    files: FileCopyMode = given.get("fileCopyMode") or ("all" if is_new else "none")
    if files == "all" and not is_new:
        raise Invalid(
            'fileCopyMode "all" needs environmentTarget "new_forked_environment"; a computer that is there gets '
            '"thread_only" or "none"',
            "fileCopyMode",
        )
    return Fork(
        kept=None if kept is None else int(kept),
        title=given.get("title"),
        computer=NewComputer(name=given.get("environmentName") or None)
        if is_new
        else SameComputer(given.get("targetEnvironmentId") or None),
        files=files,
    )


def _moment(text: str) -> datetime:
    try:
        return moment(text)
    except (ValueError, OverflowError):
        raise Invalid(f"createdAfter must be a time as ISO 8601 has them, not {text!r}", "createdAfter") from None
