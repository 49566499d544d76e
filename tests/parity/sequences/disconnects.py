"""Streams and waits that are left, and what becomes of their runs."""

from __future__ import annotations

from tests.parity.sequence import (
    HOLD,
    Leave,
    Read,
    aftermath,
    ask,
    begun,
    create,
    latest,
    opened,
    over,
    sequence,
    stream,
    thread,
    wait,
)

SLOW = create("steps", HOLD)

SEQUENCES = (
    sequence(
        "a stream is left and its run is cancelled with it",
        thread(),
        opened("live", stream("steps", HOLD, on_disconnect="cancel")),
        Read("live", 2, {"run": "events/0/data/run_id"}),
        Leave("live"),
        over(),
        *aftermath(),
    ),
    sequence(
        "a stream is left and its run goes on",
        thread(),
        opened("live", stream("steps", HOLD, on_disconnect="continue")),
        Read("live", 2, {"run": "events/0/data/run_id"}),
        Leave("live"),
        over(),
        *aftermath(),
    ),
    sequence(
        "a stream is left without a word on what then",
        thread(),
        opened("live", stream("steps", HOLD)),
        Read("live", 2, {"run": "events/0/data/run_id"}),
        Leave("live"),
        over(),
        *aftermath(),
    ),
    sequence(
        "a wait is left and its run is cancelled with it",
        thread(),
        opened("waiting", wait("steps", HOLD, on_disconnect="cancel")),
        latest(),
        begun(),
        Leave("waiting"),
        over(),
        *aftermath(),
    ),
    sequence(
        "a joined stream is left and cancels its run",
        thread(),
        SLOW,
        begun(),
        opened("joined", ask("GET /threads/{thread}/runs/{run}/stream?cancel_on_disconnect=true")),
        Leave("joined"),
        over(),
        *aftermath(),
    ),
    sequence(
        "a join is left and cancels its run",
        thread(),
        SLOW,
        begun(),
        opened("joined", ask("GET /threads/{thread}/runs/{run}/join?cancel_on_disconnect=true")),
        Leave("joined"),
        over(),
        *aftermath(),
    ),
    sequence(
        "a joined stream is left",
        thread(),
        SLOW,
        begun(),
        opened("joined", ask("GET /threads/{thread}/runs/{run}/stream")),
        Leave("joined"),
        over(),
        *aftermath(),
    ),
)
