"""Crons that are changed."""

from __future__ import annotations

from typing import Any

from tests.parity.sequence import Ask, ask, sequence

YEARLY = "0 0 1 1 *"


def cron(**body: Any) -> Ask:
    return ask("POST /runs/crons", {"assistant_id": "agent", "schedule": YEARLY, **body}, cron="body/cron_id")


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
    "its schedule to another hour": {"schedule": "0 6 * * *"},
    "its schedule to null": {"schedule": None},
    "its timezone to Tokyo's": {"timezone": "Asia/Tokyo"},
    "its end by Zulu time": {"end_time": "2031-01-01T00:00:00Z"},
    "its end to no time": {"end_time": "bad"},
    "its metadata to null": {"metadata": {"a": None}},
    "its input to a list": {"input": {"messages": [1]}},
    "its configurable": {"config": {"configurable": {"z": 1}}},
    "its assistant to another": {"assistant_id": "other"},
    "its thread": {"thread_id": "x"},
    "whether it is enabled by a string": {"enabled": "x"},
    "its webhook to a name that is not known": {"webhook": "https://no-such-host.invalid/y"},
}

SEQUENCES = (
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
    sequence(
        "a cron is patched without a body",
        cron(),
        Ask("PATCH /runs/crons/{cron}", raw=""),
        ask("GET /runs/crons/{cron}"),
        alone=True,
    ),
    sequence(
        "a cron is patched in one thing after another",
        cron(metadata={"m": 1}, input={"messages": []}),
        *(
            ask("PATCH /runs/crons/{cron}", body)
            for body in (
                {"enabled": False},
                {"schedule": "0 6 * * *"},
                {"timezone": "Asia/Tokyo"},
                {"end_time": "2031-01-01T00:00:00Z"},
                {"end_time": None},
                {"metadata": {"n": 2}},
                {"metadata": {"m": None}},
                {"input": {"messages": [1]}},
                {"config": {"configurable": {"z": 1}}},
                {"on_run_completed": "keep"},
            )
        ),
        alone=True,
    ),
)
