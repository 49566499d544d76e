"""Runs that are cancelled together: by their ids, or by how it stands with them."""

from __future__ import annotations

from tests.parity.sequence import (
    HOLD,
    Ask,
    ask,
    begun,
    create,
    found,
    over,
    refused,
    sequence,
    settled,
    thread,
)

MISSING = "33333333-3333-4333-8333-333333333333"
CANCEL = "POST /runs/cancel"
SLOW = create("steps", HOLD)
LATER = create("steps", {"n": 1}, after_seconds=60)
LIST = ask("GET /threads/{thread}/runs")

SEQUENCES = (
    sequence(
        "runs are cancelled by their ids, one unknown",
        thread(),
        LATER,
        ask(CANCEL, {"thread_id": "{thread}", "run_ids": ["{run}", MISSING]}),
        over(),
        settled(),
    ),
    sequence(
        "pending runs are cancelled",
        thread(),
        LATER,
        ask(CANCEL, {"status": "pending"}),
        over(),
        settled(),
        alone=True,
    ),
    sequence(
        "running runs are cancelled",
        thread(),
        SLOW,
        begun(),
        ask(CANCEL, {"status": "running"}),
        over(),
        settled(),
        alone=True,
    ),
    sequence(
        "all runs are cancelled",
        thread(),
        SLOW,
        create("steps", {"n": 1}, run="next"),
        begun(),
        ask(CANCEL, {"status": "all"}),
        over(),
        over("next"),
        settled(),
        alone=True,
    ),
    sequence(
        "a running and a waiting run are cancelled by their ids",
        thread(),
        SLOW,
        create("steps", {"n": 1}, run="other"),
        begun(),
        ask(CANCEL, {"thread_id": "{thread}", "run_ids": ["{run}", "{other}"]}),
        over(),
        over("other"),
        Ask("GET /threads/{thread}", until={"body/status": ("interrupted",)}),
    ),
    sequence(
        "pending runs are rolled back",
        thread(),
        LATER,
        create("steps", {"n": 1}, run="other", after_seconds=60),
        ask(f"{CANCEL}?action=rollback", {"status": "pending"}),
        found(),
        found("other"),
        LIST,
        alone=True,
    ),
    sequence(
        "no run is there to be cancelled by its status",
        thread(),
        *(ask(CANCEL, {"status": status}) for status in ("pending", "running", "all")),
        alone=True,
    ),
    sequence(
        "all runs are rolled back",
        thread(),
        LATER,
        ask(f"{CANCEL}?action=rollback", {"status": "all"}),
        found(),
        LIST,
        alone=True,
    ),
    sequence(
        "no run is there to be cancelled",
        ask(CANCEL, {"status": "all"}),
        ask(CANCEL, {"thread_id": MISSING, "run_ids": [MISSING]}),
        alone=True,
    ),
    sequence(
        "a finished run among those to be cancelled",
        thread(),
        create("steps", {"n": 1}),
        over(),
        ask(CANCEL, {"thread_id": "{thread}", "run_ids": ["{run}"]}),
    ),
    *(
        sequence(f"runs are cancelled by {what}", thread(), refused(ask(CANCEL, body)))
        for what, body in {
            "nothing": {},
            "a status and ids": {"status": "all", "thread_id": "{thread}", "run_ids": []},
            "a status and a thread": {"status": "all", "thread_id": "{thread}"},
            "an unknown status": {"status": "zzz"},
            "a thread alone": {"thread_id": "{thread}"},
            "ids alone": {"run_ids": [MISSING]},
            "malformed ids": {"thread_id": "{thread}", "run_ids": ["zzz"]},
            "a malformed thread": {"thread_id": "zzz", "run_ids": [MISSING]},
            "an empty list of ids without a thread": {"run_ids": []},
            "a status in capitals": {"status": "ALL"},
            "no ids at all": {"thread_id": "{thread}", "run_ids": []},
        }.items()
    ),
)
