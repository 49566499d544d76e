"""Commands that write and jump, and runs from an earlier checkpoint."""

from __future__ import annotations

from typing import Any

from tests.parity.sequence import aftermath, ask, history, over, sequence, settled, state, stream, thread, wait

MODES = ["values", "updates", "tasks"]
FRESH: dict[str, dict[str, Any]] = {
    "update of an object": {"update": {"n": 10, "log": ["by hand"]}},
    "update of pairs": {"update": [["n", 10], ["log", ["by hand"]]]},
    "update of an unknown key": {"update": {"zzz": 1}},
    "update of nothing": {"update": {}},
    "update that is null": {"update": None},
    "goto of a node": {"goto": "b"},
    "goto of two nodes": {"goto": ["a", "b"]},
    "goto with an input": {"goto": {"node": "b", "input": {"n": 100, "log": []}}},
    "goto with two inputs": {"goto": [{"node": "b", "input": {"n": 1}}, {"node": "b", "input": {"n": 2}}]},
    "goto of an unknown node": {"goto": "zzz"},
    "goto of the end": {"goto": "__end__"},
    "update and goto": {"update": {"n": 10}, "goto": "b"},
    "empty command": {},
    "command of unknown words": {"zzz": 1},
}
REFUSED: dict[str, Any] = {
    "update that is a number": {"update": 1},
    "goto that is a number": {"goto": 1},
    "goto without a node": {"goto": {"input": {}}},
    "command that is a list": [],
}
OLDER = {"first": "body/3/checkpoint_id", "second": "body/2/checkpoint_id", "third": "body/1/checkpoint_id"}

SEQUENCES = (
    *(
        sequence(f"{name} on a new thread", thread(), wait("steps", command=command), *aftermath())
        for name, command in FRESH.items()
    ),
    *(
        sequence(
            f"{name} on a thread that has run",
            thread(),
            wait("steps", {"n": 1}),
            stream("steps", mode=MODES, command=command),
            *aftermath(),
        )
        for name, command in FRESH.items()
    ),
    *(
        sequence(f"{name} is refused", thread(), wait("steps", command=command), settled())
        for name, command in REFUSED.items()
    ),
    sequence(
        "an answer with an update",
        thread(),
        wait("agent", {"messages": "ask"}),
        stream(
            "agent",
            mode=MODES,
            command={"resume": "yes", "update": {"messages": [{"role": "user", "content": "by the way"}]}},
        ),
        *aftermath(),
    ),
    sequence(
        "an update and a jump while a question is open",
        thread(),
        wait("agent", {"messages": "ask"}),
        stream("agent", mode=MODES, command={"update": {"messages": "more"}, "goto": "agent"}),
        *aftermath(),
    ),
    sequence(
        "an update with a message",
        thread(),
        wait("agent", command={"update": {"messages": "hi"}, "goto": "agent"}),
        *aftermath(),
    ),
    sequence(
        "a jump in parent",
        thread(),
        stream("parent", mode=MODES, command={"update": {"v": "x"}, "goto": "child"}, stream_subgraphs=True),
        *aftermath(),
    ),
    sequence(
        "a command wins over input",
        thread(),
        wait("steps", {"n": 1}, command={"update": {"n": 5}, "goto": "b"}),
        *aftermath(),
    ),
    *(
        sequence(
            f"a fork from the {which} checkpoint with {what}",
            thread(),
            wait("steps", {"n": 1}),
            history(**OLDER),
            stream("steps", given, MODES, checkpoint={"checkpoint_id": f"{{{which}}}"}),
            *aftermath(),
        )
        for which in OLDER
        for what, given in (("no input", None), ("input", {"n": 10}))
    ),
    sequence(
        "a fork streams checkpoints and debug",
        thread(),
        wait("steps", {"n": 1}),
        history(**OLDER),
        stream("steps", None, ["checkpoints", "debug"], checkpoint={"checkpoint_id": "{third}"}),
    ),
    sequence(
        "a fork named by a checkpoint id alone",
        thread(),
        wait("steps", {"n": 1}),
        history(**OLDER),
        wait("steps", None, checkpoint_id="{third}"),
        *aftermath(),
    ),
    sequence(
        "a fork named by thread, namespace and id",
        thread(),
        wait("steps", {"n": 1}),
        history(**OLDER),
        wait("steps", None, checkpoint={"thread_id": "{thread}", "checkpoint_ns": "", "checkpoint_id": "{third}"}),
        *aftermath(),
    ),
    sequence(
        "a fork from the latest checkpoint",
        thread(),
        wait("steps", {"n": 1}),
        state("", latest="body/checkpoint_id"),
        wait("steps", None, checkpoint={"checkpoint_id": "{latest}"}),
        *aftermath(),
    ),
    *(
        sequence(
            f"a fork from a checkpoint that does not exist with {what}",
            thread(),
            wait("steps", {"n": 1}),
            wait("steps", given, checkpoint={"checkpoint_id": "1ef00000-0000-6000-8000-000000000000"}),
            *aftermath(),
        )
        for what, given in (("no input", None), ("input", {"n": 10}))
    ),
    sequence(
        "a fork from what is no id",
        thread(),
        wait("steps", {"n": 1}),
        wait("steps", None, checkpoint={"checkpoint_id": "zzz"}),
        settled(),
    ),
    sequence(
        "a fork from a checkpoint id that is none",
        thread(),
        wait("steps", {"n": 1}),
        wait("steps", None, checkpoint_id="zzz"),
        settled(),
    ),
    sequence(
        "a fork from an open question is answered anew",
        thread(),
        wait("agent", {"messages": [{"role": "user", "content": "ask", "id": "m1"}]}),
        state("", asking="body/checkpoint_id"),
        wait("agent", command={"resume": "one"}),
        wait("agent", command={"resume": "two"}, checkpoint={"checkpoint_id": "{asking}"}),
        *aftermath(),
    ),
    sequence(
        "a fork goes back before a question",
        thread(),
        wait("agent", {"messages": [{"role": "user", "content": "ask", "id": "m1"}]}),
        history(first="body/1/checkpoint_id"),
        wait(
            "agent",
            {"messages": [{"role": "user", "content": "hi", "id": "m1"}]},
            checkpoint={"checkpoint_id": "{first}"},
        ),
        *aftermath(),
    ),
    sequence(
        "a run goes on from a state update",
        thread(),
        wait("steps", {"n": 1}),
        ask("POST /threads/{thread}/state", {"values": {"n": 10}, "as_node": "a"}),
        stream("steps", None, MODES),
        *aftermath(),
    ),
    sequence(
        "a run goes on from a fork made by a state update",
        thread(),
        wait("steps", {"n": 1}),
        history(**OLDER),
        ask(
            "POST /threads/{thread}/state",
            {"values": {"n": 10}, "as_node": "a", "checkpoint": {"checkpoint_id": "{second}"}},
        ),
        stream("steps", None, MODES),
        *aftermath(),
    ),
    sequence(
        "a run starts from a fork in the background",
        thread(),
        wait("steps", {"n": 1}),
        history(**OLDER),
        ask(
            "POST /threads/{thread}/runs",
            {"assistant_id": "steps", "input": None, "checkpoint": {"checkpoint_id": "{third}"}},
            run="body/run_id",
        ),
        over(),
        *aftermath(),
    ),
    sequence(
        "a fork of a run with a subgraph",
        thread(),
        wait("parent", {"v": "v"}),
        history(before="body/1/checkpoint_id"),
        stream("parent", None, MODES, checkpoint={"checkpoint_id": "{before}"}, stream_subgraphs=True),
        *aftermath(),
    ),
    sequence(
        "a run with another graph on the same thread",
        thread(),
        wait("agent", {"messages": "hi"}),
        wait("chat", {"messages": "yo"}),
        *aftermath(),
    ),
    sequence(
        "a run with a graph of other channels on the same thread",
        thread(),
        wait("agent", {"messages": "hi"}),
        wait("steps", {"n": 1}),
        *aftermath(),
    ),
)
