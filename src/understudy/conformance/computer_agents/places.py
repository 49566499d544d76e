"""What each operation on something that is there needs, what it ends, and what its answer tells of."""

from __future__ import annotations

from understudy.conformance.places import Place

READS = frozenset({"POST /v1/threads/search"})
"""Operations that only read, besides those with GET."""

NO_READS = frozenset({"GET /v1/environments/default"})
"""Operations with GET that may change something: the default computer is made if there is none."""

SET_DEFAULT = "POST /v1/environments/{environmentId}/set-default"


def reads(operation: str) -> bool:
    """Return whether an operation, as in `GET /v1/threads`, cannot change anything."""
    return operation in READS or (operation.startswith("GET ") and operation not in NO_READS)


BY_PARAMETER = {
    "{stepId}": "step",
    "{snapshotId}": "snapshot",
    "{threadId}": "conversation",
    "{environmentId}": "computer",
    "{agentId}": "agent",
    "{projectId}": "project",
}
"""What each parameter of a path names, the innermost first."""

PLACES = {
    "DELETE /v1/threads/{threadId}": Place("thread", ends=True),
    "POST /v1/threads/{threadId}/cancel": Place("execution", ends=True),
    SET_DEFAULT: Place("default computer"),
    "GET /v1/threads/{threadId}/steps/{stepId}/file": Place("file"),
    "GET /v1/threads/{threadId}/steps/{stepId}/file/download": Place("file"),
}
"""Operations that are about something else than their path tells."""

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
