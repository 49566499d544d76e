"""Crons: created, read, changed, searched, counted, deleted, and what they start."""

from __future__ import annotations

from typing import Any

from tests.parity.sequence import Ask, ask, sequence, thread

MISSING = "33333333-3333-4333-8333-333333333333"
YEARLY = "0 0 1 1 *"


def cron(**body: Any) -> Ask:
    return ask("POST /runs/crons", {"assistant_id": "agent", "schedule": YEARLY, **body}, cron="body/cron_id")


def on_thread(name: str = "cron", **body: Any) -> Ask:
    return Ask(
        "POST /threads/{thread}/runs/crons",
        {"assistant_id": "agent", "schedule": YEARLY, **body},
        keep={name: "body/cron_id"},
    )


CREATED: dict[str, dict[str, Any]] = {
    "nothing but a schedule": {},
    "input and metadata": {"input": {"messages": []}, "metadata": {"m": 1}},
    "config": {"config": {"tags": ["t"], "configurable": {"a": 1}}},
    "context": {"assistant_id": "ctx", "context": {"color": "red"}},
    "a timezone": {"schedule": "0 12 * * MON", "timezone": "America/New_York"},
    "a name for its schedule": {"schedule": "@yearly"},
    "an end": {"end_time": "2030-01-01T00:00:00+00:00"},
    "keeping its threads": {"on_run_completed": "keep"},
    "a suspension": {"enabled": False},
    "unknown words": {"zzz": 1},
    "stream settings": {
        "stream_mode": "updates",
        "stream_subgraphs": True,
        "stream_resumable": True,
        "durability": "exit",
    },
    "stops": {"interrupt_before": ["agent"], "interrupt_after": "*"},
    "a list as input": {"input": [{"messages": []}]},
}
REFUSED: dict[str, dict[str, Any]] = {
    "a schedule that is none": {"schedule": "bogus"},
    "a schedule of four fields": {"schedule": "* * * *"},
    "an empty schedule": {"schedule": ""},
    "a schedule that is a number": {"schedule": 1},
    "a date that never comes": {"schedule": "0 0 31 2 *"},
    "an unknown timezone": {"timezone": "Mars/Base"},
    "an unknown graph": {"assistant_id": "zzz"},
    "an unknown assistant": {"assistant_id": MISSING},
    "an input that is a string": {"input": "x"},
    "metadata that is a list": {"metadata": []},
    "an unknown completion": {"on_run_completed": "zzz"},
    "an unknown mode": {"stream_mode": "zzz"},
    "enabled that is a string": {"enabled": "x"},
    "a webhook to this machine": {"webhook": "http://localhost:9/x"},
}
PATCHED: dict[str, Any] = {
    "its schedule": {"schedule": "0 0 2 2 *"},
    "its timezone": {"timezone": "Europe/Berlin"},
    "its metadata": {"metadata": {"b": 2}},
    "its input": {"input": {"messages": [{"role": "user", "content": "new"}]}},
    "its config": {"config": {"tags": ["new"]}},
    "its end": {"end_time": "2031-01-01T00:00:00+00:00"},
    "whether it is enabled": {"enabled": False},
    "what becomes of its threads": {"on_run_completed": "keep"},
    "nothing": {},
    "its schedule to none": {"schedule": "bogus"},
    "its timezone to an unknown one": {"timezone": "Mars/Base"},
    "its assistant": {"assistant_id": "steps"},
    "what it has not": {"zzz": 1},
    "its modes": {"stream_mode": ["updates"]},
    "its end to null": {"end_time": None},
    "it with a list": [],
}

SEQUENCES = (
    *(
        sequence(
            f"a cron with {what}",
            cron(**body),
            ask("GET /runs/crons/{cron}"),
            ask("DELETE /runs/crons/{cron}"),
            alone=True,
        )
        for what, body in CREATED.items()
    ),
    *(
        sequence(
            f"a thread's cron with {what}",
            thread(),
            on_thread(**body),
            ask("GET /runs/crons/{cron}"),
            ask("GET /threads/{thread}"),
            alone=True,
        )
        for what, body in CREATED.items()
        if what in ("nothing but a schedule", "input and metadata", "keeping its threads", "a timezone", "config")
    ),
    *(
        sequence(
            f"a cron with {what}",
            Ask("POST /runs/crons", {"assistant_id": "agent", "schedule": YEARLY, **body}),
            alone=True,
        )
        for what, body in REFUSED.items()
    ),
    *(
        sequence(
            f"a thread's cron with {what}",
            thread(),
            Ask("POST /threads/{thread}/runs/crons", {"assistant_id": "agent", "schedule": YEARLY, **body}),
            alone=True,
        )
        for what, body in REFUSED.items()
        if what in ("a schedule that is none", "an unknown graph", "an unknown assistant")
    ),
    *(
        sequence(
            f"a cron is patched in {what}",
            cron(metadata={"a": 1}, input={"messages": []}),
            ask("PATCH /runs/crons/{cron}", body),
            ask("GET /runs/crons/{cron}"),
            alone=True,
        )
        for what, body in PATCHED.items()
    ),
    sequence("a thread's cron with a strategy", thread(), on_thread(multitask_strategy="interrupt"), alone=True),
    sequence(
        "a cron on a thread that does not exist",
        ask(f"POST /threads/{MISSING}/runs/crons", {"assistant_id": "agent", "schedule": YEARLY}),
        ask("POST /threads/zzz/runs/crons", {"assistant_id": "agent", "schedule": YEARLY}),
    ),
    sequence(
        "a cron that does not exist",
        *(
            ask(f"{method} /runs/crons/{MISSING}", *body)
            for method, body in (("GET", ()), ("DELETE", ()), ("PATCH", ({"schedule": YEARLY},)))
        ),
    ),
    sequence(
        "a malformed cron",
        *(
            ask(f"{method} /runs/crons/zzz", *body)
            for method, body in (("GET", ()), ("DELETE", ()), ("PATCH", ({"schedule": YEARLY},)))
        ),
    ),
    sequence(
        "a cron is deleted",
        cron(),
        ask("DELETE /runs/crons/{cron}"),
        ask("GET /runs/crons/{cron}"),
        ask("DELETE /runs/crons/{cron}"),
        alone=True,
    ),
    sequence(
        "a thread takes its crons with it",
        thread(),
        on_thread(),
        ask("DELETE /threads/{thread}"),
        ask("GET /runs/crons/{cron}"),
        alone=True,
    ),
    sequence(
        "an assistant takes its crons with it",
        Ask("POST /assistants", {"graph_id": "agent", "name": "mine"}, keep={"mine": "body/assistant_id"}),
        cron(assistant_id="{mine}"),
        ask("DELETE /assistants/{mine}"),
        ask("GET /runs/crons/{cron}"),
        alone=True,
    ),
    sequence(
        "crons are searched and counted",
        thread(),
        cron(metadata={"a": 1}),
        cron(metadata={"a": 1, "b": 2}, enabled=False),
        on_thread(metadata={"b": 2}, schedule="0 0 2 2 *"),
        cron(assistant_id="steps"),
        *(
            ask(f"POST /runs/crons/{what}", body)
            for what in ("search", "count")
            for body in (
                {},
                {"metadata": {"a": 1}},
                {"thread_id": "{thread}"},
                {"assistant_id": "fe096781-5601-53d2-b2f6-0d3403f7e9ca"},
                {"enabled": False},
                {"metadata": {"zzz": 1}},
                {"thread_id": MISSING},
            )
        ),
        alone=True,
    ),
    sequence(
        "crons are searched page by page and in order",
        cron(metadata={"n": 1}, schedule="0 0 3 1 *"),
        cron(metadata={"n": 2}, schedule="0 0 1 1 *"),
        cron(metadata={"n": 3}, schedule="0 0 2 1 *"),
        *(
            ask("POST /runs/crons/search", {**body, "select": ["metadata"]})
            for body in (
                {"limit": 2},
                {"limit": 2, "offset": 2},
                {"offset": 9},
                {"sort_by": "next_run_date"},
                {"sort_by": "next_run_date", "sort_order": "asc"},
                {"sort_by": "created_at", "sort_order": "asc"},
                {"sort_by": "cron_id"},
                {"sort_by": "updated_at"},
                {"sort_by": "assistant_id", "sort_order": "asc"},
            )
        ),
        alone=True,
    ),
    *(
        sequence(f"crons are searched with {what}", ask("POST /runs/crons/search", body), alone=True)
        for what, body in {
            "no limit at all": {"limit": 0},
            "too high a limit": {"limit": 1001},
            "a negative offset": {"offset": -1},
            "an unknown order": {"sort_by": "zzz"},
            "an unknown field": {"select": ["zzz"]},
            "an unknown graph": {"assistant_id": "zzz"},
            "a malformed thread": {"thread_id": "zzz"},
            "a list": [],
        }.items()
    ),
    sequence(
        "a thread's cron starts runs",
        thread(),
        on_thread(assistant_id="steps", schedule="* * * * * *", input={"n": 1}, metadata={"m": 1}),
        Ask("GET /threads/{thread}/runs", until={"body/-1/status": ("success",)}, keep={"run": "body/-1/run_id"}),
        ask("DELETE /runs/crons/{cron}"),
        ask("GET /threads/{thread}/runs/{run}"),
        alone=True,
    ),
    sequence(
        "a cron starts runs and keeps their threads",
        cron(
            assistant_id="steps", schedule="* * * * * *", input={"n": 1}, metadata={"fired": 1}, on_run_completed="keep"
        ),
        Ask(
            "POST /threads/search",
            {"metadata": {"fired": 1}, "sort_by": "created_at", "sort_order": "asc", "limit": 1},
            until={"body/0/status": ("idle",)},
            keep={"thread": "body/0/thread_id"},
        ),
        ask("DELETE /runs/crons/{cron}"),
        ask("GET /threads/{thread}/runs"),
        ask("GET /threads/{thread}/state"),
        alone=True,
    ),
)
