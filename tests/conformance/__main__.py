"""The long run: `python -m tests.conformance` holds `understudy serve --strict` to the contract, seed after seed."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tests.conformance.campaign import API, CODER, HEADERS, KEY, Report, imitated, run

SCENARIOS = {API: "reference", "computer-agents": str(CODER)}
"""What a server begins with, by API."""

AGENTS = {API: (), "computer-agents": ("coder",)}
"""What is run, by API; all there is if nothing is told."""


def main() -> int:
    """Return 0 when no run found anything."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("--examples", type=int, default=20, help="requests and examples made up for each (default: 20)")
    parser.add_argument("--seeds", default="1", help="a run for each of these numbers (default: 1)")
    parser.add_argument("--api", action="append", choices=SCENARIOS, help="the API to check (default: each)")
    parser.add_argument("--scenario", action="append", default=[], help="what else the server begins with")
    options = parser.parse_args()
    kept = [checked(api, options) for api in options.api or SCENARIOS]
    return 0 if all(kept) else 1


def checked(api: str, options: argparse.Namespace) -> bool:
    """Check a server of an API, seed after seed, and return whether nothing was found."""
    reports, passed = [], True
    for seed in map(int, options.seeds.split(",")):
        began = time.monotonic()
        with serving(api, [SCENARIOS[api], *options.scenario]) as url:
            report = run(url, api=api, examples=options.examples, seed=seed, graph_ids=AGENTS[api])
        complaint = report.complaint()
        findings, trials = report.findings, report.checkup.trials
        print(
            f"{api}, seed {seed}: {findings.requests:,} requests, {findings.checks:,} checks, {len(trials)} laws, "
            f"{time.monotonic() - began:.0f} s: {'BROKEN' if complaint else 'nothing found'}",
            flush=True,
        )
        if complaint:
            print(complaint)
        passed = passed and not complaint
        reports.append(report)
    _print_answers(api, reports)
    return passed


@contextmanager
def serving(api: str, scenarios: list[str]) -> Iterator[str]:
    """Run a server of an API with these scenarios in a process of its own, on a free port; gives its URL."""
    command = [sys.executable, "-m", "understudy", "serve", "--strict", "--port", "0", "--log-level", "error"]
    command += [f"--api={api}", *([f"--api-key={KEY}"] if api in HEADERS else [])]
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


def _print_answers(api: str, reports: list[Report]) -> None:
    """Print how often each operation was answered with what, so that a reader sees how far the runs got."""
    for operation in sorted(imitated(api)):
        answers = sum((report.answers(operation) for report in reports), Counter[int]())
        print(f"  {operation:60} {' '.join(f'{status}: {answers[status]:,}' for status in sorted(answers))}")


if __name__ == "__main__":
    sys.exit(main())
