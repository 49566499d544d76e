"""Several things on one thread, one after another."""

from __future__ import annotations

from typing import Any

from tests.parity.sequence import Ask, ask, history, over, sequence, settled, state, stream, thread, wait

BOTH = ["values", "updates"]
LIST = ask("GET /threads/{thread}/runs")
LATEST = Ask("GET /threads/{thread}/runs", keep={"run": "body/0/run_id"})
JOIN = ask("GET /threads/{thread}/runs/{run}/join")
THREAD = ask("GET /threads/{thread}")
TWO = {"first": "body/tasks/0/interrupts/0/id", "second": "body/tasks/1/interrupts/0/id"}
INNER = {"thread_id": "{thread}", "checkpoint_ns": "{inner}"}


def commanded(**body: Any) -> Ask:
    return stream("steps", mode=BOTH, **body)


SEQUENCES = (
    sequence(
        "a question in a subgraph, looked at and answered",
        thread(),
        stream("parent", {"v": "x", "ask": True}, BOTH, stream_subgraphs=True),
        settled(),
        state("", inner="body/tasks/0/checkpoint/checkpoint_ns"),
        state("?subgraphs=true"),
        ask("POST /threads/{thread}/state/checkpoint", {"checkpoint": INNER}),
        ask("POST /threads/{thread}/state/checkpoint", {"checkpoint": INNER, "subgraphs": True}),
        ask("POST /threads/{thread}/history", {"checkpoint": INNER, "limit": 10}),
        stream("parent", mode=BOTH, command={"resume": "R"}, stream_subgraphs=True),
        settled(),
        history(),
    ),
    sequence(
        "two questions, answered wrongly, in part and in full",
        thread(),
        stream("par", {"out": ["s"]}, BOTH),
        settled(),
        state("", **TWO),
        wait("par", command={"resume": "same"}),
        wait("par", command={"resume": {"{first}": "A"}}),
        settled(),
        wait("par", command={"resume": {"{first}": "A", "{second}": "B"}}),
        settled(),
        history(),
        LIST,
    ),
    sequence("two questions to an empty list are joined", thread(), wait("par", {"out": []}), settled(), LATEST, JOIN),
    sequence(
        "a stop, joined and gone on from",
        thread(),
        stream("steps", {"n": 1}, BOTH, interrupt_before=["b"]),
        settled(),
        state(),
        LIST,
        JOIN,
        stream("steps", None, BOTH),
        settled(),
        history(),
    ),
    sequence(
        "a stop after every node", thread(), stream("steps", {"n": 1}, BOTH, interrupt_after="*"), settled(), history()
    ),
    sequence(
        "a stop before a node that is not there",
        thread(),
        stream("steps", {"n": 1}, ["values"], interrupt_before=["zzz"]),
        over(),
        settled(),
    ),
    sequence(
        "commands one after another behind a stop",
        thread(),
        wait("steps", {"n": 1}, interrupt_before=["b"]),
        commanded(command={"update": {"n": 10}, "goto": "b"}),
        commanded(command={"goto": {"node": "b", "input": {"n": 5}}}),
        commanded(command={"goto": ["a"]}),
        commanded(command={"goto": "nope"}),
        commanded(command={"update": {"n": 3}}),
        commanded(command={"update": [["n", 1]]}),
        commanded(command={"goto": "b"}, input={"n": 1}),
        settled(),
        history(),
    ),
    sequence(
        "a jump and an update on a new thread",
        thread(),
        commanded(command={"goto": "b", "update": {"n": 1}}),
        settled(),
        history(),
    ),
)
