"""What runs leave in the storage of their thread."""

from __future__ import annotations

from tests.parity.sequence import ask, create, history, over, sequence, state, thread, wait

SEQUENCES = (
    sequence(
        "storage after runs",
        thread(),
        wait("steps", {"n": 1}),
        ask("GET /threads/{thread}/storage"),
        wait("steps", {"n": 1}),
        ask("GET /threads/{thread}/storage"),
    ),
    *(
        sequence(f"storage after {graph}", thread(), wait(graph, given), ask("GET /threads/{thread}/storage"))
        for graph, given in (
            ("agent", {"messages": "hi"}),
            ("agent", {"messages": "ask"}),
            ("parent", {"v": "v"}),
            ("par", {"out": ["x"]}),
            ("custom", {"x": "go"}),
        )[1:]
    ),
    sequence(
        "storage after a run kept at its end",
        thread(),
        wait("steps", {"n": 1}, durability="exit"),
        ask("GET /threads/{thread}/storage"),
    ),
    sequence(
        "storage after a deleted run",
        thread(),
        create("steps", {"n": 1}),
        over(),
        ask("DELETE /threads/{thread}/runs/{run}"),
        ask("GET /threads/{thread}/storage"),
    ),
    sequence(
        "a state of a run's checkpoint",
        thread(),
        wait("steps", {"n": 1}),
        history(second="body/1/checkpoint_id"),
        ask("GET /threads/{thread}/state/{second}"),
        ask("POST /threads/{thread}/state/checkpoint", {"checkpoint": {"checkpoint_id": "{second}"}}),
    ),
    sequence(
        "states of a subgraph that asks",
        thread(),
        wait("parent", {"v": "v", "ask": True}),
        state("", inner="body/tasks/0/checkpoint/checkpoint_ns"),
        ask("POST /threads/{thread}/state/checkpoint", {"checkpoint": {"checkpoint_ns": "{inner}"}}),
        ask("POST /threads/{thread}/history", {"limit": 10, "checkpoint": {"checkpoint_ns": "{inner}"}}),
    ),
)
