"""With a seed and a clock that stands still, what is played is the same in every world."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.conftest import Server
from understudy.scenarios import build, find, read
from understudy.state.clock import Clock

MODES = ["values", "updates", "messages-tuple", "events", "debug", "tasks", "checkpoints", "custom"]


def played(server: Server, graph: str, told: dict[str, object]) -> list[bytes]:
    """What a new world with the same seed and clock answers: a stream, the state after it, the history, the runs."""
    server.world = build([read(find("reference"))], Clock(datetime(2026, 1, 1, tzinfo=UTC)), seed=7)
    thread = server.create_thread()
    body = {"assistant_id": graph, "input": told, "stream_mode": MODES, "stream_subgraphs": True}
    stream = server.post(
        f"/threads/{thread}/runs/stream", {**body, "stream_resumable": True}, headers={"x-request-id": "me"}
    )
    reads = [f"/threads/{thread}/{what}" for what in ("state?subgraphs=true", "history?limit=20", "runs")]
    return [stream.content, *(server.get(path).content for path in reads)]


@pytest.mark.parametrize(
    ("graph", "told"),
    [
        ("chat", {"messages": [{"role": "user", "content": "hi"}]}),
        ("parent", {"v": "x", "ask": True}),
        ("par", {"out": []}),
        ("steps", {"n": 1, "mode": "boom"}),
    ],
)
def test_the_same_run_is_told_in_the_same_bytes(server: Server, graph: str, told: dict[str, object]) -> None:
    first, second = played(server, graph, told), played(server, graph, told)

    assert first == second
    assert b"event: metadata" in first[0]
