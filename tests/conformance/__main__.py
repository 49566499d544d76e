"""The long run: `python -m tests.conformance` holds `understudy serve --strict` to the contract, seed after seed."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from tests.conformance.campaign import Report, finite, run
from tests.conformance.streams import CHECKS, Follower, follow_all
from understudy.conformance.streams import Broken


def main() -> int:
    """Return 0 when no run found a failure."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("--examples", type=int, default=200, help="requests made up for each operation (default: 200)")
    parser.add_argument("--seeds", default="1,2,3", help="a run for each of these numbers (default: 1,2,3)")
    parser.add_argument("--scenario", action="append", default=["reference"], help="what else the server begins with")
    options = parser.parse_args()
    reports, passed = [], True
    for seed in map(int, options.seeds.split(",")):
        with serving(options.scenario) as url, TemporaryDirectory(prefix="conformance-") as folder:
            report = run(url, examples=options.examples, seed=seed, folder=Path(folder))
            broken = list(broken_streams(url, examples=options.examples, seed=seed))
        verdict = "no failures" if report.passed else "FAILURES"
        print(f"seed {seed}: {report.cases:,} requests in {report.seconds:.0f} s, {verdict}", flush=True)
        if not report.passed:
            print(report.complaint())
        for complaint in broken:
            print(complaint)
        print(
            f"seed {seed}: streams of {len(CHECKS) * options.examples:,} made-up requests, {len(broken)} broken kinds"
        )
        passed = passed and report.passed and not broken
        reports.append(report)
    _print_answers(reports)
    return 0 if passed else 1


def broken_streams(url: str, *, examples: int, seed: int) -> Iterator[str]:
    """Follow streams of so many requests of each kind, and yield what is wrong with those of a kind, if anything is."""
    follower = Follower(url)
    for what, check in CHECKS.items():
        try:
            follow_all(follower, check, examples=examples, seed=seed)
        except (Broken, httpx.HTTPError) as broken:
            told = "\n".join([str(broken), *getattr(broken, "__notes__", [])])
            yield f"streams of {what}: {told}"
    follower.close()


@contextmanager
def serving(scenarios: list[str]) -> Iterator[str]:
    """Run a server with these scenarios in a process of its own, on a free port; gives its URL."""
    command = [sys.executable, "-m", "understudy", "serve", "--strict", "--port", "0", "--log-level", "error"]
    command += [f"--scenario={scenario}" for scenario in scenarios]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            line = process.stdout.readline()
            found = re.search(r"http://[\w.:]+", line)
            if found is None:
                raise RuntimeError(f"the server did not start: {line}")
            yield found[0]
        finally:
            process.terminate()


def _print_answers(reports: list[Report]) -> None:
    """Print how often each operation was answered with what, so that a reader sees how far the runs got."""
    for operation in sorted(finite()):
        answers: Counter[int] = sum((report.answers(operation) for report in reports), Counter())
        told = "  ".join(f"{status}: {times:,}" for status, times in sorted(answers.items()))
        print(f"{operation:55} {told}")


if __name__ == "__main__":
    sys.exit(main())
