"""All faults there are."""

from __future__ import annotations

from tests.conformance.broken import assistants, copies, crons, runs, states, store, streams, threads

LAW_FAULTS = (*copies.FAULTS, *threads.FAULTS, *states.FAULTS, *store.FAULTS, *assistants.FAULTS, *crons.FAULTS, *runs.FAULTS, *streams.FAULTS)
