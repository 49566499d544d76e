"""How much a thread takes, over HTTP: counts are those of the real server, bytes are lengths of JSON text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.agent_server.ran import thread_that_ran

if TYPE_CHECKING:
    from tests.conftest import Server


def storage(server: Server, thread: str) -> Any:
    return server.get(f"/threads/{thread}/storage").raise_for_status().json()


def test_a_new_thread_takes_nothing(server: Server) -> None:
    thread = server.create_thread(metadata={"graph_id": "steps"})

    assert storage(server, thread) == {
        "thread_id": thread,
        "total_bytes": 0,
        "checkpoints": {"count": 0, "bytes": 0},
        "channel_values": {"count": 0, "bytes": 0, "by_channel": {}},
        "pending_writes": {"count": 0, "bytes": 0},
    }


def test_a_channel_has_a_version_for_each_checkpoint_that_changed_it(server: Server) -> None:
    thread = server.create_thread(metadata={"graph_id": "steps"})
    path = f"/threads/{thread}/state"
    server.post(path, {"values": {"n": 1, "log": ["x"]}, "as_node": "__start__"})
    server.post(path, {"values": {"n": 1}, "as_node": "a"})
    server.post(path, {"values": {"n": 1}, "as_node": "b"})

    taken = storage(server, thread)

    versions = {name: of["versions"] for name, of in taken["channel_values"]["by_channel"].items()}
    assert taken["checkpoints"]["count"] == 3
    assert (versions["n"], versions["log"]) == (3, 1)
    assert taken["channel_values"]["count"] == sum(versions.values())


def test_the_total_is_the_sum_of_its_parts(server: Server) -> None:
    thread = thread_that_ran("subgraphs")
    server.load({"threads": [thread]})

    taken = storage(server, thread["thread_id"])

    parts = ("checkpoints", "channel_values", "pending_writes")
    assert all(taken[part]["bytes"] > 0 for part in parts)
    assert taken["total_bytes"] == sum(taken[part]["bytes"] for part in parts)
    by_channel = taken["channel_values"]["by_channel"].values()
    assert taken["channel_values"]["bytes"] == sum(channel["bytes"] for channel in by_channel)


def test_what_is_larger_takes_more(server: Server) -> None:
    small, large = (server.create_thread(metadata={"graph_id": "custom"}) for _ in range(2))
    server.post(f"/threads/{small}/state", {"values": {"x": "v"}})
    server.post(f"/threads/{large}/state", {"values": {"x": "v" * 1000}})

    difference = storage(server, large)["total_bytes"] - storage(server, small)["total_bytes"]

    assert difference >= 999
