"""Asking a world for its journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.conftest import Server

JOURNAL = "/_understudy/journal"

RUN: dict[str, Any] = {"assistant_id": "agent", "input": {"messages": [{"role": "user", "content": "hello"}]}}
"""A run that ends by itself."""

HELD: dict[str, Any] = {
    "assistant_id": "agent",
    "input": {"messages": [{"role": "user", "content": "/understudy wait 60"}]},
}
"""A run that takes a minute."""


def entries(server: Server, **filters: Any) -> list[dict[str, Any]]:
    """Return the entries that fit the filters."""
    found: list[dict[str, Any]] = server.get(JOURNAL, params=filters).raise_for_status().json()["entries"]
    return found


def entry(server: Server, **filters: Any) -> dict[str, Any]:
    """Return the only entry that fits the filters."""
    [found] = entries(server, **filters)
    return found


def paths(server: Server, **filters: Any) -> list[str]:
    """Return what was asked, as methods and paths."""
    return [f"{each['method']} {each['path']}" for each in entries(server, **filters)]
