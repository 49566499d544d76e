"""Questions of a graph and their answers; stops before and after nodes."""

from __future__ import annotations

from typing import Any

from tests.parity.sequence import aftermath, ask, history, over, sequence, settled, state, stream, thread, wait
from tests.parity.sequences.modes import MODES

ASKED = {"messages": [{"role": "user", "content": "ask", "id": "m1"}]}
NESTED = {"v": "v", "ask": True}
BOTH = {"first": "body/tasks/0/interrupts/0/id", "second": "body/tasks/1/interrupts/0/id"}

STOPS: dict[str, dict[str, Any]] = {
    "before b": {"interrupt_before": ["b"]},
    "after a": {"interrupt_after": ["a"]},
    "before every node": {"interrupt_before": "*"},
    "after every node": {"interrupt_after": "*"},
    "before a": {"interrupt_before": ["a"]},
    "after b": {"interrupt_after": ["b"]},
    "before and after": {"interrupt_before": ["b"], "interrupt_after": ["a"]},
}

SEQUENCES = (
    *(sequence(f"agent asks and streams {mode}", thread(), stream("agent", ASKED, mode)) for mode in MODES),
    *(
        sequence(
            f"agent is answered and streams {mode}",
            thread(),
            wait("agent", ASKED),
            stream("agent", mode=mode, command={"resume": "yes"}),
        )
        for mode in MODES
    ),
    *(
        sequence(
            f"parent asks in its subgraph and streams {mode}",
            thread(),
            stream("parent", NESTED, mode, stream_subgraphs=True),
        )
        for mode in MODES
    ),
    *(
        sequence(
            f"parent is answered in its subgraph and streams {mode}",
            thread(),
            wait("parent", NESTED),
            stream("parent", mode=mode, command={"resume": "yes"}, stream_subgraphs=True),
        )
        for mode in MODES
    ),
    *(
        sequence(
            f"par asks twice, is answered twice and streams {mode}",
            thread(),
            wait("par", {}),
            state("", **BOTH),
            stream("par", mode=mode, command={"resume": {"{first}": "a", "{second}": "b"}}),
        )
        for mode in ("values", "updates", "tasks", "debug", "checkpoints", "events")
    ),
    sequence("agent asks", thread(), wait("agent", ASKED), *aftermath()),
    sequence(
        "agent is answered", thread(), wait("agent", ASKED), wait("agent", command={"resume": "yes"}), *aftermath()
    ),
    *(
        sequence(
            f"agent is answered with {answer!r}",
            thread(),
            wait("agent", ASKED),
            wait("agent", command={"resume": answer}),
            state(),
        )
        for answer in (7, 1.5, True, False, {"a": [1]}, ["x"], "", 0, None)
    ),
    sequence(
        "an answer to nothing",
        thread(),
        wait("agent", {"messages": "hi"}),
        wait("agent", command={"resume": "yes"}),
        *aftermath(),
    ),
    sequence("an answer on a new thread", thread(), wait("agent", command={"resume": "yes"}), *aftermath()),
    sequence(
        "new input abandons a question",
        thread(),
        wait("agent", ASKED),
        wait("agent", {"messages": "new"}),
        *aftermath(),
    ),
    sequence("no input asks the question again", thread(), wait("agent", ASKED), wait("agent", None), *aftermath()),
    sequence(
        "an answer wins over input",
        thread(),
        wait("agent", ASKED),
        wait("agent", {"messages": "new"}, command={"resume": "yes"}),
        *aftermath(),
    ),
    sequence(
        "parent asks in its subgraph",
        thread(),
        wait("parent", NESTED),
        settled(),
        state(),
        state("?subgraphs=true"),
        history(),
    ),
    sequence(
        "parent is answered in its subgraph",
        thread(),
        wait("parent", NESTED),
        wait("parent", command={"resume": 1}),
        *aftermath(),
    ),
    sequence("parent asks without streaming its subgraph", thread(), stream("parent", NESTED, ["values", "updates"])),
    sequence("par asks twice", thread(), wait("par", {"out": ["x"]}), *aftermath()),
    sequence(
        "par asks twice and streams values, updates and tasks",
        thread(),
        stream("par", {}, ["values", "updates", "tasks"]),
    ),
    sequence(
        "both questions are answered at once",
        thread(),
        wait("par", {"out": ["x"]}),
        state("", **BOTH),
        wait("par", command={"resume": {"{first}": "a", "{second}": "b"}}),
        *aftermath(),
    ),
    sequence(
        "one question is answered, then the other",
        thread(),
        wait("par", {}),
        state("", **BOTH),
        wait("par", command={"resume": {"{second}": "b"}}),
        *aftermath(),
        wait("par", command={"resume": {"{first}": "a"}}),
        *aftermath(),
    ),
    sequence(
        "one question of two is answered and streams",
        thread(),
        wait("par", {}),
        state("", **BOTH),
        stream("par", mode=["values", "updates", "tasks"], command={"resume": {"{first}": "a"}}),
    ),
    sequence(
        "one answer to two questions", thread(), wait("par", {}), wait("par", command={"resume": "x"}), *aftermath()
    ),
    sequence(
        "the last open question needs no id",
        thread(),
        wait("par", {}),
        state("", **BOTH),
        wait("par", command={"resume": {"{first}": "a"}}),
        wait("par", command={"resume": "b"}),
        *aftermath(),
    ),
    sequence(
        "an answer to an unknown question",
        thread(),
        wait("agent", ASKED),
        wait("agent", command={"resume": {"0123456789abcdef0123456789abcdef": "a"}}),
        *aftermath(),
    ),
    sequence(
        "joining a run that asks",
        thread(),
        ask("POST /threads/{thread}/runs", {"assistant_id": "agent", "input": ASKED}, run="body/run_id"),
        over(),
        settled(),
        ask("GET /threads/{thread}/runs/{run}/join"),
    ),
    sequence(
        "joining a run that asks twice",
        thread(),
        ask("POST /threads/{thread}/runs", {"assistant_id": "par", "input": {}}, run="body/run_id"),
        over(),
        settled(),
        ask("GET /threads/{thread}/runs/{run}/join"),
    ),
    *(
        sequence(
            f"steps stops {where} and goes on",
            thread(),
            stream("steps", {"n": 1}, ["values", "updates", "tasks"], **stop),
            *aftermath(),
            stream("steps", None, ["values", "updates", "tasks"]),
            *aftermath(),
        )
        for where, stop in STOPS.items()
    ),
    *(
        sequence(
            f"steps stops before b and streams {mode}",
            thread(),
            stream("steps", {"n": 1}, mode, interrupt_before=["b"]),
            stream("steps", None, mode),
        )
        for mode in MODES
        if mode not in ("messages", "messages-tuple", "custom")
    ),
    sequence(
        "a stop before an unknown node", thread(), wait("steps", {"n": 1}, interrupt_before=["zzz"]), *aftermath()
    ),
    sequence("a stop named neither as list nor star", thread(), wait("steps", {"n": 1}, interrupt_before="b")),
    sequence(
        "stops before every node, one by one",
        thread(),
        *(wait("steps", given, interrupt_before="*") for given in ({"n": 1}, None, None)),
        *aftermath(),
    ),
    sequence(
        "an answer where nothing was asked but a stop",
        thread(),
        wait("steps", {"n": 1}, interrupt_before=["b"]),
        wait("steps", command={"resume": "x"}),
        *aftermath(),
    ),
    sequence(
        "parent stops before its subgraph",
        thread(),
        wait("parent", {"v": "v"}, interrupt_before=["child"]),
        *aftermath(),
        stream("parent", None, "updates"),
        history(),
    ),
    sequence(
        "a state update answers for the node that asked",
        thread(),
        wait("agent", ASKED),
        ask(
            "POST /threads/{thread}/state",
            {"values": {"messages": [{"role": "assistant", "content": "by hand", "id": "m2"}]}, "as_node": "agent"},
        ),
        *aftermath(),
    ),
    sequence(
        "a question survives a copy",
        thread(),
        wait("agent", ASKED),
        ask("POST /threads/{thread}/copy", copy="body/thread_id"),
        ask("GET /threads/{copy}"),
        wait("agent", at="copy", command={"resume": "there"}),
        settled(),
        settled("copy"),
    ),
)
