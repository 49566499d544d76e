"""What `understudy check` costs: test cases per second, beside Schemathesis by itself, in turns, on one server."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from understudy.conformance.agent_server.places import ENDS_WITH_A_RUN
from understudy.conformance.agent_server.survey import survey
from understudy.conformance.configuration import configuration
from understudy.conformance.contracts import endless, unlink
from understudy.conformance.ledger import Ledger
from understudy.conformance.reaching import asking
from understudy.conformance.settings import GENERATED, Settings
from understudy.contract.documents import load_contract
from understudy.contract.operations import operations

from . import processors
from .errors import BenchError
from .limits import FAKE
from .load import HOST
from .servers import understudy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from understudy.wire import Json, JsonObject

    from .run import Run

CHECKED = {"check", "check-plain", "check-whole", "check-plain-whole"}

API = "agent-server"
WAITING = ENDS_WITH_A_RUN | {"POST /runs/wait", "POST /runs/stream"}
"""Operations whose answers may come when a run is over. Whoever makes runs that start in days waits for them."""
WEBHOOK = "webhook"
"""The member of a body whose name is looked up on the network."""
PATIENCE = 600.0
"""Seconds that one run may take."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One of the two: its command line for a URL, a number of examples and phases, and how to read what it says."""

    measure: str
    command: Callable[[str, int, Sequence[str]], list[str]]
    read: Callable[[Path, str], tuple[int, float]]
    """Returns test cases and seconds, from the folder that it ran in and from its stderr."""


@dataclass(frozen=True, slots=True)
class Checks:
    """The measures of checks, as a part of one run."""

    run: Run

    def rates(self) -> None:
        """Let both make up the same number of examples of the same document, one after the other.

        The time is that of the phases; the measures `whole` take the time of the process, with all that it does before
        and after: a check finds out what a server has, and removes what it has made.
        """
        server = understudy("reference")
        with TemporaryDirectory(prefix="bench-") as folder, self.run.up([server]) as (up,):
            up.go_on()
            url = f"http://{HOST}:{up.port}"
            _write(Path(folder), url)
            # Hypothesis keeps tables of characters in the folder that it first needs them in: no part of either.
            self._carry_out(_check(url, 1, ["examples"]), Path(folder))
            for turn in range(self.run.settings.rounds):
                # Neither is always the one that meets what the other has left behind.
                for tool in TOOLS if turn % 2 else TOOLS[::-1]:
                    self.run.tell(f"{tool.measure}, {turn + 1} of {self.run.settings.rounds}")
                    self._take(tool, Path(folder), url)

    def _take(self, tool: Tool, folder: Path, url: str) -> None:
        began = time.perf_counter()
        done = self._carry_out(tool.command(url, self.run.settings.examples, GENERATED), folder)
        whole = time.perf_counter() - began
        cases, seconds = tool.read(folder, done.stderr) if done.returncode in (0, 1) else (0, 0.0)
        if not cases:
            raise BenchError(f"{tool.measure} ended with {done.returncode}:\n{done.stdout[-500:]}{done.stderr[-1500:]}")
        self.run.figures.add(tool.measure, FAKE, cases / seconds)
        self.run.figures.add(f"{tool.measure}-whole", FAKE, cases / whole)

    def _carry_out(self, command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
        _, for_load = processors.choose()
        with processors.on(for_load):
            return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)


def document() -> JsonObject:
    """Return the observed contract without what waits, for a run or for the network: that takes as long as it takes."""
    told: JsonObject = copy.deepcopy(load_contract(API).observed)
    known = list(operations(told))
    without = WAITING | endless(iter(known), told)
    left_out = [operation for operation in known if str(operation) in without]
    unlink(told, left_out)
    for operation in left_out:
        del told["paths"][operation.path][operation.method]
    _drop(told, WEBHOOK)
    return told


def _drop(value: Json, member: str) -> None:
    """Take a member out of the properties of every schema and out of every example."""
    if isinstance(value, dict):
        value.pop(member, None)
        for each in value.values():
            _drop(each, member)
    elif isinstance(value, list):
        for each in value:
            _drop(each, member)


def _write(folder: Path, url: str) -> None:
    """Write what both read: the document, and the configuration that a check would have, as a file of Schemathesis."""
    settings = Settings(url=url, contract="observed")
    stage = survey(asking(settings, "bench"), Ledger("bench"), [])
    (folder / "document.json").write_text(json.dumps(document()))
    told = configuration(settings, stage)
    (folder / "schemathesis.toml").write_text("".join(f"{name} = {_toml(value)}\n" for name, value in told.items()))


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)} = {_toml(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(_toml(each) for each in value)}]"
    return json.dumps(value)


def _plain(url: str, examples: int, phases: Sequence[str]) -> list[str]:
    program = str(Path(sys.executable).with_name("schemathesis"))
    told = {"url": url, "phases": ",".join(phases), "max-examples": examples, "seed": 1, "workers": 1}
    told |= {"request-timeout": 20, "report": "json", "report-json-path": "plain.json"}
    return [program, "--config-file", "schemathesis.toml", "run", "document.json", *_options(told), "--no-color"]


def _check(url: str, examples: int, phases: Sequence[str]) -> list[str]:
    program = str(Path(sys.executable).with_name("understudy"))
    told = {"spec": "document.json", "contract": "observed", "phases": ",".join(phases), "max-examples": examples}
    told |= {"seed": 1, "workers": 1, "timeout": 20, "baseline": "none"}
    return [program, "check", url, *_options(told)]


def _options(told: dict[str, Any]) -> list[str]:
    return [f"--{name}={value}" for name, value in told.items()]


def _of_report(folder: Path, _: str) -> tuple[int, float]:
    told = json.loads((folder / "plain.json").read_text())
    return told["test_cases"]["generated"], told["running_time"]


_PHASE = re.compile(rf"^\s*(?:{'|'.join(GENERATED)})\s+([\d,]+) requests\s+([\d.]+) s", re.MULTILINE)


def _of_phases(_: Path, said: str) -> tuple[int, float]:
    phases = _PHASE.findall(said)
    return sum(int(cases.replace(",", "")) for cases, _ in phases), sum(float(seconds) for _, seconds in phases)


TOOLS = (
    Tool("check-plain", _plain, _of_report),
    Tool("check", _check, _of_phases),
)
