"""Tasks: found by their ids or as a list, each with the runs that it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from understudy.agents.a2a.refusals import Broken
from understudy.agents.a2a.states import OVER, STATES, state_of
from understudy.errors import Invalid
from understudy.wire import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from understudy.state.world import World
    from understudy.wire import Json, JsonObject

MOST = 100
"""How many tasks a page may have."""

_USUAL = 50

_KNOWN_STATES = frozenset(STATES.values())


@dataclass(frozen=True, slots=True)
class Task:
    """A task: its id and context as they were asked for, its latest run, and the tasks of its context.

    `tasks` are ids of tasks by the id that the first run of each was given when it was asked for.
    """

    id: str
    context_id: str
    run: JsonObject
    state: str
    tasks: dict[str, str]

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state in OVER

    @property
    def since(self) -> str:
        """When it has come to its state."""
        return str(self.run["updated_at"])


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list of tasks: how many there are, and where the next page begins, if there is one."""

    tasks: list[Task]
    total: int
    next: int | None


def id_of(context_id: str, run: JsonObject) -> str:
    """Return the id of the task that a run belongs to: the one it continues, or the one it begins."""
    known = about(run).get("task_id")
    return known if isinstance(known, str) and known else begun_by(context_id, run)


def begun_by(context_id: str, run: JsonObject) -> str:
    """Return the id of the task that a run begins."""
    return f"{context_id}:{run['run_id']}"


def about(run: JsonObject) -> JsonObject:
    """Return what a run remembers of A2A."""
    known = run["metadata"].get("a2a")
    return known if isinstance(known, dict) else {}


def started(runs: Iterable[JsonObject], context_id: str) -> dict[str, str]:
    """Return the tasks that these runs belong to by the id that the first run of each was given."""
    told = ((about(run).get("task_start_id"), run) for run in runs)
    return {start: id_of(context_id, run) for start, run in told if isinstance(start, str) and start}


def runs_of(world: World, thread_id: str, assistant_id: str) -> list[JsonObject]:
    """Return the runs of an assistant on a thread, the latest first."""
    return [run for run in world.runs.of(thread_id) if run["assistant_id"] == assistant_id]


def find(world: World, task_id: str, context_id: str | None, assistant_id: str) -> Task | None:
    """Return the task of this id, if the assistant has it, and if it is in the context where one is told."""
    told, _, run_id = task_id.partition(":") if ":" in task_id else ("", "", task_id)
    if told and context_id and told != context_id:
        return None
    context_id = context_id or told
    try:
        thread_id, anchor_id = canonical(context_id), canonical(run_id)
    except ValueError:
        return None
    thread, anchor = world.threads.seek(thread_id), world.runs.get(thread_id, anchor_id)
    if thread is None or anchor is None or anchor["assistant_id"] != assistant_id:
        return None
    if about(anchor).get("task_id") not in (None, "", task_id):
        return None
    runs = runs_of(world, thread_id, assistant_id)
    own = (run for run in runs if run["run_id"] == run_id or about(run).get("task_id") == task_id)
    run = next(own, None)
    latest = run is not None and run["run_id"] == world.runs.of(thread_id)[0]["run_id"]
    run = run or anchor
    state = state_of(run, thread if latest else None)
    return Task(task_id, context_id, run, state, started(runs, context_id))


def page_size(params: JsonObject) -> int:
    """Return how many tasks are asked for at once. Invalid if that is no number, or one that is too large."""
    size: Json = params.get("pageSize")
    if size is None:
        return _USUAL
    if not isinstance(size, int) or not 1 <= size <= MOST:
        raise Invalid(f"pageSize must be an integer between 1 and {MOST}.")
    return size


def page(world: World, params: JsonObject, assistant_id: str, size: int) -> Page:
    """Return the tasks of an assistant that are asked for, the latest first.

    Invalid says what cannot be asked for; an empty context is Broken, as in the real server.
    """
    status, after, first = _status(params.get("status")), _after(params), _first(params.get("pageToken"))
    context_id = params.get("contextId")
    if context_id is not None and not isinstance(context_id, str):
        raise Invalid("contextId must be a string.")
    found = [
        task
        for thread in _threads(world, context_id)
        for task in _tasks_of(world, thread, assistant_id)
        if (status is None or task.state == status) and (after is None or task.since >= after)
    ]
    found.sort(key=lambda task: task.since, reverse=True)
    shown = found[first : first + size]
    end = first + len(shown)
    return Page(shown, len(found), end if end < len(found) else None)


def _threads(world: World, context_id: str | None) -> list[JsonObject]:
    if context_id is None:
        return world.threads.find().rows
    if not context_id:
        raise Broken
    try:
        thread = world.threads.seek(canonical(context_id))
    except ValueError:
        return []
    return [] if thread is None else [thread]


def _tasks_of(world: World, thread: JsonObject, assistant_id: str) -> Iterator[Task]:
    context_id, latest = thread["thread_id"], next(iter(world.runs.of(thread["thread_id"])), None)
    runs = runs_of(world, context_id, assistant_id)
    tasks = started(runs, context_id)
    seen: set[str] = set()
    for run in runs:
        task_id = id_of(context_id, run)
        if task_id not in seen:
            seen.add(task_id)
            yield Task(task_id, context_id, run, state_of(run, thread if run is latest else None), tasks)


def _status(told: Json) -> str | None:
    status = STATES.get(told, told) if isinstance(told, str) else told
    if status is not None and (not isinstance(status, str) or status not in _KNOWN_STATES):
        raise Invalid(f"Invalid status value: '{status}'.")
    return status


def _after(params: JsonObject) -> str | None:
    told = params.get("statusTimestampAfter")
    if told is None:
        return None
    try:
        datetime.fromisoformat(told.replace("Z", "+00:00"))
    except (AttributeError, ValueError):
        raise Invalid("statusTimestampAfter must be a valid ISO 8601 timestamp.") from None
    return str(told)


def _first(token: Json) -> int:
    """Return where the page begins that a token stands for."""
    if token is None or token == "":
        return 0
    if not isinstance(token, str):
        raise Invalid("pageToken must be a string.")
    try:
        return int(token)
    except ValueError:
        raise Invalid("Invalid pageToken.") from None
