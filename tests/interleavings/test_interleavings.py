"""Thousands of interleavings of what clients can do to one world; `make interleavings` tries many more."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.interleavings.machine import Interleavings


def test_whatever_happens_in_whatever_order_leaves_runs_and_threads_in_order() -> None:
    run_state_machine_as_test(
        Interleavings,
        settings=settings(
            max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
