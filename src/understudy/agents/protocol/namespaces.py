"""Namespaces, the ways to subgraphs: `["child:<task id>"]`; and how what runs there begins and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understudy.wire import JsonObject

INTERRUPT = "__interrupt__"
"""The key under which values and updates carry interrupts."""

STATUSES = {"success": "completed", "error": "failed", "interrupted": "interrupted"}
"""What the protocol says of a run that is over, by the run's status."""


def key(namespace: Sequence[str]) -> str:
    """Return a namespace as it stands in the id of an event."""
    return "\0".join(namespace)


def graph_name(namespace: Sequence[str]) -> str:
    """Return the name of the graph that runs in a namespace: that of the node that runs it."""
    return namespace[-1].partition(":")[0] if namespace else "root"


def is_within(namespace: Sequence[str], prefix: Sequence[str]) -> bool:
    """Return whether a namespace begins with a prefix; a segment without a colon means every task of that node."""
    return len(prefix) <= len(namespace) and all(
        given == wanted or (":" not in wanted and given.partition(":")[0] == wanted)
        for given, wanted in zip(namespace, prefix, strict=False)
    )


def ended_as(result: JsonObject) -> tuple[str, str | None]:
    """Return how a task ended, of its `tasks` event: status, and the message of its error if it has one."""
    if result.get("interrupts"):
        return "interrupted", None
    error = result.get("error")
    if error:
        return "failed", str(error["message"] if isinstance(error, dict) else error)
    return "completed", None
