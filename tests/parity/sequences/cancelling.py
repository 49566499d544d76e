"""A run that is cancelled, before and while it is played."""

from __future__ import annotations

from tests.parity.sequence import (
    HOLD,
    Ask,
    Read,
    aftermath,
    ask,
    begun,
    create,
    found,
    latest,
    opened,
    over,
    sequence,
    settled,
    state,
    stream,
    thread,
    wait,
)

CANCEL = "POST /threads/{thread}/runs/{run}/cancel"
MISSING = "33333333-3333-4333-8333-333333333333"
SLOW = create("steps", HOLD)
LATER = create("steps", {"n": 1}, after_seconds=60)
LIST = ask("GET /threads/{thread}/runs")


def waited(query: str) -> Ask:
    """Cancel and wait; whether the values or nothing are answered is chance."""
    return Ask(f"{CANCEL}{query}", unread=("body", "text"))


SEQUENCES = (
    *(
        sequence(f"a {what} run is cancelled{how}", thread(), start, *watch, waited(query), *after)
        for what, start, watch in (("pending", LATER, ()), ("running", SLOW, (begun(),)))
        for how, query, after in (
            ("", "", (over(), *aftermath(), LIST)),
            (" and waited for", "?wait=true", (over(), *aftermath(), LIST)),
            (" and waited for by a number", "?wait=1", (over(), *aftermath(), LIST)),
            (" by a word that is none", "?action=zzz&wait=1", (over(), *aftermath(), LIST)),
        )
    ),
    sequence(
        "a running run is rolled back and waited for",
        thread(),
        SLOW,
        begun(),
        waited("?action=rollback&wait=true"),
        settled(),
        found(),
        state(),
        LIST,
    ),
    sequence(
        "a running run is rolled back after a good one",
        thread(),
        wait("steps", {"n": 1}),
        SLOW,
        begun(),
        waited("?action=rollback&wait=true"),
        *aftermath(),
        LIST,
    ),
    sequence(
        "a pending run is rolled back and waited for",
        thread(),
        LATER,
        ask(f"{CANCEL}?action=rollback&wait=true"),
        settled(),
        found(),
        state(),
        LIST,
    ),
    sequence("a pending run is rolled back", thread(), LATER, ask(f"{CANCEL}?action=rollback"), found(), state(), LIST),
    sequence(
        "a finished run is cancelled",
        thread(),
        create("steps", {"n": 1}),
        over(),
        ask(CANCEL),
        ask(f"{CANCEL}?wait=true"),
        found(),
    ),
    sequence("a run is cancelled twice", thread(), LATER, ask(CANCEL), ask(CANCEL), over()),
    sequence(
        "a run that does not exist is cancelled", thread(), ask(f"POST /threads/{{thread}}/runs/{MISSING}/cancel")
    ),
    sequence(
        "a run that does not exist is cancelled in other ways",
        thread(),
        *(ask(f"POST /threads/{{thread}}/runs/{MISSING}/cancel?{how}") for how in ("action=zz", "wait=true")),
        ask("POST /threads/bad/runs/bad/cancel"),
    ),
    sequence(
        "a running run is rolled back",
        thread(),
        wait("steps", {"n": 1}),
        SLOW,
        begun(),
        ask(f"{CANCEL}?action=rollback"),
        Ask("GET /threads/{thread}/runs/{run}", until={"status": (404,)}),
        state(),
        LIST,
    ),
    sequence(
        "a cancelled run is joined", thread(), LATER, ask(CANCEL), over(), ask("GET /threads/{thread}/runs/{run}/join")
    ),
    sequence(
        "a run of a thread that does not exist is cancelled", ask(f"POST /threads/{MISSING}/runs/{MISSING}/cancel")
    ),
    sequence(
        "a run of a malformed id is cancelled",
        thread(),
        ask("POST /threads/{thread}/runs/zzz/cancel"),
        ask(f"POST /threads/zzz/runs/{MISSING}/cancel"),
    ),
    sequence(
        "a run goes on after one that was cancelled",
        thread(),
        SLOW,
        begun(),
        waited("?wait=true"),
        settled(),
        stream("steps", None, ["values", "updates"]),
        *aftermath(),
    ),
    sequence(
        "new input after a run that was cancelled",
        thread(),
        SLOW,
        begun(),
        waited("?wait=true"),
        settled(),
        wait("steps", {"n": 10, "sleep": 0}),
        *aftermath(),
    ),
    sequence(
        "a streamed run is cancelled",
        thread(),
        opened("live", stream("steps", HOLD, ["values", "updates"])),
        Read("live", 2, {"run": "events/0/data/run_id"}),
        begun(),
        ask(CANCEL),
        Read("live"),
        over(),
        *aftermath(),
    ),
    sequence(
        "a run that is waited for is cancelled",
        thread(),
        opened("waiting", wait("steps", HOLD)),
        latest(),
        begun(),
        ask(CANCEL),
        Read("waiting"),
        over(),
        *aftermath(),
    ),
    sequence(
        "a run that is joined is cancelled",
        thread(),
        SLOW,
        begun(),
        opened("joined", ask("GET /threads/{thread}/runs/{run}/join")),
        ask(CANCEL),
        Read("joined"),
        over(),
        *aftermath(),
    ),
    sequence(
        "a joined stream of a run that is cancelled",
        thread(),
        opened("live", stream("steps", HOLD)),
        Read("live", 2, {"run": "events/0/data/run_id"}),
        begun(),
        opened("joined", ask("GET /threads/{thread}/runs/{run}/stream")),
        ask(CANCEL),
        Read("joined"),
        over(),
        *aftermath(),
    ),
    sequence(
        "a streamed run is rolled back",
        thread(),
        opened("live", stream("steps", HOLD)),
        Read("live", 2, {"run": "events/0/data/run_id"}),
        begun(),
        waited("?action=rollback&wait=true"),
        Read("live"),
        settled(),
        found(),
        LIST,
    ),
    sequence(
        "a cancelled run lets the next one go on",
        thread(),
        SLOW,
        create("steps", {"n": 7, "sleep": 0}, run="next"),
        begun(),
        waited("?wait=true"),
        over("next"),
        *aftermath(),
    ),
    sequence(
        "a waiting run is cancelled behind a running one",
        thread(),
        SLOW,
        create("steps", {"n": 7}, run="next"),
        begun(),
        ask("POST /threads/{thread}/runs/{next}/cancel"),
        over("next"),
        over(),
        *aftermath(),
    ),
    sequence(
        "runs are cancelled by their ids",
        thread(),
        create("steps", {"n": 1}, after_seconds=60),
        create("steps", {"n": 1}, run="other", after_seconds=60),
        ask("POST /runs/cancel", {"thread_id": "{thread}", "run_ids": ["{run}", "{other}"]}),
        over(),
        over("other"),
        settled(),
    ),
)
