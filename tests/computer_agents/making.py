"""What several tests make on their way to what they are about; it must succeed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.conftest import Server


def make(server: Server, noun: str, **body: Any) -> dict[str, Any]:
    """Make a thing of a kind that is named in the plural, and return it."""
    answer = server.post(f"/v1/{noun}", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json()[noun.removesuffix("s")])


def computer(server: Server, **body: Any) -> dict[str, Any]:
    return make(server, "environments", **{"name": "Sandbox", **body})


def agent(server: Server, **body: Any) -> dict[str, Any]:
    return make(server, "agents", **{"name": "Almanac", "model": "claude-sonnet-4-5", **body})


def project(server: Server, **body: Any) -> dict[str, Any]:
    return make(server, "projects", **{"name": "Orchard", **body})


def names(server: Server, noun: str, **query: Any) -> list[str]:
    """Return the names of what a list has."""
    answer = server.get(f"/v1/{noun}", params=query).raise_for_status()
    return [row["name"] for row in answer.json()["data"]]


def play(server: Server, **scripts: Any) -> None:
    """Let the world have agents that do the steps told."""
    agents = {
        name: {"channels": {"messages": "messages"}, "nodes": {"answer": steps}} for name, steps in scripts.items()
    }
    server.post("/_understudy/scenarios", {"scenario": {"agents": agents}}).raise_for_status()


def thread(server: Server, **body: Any) -> dict[str, Any]:
    """Make a thread, and return it as it is when what is executed in it has ended."""
    executed = {"content", "task", "messages"} & body.keys()
    made = make(server, "threads", **body, **({"stream": False} if executed else {}))
    while executed and made["status"] == "running":
        made = server.get(f"/v1/threads/{made['id']}").raise_for_status().json()["thread"]
    return made
