"""Histories recorded on the reference server: told in short, they come out as they were."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.recorded.exchange import CASES, load
from tests.scenarios.worlds import NOON, checkpoints, states
from understudy import scenarios
from understudy.scenarios import build, find, read
from understudy.state.clock import Clock
from understudy.state.world import World

Row = dict[str, Any]


def _left_behind() -> Iterator[tuple[str, Row]]:
    """Yield every thread that a recorded run left behind, with a name for it."""
    for path in sorted(CASES.glob("*.json")):
        threads = [thread for step in load(path).steps for thread in step.get("leaves", {}).get("threads", [])]
        yield from ((f"{path.stem}-{at}", thread) for at, thread in enumerate(threads))


def _is_plain(thread: Row) -> bool:
    """Return whether only runs made the states, of one graph: what an update was made for, states do not tell."""
    states = thread["history"]
    return bool(states) and all(
        not state["checkpoint"]["checkpoint_ns"] and state["metadata"]["source"] != "update" for state in states
    )


RECORDED = [pytest.param(thread, id=name) for name, thread in _left_behind()]
PLAIN = [pytest.param(thread, id=name) for name, thread in _left_behind() if _is_plain(thread)]


def reference() -> World:
    return build([read(find("reference"))], Clock(NOON), seed=1)


@pytest.mark.parametrize("thread", RECORDED)
def test_a_thread_that_is_told_in_full_is_taken_as_it_is(thread: Row) -> None:
    told, restored = reference(), reference()
    restored.threads.restore({name: part for name, part in thread.items() if name != "history"}, thread["history"])

    scenarios.load(read({"threads": [thread]}), told)

    assert told.threads.get(thread["thread_id"]) == restored.threads.get(thread["thread_id"])
    assert checkpoints(told) == checkpoints(restored)


@pytest.mark.parametrize("thread", PLAIN)
def test_a_thread_that_is_told_in_short_comes_out_as_it_was(thread: Row) -> None:
    world = reference()
    kept = ("thread_id", "metadata", "config", "created_at", "updated_at")
    short = {name: thread[name] for name in kept} | {"history": [_short(state) for state in thread["history"]]}

    scenarios.load(read({"threads": [short]}), world)

    assert _plain(world.threads.get(thread["thread_id"])) == _plain(thread)
    for state, wanted in zip(states(world, thread["thread_id"]), thread["history"], strict=True):
        assert _plain_state(state) == _plain_state(wanted)


def _short(state: Row) -> Row:
    """Return of a state what cannot be worked out."""
    told: Row = {"values": state["values"], "created_at": state["created_at"]}
    if any(task["error"] or task["interrupts"] for task in state["tasks"]):
        told["tasks"] = [{name: task[name] for name in ("name", "error", "interrupts")} for task in state["tasks"]]
    else:
        told["next"] = state["next"]
    return told


def _plain(row: Row) -> Row:
    """Return a thread without the ids in it and without its history."""
    waiting = list(row.get("interrupts", {}).values())
    return {name: part for name, part in row.items() if name not in ("history", "interrupts")} | {"waiting": waiting}


def _plain_state(state: Row) -> Row:
    """Return of a state what no id, no address and no number of versions is in."""
    tasks = [
        {name: task[name] for name in ("name", "path", "error", "interrupts")}
        # An input shows as it came in, which a state that was taken in does not tell.
        | {"result": task["result"] if task["name"] != "__start__" else None}
        for task in state["tasks"]
    ]
    metadata = {
        name: part for name, part in state["metadata"].items() if name in ("source", "step", "parents", "graph_id")
    }
    return {name: state[name] for name in ("values", "next", "created_at", "interrupts")} | {
        "tasks": json.loads(json.dumps(tasks)),
        "metadata": metadata,
    }
