"""Runs that are refused, in each of the three ways to start one on a thread."""

from __future__ import annotations

from typing import Any

from tests.parity.sequence import (
    Ask,
    ask,
    sequence,
    thread,
)

MISSING = "33333333-3333-4333-8333-333333333333"
PATHS = ("/threads/{thread}/runs", "/threads/{thread}/runs/wait", "/threads/{thread}/runs/stream")

REFUSED: dict[str, Any] = {
    "no assistant": {},
    "an unknown graph": {"assistant_id": "zzz"},
    "an unknown assistant": {"assistant_id": MISSING},
    "an assistant that is null": {"assistant_id": None},
    "an assistant that is a number": {"assistant_id": 1},
    "an unknown mode": {"assistant_id": "steps", "stream_mode": "bogus"},
    "a mode of the streaming protocol alone": {"assistant_id": "steps", "stream_mode": ["tools"]},
    "a life cycle as its mode": {"assistant_id": "steps", "stream_mode": "lifecycle"},
    "an unknown strategy": {"assistant_id": "steps", "multitask_strategy": "zzz"},
    "metadata that are null": {"assistant_id": "steps", "metadata": None},
    "a stop that is no list": {"assistant_id": "steps", "interrupt_before": "x"},
    "a jump to a number": {"assistant_id": "steps", "command": {"goto": 1}},
    "a delay in a string": {"assistant_id": "steps", "after_seconds": "1"},
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
    "a webhook by another scheme to a bare name": {"assistant_id": "steps", "webhook": "ftp://x"},
    "a webhook to a path of a server without paths": {"assistant_id": "steps", "webhook": "/relative"},
    "a webhook to a path with a query": {"assistant_id": "steps", "webhook": "/hook?x=1"},
    "a webhook to this machine by https": {"assistant_id": "steps", "webhook": "https://127.0.0.1:2131/x"},
    "a webhook to a port of this machine": {"assistant_id": "steps", "webhook": "http://localhost:2131/l"},
    "a webhook to an address for examples": {"assistant_id": "steps", "webhook": "http://192.0.2.2:2131/hook?x=1"},
    "a webhook to a name that is not there": {"assistant_id": "steps", "webhook": "http://no-such-host.invalid/x"},
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
        "a run of nothing but a graph on no thread",
        *(ask(f"POST /threads/{at}/runs", {"assistant_id": "steps"}) for at in (MISSING, "bad")),
    ),
    *(
        sequence(
            f"{graph} with a webhook to an address for examples",
            thread(),
            ask(
                "POST /threads/{thread}/runs/wait",
                {"assistant_id": graph, "input": given, "webhook": "http://192.0.2.2:2131/x"},
            ),
            ask("POST /runs/wait", {"assistant_id": graph, "input": given, "webhook": "http://192.0.2.2:2131/x"}),
            ask("GET /threads/{thread}/runs"),
        )
        for graph, given in (
            ("steps", {"mode": "boom"}),
            ("agent", {"messages": [{"role": "user", "content": "ask"}]}),
        )
    ),
)
