"""What a run is told besides its input: metadata, config, context, durability, limits, feedback, delays."""

from __future__ import annotations

from typing import Any

from tests.parity.sequence import (
    Ask,
    aftermath,
    ask,
    create,
    found,
    history,
    over,
    sequence,
    settled,
    stream,
    thread,
    wait,
)

LIST = ask("GET /threads/{thread}/runs")
SETTINGS: dict[str, dict[str, Any]] = {
    "metadata": {"metadata": {"m": 1, "deep": {"a": [1]}}},
    "reserved metadata": {
        "metadata": {"thread_id": "x", "run_id": "y", "assistant_id": "z", "graph_id": "g", "created_by": "me"}
    },
    "tags": {"config": {"tags": ["one", "two"]}},
    "config metadata": {"config": {"metadata": {"c": 1}}},
    "config metadata and metadata": {
        "config": {"metadata": {"c": 1, "both": "config"}},
        "metadata": {"m": 1, "both": "run"},
    },
    "a recursion limit": {"config": {"recursion_limit": 11}},
    "configurable": {"config": {"configurable": {"color": "red", "n": 1}}},
    "reserved configurable": {
        "config": {
            "configurable": {"thread_id": "x", "run_id": "y", "langgraph_auth_user_id": "z", "checkpoint_ns": "n"}
        }
    },
    "context": {"context": {"color": "red", "n": 1}},
    "empty config and context": {"config": {}, "context": {}},
    "unknown config": {"config": {"zzz": 1, "max_concurrency": 1, "run_name": "named"}},
}

DURABILITIES: dict[str, dict[str, Any]] = {
    "synchronously": {"durability": "sync"},
    "asynchronously": {"durability": "async"},
    "at its end": {"durability": "exit"},
    "at its end, in the old word": {"checkpoint_during": False},
    "on its way, in the old word": {"checkpoint_during": True},
    "as both words say": {"checkpoint_during": False, "durability": "sync"},
}
CONTEXTS: dict[str, dict[str, Any]] = {
    "its name": {"context": {"color": "red", "other": 1}},
    "its configuration": {"config": {"configurable": {"color": "blue"}}},
}

SEQUENCES = (
    *(
        sequence(f"{graph} runs with {what}", thread(), create(graph, {"k": 1}, **setting), over(), *aftermath())
        for graph in ("cfg", "ctx")
        for what, setting in SETTINGS.items()
    ),
    sequence(
        "metadata of thread, config and run",
        thread(metadata={"t": 1, "all": "thread"}),
        create("steps", {"n": 1}, config={"metadata": {"c": 1, "all": "config"}}, metadata={"r": 1, "all": "run"}),
        over(),
        *aftermath(),
    ),
    sequence(
        "metadata of two runs on one thread",
        thread(metadata={"t": 1}),
        wait("steps", {"n": 1}, metadata={"one": 1}),
        wait("steps", {"n": 1}, metadata={"two": 2}),
        *aftermath(),
        LIST,
    ),
    sequence(
        "config of two runs on one thread",
        thread(),
        wait("cfg", {"k": 1}, config={"tags": ["one"], "configurable": {"a": 1}, "recursion_limit": 9}),
        wait("cfg", {"k": 1}, config={"metadata": {"b": 2}}),
        *aftermath(),
        LIST,
    ),
    *(
        sequence(
            f"steps is kept {how}",
            thread(),
            stream("steps", {"n": 1}, ["values", "checkpoints"], **durability),
            *aftermath(),
        )
        for how, durability in DURABILITIES.items()
    ),
    *(
        sequence(f"{what} is kept at its end", thread(), wait(graph, given, durability="exit"), *aftermath())
        for what, graph, given in (
            ("a failure in the second node", "steps", {"n": 1, "mode": "boom"}),
            ("a question", "agent", {"messages": "ask"}),
            ("a question in a subgraph", "parent", {"v": "v", "ask": True}),
            ("a subgraph", "parent", {"v": "v"}),
            ("two questions", "par", {}),
        )
    ),
    sequence(
        "a stop is kept at its end",
        thread(),
        wait("steps", {"n": 1}, durability="exit", interrupt_before=["b"]),
        *aftermath(),
        wait("steps", None, durability="exit"),
        *aftermath(),
    ),
    sequence(
        "an answer is kept at its end",
        thread(),
        wait("agent", {"messages": "ask"}, durability="exit"),
        wait("agent", command={"resume": "yes"}, durability="exit"),
        *aftermath(),
    ),
    *(
        sequence(
            f"steps may take {limit} steps",
            thread(),
            stream("steps", {"n": 1}, ["values", "updates"], config={"recursion_limit": limit}),
            *aftermath(),
        )
        for limit in (0, 1, 2, 3, -1)
    ),
    sequence(
        "parent may take one step", thread(), wait("parent", {"v": "v"}, config={"recursion_limit": 1}), *aftermath()
    ),
    sequence(
        "feedback is asked for", thread(), stream("agent", {"messages": "hi"}, feedback_keys=["score"]), settled(), LIST
    ),
    sequence(
        "no feedback is asked for", thread(), stream("agent", {"messages": "hi"}, feedback_keys=[]), settled(), LIST
    ),
    sequence(
        "a run starts later",
        thread(),
        create("steps", {"n": 1}, after_seconds=1),
        ask("GET /threads/{thread}"),
        found(),
        over(),
        *aftermath(),
    ),
    sequence("a stream starts later", thread(), stream("steps", {"n": 1}, after_seconds=0.5), found(), settled()),
    sequence("a run starts no later", thread(), create("steps", {"n": 1}, after_seconds=0), over(), settled()),
    sequence("a run starts earlier", thread(), create("steps", {"n": 1}, after_seconds=-5), over(), settled()),
    sequence(
        "a name of a completion on a thread", thread(), wait("steps", {"n": 1}, on_completion="keep"), settled(), LIST
    ),
    sequence(
        "context is filtered by its schema", thread(), wait("ctx", {"k": 1}, context={"color": "red", "zzz": 1}), LIST
    ),
    sequence(
        "configurable becomes context",
        thread(),
        wait("ctx", {"k": 1}, config={"configurable": {"color": "red", "zzz": 1}}),
        LIST,
    ),
    sequence("a number where the context has text", thread(), wait("ctx", {"k": 1}, context={"color": 7}), LIST),
    sequence(
        "checkpoints carry metadata of their run",
        thread(metadata={"t": 1}),
        wait("steps", {"n": 1}, metadata={"r": 1}, config={"metadata": {"c": 1}, "configurable": {"x": 1}}),
        history(),
    ),
    sequence(
        "histories are filtered by the metadata of runs",
        thread(),
        wait("steps", {"n": 1}, metadata={"r": 1}),
        wait("steps", {"n": 1}, metadata={"r": 2}),
        ask("POST /threads/{thread}/history", {"limit": 10, "metadata": {"r": 1}}),
        ask("POST /threads/{thread}/history", {"limit": 10, "metadata": {"source": "input"}}),
        ask("POST /threads/{thread}/history", {"limit": 10, "metadata": {"step": 1}}),
    ),
    sequence(
        "a copy of a thread that has run",
        thread(metadata={"t": 1}),
        wait("steps", {"n": 1}),
        ask("POST /threads/{thread}/copy", copy="body/thread_id"),
        ask("GET /threads/{copy}"),
        ask("GET /threads/{copy}/state"),
        ask("POST /threads/{copy}/history", {"limit": 10}),
        ask("GET /threads/{copy}/runs"),
        wait("steps", {"n": 1}, at="copy"),
        settled("copy"),
    ),
    sequence(
        "threads are searched after runs",
        thread(),
        thread("other"),
        wait("steps", {"n": 1}),
        wait("agent", {"messages": "ask"}, at="other"),
        ask("POST /threads/search", {"status": "interrupted"}),
        ask("POST /threads/search", {"metadata": {"graph_id": "steps"}}),
        ask("POST /threads/count", {"status": "idle"}),
        alone=True,
    ),
    *(
        sequence(f"a wait is kept {what}", thread(), wait("steps", {"n": 1}, **durability), history(), *aftermath())
        for what, durability in DURABILITIES.items()
    ),
    sequence("feedback is asked for by one key", thread(), stream("steps", {"n": 1}, feedback_keys=["k1"])),
    sequence(
        "a wait with config, metadata and headers",
        thread(),
        Ask(
            "POST /threads/{thread}/runs/wait",
            {
                "assistant_id": "cfg",
                "input": {"k": 1},
                "config": {
                    "configurable": {"a": 1, "langgraph_auth_user": "spoof"},
                    "tags": ["tt"],
                    "recursion_limit": 7,
                    "metadata": {"m": 1, "run_id": "spoof"},
                },
                "metadata": {"r": 1, "thread_id": "spoof"},
            },
            headers={
                "x-custom": "1",
                "x-api-key": "secret",
                "x-request-id": "my-rid",
                "user-agent": "ua/1",
                "authorization": "Bearer z",
            },
        ),
        settled(),
        LIST,
    ),
    *(
        sequence(
            f"a wait with a context by {what}",
            thread(),
            wait("ctx", {"k": 1}, **body),
            ask("GET /threads/{thread}/runs?select=kwargs"),
        )
        for what, body in CONTEXTS.items()
    ),
    sequence("a run starts two seconds later", thread(), create("steps", {"n": 1}, after_seconds=2), found(), over()),
)
