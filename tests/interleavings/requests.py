"""What clients ask for, made up."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.interleavings.agents import WORDS

THREADS = [f"00000000-0000-4000-8000-00000000000{number}" for number in range(3)]
AGENT_OF = dict(zip(THREADS, ("wide", "deep", "wide"), strict=True))

threads = st.sampled_from(THREADS)
agents = st.sampled_from(["wide", "deep"])
actions = st.sampled_from(["interrupt", "rollback"])
strategies = st.sampled_from(["enqueue", "reject", "interrupt", "rollback"])
durabilities = st.sampled_from(["async", "sync", "exit"])
modes = st.lists(
    st.sampled_from(["values", "updates", "messages-tuple", "custom", "tasks", "checkpoints", "debug", "events"]),
    max_size=3,
    unique=True,
)
words = st.lists(st.sampled_from(["wait", *WORDS]), min_size=1, max_size=3)
plans = st.dictionaries(st.sampled_from("abcde"), words, min_size=1, max_size=4)
rests = st.sampled_from([None, None, None, 0, 1, 2, 3, 5, 8])
"""How long to wait before the next thing happens: so many turns of the event loop, or until everything is at rest."""
numbers = st.integers(0, 7)
kinds = st.sampled_from(["", "/stream", "/wait"])


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    """What a run can be started with, without an assistant."""
    body: dict[str, Any] = {"input": {"plan": draw(plans)}, "if_not_exists": "create"}
    options: dict[str, Any] = {
        "multitask_strategy": draw(strategies),
        "durability": draw(durabilities),
        "stream_mode": draw(modes),
        "stream_resumable": draw(st.booleans()),
        "stream_subgraphs": draw(st.booleans()),
        "on_disconnect": draw(st.sampled_from(["cancel", "continue"])),
        "after_seconds": draw(st.sampled_from([1, 60])),
        "interrupt_before": draw(st.sampled_from([["c"], "*"])),
        "interrupt_after": draw(st.sampled_from([["a"], "*"])),
        "if_not_exists": "reject",
        "webhook": "/hook",
        "on_completion": draw(st.sampled_from(["keep", "delete"])),
    }
    usual = {"multitask_strategy", "stream_resumable", "on_disconnect", "stream_mode"}
    for name in draw(st.sets(st.sampled_from(sorted({*options}))) | st.just(usual)):
        body[name] = options[name]
    return body


commands = st.sampled_from(
    [
        {"resume": "yes"},
        {"resume": "yes", "update": {"log": ["told"]}},
        {"update": {"log": ["told"]}, "goto": "d"},
        {"goto": "a"},
    ]
)
