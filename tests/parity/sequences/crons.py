"""Crons: created, deleted, and what they start."""

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
    "a schedule of six fields": {"schedule": "* * * * * */59"},
    "a schedule by day": {"schedule": "@daily"},
    "an end by Zulu time": {"schedule": "0 12 * * *", "end_time": "2030-01-01T00:00:00Z"},
    "an end that has passed": {"schedule": "0 12 * * *", "end_time": "2020-01-01T00:00:00Z"},
    "an end that is no time": {"schedule": "0 12 * * *", "end_time": "notadate"},
    "an end that is far": {"assistant_id": "steps", "input": {"n": 1}, "end_time": "2099-01-01T00:00:00Z"},
    "reserved metadata": {"schedule": "0 12 * * *", "metadata": {"run_id": "x", "cron_id": "y", "k": 1}},
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
    sequence("a thread's cron with a strategy", thread(), on_thread(multitask_strategy="interrupt"), alone=True),
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
    sequence(
        "crons of each kind start runs",
        thread(),
        cron(
            assistant_id="steps",
            schedule="* * * * * */2",
            input={"n": 1},
            metadata={"mine": "keep"},
            on_run_completed="keep",
        ),
        cron(assistant_id="steps", schedule="* * * * * */2", input={"n": 1, "sleep": 0.3}, metadata={"mine": "del"}),
        on_thread("third", assistant_id="steps", schedule="* * * * * */2", input={"n": 1}, metadata={"mine": "thr"}),
        Ask(
            "POST /threads/search",
            {"metadata": {"mine": "keep"}, "sort_by": "created_at", "sort_order": "asc", "limit": 1},
            until={"body/0/status": ("idle",)},
            keep={"kept": "body/0/thread_id"},
        ),
        ask("GET /threads/{kept}/runs?limit=1"),
        ask("GET /threads/{kept}/state"),
        Ask("GET /threads/{thread}/runs", until={"body/-1/status": ("success",)}, unread=("body",)),
        Ask("POST /threads/count", {"metadata": {"mine": "del"}}, until={"body": (1,)}),
        Ask("POST /threads/count", {"metadata": {"mine": "del"}}, until={"body": (0,)}),
        ask("DELETE /runs/crons/{cron}"),
        ask("DELETE /runs/crons/{third}"),
        alone=True,
    ),
)
