"""`understudy.start()`: from the call to the first 200, in a new process that has imported what it needs."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import BenchError
from .limits import FAKE
from .servers import HERE, ROOT

if TYPE_CHECKING:
    from .run import Run

STARTED = {"start-in-process", "start-in-process-again"}

PATIENCE = 60.0
"""Seconds that one process may take."""

PROGRAM = """\
import json, sys
from http.client import HTTPConnection
from time import perf_counter
import understudy

start = understudy.start
took = []
for _ in range(2):
    begun = perf_counter()
    with start(sys.argv[1]) as server:
        asking = HTTPConnection(server.url.removeprefix("http://"))
        asking.request("GET", "/ok")
        assert asking.getresponse().status == 200
        took.append(1000 * (perf_counter() - begun))
        asking.close()
print(json.dumps(took))
"""


@dataclass(frozen=True, slots=True)
class Starts:
    """The measures of starts inside a process, as a part of one run."""

    run: Run

    def measure(self) -> None:
        """Start a server twice in each of some processes; the first process warms the disk's cache."""
        times = self.run.settings.starts + 1
        self.run.tell(f"starting a server inside {times} processes")
        for turn in range(times):
            for measure, milliseconds in zip(sorted(STARTED), _starts(HERE / "scenario.yaml"), strict=True):
                if turn:
                    self.run.figures.add(measure, FAKE, milliseconds)


def _starts(scenario: Path) -> list[float]:
    """Return how many milliseconds the first and the second start of a process take."""
    command = [sys.executable, "-c", PROGRAM, str(scenario)]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=True)
    except subprocess.SubprocessError as error:
        raise BenchError(f"understudy.start() does not work: {error}") from error
    took: list[float] = json.loads(done.stdout)
    return took
