"""What sequences of requests to an Agent Server are made of: a table of operations for each resource.

Left out is what one cannot ask without touching what others have there (runs cancelled by their status), what differs
by nature (System), streams without an end, and protocols with sequences of their own (Streaming, A2A, MCP).
"""

from __future__ import annotations

from understudy.conformance.comparing.agent_server import assistants, crons, runs, stateless_runs, store, threads
from understudy.conformance.comparing.sequences import Vocabulary

_ON_THREADS = (*threads.ROWS, *runs.ROWS)

VOCABULARY = Vocabulary(
    themes={
        "threads": _ON_THREADS,
        "assistants": (*assistants.ROWS, runs.WAIT, threads.STATE),
        "crons": (*crons.ROWS, assistants.CREATE, threads.CREATE),
        "store": store.ROWS,
        "stateless runs": (*stateless_runs.ROWS, assistants.CREATE),
        "everything": (*_ON_THREADS, *assistants.ROWS, *crons.ROWS, *store.ROWS, *stateless_runs.ROWS),
    },
    weights={"threads": 8, "assistants": 3, "crons": 2, "store": 2, "stateless runs": 2, "everything": 1},
    makers={
        "thread": threads.CREATE,
        "run": runs.CREATE,
        "assistant": assistants.CREATE,
        "cron": crons.CREATE,
    },
)
