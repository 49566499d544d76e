"""Threads, their state and their history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from understudy.conformance.comparing.agent_server.words import (
    MARKED,
    ORDERS,
    SMALL,
    WRONG_LIMITS,
    columns,
    found,
    seldom,
    some,
)
from understudy.conformance.comparing.inputs import WRONG
from understudy.conformance.comparing.sequences import Graph, Row

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject

_STATUSES = st.sampled_from(["idle", "interrupted", "error", "busy"])
_IDS = st.sampled_from(["made#1", "made#2", "thread@0"])
_VALUES = st.sampled_from([{}, {"a": 1}, {"n": 1}, {"v": "x"}])
_CHECKPOINTS: st.SearchStrategy[Json] = st.sampled_from(
    [{"checkpoint_id": "checkpoint@0"}, {"checkpoint_id": "checkpoint@1"}, {}, {"checkpoint_id": "missing#1"}]
)
_SUBGRAPHS = st.sampled_from([{}, {"subgraphs": "true"}])


def _metadata(graph: Graph) -> st.SearchStrategy[JsonObject]:
    known = st.sampled_from([{}, {"graph_id": graph.graph_id}])
    return st.builds(lambda more, told: {**MARKED, **more, **told}, SMALL, known)


def _created(graph: Graph) -> st.SearchStrategy[Json]:
    return some(
        {"metadata": seldom(st.none(), _metadata(graph), one_in=30)},
        thread_id=seldom(st.just("notauuid"), _IDS),
        if_exists=seldom(st.just("overwrite"), st.sampled_from(["raise", "do_nothing"])),
        supersteps=st.lists(_superstep(graph), max_size=2),
    )


def _superstep(graph: Graph) -> st.SearchStrategy[JsonObject]:
    update = st.fixed_dictionaries({"values": graph.inputs, "as_node": _nodes(graph)})
    return st.builds(lambda updates: {"updates": updates}, st.lists(update, min_size=1, max_size=2))


def _nodes(graph: Graph) -> st.SearchStrategy[str]:
    return seldom(st.just("nosuch"), st.sampled_from(["__start__", "__input__", *graph.nodes, "__end__"]))


def _updated(graph: Graph) -> st.SearchStrategy[Json]:
    checkpoint = _CHECKPOINTS
    return some({"values": seldom(WRONG, graph.inputs)}, as_node=_nodes(graph), checkpoint=checkpoint)


def _searched(graph: Graph) -> st.SearchStrategy[Json]:
    ids = st.lists(st.sampled_from(["thread@0", "thread@1", "missing#1"]), max_size=2, unique=True)
    return found(
        status=seldom(st.just("bogus"), _STATUSES),
        values=_VALUES,
        ids=ids,
        sort_by=st.sampled_from(["created_at", "updated_at", "state_updated_at", "status"]),
        sort_order=ORDERS,
        select=columns("thread_id", "metadata", "status", "values", "interrupts", "config"),
        extract=st.sampled_from([{"x": "metadata.a"}, {"x": "values.messages[-1].content"}, {"x": "status"}]),
    )


def _history(graph: Graph) -> st.SearchStrategy[Json]:
    return some(
        {"limit": seldom(WRONG_LIMITS, st.sampled_from([10, 1, 2, 1000]))},
        before=_CHECKPOINTS,
        metadata=st.sampled_from([{"source": "loop"}, {"step": 0}, {"source": "update"}, {"a": 1}]),
        checkpoint=_CHECKPOINTS,
    )


_PRUNED = some(
    {"thread_ids": st.lists(st.sampled_from(["thread@0", "thread@1", "missing#1"]), max_size=3)},
    strategy=st.sampled_from(["delete", "keep_latest", "bogus"]),
)
_LIMITS_IN_QUERY = st.sampled_from([{"limit": "10"}, {}, {"limit": "2"}, {"limit": "0"}, {"limit": "x"}])
_THREE = tuple(("checkpoint", f"body/{number}/checkpoint_id") for number in range(3))

CREATE = Row(
    "POST /threads",
    10,
    _created,
    makes=(("thread", "body/thread_id"),),
    plain=lambda graph: {"metadata": MARKED},
)
STATE = Row(
    "GET /threads/{thread_id}/state", 5, query=_SUBGRAPHS, makes=(("checkpoint", "body/checkpoint/checkpoint_id"),)
)

ROWS = (
    CREATE,
    Row("GET /threads/{thread_id}", 5),
    Row(
        "PATCH /threads/{thread_id}",
        5,
        lambda graph: some({}, metadata=seldom(st.none(), SMALL)),
        headers=st.sampled_from([{}, {}, {"prefer": "return=minimal"}]),
    ),
    Row("POST /threads/search", 6, _searched),
    Row(
        "POST /threads/count",
        3,
        lambda graph: found(limits=False, status=_STATUSES, values=_VALUES),
    ),
    Row("POST /threads/{thread_id}/copy", 5, makes=(("thread", "body/thread_id"),)),
    STATE,
    Row(
        "POST /threads/{thread_id}/state",
        6,
        _updated,
        makes=(("checkpoint", "body/checkpoint_id"),),
    ),
    Row("POST /threads/{thread_id}/history", 5, _history, makes=_THREE),
    Row("GET /threads/{thread_id}/history", 2, query=_LIMITS_IN_QUERY, makes=_THREE),
    Row("GET /threads/{thread_id}/state/{checkpoint_id}", 3, query=_SUBGRAPHS),
    Row(
        "POST /threads/{thread_id}/state/checkpoint",
        3,
        lambda graph: some({"checkpoint": _CHECKPOINTS}, subgraphs=st.booleans()),
    ),
    Row("GET /threads/{thread_id}/storage", 1),
    Row("POST /threads/prune", 1, lambda graph: _PRUNED),
    Row("DELETE /threads/{thread_id}", 3),
)
