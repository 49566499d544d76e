"""Runs as they are created, with what else they make."""

from __future__ import annotations

from typing import Any

from tests.parity.sequence import (
    HOLD,
    Ask,
    aftermath,
    ask,
    begun,
    create,
    over,
    refused,
    sequence,
    settled,
    thread,
    wait,
)

MISSING = "99999999-9999-4999-8999-999999999999"
MADE = "66666666-6666-4666-8666-666666666666"
LIST = "GET /threads/{thread}/runs"

CREATED: dict[str, dict[str, Any]] = {
    "no mode at all": {"stream_mode": []},
    "a string as input": {"input": "str"},
    "a list of a number as input": {"input": [1]},
    "an unknown channel as input": {"input": {"unknown": 1}},
    "an unknown word": {"input": {"n": 1}, "extra_field": 1},
    "a word for runs without a thread": {"input": {"n": 1}, "on_completion": "delete"},
    "an empty command": {"command": {}},
    "a tracer": {"input": {"n": 1}, "langsmith_tracer": {"project_name": "p"}},
    "metadata": {"input": HOLD, "metadata": {"x": 1}},
}

SEQUENCES = (
    *(
        sequence(f"a run in the background with {what}", thread(), create("steps", **body), over(), *aftermath())
        for what, body in CREATED.items()
    ),
    sequence(
        "a run in the background that makes its thread with metadata, config and tags",
        ask(
            f"POST /threads/{MISSING}/runs",
            {
                "assistant_id": "steps",
                "input": {"n": 1},
                "if_not_exists": "create",
                "metadata": {"rm": 1},
                "config": {"configurable": {"q": 2}, "metadata": {"cm": 1}, "tags": ["t"]},
            },
        ),
        Ask(f"GET /threads/{MISSING}", until={"body/status": ("idle",)}),
        ask(f"POST /threads/{MISSING}/runs", {"assistant_id": "steps", "input": {"n": 1}, "if_not_exists": "zzz"}),
        ask(f"GET /threads/{MISSING}/runs"),
        ask(f"DELETE /threads/{MISSING}"),
    ),
    sequence(
        "a run that fails in the background and is deleted",
        thread(),
        create("agent", {"messages": [{"role": "user", "content": "boom"}]}),
        over(),
        settled(),
        ask("DELETE /threads/{thread}/runs/{run}"),
        *aftermath(),
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
