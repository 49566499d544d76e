"""Runs without a thread of the client's."""

from __future__ import annotations

from typing import Any

from tests.parity.sequence import Ask, ask, sequence

MISSING = "33333333-3333-4333-8333-333333333333"
HI = {"messages": [{"role": "user", "content": "hi", "id": "m1"}]}
KEPT = {"run": "body/run_id", "thread": "body/thread_id"}


def run(graph: str, given: Any = None, **body: Any) -> Ask:
    return ask("POST /runs", {"assistant_id": graph, "input": given, **body}, **KEPT)


def waited(graph: str, given: Any = None, **body: Any) -> Ask:
    return ask("POST /runs/wait", {"assistant_id": graph, "input": given, **body})


def streamed(graph: str, given: Any = None, **body: Any) -> Ask:
    return ask("POST /runs/stream", {"assistant_id": graph, "input": given, **body})


def gone(path: str) -> Ask:
    return Ask(f"GET {path}", until={"status": (404,)})


INPUTS: dict[str, Any] = {
    "agent": HI,
    "steps": {"n": 1},
    "chat": HI,
    "custom": {"x": "go"},
    "parent": {"v": "v"},
    "par": {"out": ["x"]},
    "ctx": {"k": 1},
    "cfg": {"k": 1},
}

SEQUENCES = (
    *(sequence(f"{graph} is waited for without a thread", waited(graph, given)) for graph, given in INPUTS.items()),
    *(
        sequence(
            f"{graph} is streamed without a thread",
            streamed(graph, given, stream_mode=["values", "updates", "custom", "messages-tuple"]),
        )
        for graph, given in INPUTS.items()
    ),
    sequence(
        "a run without a thread",
        run("steps", {"n": 1}),
        gone("/threads/{thread}/runs/{run}"),
        ask("GET /threads/{thread}"),
        ask("GET /runs/{run}"),
    ),
    sequence(
        "a run whose thread is kept",
        run("steps", {"n": 1}, on_completion="keep"),
        Ask("GET /threads/{thread}/runs/{run}", until={"body/status": ("success",)}),
        Ask("GET /threads/{thread}", until={"body/status": ("idle",)}),
        ask("GET /threads/{thread}/state"),
        ask("POST /threads/{thread}/history", {"limit": 10}),
    ),
    sequence(
        "a wait whose thread is kept",
        waited("steps", {"n": 1}, on_completion="keep", metadata={"m": 1}),
        ask("POST /threads/search", {"metadata": {"m": 1}}),
        alone=True,
    ),
    sequence(
        "a wait leaves no thread behind",
        waited("steps", {"n": 1}),
        Ask("POST /threads/count", {}, until={"body": (0,)}),
        alone=True,
    ),
    sequence("a run without a thread fails", waited("agent", {"messages": "boom"})),
    sequence("a stream without a thread fails", streamed("agent", {"messages": "boom"})),
    sequence(
        "a failed run's thread is kept",
        run("agent", {"messages": "boom"}, on_completion="keep"),
        Ask("GET /threads/{thread}/runs/{run}", until={"body/status": ("error",)}),
        Ask("GET /threads/{thread}", until={"body/status": ("error",)}),
    ),
    sequence("a run without a thread asks", waited("agent", {"messages": "ask"})),
    sequence(
        "a stream without a thread asks", streamed("agent", {"messages": "ask"}, stream_mode=["values", "updates"])
    ),
    sequence("two questions without a thread", waited("par", {})),
    sequence(
        "a question in a subgraph without a thread",
        streamed("parent", {"v": "v", "ask": True}, stream_mode=["values", "updates"], stream_subgraphs=True),
    ),
    sequence("no input without a thread", waited("steps"), streamed("steps")),
    sequence(
        "answers without a thread",
        *(
            ask(f"POST {path}", {"assistant_id": "agent", "command": {"resume": "x"}})
            for path in ("/runs", "/runs/wait", "/runs/stream")
        ),
    ),
    sequence("an update without a thread", waited("steps", command={"update": {"n": 10}, "goto": "b"})),
    sequence("a stop before a node without a thread", waited("steps", {"n": 1}, interrupt_before=["b"])),
    sequence("a wait in another mode than values without a thread", waited("steps", {"n": 1}, stream_mode="updates")),
    sequence(
        "metadata, config and context without a thread",
        run("cfg", {"k": 1}, metadata={"m": 1}, config={"tags": ["t"], "configurable": {"c": 1}}, on_completion="keep"),
        Ask("GET /threads/{thread}", until={"body/status": ("idle",)}),
        ask("GET /threads/{thread}/runs/{run}"),
        ask("GET /threads/{thread}/state"),
    ),
    sequence("context without a thread", waited("ctx", {"k": 1}, context={"color": "red"})),
    sequence(
        "what only runs on threads may be told",
        waited("steps", {"n": 1}, multitask_strategy="reject", if_not_exists="create"),
    ),
    sequence("a resumable stream without a thread", streamed("steps", {"n": 1}, stream_resumable=True)),
    sequence(
        "a run that starts later without a thread",
        run("steps", {"n": 1}, after_seconds=60),
        ask("GET /threads/{thread}"),
        ask("GET /threads/{thread}/runs/{run}"),
        ask("POST /threads/{thread}/runs/{run}/cancel"),
        ask("GET /threads/{thread}/runs/{run}"),
    ),
    sequence(
        "a batch",
        ask(
            "POST /runs/batch",
            [
                {"assistant_id": "steps", "input": {"n": 1}, "on_completion": "keep"},
                {"assistant_id": "agent", "input": HI, "on_completion": "keep"},
            ],
            thread="body/0/thread_id",
            other="body/1/thread_id",
        ),
        Ask("GET /threads/{thread}", until={"body/status": ("idle",)}),
        Ask("GET /threads/{other}", until={"body/status": ("idle",)}),
    ),
    sequence(
        "a batch of which nothing is kept",
        ask("POST /runs/batch", [{"assistant_id": "steps", "input": {"n": number}} for number in (1, 2)]),
    ),
    sequence(
        "a batch with an unknown assistant after a good one",
        ask("POST /runs/batch", [{"assistant_id": "steps", "input": {"n": 1}}, {"assistant_id": MISSING}]),
        Ask("POST /threads/count", {}, until={"body": (0,)}),
        alone=True,
    ),
    sequence(
        "a wait and a stream whose threads are kept",
        waited("steps", {"n": 1}, on_completion="keep"),
        streamed("steps", {"n": 1}, on_completion="keep"),
        streamed("steps", {"n": 1}, stream_mode="updates"),
        Ask("POST /threads/count", {"status": "idle"}, until={"body": (2,)}),
        alone=True,
    ),
    *(
        sequence(f"{text} without a thread", waited("agent", {"messages": [{"role": "user", "content": text}]}))
        for text in ("boom", "ask")
    ),
    sequence("a strategy without a thread", waited("steps", {"n": 1}, multitask_strategy="reject")),
    sequence(
        "a stop without a thread that is to be there",
        waited("steps", {"n": 1}, if_not_exists="reject", interrupt_before=["b"]),
    ),
    sequence(
        "words that mean nothing without a thread",
        waited("steps", on_completion="zz"),
        waited("steps", {"n": 1}, on_disconnect="zz"),
    ),
    sequence(
        "headers without a thread",
        Ask(
            "POST /runs/wait",
            {"assistant_id": "steps", "input": {"n": 1}, "on_completion": "keep", "metadata": {"m": 7}},
            headers={"x-custom": "1", "x-request-id": "rid-7"},
        ),
        Ask(
            "POST /threads/search",
            {"metadata": {"m": 7}},
            until={"body/0/status": ("idle",)},
            keep={"thread": "body/0/thread_id"},
        ),
        ask("GET /threads/{thread}/runs"),
        alone=True,
    ),
    sequence("an empty batch", ask("POST /runs/batch", [])),
    sequence("a batch with an unknown graph", ask("POST /runs/batch", [{"assistant_id": "zzz"}])),
    sequence(
        "a batch with an unknown assistant",
        ask("POST /runs/batch", [{"assistant_id": MISSING}]),
    ),
    sequence("a batch that is no list", ask("POST /runs/batch", {})),
    sequence(
        "a batch with an answer", ask("POST /runs/batch", [{"assistant_id": "agent", "command": {"resume": "x"}}])
    ),
    *(
        sequence(
            f"{fault} without a thread",
            *(ask(f"POST {path}", body) for path in ("/runs", "/runs/wait", "/runs/stream")),
        )
        for fault, body in {
            "no assistant": {},
            "an unknown graph": {"assistant_id": "zzz"},
            "an unknown assistant": {"assistant_id": MISSING},
            "an unknown mode": {"assistant_id": "agent", "stream_mode": "zzz"},
            "configurable and context": {
                "assistant_id": "agent",
                "config": {"configurable": {"a": 1}},
                "context": {"b": 1},
            },
            "a list as the body": [],
            "an unknown completion": {"assistant_id": "agent", "on_completion": "zzz"},
        }.items()
    ),
    sequence(
        "a body that is no JSON without a thread",
        *(Ask(f"POST {path}", raw="{") for path in ("/runs", "/runs/wait", "/runs/stream", "/runs/batch")),
    ),
)
