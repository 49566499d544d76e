"""Runs of Schemathesis against a live server: the observed contract, every phase, every check."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from understudy.contract.documents import load_contract
from understudy.contract.operations import operations

CONFIG = Path(__file__).with_name("schemathesis.toml")
ROOT = CONFIG.parents[2]
API = "agent-server"


@dataclass(frozen=True)
class Report:
    """What came of a run. Operations are named as in `POST /threads`."""

    passed: bool
    text: str
    """What Schemathesis printed."""
    seed: int
    cases: int
    seconds: float
    tested: frozenset[str]
    checks: frozenset[str]
    """The checks that were made."""
    statuses: Counter[tuple[str, str, int]] = field(hash=False)
    """How often an operation was answered with a status, by phase, operation and status."""

    def answers(self, operation: str, phase: str | None = None) -> Counter[int]:
        """Return how often each status was answered to an operation, in a phase or in all."""
        found: Counter[int] = Counter()
        for (during, asked, status), times in self.statuses.items():
            if asked == operation and phase in (None, during):
                found[status] += times
        return found

    def complaint(self) -> str:
        """Return what went wrong: the failures and what follows them in the printout, all of it if there are none."""
        _, heading, rest = self.text.partition("= FAILURES =")
        return f"{heading}{rest}" if heading else self.text


def imitated(api: str = API) -> frozenset[str]:
    """Return the operations that this server answers: those with an `x-handler` in the document."""
    known = operations(load_contract(api).observed)
    return frozenset(str(operation) for operation in known if operation.handler is not None)


def finite(api: str = API) -> frozenset[str]:
    """Return the operations that Schemathesis can test: those answered here whose answers come to an end.

    Streams without an end (`x-endless`) are read within bounds instead, by understudy.conformance.streams.
    """
    document = load_contract(api).observed
    endless = {str(each) for each in operations(document) if document["paths"][each.path][each.method].get("x-endless")}
    return imitated(api) - endless


def run(url: str, *, examples: int, seed: int, folder: Path, api: str = API) -> Report:
    """Hold the server at `url` to the observed contract of an API; files of the run go into `folder`.

    `examples` is how many requests are made up for each operation, and how many chains of requests.
    """
    document = folder / f"{api}.json"
    observed = load_contract(api).observed
    document.write_text(json.dumps(observed))
    verdict, log = folder / f"{seed}.json", folder / f"{seed}.ndjson"
    left_out = [operation.id for operation in operations(observed) if str(operation) not in finite(api)]
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG)),
        *("run", str(document), "--url", url, "--no-color"),
        *(f"--exclude-operation-id={operation_id}" for operation_id in left_out),
        *(f"--max-examples={examples}", f"--seed={seed}"),
        *("--report=json,ndjson", f"--report-json-path={verdict}", f"--report-ndjson-path={log}"),
    ]
    # From the root of the project: the configuration names its hooks as a module.
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if not verdict.exists():
        raise RuntimeError(f"Schemathesis could not run:\n{done.stdout}{done.stderr}")
    said = json.loads(verdict.read_text())
    statuses: Counter[tuple[str, str, int]] = Counter()
    checks: set[str] = set()
    for phase, operation, status, names in _answers(log):
        statuses[phase, operation, status] += 1
        checks.update(names)
    return Report(
        passed=done.returncode == 0,
        text=done.stdout + done.stderr,
        seed=seed,
        cases=said["test_cases"]["generated"],
        seconds=said["running_time"],
        tested=frozenset(said["valid_rates"]),
        checks=frozenset(checks),
        statuses=statuses,
    )


def _answers(log: Path) -> Iterator[tuple[str, str, int, list[str]]]:
    """Yield phase, operation, status and names of the checks of every answer in a run's log."""
    with log.open(encoding="utf-8") as lines:
        for line in lines:
            scenario: dict[str, Any] = json.loads(line).get("ScenarioFinished", {})
            recorder = scenario.get("recorder", {})
            for case_id, exchange in recorder.get("interactions", {}).items():
                if exchange["response"] is None:
                    continue
                operation = f"{exchange['request']['method']} {recorder['cases'][case_id]['value']['path']}"
                names = [check["name"] for check in recorder.get("checks", {}).get(case_id, [])]
                yield scenario["phase"], operation, exchange["response"]["status_code"], names
