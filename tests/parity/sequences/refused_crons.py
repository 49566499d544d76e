"""Crons that are refused, and those that are not there."""

from __future__ import annotations

from typing import Any

from tests.parity.sequence import Ask, ask, sequence, thread

MISSING = "33333333-3333-4333-8333-333333333333"
YEARLY = "0 0 1 1 *"

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
    "a minute that is none": {"schedule": "60 * * * *"},
    "a timezone that is empty": {"schedule": "0 12 * * *", "timezone": ""},
    "an end that is null": {"schedule": "0 12 * * *", "end_time": None},
    "all kinds of words": {
        "schedule": "0 12 * * *",
        "enabled": False,
        "on_run_completed": "keep",
        "extra": 1,
        "thread_id": "x",
        "multitask_strategy": "reject",
        "config": {"configurable": {"a": 1}},
        "context": None,
    },
    "a webhook to a name that is not known": {
        "schedule": "0 12 * * *",
        "config": {"configurable": {"a": 1}, "tags": ["x"]},
        "stream_mode": ["values"],
        "webhook": "https://no-such-host.invalid/x",
    },
}

SEQUENCES = (
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
    *(
        sequence(
            f"a cron of {what}",
            thread(),
            *(Ask(f"POST {path}", raw=raw) for path in ("/runs/crons", "/threads/{thread}/runs/crons")),
            alone=True,
        )
        for what, raw in {
            "nothing": "",
            "an empty object": "{}",
            "an assistant alone": '{"assistant_id": "agent"}',
            "a schedule alone": '{"schedule": "* * * * *"}',
        }.items()
    ),
    sequence(
        "a cron that is enabled where none is",
        *(ask(f"PATCH /runs/crons/{cron}", {"enabled": True}) for cron in ("bad", MISSING)),
    ),
)
