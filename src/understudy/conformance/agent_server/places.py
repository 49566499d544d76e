"""What each operation on something that is there needs, what it ends, and what its answer tells of."""

from __future__ import annotations

from understudy.conformance.places import Place

READS = frozenset(
    {
        "POST /assistants/search",
        "POST /assistants/count",
        "POST /assistants/{assistant_id}/versions",
        "POST /threads/search",
        "POST /threads/count",
        "POST /threads/{thread_id}/state/checkpoint",
        "POST /threads/{thread_id}/history",
        "POST /runs/crons/search",
        "POST /runs/crons/count",
        "POST /store/items/search",
        "POST /store/namespaces",
    }
)
"""Operations that only read, besides those with GET."""

NO_READS = frozenset(
    {
        "GET /threads/{thread_id}/runs/{run_id}/join",
        "GET /threads/{thread_id}/runs/{run_id}/stream",
    }
)
"""Operations with GET that may change something: whoever leaves may cancel the run."""


def reads(operation: str) -> bool:
    """Return whether an operation, as in `GET /threads`, cannot change anything."""
    return operation in READS or (operation.startswith("GET ") and operation not in NO_READS)


ENDS_WITH_A_RUN = frozenset(
    {
        "POST /threads/{thread_id}/runs/stream",
        "POST /threads/{thread_id}/runs/wait",
        "GET /threads/{thread_id}/runs/{run_id}/join",
        "GET /threads/{thread_id}/runs/{run_id}/stream",
        "POST /threads/{thread_id}/runs/{run_id}/cancel",
    }
)
"""Operations on a thread whose answers may end only when a run does."""


BY_PARAMETER = {
    "{run_id}": "run",
    "{cron_id}": "cron",
    "{thread_id}": "thread",
    "{assistant_id}": "assistant",
}
"""What each parameter of a path names, the innermost first."""

PLACES: dict[str, Place] = {
    "POST /threads/{thread_id}/runs/{run_id}/cancel": Place("pending run", ends=True),
    "DELETE /threads/{thread_id}/runs/{run_id}": Place("pending run", ends=True),
    "GET /threads/{thread_id}/history": Place("run"),
    "GET /threads/{thread_id}/state": Place("run"),
    "POST /threads/{thread_id}/history": Place("run"),
    "POST /threads/{thread_id}/copy": Place("run"),
    "GET /threads/{thread_id}/runs": Place("run"),
    "GET /threads/{thread_id}": Place("run"),
}
"""Operations that are about something else than their path tells."""

MAKES: dict[str, tuple[str, str]] = {
    "POST /assistants": ("assistants", "assistant_id"),
    "POST /threads": ("threads", "thread_id"),
    "POST /threads/{thread_id}/copy": ("threads", "thread_id"),
    "POST /runs": ("threads", "thread_id"),
    "POST /runs/batch": ("threads", "thread_id"),
    "POST /runs/crons": ("crons", "cron_id"),
    "POST /threads/{thread_id}/runs/crons": ("crons", "cron_id"),
    "POST /threads/{thread_id}/runs": ("runs", "run_id"),
}
"""What an operation makes, and the member of its answer that names it."""

FINDS: dict[str, tuple[str, str]] = {
    "POST /assistants/search": ("assistants", "assistant_id"),
    "POST /threads/search": ("threads", "thread_id"),
    "POST /runs/crons/search": ("crons", "cron_id"),
    "GET /threads/{thread_id}/runs": ("runs", "run_id"),
}
"""What an operation lists, and the member that names each."""

STARTS = frozenset(
    {
        "POST /threads/{thread_id}/runs",
        "POST /threads/{thread_id}/runs/stream",
        "POST /threads/{thread_id}/runs/wait",
        "POST /threads/{thread_id}/commands",
    }
)
"""Operations that may make the thread which their path names."""

IDS = {"thread_id": "threads", "assistant_id": "assistants", "cron_id": "crons"}
"""The members that name something, in paths, bodies and answers, and of what kind it is."""
