"""What Schemathesis cannot know of the API from its document, and would meet by chance only."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zlib import crc32

import schemathesis
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from schemathesis.generation.meta import TestPhase

from tests.conformance.ground import GRAPHS, INPUTS, Ground, ground

ABSOLUTE = ("http:", "https:")

WAITED_FOR = (
    "POST /threads/{thread_id}/runs",
    "POST /threads/{thread_id}/runs/stream",
    "POST /threads/{thread_id}/runs/wait",
    "POST /runs/stream",
    "POST /runs/wait",
)
"""Operations whose runs are waited for, there and then or when they are joined."""

ENDS_WITH_A_RUN = (
    "POST /threads/{thread_id}/runs/stream",
    "POST /threads/{thread_id}/runs/wait",
    "GET /threads/{thread_id}/runs/{run_id}/join",
    "GET /threads/{thread_id}/runs/{run_id}/stream",
)
"""Operations on a thread whose answers end when a run does."""

_PLACES = {"assistant_id", "thread_id", "run_id", "cron_id"}

BACKGROUND = ("POST /runs",)


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]) -> None:
    """Let requests get somewhere, and none of them take for ever."""
    label = case.operation.label
    if label == "POST /threads" and isinstance(case.body, dict):
        case.body = _with_graph(case.body)
    elif label in WAITED_FOR and isinstance(case.body, dict):
        case.body = _soon(_named(case.body))
    elif label in BACKGROUND and isinstance(case.body, dict):
        case.body = _offline(_named(case.body))
    elif label == "POST /runs/batch" and isinstance(case.body, list):
        case.body = [_offline(_named(each)) if isinstance(each, dict) else each for each in case.body[:3]]
    elif "/crons" in label and isinstance(case.body, dict):
        case.body = _offline(case.body)
    if case.meta is not None and case.meta.phase.name != TestPhase.STATEFUL:
        _place(case)
    if label in ENDS_WITH_A_RUN:
        _unblock(case)


def _with_graph(body: dict[str, Any]) -> dict[str, Any]:
    """Give a new thread a graph: without one, its state cannot be updated. A few supersteps go without.

    With supersteps, the server is to choose the id. They may be refused and still leave the thread behind (D22): under
    an id that was in use before, a checker would take it for the thread that it deleted.
    """
    metadata = body.get("metadata", {})
    chance = crc32(repr(body).encode())
    if body.get("supersteps") and _is_uuid(body.get("thread_id")):
        body = {name: value for name, value in body.items() if name != "thread_id"}
    if isinstance(metadata, dict) and not (body.get("supersteps") and chance % 4 == 0):
        body = {**body, "metadata": {"graph_id": GRAPHS[chance % len(GRAPHS)], **metadata}}
    return body


def _named(body: dict[str, Any]) -> dict[str, Any]:
    """Give most runs an assistant that there is: chance finds none."""
    chance = crc32(repr(body).encode())
    if not isinstance(body.get("assistant_id"), str) or chance % 8 == 0:
        return body
    return _fitting({**body, "assistant_id": GRAPHS[chance % len(GRAPHS)]})


def _fitting(body: dict[str, Any]) -> dict[str, Any]:
    """Give most runs an input that their graph can take: chance finds none."""
    inputs = INPUTS.get(str(body.get("assistant_id")), [])
    chance = crc32(repr(body).encode())
    if not inputs or "input" not in body or chance % 4 == 0:
        return body
    return {**body, "input": inputs[chance % len(inputs)]}


def _soon(body: dict[str, Any]) -> dict[str, Any]:
    """Let a run start now, if it starts at all: somebody waits for it."""
    after = body.get("after_seconds")
    if isinstance(after, int | float) and not isinstance(after, bool) and after > 0:
        body = {**body, "after_seconds": 0}
    return _offline(body)


def _offline(body: dict[str, Any]) -> dict[str, Any]:
    """Take out addresses that would be called: they are made up, and may be somebody's."""
    if str(body.get("webhook", "")).lower().startswith(ABSOLUTE):
        return {name: value for name, value in body.items() if name != "webhook"}
    return body


def _place(case: schemathesis.Case[Any]) -> None:
    """Let most requests meet something that is there, with what chance finds for the rest of them."""
    label, path = case.operation.label, case.path_parameters
    chance = crc32(repr((label, path, case.query, case.body)).encode())
    if chance % 4 == 0:
        return
    there = ground(case.operation.base_url)
    if label == "POST /runs/cancel":
        if isinstance(case.body, dict) and case.body.keys() == {"thread_id", "run_ids"}:
            thread_id, run_id = there.waiting()
            case.body = {"thread_id": thread_id, "run_ids": [run_id]}
        return
    told = case.meta.components.get(ParameterLocation.PATH) if case.meta is not None else None
    if path and told is not None and told.mode == GenerationMode.POSITIVE:
        path.update(_ids(label, path.keys() & _PLACES, there, chance))


def _unblock(case: schemathesis.Case[Any]) -> None:
    """Let nobody wait for a run that does not start for days."""
    there, path = ground(case.operation.base_url), case.path_parameters
    if there.waits(str(path.get("thread_id"))):
        path.update(_ids(case.operation.label, path.keys() & _PLACES, there, 0))


def _ids(label: str, names: set[str], there: Ground, chance: int) -> dict[str, str]:
    if "run_id" in names:
        wanted = label.endswith("/cancel") or (not label.endswith(("/join", "/stream")) and chance % 3 == 0)
        thread_id, run_id = there.waiting() if wanted else there.over(chance)
        return {"thread_id": thread_id, "run_id": run_id}
    if "assistant_id" in names:
        return {"assistant_id": there.assistant()}
    if "cron_id" in names:
        return {"cron_id": there.cron()}
    if "thread_id" in names:
        return {"thread_id": there.thread(chance)}
    return {}


def _is_uuid(value: object) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True
