"""Captures what scripts are made of from a real Agent Server, so that tests need none.

Given `reference` and the address of one that serves tests/parity/reference, or `scripted_graphs` and that of one that
serves tests/recording/reference/scripted: python -m tests.recording.capture reference http://127.0.0.1:2024
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.recording.conversations import as_json, hold, recorded
from tests.recording.said import REFERENCE, SCRIPTED_GRAPHS

CAPTURED = Path(__file__).parent / "captured"
SAID = {"reference": REFERENCE, "scripted_graphs": SCRIPTED_GRAPHS}


def main(name: str, url: str) -> None:
    """Have all conversations, and write what was recorded and answered into a file."""
    lines = []
    for graph_id, conversations in SAID[name].items():
        held = [hold(url, graph_id, conversation) for conversation in conversations]
        told = as_json(recorded(url, [graph_id], [thread_id for thread_id, _ in held]))
        told["answers"] = [answers for _, answers in held]
        lines.append(f"{json.dumps(graph_id)}: {json.dumps(told, separators=(',', ':'), ensure_ascii=False)}")
    (CAPTURED / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
