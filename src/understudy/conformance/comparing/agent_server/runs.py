"""Runs on a thread. Each is over before the next step, so that what is seen does not depend on who is faster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from understudy.conformance.comparing.agent_server.words import CONFIGS, CONTEXTS, MARKED, METADATA, seldom, some
from understudy.conformance.comparing.inputs import TEXTS, WRONG
from understudy.conformance.comparing.sequences import Graph, Row

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject

MODES: st.SearchStrategy[Json] = st.lists(
    st.sampled_from(["values", "updates", "messages-tuple", "custom", "tasks", "checkpoints", "debug", "messages"]),
    min_size=1,
    max_size=2,
    unique=True,
)
_WRONG_MODES: st.SearchStrategy[Json] = st.sampled_from(["values", [], "bogus", ["tools"]])


def assistants(graph: Graph) -> st.SearchStrategy[str]:
    """Return a strategy of what a run names as its assistant: mostly the graph itself."""
    usual = [*[graph.graph_id] * 8, "assistant@0", "assistant@0", *graph.others]
    return seldom(st.sampled_from(["missing#1", "no such graph"]), st.sampled_from(usual), one_in=20)


def commands(graph: Graph) -> st.SearchStrategy[Json]:
    """Return a strategy of commands: mostly answers to a question."""
    resumed: st.SearchStrategy[Json] = st.builds(
        lambda answer: {"resume": answer}, st.sampled_from([*TEXTS, {"interrupt@0": "yes"}, True, {"ok": 1}])
    )
    nodes = st.sampled_from([*graph.nodes, "__end__", "nosuch"])
    return st.one_of(
        resumed,
        resumed,
        st.builds(lambda values: {"update": values}, graph.inputs),
        st.builds(lambda node: {"goto": node}, nodes),
        st.just({}),
    )


def told(graph: Graph) -> dict[str, st.SearchStrategy[Json]]:
    """Return strategies of what every run may be told, with a thread or without."""
    nodes = st.sampled_from(["*", *([node] for node in graph.nodes)])
    return {
        "config": seldom(st.just({"recursion_limit": "x"}), CONFIGS),
        "context": CONTEXTS,
        "stream_mode": seldom(_WRONG_MODES, MODES),
        "stream_subgraphs": st.booleans(),
        "interrupt_before": nodes,
        "interrupt_after": nodes,
        "durability": seldom(st.just("bogus"), st.sampled_from(["sync", "async", "exit"])),
        "checkpoint_during": st.booleans(),
        "multitask_strategy": st.sampled_from(["enqueue", "reject", "interrupt", "rollback", "bogus"]),
    }


def started(graph: Graph) -> st.SearchStrategy[Json]:
    """Return a strategy of bodies that start a run on a thread."""
    more = told(graph) | {
        "checkpoint": st.sampled_from([{"checkpoint_id": "checkpoint@0"}, {"checkpoint_id": "missing#1"}, {}]),
        "checkpoint_id": st.sampled_from(["checkpoint@0", "checkpoint@1", "notauuid"]),
        "if_not_exists": st.sampled_from(["create", "reject"]),
        "stream_resumable": st.booleans(),
        "on_disconnect": st.sampled_from(["continue", "cancel"]),
    }
    first: dict[str, st.SearchStrategy[Json]] = {"assistant_id": assistants(graph), "metadata": METADATA}
    given = some({**first, "input": seldom(WRONG, graph.inputs)}, **more)
    commanded = some({**first, "command": commands(graph)}, **more)
    return st.one_of(given, given, given, commanded, some({**first, "input": st.none()}, **more))


def plain(graph: Graph) -> JsonObject:
    """Return the simplest body of a run."""
    return {"assistant_id": graph.graph_id, "input": {}, "metadata": MARKED}


_HEADER = (("run", "headers/content-location"),)
_ASKED = (*_HEADER, ("interrupt", "body/__interrupt__/0/id"))
_JOINED = st.sampled_from([{}, {"stream_mode": "updates"}, {"stream_mode": "values"}])
_LISTED: st.SearchStrategy[dict[str, str]] = st.sampled_from(
    [
        {},
        {"limit": "1"},
        {"limit": "2", "offset": "1"},
        {"status": "success"},
        {"status": "error"},
        {"select": "status"},
        {"limit": "x"},
        {"select": "bogus"},
    ]
)
_CANCELLED: st.SearchStrategy[Json] = st.sampled_from(
    [
        {"thread_id": "thread@0", "run_ids": ["run@0"]},
        {"thread_id": "thread@0", "run_ids": ["missing#1"]},
        {"thread_id": "thread@0", "run_ids": []},
    ]
)

CREATE = Row("POST /threads/{thread_id}/runs", 4, started, makes=(("run", "body/run_id"),), settles=True, plain=plain)
WAIT = Row("POST /threads/{thread_id}/runs/wait", 9, started, makes=_ASKED, settles=True, plain=plain)

ROWS = (
    WAIT,
    CREATE,
    Row("POST /threads/{thread_id}/runs/stream", 7, started, makes=_HEADER, settles=True, plain=plain),
    Row("GET /threads/{thread_id}/runs", 3, query=_LISTED),
    Row("GET /threads/{thread_id}/runs/{run_id}", 3),
    Row("GET /threads/{thread_id}/runs/{run_id}/join", 1),
    Row(
        "GET /threads/{thread_id}/runs/{run_id}/stream",
        2,
        query=_JOINED,
        headers=st.sampled_from([{}, {"last-event-id": "-1"}, {"last-event-id": "0"}]),
    ),
    Row(
        "POST /threads/{thread_id}/runs/{run_id}/cancel",
        1,
        query=st.sampled_from([{}, {"wait": "true"}, {"action": "rollback"}]),
        settles=True,
    ),
    Row("POST /runs/cancel", 1, lambda graph: _CANCELLED),
    Row("DELETE /threads/{thread_id}/runs/{run_id}", 2),
)
