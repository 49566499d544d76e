"""What tests of worlds do: make one, ask something of it, wait for something in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Server

WORLDS = "/_understudy/worlds"

KETTLE = "22222222-2222-4222-8222-222222222222"
"""A thread of the scenario `demo`."""


def within(name: str) -> dict[str, Any]:
    return {"headers": {"X-Understudy-World": name}}


def create(server: Server, **body: Any) -> Any:
    return server.post(WORLDS, body).raise_for_status().json()


def threads(server: Server, name: str) -> list[str]:
    found = server.post("/threads/search", {"limit": 100}, **within(name)).raise_for_status().json()
    return [row["thread_id"] for row in found]


def eventually(condition: Callable[[], bool], server: Server) -> bool:
    """Return whether something comes to be while the server answers some requests."""
    return any(condition() or server.get(WORLDS).is_error for _ in range(300))
