"""What a run may be given as its input: messages in all their forms, and things no graph can use."""

from __future__ import annotations

from typing import Any

from tests.parity.sequence import NOTHING, aftermath, history, sequence, settled, state, stream, thread, wait

MESSAGES: dict[str, Any] = {
    "a bare string": "hi",
    "one object": {"role": "user", "content": "hi", "id": "m1"},
    "role and content": [{"role": "user", "content": "hi", "id": "m1"}],
    "type and content": [{"type": "human", "content": "hi", "id": "m1"}],
    "a pair": [["user", "hi"]],
    "strings": ["one", "two"],
    "a system message before it": [{"role": "system", "content": "be kind"}, {"role": "human", "content": "hi"}],
    "an assistant's message with tool calls": [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": "", "tool_calls": [{"id": "c1", "name": "look", "args": {"at": 1}}]},
        {"role": "tool", "content": "seen", "tool_call_id": "c1"},
    ],
    "an assistant's tool calls as OpenAI writes them": [
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"at": 1}'}}],
        },
        {"role": "user", "content": "hi"},
    ],
    "blocks of content": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}],
    "further keys": [{"role": "user", "content": "hi", "name": "ada", "additional_kwargs": {"a": 1}, "more": 2}],
    "the same id twice": [{"role": "user", "content": "a", "id": "m"}, {"role": "user", "content": "b", "id": "m"}],
    "an unknown role": [{"role": "bogus", "content": "hi"}],
    "no content": [{"role": "user"}],
    "no role": [{"content": "hi"}],
    "a number": 7,
    "a number among them": [7],
    "none": [],
    "null": None,
    "the removal of a message that is not there": [{"type": "remove", "id": "gone"}],
    "an empty content": [{"role": "user", "content": ""}],
}

INPUTS: dict[str, Any] = {
    "nothing": NOTHING,
    "null": None,
    "an empty object": {},
    "a string": "hi",
    "a number": 3,
    "a boolean": True,
    "an empty list": [],
    "a list of pairs": [["n", 1]],
    "unknown keys only": {"zzz": 1},
    "unknown keys too": {"n": 1, "zzz": 1},
    "a value of the wrong type": {"n": "x"},
    "a null value": {"n": None, "log": None},
    "a float": {"n": 1.5},
}

SEQUENCES = (
    *(
        sequence(
            f"messages as {form}", thread(), stream("agent", {"messages": messages}, ["values", "updates"]), state()
        )
        for form, messages in MESSAGES.items()
    ),
    *(
        sequence(f"steps is given {form}", thread(), stream("steps", given, ["values", "updates"]), *aftermath())
        for form, given in INPUTS.items()
    ),
    *(
        sequence(
            f"steps is given {form} when it has run",
            thread(),
            wait("steps", {"n": 1}),
            wait("steps", given),
            settled(),
            history(),
        )
        for form, given in INPUTS.items()
    ),
    sequence("agent is given an empty object", thread(), stream("agent", {}, "values"), *aftermath()),
    sequence("agent is given no input", thread(), wait("agent"), *aftermath()),
    sequence("custom is given an empty object", thread(), stream("custom", {}, ["values", "custom"]), *aftermath()),
    sequence("par is given an empty object", thread(), stream("par", {}, ["values", "updates"]), *aftermath()),
    sequence("ctx is given an empty object", thread(), stream("ctx", {}, "values"), *aftermath()),
    sequence(
        "messages of two runs add up",
        thread(),
        wait("agent", {"messages": "one"}),
        wait("agent", {"messages": "two"}),
        *aftermath(),
    ),
    sequence(
        "a message is replaced by one of its id",
        thread(),
        wait("agent", {"messages": [{"role": "user", "content": "one", "id": "m1"}]}),
        wait("agent", {"messages": [{"role": "user", "content": "two", "id": "m1"}]}),
        history(),
    ),
    sequence(
        "a message is removed by a run's input",
        thread(),
        wait("agent", {"messages": [{"role": "user", "content": "one", "id": "m1"}]}),
        wait("agent", {"messages": [{"type": "remove", "id": "m1"}]}),
        state(),
    ),
    sequence(
        "all messages are removed by a run's input",
        thread(),
        wait("agent", {"messages": "one"}),
        wait("agent", {"messages": [{"type": "remove", "id": "__remove_all__"}, {"role": "user", "content": "new"}]}),
        state(),
    ),
    sequence(
        "a node fails", thread(), stream("agent", {"messages": "boom"}, ["values", "updates", "tasks"]), *aftermath()
    ),
    sequence(
        "a node fails after a good run",
        thread(),
        wait("agent", {"messages": "a"}),
        wait("agent", {"messages": "boom"}),
        *aftermath(),
    ),
    sequence(
        "a good run after a failure",
        thread(),
        wait("agent", {"messages": "boom"}),
        wait("agent", {"messages": "a"}),
        *aftermath(),
    ),
    sequence(
        "a failed run is taken up again",
        thread(),
        wait("steps", {"n": 1, "mode": "boom"}),
        wait("steps", None),
        *aftermath(),
    ),
)
