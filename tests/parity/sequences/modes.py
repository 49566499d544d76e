"""Every graph in every stream mode, and modes together."""

from __future__ import annotations

from typing import Any

from tests.parity.sequence import aftermath, ask, history, refused, sequence, state, stream, thread

MODES = ("values", "updates", "messages", "messages-tuple", "events", "debug", "tasks", "checkpoints", "custom")
INPUTS: dict[str, dict[str, Any]] = {
    "agent": {"input": {"messages": [{"role": "user", "content": "hi", "id": "m1"}]}},
    "steps": {"input": {"n": 5, "log": ["in"]}},
    "chat": {"input": {"messages": [{"role": "user", "content": "hi"}]}},
    "custom": {"input": {"x": "go"}},
    "parent": {"input": {"v": "v"}},
    "par": {"input": {"out": ["x"]}},
    "ctx": {"input": {"k": 1}, "context": {"color": "red", "other": 1}},
    "cfg": {"input": {"k": None}, "config": {"tags": ["t"], "recursion_limit": 7}},
}
TOGETHER = (
    ("values", "updates"),
    ("updates", "messages-tuple", "custom"),
    ("messages", "messages-tuple"),
    ("debug", "checkpoints", "tasks"),
    ("values", "messages"),
)
SPOKEN = {text: {"messages": [{"role": "user", "content": text}]} for text in ("hi", "ask", "boom")}
ODD: dict[str, dict[str, Any]] = {
    "of a failure that it was told from the start": {"input": {"mode": "boom"}},
    "without input": {},
    "of a string": {"input": "strinput"},
    "of an unknown channel": {"input": {"zzz": 1}},
    "up to its limit": {"input": {"n": 1}, "config": {"recursion_limit": 1}},
}

SEQUENCES = (
    *(
        sequence(f"agent is told {text} and streams {mode}", thread(), stream("agent", given, mode), *aftermath())
        for text, given in SPOKEN.items()
        for mode in (*MODES, ["values", "updates"])
    ),
    *(
        sequence(f"{graph} streams {' and '.join(modes)} to the end", thread(), stream(graph, given, list(modes)))
        for graph, given, modes in (
            ("chat", SPOKEN["hi"], ("values", "messages-tuple", "updates")),
            ("chat", SPOKEN["hi"], ("messages", "messages-tuple")),
            ("custom", {"x": "a"}, ("custom",)),
            ("custom", {"x": "a"}, ("custom", "updates", "values")),
            ("parent", {"v": "x"}, ("values", "updates")),
        )
    ),
    sequence(
        "parent streams values, updates and tasks of its subgraph too",
        thread(),
        stream("parent", {"v": "x"}, ["values", "updates", "tasks"], stream_subgraphs=True),
    ),
    *(
        sequence(f"steps streams values {how}", thread(), stream("steps", mode="values", **body))
        for how, body in ODD.items()
    ),
    *(
        sequence(f"{graph} streams {mode}", thread(), stream(graph, stream_mode=mode, **body))
        for graph, body in INPUTS.items()
        for mode in MODES
    ),
    *(
        sequence(
            f"{graph} streams all modes at once",
            thread(),
            stream(graph, stream_mode=list(MODES), stream_subgraphs=True, **body),
            *aftermath(),
        )
        for graph, body in INPUTS.items()
    ),
    *(
        sequence(
            f"parent streams {mode} of its subgraph too",
            thread(),
            stream("parent", {"v": "v"}, mode, stream_subgraphs=True),
        )
        for mode in MODES
    ),
    *(
        sequence(f"{graph} streams {' and '.join(modes)}", thread(), stream(graph, {"messages": "hi"}, list(modes)))
        for modes in TOGETHER
        for graph in ("agent", "chat")
    ),
    *(
        sequence(
            f"{graph} streams {mode} twice on one thread", thread(), *(2 * (stream(graph, given, mode),)), history()
        )
        for graph, given, mode in (
            ("agent", {"messages": "hi"}, ["values", "updates"]),
            ("steps", {"n": 1}, ["updates", "debug"]),
            ("chat", {"messages": "hi"}, ["messages"]),
            ("chat", {"messages": "hi"}, ["messages-tuple", "values"]),
            ("custom", {"x": "go"}, ["custom", "values"]),
        )
    ),
    *(
        sequence(
            f"steps fails in its second node and streams {mode}",
            thread(),
            stream("steps", {"n": 1, "mode": "boom"}, mode),
        )
        for mode in MODES
    ),
    sequence("no mode is values", thread(), stream("agent", {"messages": "hi"}, [])),
    sequence("a mode that does not exist", thread(), refused(stream("agent", {"messages": "hi"}, "bogus"))),
    sequence(
        "a mode among others that does not exist",
        thread(),
        refused(stream("agent", {"messages": "hi"}, ["values", "tools"])),
    ),
    sequence("a mode given twice", thread(), stream("agent", {"messages": "hi"}, ["updates", "updates"]), state()),
    sequence(
        "a resumable stream has ids",
        thread(),
        stream("agent", {"messages": "hi"}, ["values", "updates"], stream_resumable=True),
        ask("GET /threads/{thread}/runs/{run}"),
    ),
)
