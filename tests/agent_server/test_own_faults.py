"""A fault of the server's own ends the run that met it, and nothing else."""

from __future__ import annotations

from tests.conftest import Server
from understudy.scenarios import build, find, read
from understudy.state.agents import Agent


class Broken(dict[str, object]):
    """Properties of a context that cannot be read."""

    def __contains__(self, name: object) -> bool:
        raise RuntimeError("out of order")


def test_a_run_that_the_server_cannot_play_ends_and_lets_its_thread_go(server: Server) -> None:
    server.world = build([read(find("reference"))])  # agents that no other world has
    agent: Agent = server.world.agents.get("steps")
    object.__setattr__(agent.schemas, "context", {"properties": Broken(a={})})
    thread = server.create_thread()

    answer = server.post(f"/threads/{thread}/runs/wait", {"assistant_id": "steps", "input": {}, "context": {"a": 1}})

    assert answer.status_code == 200
    assert [run["status"] for run in server.get(f"/threads/{thread}/runs").json()] == ["error"]
    assert server.get(f"/threads/{thread}").json()["status"] == "error"
    assert server.post(f"/threads/{thread}/runs/wait", {"assistant_id": "chat", "input": {"messages": []}}).json()
