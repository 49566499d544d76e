"""The examples of the page on agents: a scenario, and what is sent to its first agent and comes of it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

PAGE = (files("understudy.fixtures") / "agents.md").read_text(encoding="utf-8")
BLOCKS: list[str] = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PYTHON: list[str] = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Exchange:
    """What is sent, as the body of a run, and the lines that say what comes of it."""

    body: dict[str, Any]
    results: list[str]


def exchanges(block: str) -> list[Exchange]:
    """Return what is played under an example."""
    found: list[Exchange] = []
    for line in re.findall(r"^# (.*)$", block, re.MULTILINE):
        if line.startswith("> "):
            found.append(Exchange(_body(line[2:]), []))
        else:
            found[-1].results.append(line)
    return found


def _body(sent: str) -> dict[str, Any]:
    if sent == "again":
        return {"input": None}
    if sent.startswith("resume "):
        return {"command": {"resume": json.loads(sent.removeprefix("resume "))}}
    if sent.startswith("{"):
        return {"input": json.loads(sent)}
    return {"input": {"messages": [{"role": "user", "content": sent}]}}
