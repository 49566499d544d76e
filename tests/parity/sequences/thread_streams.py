"""What happens on a thread, read as one stream."""

from __future__ import annotations

from tests.parity.sequence import (
    HOLD,
    Ask,
    Leave,
    Read,
    ask,
    begun,
    create,
    opened,
    over,
    sequence,
    settled,
    stream,
    thread,
    wait,
)

MISSING = "33333333-3333-4333-8333-333333333333"
EVERYTHING = "?stream_modes=run_modes,lifecycle,state_update"
STREAM = "GET /threads/{thread}/stream"
UPDATE = ask("POST /threads/{thread}/state", {"values": {"n": 5}, "as_node": "a"})


def follows(query: str = "", last: str | None = None) -> Ask:
    return Ask(f"{STREAM}{query}", headers={} if last is None else {"last-event-id": last})


SEQUENCES = (
    sequence(
        "a thread's stream follows a run",
        thread(),
        opened("all", follows()),
        wait("steps", {"n": 1}, stream_mode=["values", "updates"]),
        Read("all", 7),
        Leave("all"),
    ),
    sequence(
        "a thread's stream follows two runs",
        thread(),
        opened("all", follows()),
        wait("agent", {"messages": "hi"}),
        wait("agent", {"messages": "ho"}),
        Read("all", 8),
        Leave("all"),
    ),
    sequence(
        "a thread's stream follows a run that fails",
        thread(),
        opened("all", follows()),
        wait("agent", {"messages": "boom"}),
        Read("all", 4),
        Leave("all"),
    ),
    sequence(
        "a thread's stream follows a run that asks",
        thread(),
        opened("all", follows()),
        wait("agent", {"messages": "ask"}, stream_mode=["values", "updates"]),
        Read("all", 5),
        Leave("all"),
    ),
    sequence(
        "a thread's stream follows a run with a subgraph",
        thread(),
        opened("all", follows()),
        wait("parent", {"v": "v"}, stream_mode=["values"], stream_subgraphs=True),
        Read("all", 7),
        Leave("all"),
    ),
    sequence(
        "a thread's stream follows a run that is cancelled",
        thread(),
        opened("all", follows()),
        create("steps", HOLD, stream_mode=["values"]),
        begun(),
        Read("all", 2),
        ask("POST /threads/{thread}/runs/{run}/cancel"),
        over(),
        Read("all", "metadata"),
        Leave("all"),
        settled(),
    ),
    sequence(
        "a thread's stream follows life cycles",
        thread(),
        opened("all", follows("?stream_modes=lifecycle")),
        wait("agent", {"messages": "hi"}),
        wait("agent", {"messages": "boom"}),
        Read("all", 4),
        Leave("all"),
    ),
    sequence(
        "a thread's stream follows state updates",
        thread(),
        wait("steps", {"n": 1}),
        opened("all", follows("?stream_modes=state_update")),
        UPDATE,
        Read("all", 1),
        wait("steps", None),
        UPDATE,
        Read("all", 1),
        Leave("all"),
    ),
    sequence(
        "a thread's stream follows runs and state updates",
        thread(),
        wait("steps", {"n": 1}),
        opened("all", follows("?stream_modes=run_modes,state_update")),
        UPDATE,
        Read("all", 1),
        wait("steps", None),
        Read("all", 4),
        Leave("all"),
    ),
    sequence(
        "a thread's stream is asked for modes one by one",
        thread(),
        wait("steps", {"n": 1}),
        opened("all", follows("?stream_modes=run_modes&stream_modes=state_update")),
        UPDATE,
        Read("all", 1),
        Leave("all"),
    ),
    sequence(
        "a thread's stream is asked for an unknown mode",
        thread(),
        ask(f"{STREAM}?stream_modes=zzz"),
        ask(f"{STREAM}?stream_modes=lifecycle,zzz"),
    ),
    sequence("a thread's stream is resumed from what is no id", thread(), follows(last="zzz"), follows(last="-1")),
    sequence("a malformed thread's stream", ask("GET /threads/zzz/stream")),
    sequence(
        "a thread's stream tells resumable runs from the beginning",
        thread(),
        stream("agent", {"messages": "hi"}, ["values"], stream_resumable=True),
        over(),
        opened("all", follows(last="0")),
        Read("all", 4),
        Leave("all"),
    ),
    sequence(
        "a thread's stream tells resumable runs from the beginning, by a dash",
        thread(),
        stream("agent", {"messages": "hi"}, ["values"], stream_resumable=True),
        over(),
        opened("all", follows(last="-")),
        Read("all", 4),
        Leave("all"),
    ),
    sequence(
        "a thread's stream is resumed after an event",
        thread(),
        opened("first", follows()),
        wait("steps", HOLD, stream_mode=["updates"], stream_resumable=True),
        Read("first", 2, {"last": "events/1/id"}),
        Leave("first"),
        opened("all", follows(last="{last}")),
        Read("all", 2),
        Leave("all"),
    ),
    sequence(
        "a thread's stream has begun after a run",
        thread(),
        wait("agent", {"messages": "hi"}),
        settled(),
        opened("all", follows()),
        wait("agent", {"messages": "ho"}),
        Read("all", 4),
        Leave("all"),
    ),
    *(
        sequence(
            f"a thread's stream follows {what} in the background",
            thread(),
            opened("all", follows(query)),
            create(graph, given, stream_mode=modes),
            over(),
            settled(),
            ask("POST /threads/{thread}/state", {"values": {"n": 5}}),
            Read("all", upto),
            Leave("all"),
        )
        for what, query, graph, given, modes, upto in (
            ("a run of two modes", "", "steps", {"n": 1}, ["values", "updates"], 7),
            ("its life cycle", "?stream_modes=lifecycle", "steps", {"n": 1}, "values", 2),
            ("a state update", "?stream_modes=state_update", "steps", {"n": 1}, "values", 1),
            (
                "a run and state updates",
                "?stream_modes=run_modes,lifecycle,state_update",
                "steps",
                {"n": 1},
                "values",
                6,
            ),
            ("a failure", "", "agent", {"messages": [{"role": "user", "content": "boom"}]}, "values", 4),
        )
    ),
    *(
        sequence(
            f"a thread's stream tells a resumable run in the background from {last!r}",
            thread(),
            create("steps", {"n": 1}, stream_resumable=True),
            over(),
            opened("all", follows(last=last)),
            Read("all", 5),
            Leave("all"),
        )
        for last in ("-", "0")
    ),
    sequence(
        "a thread's stream does not tell what is over and was not kept",
        thread(),
        create("steps", {"n": 1}),
        over(),
        settled(),
        opened("all", follows(last="-")),
        wait("steps", None),
        Read("all", 3),
        Leave("all"),
    ),
    sequence(
        "a thread's stream is resumed from a word",
        thread(),
        follows(last="garbage"),
    ),
    sequence(
        "a stream of a thread that does not exist",
        opened("all", Ask(f"GET /threads/{MISSING}/stream")),
        Leave("all"),
        ask(f"GET /threads/{MISSING}"),
    ),
)
