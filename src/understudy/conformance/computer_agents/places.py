"""What each operation on something that is there needs, what it ends, and what its answer tells of."""

from __future__ import annotations

from dataclasses import dataclass

READS = frozenset({"POST /v1/threads/search"})
"""Operations that only read, besides those with GET."""

NO_READS = frozenset({"GET /v1/environments/default"})
"""Operations with GET that may change something: the default computer is made if there is none."""

SET_DEFAULT = "POST /v1/environments/{environmentId}/set-default"


def reads(operation: str) -> bool:
    """Return whether an operation, as in `GET /v1/threads`, cannot change anything."""
    return operation in READS or (operation.startswith("GET ") and operation not in NO_READS)


@dataclass(frozen=True, slots=True)
class Place:
    """What the parameters of a path name, and whether the operation ends it."""

    kind: str
    ends: bool = False


def place(operation: str) -> Place | None:
    """Return what an operation is about; None where its path has no parameter that names something."""
    if operation in _PLACES:
        return _PLACES[operation]
    for parameter, kind in _BY_PARAMETER.items():
        if parameter in operation:
            return Place(kind, ends=operation.startswith("DELETE "))
    return None


_BY_PARAMETER = {
    "{stepId}": "step",
    "{snapshotId}": "snapshot",
    "{threadId}": "conversation",
    "{environmentId}": "computer",
    "{agentId}": "agent",
    "{projectId}": "project",
}

_PLACES = {
    "DELETE /v1/threads/{threadId}": Place("thread", ends=True),
    "POST /v1/threads/{threadId}/cancel": Place("execution", ends=True),
    SET_DEFAULT: Place("default computer"),
    "GET /v1/threads/{threadId}/steps/{stepId}/file": Place("file"),
    "GET /v1/threads/{threadId}/steps/{stepId}/file/download": Place("file"),
}

INNER = frozenset({"stepId", "snapshotId"})
"""Parameters of a path that name something within what another one names."""

IDS = {
    "threadId": "threads",
    "environmentId": "environments",
    "targetEnvironmentId": "environments",
    "defaultEnvironmentId": "environments",
    "projectId": "projects",
    "agentId": "agents",
}
"""The members that name something, in paths and bodies, and of what kind it is."""

ROWS = {"thread": "threads", "environment": "environments", "agent": "agents", "project": "projects"}
"""The members of answers that are something, and of what kind it is."""

LISTS = {
    "GET /v1/threads": "threads",
    "POST /v1/threads/search": "threads",
    "GET /v1/environments": "environments",
    "GET /v1/environments/default": "environments",
    "GET /v1/agents": "agents",
    "GET /v1/projects": "projects",
}
"""Operations whose answers tell of what may be anybody's."""
