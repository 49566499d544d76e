"""States of subgraphs stand inside the task that runs them, or beside the other states with a namespace."""

from __future__ import annotations

import json

import pytest

from tests.scenarios.worlds import only_thread, states, world_of
from understudy.scenarios import ScenarioError
from understudy.state.checkpoints import thread_state
from understudy.state.world import World

AGENTS = """\
agents:
  outer: {channels: {v: last}, nodes: [pre, child], subgraphs: {child: inner}}
  inner: {channels: {v: last}, nodes: [ask]}
threads:
- metadata: {graph_id: outer}
  history:
  - {values: {v: x}, next: [pre]}
"""
INSIDE = """\
  - values: {v: y}
    tasks:
    - name: child
      id: t1
      state: {values: {v: y}, next: [ask], interrupts: [{id: i1, value: sure?}]}
"""
BESIDE = """\
  - values: {v: y}
    tasks: [{name: child, id: t1}]
  - {checkpoint: {checkpoint_ns: "child:t1"}, next: [__start__]}
  - checkpoint: {checkpoint_ns: "child:t1"}
    values: {v: y}
    next: [ask]
    interrupts: [{id: i1, value: sure?}]
"""


@pytest.mark.parametrize("told", [INSIDE, BESIDE])
def test_the_subgraph_is_found_and_what_it_waits_for_shows_in_all_places(told: str) -> None:
    world = world_of(AGENTS + told)
    waits = [{"id": "i1", "value": "sure?"}]
    (inner_task,) = states(world, namespace="child:t1")[-1]["tasks"]
    outer = states(world)[-1]

    assert outer["interrupts"] == outer["tasks"][0]["interrupts"] == inner_task["interrupts"] == waits
    assert only_thread(world)["interrupts"] == {inner_task["id"]: waits}
    assert only_thread(world)["status"] == "interrupted"
    thread_id = only_thread(world)["thread_id"]
    assert outer["tasks"][0]["checkpoint"] == {"thread_id": thread_id, "checkpoint_ns": "child:t1"}


@pytest.mark.parametrize("told", [INSIDE, BESIDE])
def test_the_state_of_a_subgraph_names_the_checkpoint_around_it(told: str) -> None:
    world = world_of(AGENTS + told)
    outer, inner = states(world)[-1], states(world, namespace="child:t1")[-1]

    assert inner["metadata"]["parents"] == {"": outer["checkpoint_id"]}
    assert inner["checkpoint"]["checkpoint_map"] == {
        "": outer["checkpoint_id"],
        "child:t1": inner["checkpoint_id"],
    }


def test_what_the_api_answers_with_subgraphs_can_be_put_in_again() -> None:
    world = world_of(AGENTS + INSIDE)
    answered = json.loads(json.dumps([_with_subgraphs(world, at) for at in range(2)]))

    again = world_of(
        AGENTS.partition("threads:")[0] + "threads: " + json.dumps([{**only_thread(world), "history": answered}])
    )

    assert only_thread(again) == only_thread(world)
    assert states(again) == states(world)
    assert states(again, namespace="child:t1") == states(world, namespace="child:t1")


def test_a_subgraph_needs_a_task_that_runs_it() -> None:
    with pytest.raises(ScenarioError, match='no task above it has the subgraph "child:t2", which is `node:task id`'):
        world_of(AGENTS + '  - checkpoint: {checkpoint_ns: "child:t2"}')


def _with_subgraphs(world: World, at: int) -> object:
    thread_id = only_thread(world)["thread_id"]
    history = world.threads.history(thread_id)
    return thread_state(thread_id, history, list(history.newest_first())[::-1][at], subgraphs=True)
