"""Runs that are joined: waited for, and streamed from the beginning or from an event on."""

from __future__ import annotations

from tests.parity.sequence import (
    HOLD,
    Ask,
    Read,
    ask,
    begun,
    create,
    joined,
    opened,
    over,
    sequence,
    settled,
    state,
    stream,
    thread,
    wait,
)

MISSING = "33333333-3333-4333-8333-333333333333"
MODES = ["values", "updates"]
RESUMABLE = stream("steps", HOLD, "updates", stream_resumable=True)
JOIN = "GET /threads/{thread}/runs/{run}/join"

SEQUENCES = (
    sequence("a run is joined while it is played", thread(), create("steps", HOLD), begun(), ask(JOIN), over()),
    sequence("a run is joined before it is played", thread(), create("steps", HOLD), ask(JOIN), over()),
    sequence("a run is joined when it is over", thread(), create("steps", {"n": 1}), over(), settled(), ask(JOIN)),
    sequence("a failed run is joined", thread(), create("agent", {"messages": "boom"}), over(), settled(), ask(JOIN)),
    sequence(
        "a run that fails is joined while it is played",
        thread(),
        create("steps", {**HOLD, "mode": "boom"}),
        begun(),
        ask(JOIN),
        over(),
    ),
    sequence(
        "a failed run is joined after a good one",
        thread(),
        create("agent", {"messages": "boom"}),
        over(),
        wait("agent", {"messages": "hi"}),
        settled(),
        ask(JOIN),
    ),
    sequence(
        "a run that asked is joined", thread(), create("agent", {"messages": "ask"}), over(), settled(), ask(JOIN)
    ),
    sequence(
        "a run that stopped is joined",
        thread(),
        create("steps", {"n": 1}, interrupt_before=["b"]),
        over(),
        settled(),
        ask(JOIN),
    ),
    sequence(
        "a run that does not exist is joined",
        thread(),
        ask(f"GET /threads/{{thread}}/runs/{MISSING}/join"),
        ask("GET /threads/{thread}/runs/zzz/join"),
        ask(f"GET /threads/{MISSING}/runs/{MISSING}/join"),
    ),
    sequence(
        "a run in another mode than values is joined",
        thread(),
        create("steps", HOLD, stream_mode="updates"),
        begun(),
        ask(JOIN),
        over(),
    ),
    sequence(
        "a stream is joined while its run is played",
        thread(),
        opened("live", stream("steps", HOLD)),
        Read("live", 2, {"run": "events/0/data/run_id"}),
        begun(),
        joined(),
        over(),
    ),
    sequence(
        "a stream is joined before its run is played",
        thread(),
        create("steps", HOLD, stream_mode=MODES, after_seconds=1),
        joined(),
        over(),
    ),
    sequence("a stream is joined when its run is over", thread(), create("steps", {"n": 1}), over(), joined()),
    sequence(
        "a stream is joined by two",
        thread(),
        create("steps", HOLD, stream_mode=MODES, after_seconds=1),
        opened("one", joined()),
        opened("two", joined()),
        Read("one"),
        Read("two"),
        over(),
    ),
    sequence(
        "a stream is joined in its second node",
        thread(),
        opened("live", stream("steps", HOLD, MODES)),
        Read("live", 4, {"run": "events/0/data/run_id"}),
        joined(),
        Read("live"),
    ),
    *(
        sequence(
            f"a stream is joined before its run is played, in mode {query}",
            thread(),
            create("steps", HOLD, stream_mode=[*MODES, "tasks"], after_seconds=1),
            joined(query=f"?stream_mode={query}"),
            over(),
        )
        for query in ("values", "updates", "[%22values%22]", "[%22updates%22,%22tasks%22]", "values,updates", "zzz")
    ),
    *(
        sequence(
            f"a resumable stream is replayed from {last!r}",
            thread(),
            stream("steps", {"n": 1}, MODES, stream_resumable=True),
            over(),
            joined(last=last),
        )
        for last in ("-1", "0", "-", "zzz")
    ),
    sequence(
        "a resumable stream is joined without a last event when it is over",
        thread(),
        stream("steps", {"n": 1}, MODES, stream_resumable=True),
        over(),
        joined(),
    ),
    sequence(
        "a resumable stream is replayed from an event on",
        thread(),
        Ask(RESUMABLE.request, RESUMABLE.body, keep={"run": "events/0/data/run_id", "last": "events/1/id"}),
        over(),
        joined(last="{last}"),
    ),
    sequence(
        "a resumable stream is replayed from its last event on",
        thread(),
        Ask(RESUMABLE.request, RESUMABLE.body, keep={"run": "events/0/data/run_id", "last": "events/-1/id"}),
        over(),
        joined(last="{last}"),
    ),
    sequence(
        "a resumable stream is resumed while its run is played",
        thread(),
        opened("live", RESUMABLE),
        Read("live", 2, {"run": "events/0/data/run_id", "last": "events/1/id"}),
        joined(last="{last}"),
        Read("live"),
        over(),
    ),
    sequence(
        "a resumable stream is resumed from the beginning while its run is played",
        thread(),
        opened("live", RESUMABLE),
        Read("live", 2, {"run": "events/0/data/run_id"}),
        joined(last="-1"),
        over(),
    ),
    sequence(
        "a resumable stream is replayed in one of its modes",
        thread(),
        stream("steps", {"n": 1}, MODES, stream_resumable=True),
        over(),
        joined(last="-1", query="?stream_mode=updates"),
    ),
    *(
        sequence(
            f"a resumable stream is replayed in mode {query}",
            thread(),
            stream("steps", {"n": 1}, MODES, stream_resumable=True),
            over(),
            joined(last="-1", query=f"?stream_mode={query}"),
        )
        for query in ("%5B%22values%22%5D", "values,updates")
    ),
    sequence(
        "a stream is joined while its run shows two modes",
        thread(),
        create("steps", HOLD, stream_mode=MODES, after_seconds=1),
        opened("first", joined()),
        Read("first", 2),
        begun(),
        joined(),
        over(),
    ),
    sequence(
        "a stream is joined late, in the second node of a run in the background",
        thread(),
        create("steps", HOLD, stream_mode=MODES, after_seconds=1),
        opened("first", joined()),
        Read("first", 4),
        joined(),
        Read("first"),
        over(),
    ),
    sequence(
        "a failed resumable stream is replayed",
        thread(),
        stream("agent", {"messages": "boom"}, MODES, stream_resumable=True),
        over(),
        joined(last="-1"),
    ),
    sequence(
        "a resumable stream that asked is replayed",
        thread(),
        stream("agent", {"messages": "ask"}, MODES, stream_resumable=True),
        over(),
        joined(last="-1"),
    ),
    sequence(
        "a resumable run in the background is replayed",
        thread(),
        create("chat", {"messages": "hi"}, stream_mode=["messages-tuple"], stream_resumable=True),
        over(),
        joined(last="-1"),
    ),
    sequence(
        "a stream that is not resumable is replayed",
        thread(),
        stream("steps", {"n": 1}, MODES),
        over(),
        joined(last="-1"),
    ),
    sequence(
        "a stream of a run that does not exist is joined",
        thread(),
        ask(f"GET /threads/{{thread}}/runs/{MISSING}/stream"),
        ask("GET /threads/{thread}/runs/zzz/stream"),
        ask(f"GET /threads/{MISSING}/runs/{MISSING}/stream"),
    ),
    sequence(
        "a stream of a deleted run is joined",
        thread(),
        stream("steps", {"n": 1}, MODES, stream_resumable=True),
        over(),
        ask("DELETE /threads/{thread}/runs/{run}"),
        joined(last="-1"),
    ),
    sequence(
        "a state is read while a run is played",
        thread(),
        opened("live", stream("steps", HOLD, MODES)),
        Read("live", 4),
        state(),
        Read("live"),
        settled(),
    ),
)
