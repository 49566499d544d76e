"""A run that meets another one on its thread."""

from __future__ import annotations

from tests.parity.sequence import (
    HOLD,
    Read,
    aftermath,
    ask,
    begun,
    create,
    found,
    latest,
    opened,
    over,
    refused,
    sequence,
    settled,
    stream,
    thread,
    wait,
)

SLOW = create("steps", HOLD)
LATER = create("steps", {"n": 1}, after_seconds=60)
LIST = ask("GET /threads/{thread}/runs")
CANCEL = ask("POST /threads/{thread}/runs/{run}/cancel")
NEXT = {"n": 10, "sleep": 0}

SEQUENCES = (
    *(
        sequence(
            f"{strategy} while a run is played",
            thread(),
            SLOW,
            begun(),
            create("steps", NEXT, run="next", multitask_strategy=strategy),
            over("next"),
            found(),
            *aftermath(),
            LIST,
        )
        for strategy in ("enqueue", "interrupt", "rollback")
    ),
    *(
        sequence(
            f"{strategy} while a run is played on a thread that has run",
            thread(),
            wait("steps", {"n": 1}),
            SLOW,
            begun(),
            create("steps", NEXT, run="next", multitask_strategy=strategy),
            over("next"),
            found(),
            *aftermath(),
            LIST,
        )
        for strategy in ("interrupt", "rollback")
    ),
    *(
        sequence(
            f"{strategy} while a run waits",
            thread(),
            LATER,
            create("steps", NEXT, run="next", multitask_strategy=strategy),
            over("next"),
            found(),
            *aftermath(),
            LIST,
        )
        for strategy in ("interrupt", "rollback")
    ),
    *(
        sequence(
            f"{strategy} streams while a run is played",
            thread(),
            SLOW,
            begun(),
            stream("steps", NEXT, ["values", "updates"], multitask_strategy=strategy),
            *aftermath(),
        )
        for strategy in ("enqueue", "interrupt", "rollback")
    ),
    *(
        sequence(
            f"{strategy} and the stream of the run before it",
            thread(),
            opened("live", stream("steps", HOLD, ["values"])),
            Read("live", 2, {"run": "events/0/data/run_id"}),
            begun(),
            create("steps", NEXT, run="next", multitask_strategy=strategy),
            Read("live"),
            over("next"),
            *aftermath(),
        )
        for strategy in ("enqueue", "interrupt", "rollback")
    ),
    *(
        sequence(
            f"{strategy} and the wait for the run before it",
            thread(),
            opened("waiting", wait("steps", HOLD)),
            latest(),
            begun(),
            create("steps", NEXT, run="next", multitask_strategy=strategy),
            Read("waiting"),
            over("next"),
            settled(),
        )
        for strategy in ("enqueue", "interrupt", "rollback")
    ),
    sequence(
        "reject while a run is played",
        thread(),
        SLOW,
        begun(),
        refused(create("steps", NEXT, multitask_strategy="reject")),
        refused(stream("steps", NEXT, multitask_strategy="reject")),
        wait("steps", NEXT, multitask_strategy="reject"),
        over(),
        *aftermath(),
        LIST,
    ),
    sequence(
        "reject while a run waits",
        thread(),
        LATER,
        refused(create("steps", NEXT, multitask_strategy="reject")),
        CANCEL,
        over(),
        settled(),
    ),
    sequence(
        "reject while nothing is played",
        thread(),
        wait("steps", {"n": 1}),
        wait("steps", NEXT, multitask_strategy="reject"),
        *aftermath(),
    ),
    sequence("an unknown strategy", thread(), refused(create("steps", NEXT, multitask_strategy="zzz"))),
    sequence(
        "three runs in a row",
        thread(),
        create("steps", HOLD),
        create("steps", {"n": 10}, run="second"),
        create("steps", {"n": 100, "sleep": 0}, run="third"),
        ask("GET /threads/{thread}"),
        over("third"),
        over("second"),
        over(),
        *aftermath(),
        LIST,
    ),
    sequence(
        "no strategy is to enqueue",
        thread(),
        SLOW,
        create("steps", NEXT, run="next"),
        over("next"),
        found("next"),
        settled(),
    ),
    sequence(
        "interrupt of a run that asks",
        thread(),
        wait("agent", {"messages": "ask"}),
        wait("agent", {"messages": "hi"}, multitask_strategy="interrupt"),
        *aftermath(),
    ),
    sequence(
        "rollback of nothing",
        thread(),
        wait("steps", {"n": 1}),
        wait("steps", NEXT, multitask_strategy="rollback"),
        *aftermath(),
    ),
    sequence(
        "a state update while a run is played",
        thread(),
        SLOW,
        begun(),
        opened("update", ask("POST /threads/{thread}/state", {"values": {"n": 1}})),
        over(),
        settled(),
    ),
    sequence(
        "a state update while a run is played is refused at once",
        thread(),
        SLOW,
        begun(),
        ask("POST /threads/{thread}/state", {"values": {"n": 1}}),
        over(),
        settled(),
    ),
    sequence(
        "a thread is copied while a run is played",
        thread(),
        wait("steps", {"n": 1}),
        SLOW,
        begun(),
        ask("POST /threads/{thread}/copy", copy="body/thread_id"),
        ask("GET /threads/{copy}/runs"),
        ask("PATCH /threads/{thread}", {"metadata": {"q": 1}}),
        over(),
        ask("GET /threads/{thread}/history?limit=20"),
    ),
    sequence(
        "a thread is deleted while a run is played",
        thread(),
        SLOW,
        begun(),
        ask("DELETE /threads/{thread}"),
        ask("GET /threads/{thread}"),
        found(),
    ),
    sequence(
        "a thread is patched while a run is played",
        thread(),
        SLOW,
        begun(),
        ask("PATCH /threads/{thread}", {"metadata": {"seen": True}}),
        over(),
        *aftermath(),
    ),
    sequence(
        "two threads at once",
        thread(),
        thread("other"),
        create("steps", {"n": 1, "sleep": 0.1}),
        create("steps", {"n": 2, "sleep": 0.1}, run="next", at="other"),
        over(),
        settled(),
        settled("other"),
        ask("GET /threads/{other}/runs/{next}"),
    ),
)
