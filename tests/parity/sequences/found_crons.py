"""Crons that are searched and counted."""

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


SEQUENCES = (
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
        "crons are searched in small pages and by what they show",
        cron(metadata={"n": 1}, schedule="0 0 3 1 *"),
        cron(metadata={"n": 2}, schedule="0 0 1 1 *", enabled=False),
        cron(metadata={"n": 3}, schedule="0 0 2 1 *"),
        *(
            ask("POST /runs/crons/search", body)
            for body in (
                {"limit": 2},
                {"limit": 2, "offset": 1},
                {"assistant_id": "fe096781-5601-53d2-b2f6-0d3403f7e9ca", "limit": 1},
                {"enabled": True, "limit": 1},
                {"metadata": {"n": 2}},
                {"metadata": {"nope": 2}},
                {"sort_by": "next_run_date", "sort_order": "asc", "select": ["next_run_date", "schedule"]},
                {"select": ["cron_id", "timezone", "on_run_completed"], "limit": 1},
            )
        ),
        ask("POST /runs/crons/count", {"metadata": {"n": 2}}),
        alone=True,
    ),
    *(
        sequence(f"crons are searched with {what}", ask("POST /runs/crons/search", body), alone=True)
        for what, body in {
            "an order by schedule": {"sort_by": "schedule"},
            "a limit that is null": {"limit": None},
            "a word as the assistant": {"assistant_id": "bad"},
        }.items()
    ),
    sequence(
        "crons are searched by an end that some have not",
        cron(),
        cron(end_time="2030-01-01T00:00:00+00:00"),
        ask("POST /runs/crons/search", {"sort_by": "end_time", "select": ["end_time"]}),
        alone=True,
    ),
    sequence("crons are searched without a body", Ask("POST /runs/crons/search", raw=""), alone=True),
    sequence("crons are counted by a word", ask("POST /runs/crons/count", {"assistant_id": "bad"}), alone=True),
)
