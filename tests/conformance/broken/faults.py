"""All faults there are."""

from __future__ import annotations

from tests.conformance.broken import (
    agents,
    assistants,
    copies,
    crons,
    documents,
    promises,
    runs,
    states,
    store,
    streams,
    threads,
    tools,
)

LAW_FAULTS = (
    *copies.FAULTS,
    *threads.FAULTS,
    *states.FAULTS,
    *store.FAULTS,
    *assistants.FAULTS,
    *crons.FAULTS,
    *runs.FAULTS,
    *streams.FAULTS,
    *promises.FAULTS,
    *tools.FAULTS,
    *agents.FAULTS,
)
"""Faults that no single answer shows: laws find them."""

ANSWER_FAULTS = documents.FAULTS
"""Faults of single answers."""

LEAKS = documents.LEAKS
"""Faults that leave something behind."""
