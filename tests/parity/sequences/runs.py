"""Runs as they are created, refused, listed, read and deleted."""

from __future__ import annotations

from typing import Any

from tests.parity.sequence import (
    HOLD,
    Ask,
    aftermath,
    ask,
    begun,
    create,
    found,
    history,
    over,
    refused,
    sequence,
    settled,
    state,
    thread,
    wait,
)

MISSING = "33333333-3333-4333-8333-333333333333"
MADE = "66666666-6666-4666-8666-666666666666"
PATHS = ("/threads/{thread}/runs", "/threads/{thread}/runs/wait", "/threads/{thread}/runs/stream")
LIST = "GET /threads/{thread}/runs"
THREE = (
    create("steps", {"n": 1}),
    over(),
    create("agent", {"messages": "boom"}, run="second"),
    over("second"),
    create("steps", {"n": 2}, run="third"),
    over("third"),
)

REFUSED: dict[str, Any] = {
    "no assistant": {},
    "an unknown graph": {"assistant_id": "zzz"},
    "an unknown assistant": {"assistant_id": MISSING},
    "an assistant that is null": {"assistant_id": None},
    "configurable and context": {"assistant_id": "steps", "config": {"configurable": {"a": 1}}, "context": {"b": 1}},
    "metadata that is a list": {"assistant_id": "steps", "metadata": []},
    "a config that is a string": {"assistant_id": "steps", "config": "x"},
    "a recursion limit that is a string": {"assistant_id": "steps", "config": {"recursion_limit": "x"}},
    "tags that are no list": {"assistant_id": "steps", "config": {"tags": "x"}},
    "a context that is a list": {"assistant_id": "steps", "context": []},
    "an unknown durability": {"assistant_id": "steps", "durability": "zzz"},
    "an unknown answer to a missing thread": {"assistant_id": "steps", "if_not_exists": "zzz"},
    "a delay that is a string": {"assistant_id": "steps", "after_seconds": "x"},
    "feedback keys that are no list": {"assistant_id": "steps", "feedback_keys": "x"},
    "an unknown disconnect mode": {"assistant_id": "steps", "on_disconnect": "zzz"},
    "subgraphs that are a string": {"assistant_id": "steps", "stream_subgraphs": "x"},
    "resumable that is a number": {"assistant_id": "steps", "stream_resumable": 1},
    "a list as the body": [],
    "a string as the body": "x",
    "a checkpoint that is null": {"assistant_id": "steps", "checkpoint": None},
    "a checkpoint that is a string": {"assistant_id": "steps", "checkpoint": "x"},
    "a malformed checkpoint id": {"assistant_id": "steps", "checkpoint_id": "zzz"},
    "a zero character in the configuration": {"assistant_id": "steps", "config": {"configurable": {"a\0b": 1}}},
    "a webhook that is no address": {"assistant_id": "steps", "webhook": "not a url"},
    "a webhook by another scheme": {"assistant_id": "steps", "webhook": "ftp://example.com/x"},
    "a webhook to this machine": {"assistant_id": "steps", "webhook": "http://localhost:9/x"},
    "a webhook to this machine's address": {"assistant_id": "steps", "webhook": "http://127.0.0.1:9/x"},
    "a webhook to a private address": {"assistant_id": "steps", "webhook": "http://10.0.0.1/x"},
    "a webhook to a link-local address": {"assistant_id": "steps", "webhook": "http://169.254.169.254/x"},
    "a webhook to an IPv6 loopback": {"assistant_id": "steps", "webhook": "http://[::1]/x"},
    "an empty webhook": {"assistant_id": "steps", "webhook": ""},
    "a webhook that is a number": {"assistant_id": "steps", "webhook": 1},
}

SEQUENCES = (
    *(
        sequence(
            f"a run with {fault}",
            thread(),
            *(ask(f"POST {path}", body) for path in PATHS),
            ask("GET /threads/{thread}"),
        )
        for fault, body in REFUSED.items()
    ),
    sequence("a run with a body that is no JSON", thread(), *(Ask(f"POST {path}", raw="{") for path in PATHS)),
    sequence("a run without a body", thread(), *(ask(f"POST {path}") for path in PATHS)),
    sequence(
        "a run on a thread that does not exist",
        *(
            ask(f"POST /threads/{MISSING}/runs{kind}", {"assistant_id": "steps", "input": {}})
            for kind in ("", "/wait", "/stream")
        ),
    ),
    sequence(
        "a run on a malformed thread",
        *(
            ask(f"POST /threads/zzz/runs{kind}", {"assistant_id": "steps", "input": {}})
            for kind in ("", "/wait", "/stream")
        ),
    ),
    sequence(
        "a run that makes its thread",
        ask(
            f"POST /threads/{MADE}/runs/wait",
            {
                "assistant_id": "steps",
                "input": {"n": 1},
                "if_not_exists": "create",
                "metadata": {"m": 1},
                "config": {"metadata": {"c": 1}},
            },
        ),
        Ask(f"GET /threads/{MADE}", until={"body/status": ("idle",)}),
        ask(f"GET /threads/{MADE}/runs"),
        ask(f"GET /threads/{MADE}/state"),
        ask(f"DELETE /threads/{MADE}"),
    ),
    sequence(
        "a run in the background that makes its thread",
        ask(
            "POST /threads/44444444-4444-4444-8444-444444444444/runs",
            {"assistant_id": "steps", "input": HOLD, "if_not_exists": "create"},
        ),
        ask("GET /threads/44444444-4444-4444-8444-444444444444"),
        Ask("GET /threads/44444444-4444-4444-8444-444444444444", until={"body/status": ("idle",)}),
        ask("DELETE /threads/44444444-4444-4444-8444-444444444444"),
    ),
    sequence(
        "a stream that makes its thread",
        ask(
            "POST /threads/55555555-5555-4555-8555-555555555555/runs/stream",
            {"assistant_id": "steps", "input": {"n": 1}, "if_not_exists": "create"},
        ),
        Ask("GET /threads/55555555-5555-4555-8555-555555555555", until={"body/status": ("idle",)}),
        ask("DELETE /threads/55555555-5555-4555-8555-555555555555"),
    ),
    sequence(
        "a thread that is there is not made again",
        thread(metadata={"a": 1}),
        wait("steps", {"n": 1}, if_not_exists="create", metadata={"b": 2}),
        settled(),
    ),
    sequence(
        "a run as it is created, played and over",
        thread(),
        create("steps", HOLD, metadata={"m": 1}),
        ask("GET /threads/{thread}"),
        begun(),
        ask("GET /threads/{thread}"),
        over(),
        *aftermath(),
    ),
    sequence(
        "runs are listed",
        thread(),
        *THREE,
        ask(LIST),
        ask(f"{LIST}?limit=2"),
        ask(f"{LIST}?limit=1&offset=1"),
        ask(f"{LIST}?offset=5"),
        ask(f"{LIST}?limit=0"),
        ask(f"{LIST}?limit=1000"),
    ),
    sequence(
        "runs are listed by status",
        thread(),
        *THREE,
        ask(f"{LIST}?status=success"),
        ask(f"{LIST}?status=error"),
        ask(f"{LIST}?status=pending"),
        ask(f"{LIST}?status=zzz"),
    ),
    sequence(
        "parts of runs are listed",
        thread(),
        *THREE,
        ask(f"{LIST}?select=run_id&select=status"),
        ask(f"{LIST}?select=kwargs"),
        ask(f"{LIST}?select=metadata&limit=1"),
    ),
    sequence("runs are listed by what is no number", thread(), ask(f"{LIST}?limit=x"), ask(f"{LIST}?offset=x")),
    sequence(
        "runs of a thread that does not exist are listed",
        ask(f"GET /threads/{MISSING}/runs"),
        ask("GET /threads/zzz/runs"),
    ),
    sequence("no run is listed", thread(), ask(LIST)),
    sequence(
        "a run that does not exist is read",
        thread(),
        ask(f"{LIST}/{MISSING}"),
        ask(f"{LIST}/zzz"),
        ask(f"GET /threads/{MISSING}/runs/{MISSING}"),
        ask(f"GET /threads/zzz/runs/{MISSING}"),
    ),
    sequence(
        "a run of another thread is read",
        thread(),
        thread("other"),
        create("steps", {"n": 1}),
        over(),
        ask("GET /threads/{other}/runs/{run}"),
        ask("DELETE /threads/{other}/runs/{run}"),
        ask("GET /threads/{other}/runs/{run}/join"),
    ),
    sequence(
        "a run is deleted",
        thread(),
        create("steps", {"n": 1}),
        over(),
        ask("DELETE /threads/{thread}/runs/{run}"),
        found(),
        ask("DELETE /threads/{thread}/runs/{run}"),
        ask(LIST),
        state(),
        history(),
    ),
    sequence(
        "the last of two runs is deleted",
        thread(),
        wait("steps", {"n": 1}),
        create("steps", {"n": 10}),
        over(),
        ask("DELETE /threads/{thread}/runs/{run}"),
        state(),
        history(),
        ask(LIST),
    ),
    sequence(
        "the first of two runs is deleted",
        thread(),
        create("steps", {"n": 1}),
        over(),
        wait("steps", {"n": 10}),
        ask("DELETE /threads/{thread}/runs/{run}"),
        state(),
        history(),
        ask(LIST),
    ),
    sequence(
        "a run that does not exist is deleted",
        thread(),
        ask(f"DELETE /threads/{{thread}}/runs/{MISSING}"),
        ask("DELETE /threads/{thread}/runs/zzz"),
        ask(f"DELETE /threads/{MISSING}/runs/{MISSING}"),
    ),
    sequence(
        "a waiting run is deleted",
        thread(),
        create("steps", {"n": 1}, after_seconds=60),
        ask("DELETE /threads/{thread}/runs/{run}"),
        found(),
        ask(LIST),
        ask("GET /threads/{thread}"),
    ),
    sequence(
        "a run is waited for in another mode than values",
        thread(),
        wait("steps", {"n": 1}, stream_mode="updates"),
        wait("steps", {"n": 1}, stream_mode=["custom"]),
    ),
    sequence(
        "a run that fails is waited for",
        thread(),
        wait("agent", {"messages": "boom"}),
        wait("steps", {"n": 1, "mode": "boom"}),
        settled(),
    ),
    sequence(
        "a run is created with unknown words", thread(), refused(create("steps", {"n": 1}, zzz=1)), settled(), ask(LIST)
    ),
    sequence(
        "an assistant of one's own runs",
        Ask(
            "POST /assistants",
            {
                "graph_id": "cfg",
                "name": "mine",
                "metadata": {"a": 1},
                "config": {"tags": ["x"], "recursion_limit": 9, "configurable": {"c": 1}},
            },
            keep={"mine": "body/assistant_id"},
        ),
        thread(metadata={"t": 1}),
        create("{mine}", {"k": 1}, metadata={"r": 1}),
        over(),
        *aftermath(),
        alone=True,
    ),
    sequence(
        "an assistant with a context runs",
        Ask(
            "POST /assistants",
            {"graph_id": "ctx", "name": "mine", "context": {"color": "blue", "more": 1}},
            keep={"mine": "body/assistant_id"},
        ),
        thread(),
        wait("{mine}", {"k": 1}),
        wait("{mine}", {"k": 1}, context={"color": "green"}),
        settled(),
        ask(LIST),
        alone=True,
    ),
    sequence(
        "an assistant is deleted while its run waits",
        Ask("POST /assistants", {"graph_id": "steps", "name": "mine"}, keep={"mine": "body/assistant_id"}),
        thread(),
        create("{mine}", {"n": 1}, after_seconds=60),
        ask("DELETE /assistants/{mine}"),
        ask(LIST),
        alone=True,
    ),
)
