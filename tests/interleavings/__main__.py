"""The long run: `python -m tests.interleavings` tries thousands of interleavings and tells how far they got."""

from __future__ import annotations

import argparse
import logging
from time import perf_counter

import hypothesis
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.interleavings.machine import FIGURES, Interleavings


def main() -> int:
    """Return 0 when every claim held; a failure is raised with the steps that lead to it."""
    parser = argparse.ArgumentParser(prog="python -m tests.interleavings", description=__doc__)
    parser.add_argument("--examples", type=int, default=2000, help="interleavings to try (default: 2000)")
    parser.add_argument("--steps", type=int, default=30, help="things that happen in each, at most (default: 30)")
    parser.add_argument("--seed", type=int, help="try the same ones as an earlier run with this number")
    options = parser.parse_args()
    logging.getLogger("understudy").propagate = False  # what it complains of fails the run
    begun = perf_counter()
    try:
        run_state_machine_as_test(
            Interleavings if options.seed is None else hypothesis.seed(options.seed)(Interleavings),
            settings=limits(options.examples, options.steps),
        )
    finally:
        told = ", ".join(f"{count:,} {what}" for what, count in FIGURES.items())
        print(f"{told} in {perf_counter() - begun:.0f} s")
    return 0


def limits(examples: int, steps: int) -> settings:
    """Return how much is tried."""
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )


if __name__ == "__main__":
    raise SystemExit(main())
