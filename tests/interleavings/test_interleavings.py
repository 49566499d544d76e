"""Some interleavings of what clients can do to one world; `make interleavings` tries thousands."""

from __future__ import annotations

from hypothesis.stateful import run_state_machine_as_test

from tests.interleavings.__main__ import limits
from tests.interleavings.machine import Interleavings


def test_whatever_happens_in_whatever_order_leaves_runs_and_threads_in_order() -> None:
    run_state_machine_as_test(Interleavings, settings=limits(examples=60, steps=25))
