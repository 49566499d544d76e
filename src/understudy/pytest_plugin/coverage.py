"""Which operations and stream modes the tests of a session have used, in all of its processes."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from understudy.pytest_plugin.worlds import AgentServer

OPTION = "--understudy-coverage"
_OUTPUT = "understudy_coverage"


class Coverage:
    """What was used: operations with their statuses, and stream modes, each with how often."""

    def __init__(self) -> None:
        self._operations: dict[str, dict[str, Any]] = {}
        self._modes: Counter[str] = Counter()

    def add(self, told: dict[str, Any]) -> None:
        """Add what the control plane, or another process, tells."""
        for row in told["operations"]:
            mine = self._operations.setdefault(row["operation"], {**row, "statuses": {}})
            mine["statuses"] = dict(Counter(mine["statuses"]) + Counter(row["statuses"]))
        for mode, number in told["stream_modes"].items():
            self._modes[mode] += number

    def to_json(self) -> dict[str, Any]:
        """Return it as `GET /_understudy/coverage` does."""
        return {"operations": list(self._operations.values()), "stream_modes": dict(self._modes)}

    def lines(self) -> list[str]:
        """Return what was used by tag, and what was not."""
        rows = self._operations.values()
        if not rows:
            return ["No test has used the server."]
        used = [row for row in rows if row["statuses"]]
        modes = [mode for mode, number in self._modes.items() if number]
        lines = [f"{len(used)} of {len(rows)} operations, {len(modes)} of {len(self._modes)} stream modes"]
        tags = Counter(row["tag"] or "other" for row in rows)
        used_by_tag = Counter(row["tag"] or "other" for row in used)
        width = max(map(len, tags))
        for tag, number in tags.items():
            unused = ", ".join(row["operation"] for row in rows if (row["tag"] or "other") == tag and row not in used)
            lines.append(
                f"  {tag:{width}}  {used_by_tag[tag]:2} of {number:2}" + (f"  not: {unused}" if unused else "")
            )
        unused = ", ".join(mode for mode in self._modes if mode not in modes)
        return [*lines, f"  stream modes not used: {unused}"] if unused else lines


_COVERAGE = pytest.StashKey[Coverage]()


def configure(config: pytest.Config) -> None:
    """Begin to count if that is asked for. UsageError if the file is none."""
    file = config.getoption(OPTION)
    if file is None:
        return
    if file and not file.endswith(".json"):
        raise pytest.UsageError(f"{OPTION}: a file ends in .json, not {file!r}; put what is to be tested before it")
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
        Path(file).write_text(json.dumps(coverage.to_json(), indent=1) + "\n")


def tell(reporter: pytest.TerminalReporter) -> None:
    """Print what was used."""
    coverage = reporter.config.stash.get(_COVERAGE, None)
    if coverage is not None:
        reporter.section("understudy coverage")
        reporter.write_line("\n".join(coverage.lines()))
