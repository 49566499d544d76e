"""Which operations and stream modes the tests of a session have used, in all of its processes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from understudy.control.coverage import Coverage
    from understudy.pytest_plugin.worlds import AgentServer

OPTION = "--understudy-coverage"

_OUTPUT = "understudy_coverage"
_COVERAGE: pytest.StashKey[Coverage] = pytest.StashKey()


def configure(config: pytest.Config) -> None:
    """Begin to count if that is asked for. UsageError if the file is none."""
    file = config.getoption(OPTION)
    if file is None:
        return
    if file and not file.endswith(".json"):
        raise pytest.UsageError(f"{OPTION}: a file ends in .json, not {file!r}; put what is to be tested before it")
    from understudy.control.coverage import Coverage

    config.stash[_COVERAGE] = Coverage()


def count(config: pytest.Config, world: AgentServer) -> None:
    """Add what was used of the world of a test."""
    if _COVERAGE in config.stash:
        config.stash[_COVERAGE].add(world.coverage())


def collect(node: Any) -> None:
    """Add what the tests of another process have used; one that has crashed tells nothing."""
    told = getattr(node, "workeroutput", {}).get(_OUTPUT)
    if told:
        node.config.stash[_COVERAGE].add(told)


def finish(config: pytest.Config) -> None:
    """Hand what was used to the process that collects it, or write it down if this is the one."""
    coverage = config.stash.get(_COVERAGE, None)
    if coverage is None:
        return
    if hasattr(config, "workeroutput"):
        config.workeroutput[_OUTPUT] = coverage.to_json()
    elif file := config.getoption(OPTION):
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text(json.dumps(coverage.to_json(), indent=1) + "\n")


def tell(reporter: pytest.TerminalReporter) -> None:
    """Print what was used."""
    coverage = reporter.config.stash.get(_COVERAGE, None)
    if coverage is not None:
        reporter.section("understudy coverage")
        reporter.write_line(coverage.to_text() if coverage.known else "No test has used the server.")
