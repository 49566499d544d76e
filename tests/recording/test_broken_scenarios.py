"""A broken scenario is told of with its place, before anything is asked."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings

from tests.control.broken import broken
from understudy.cli import main
from understudy.wire import Json

ADA = "11111111-1111-4111-8111-111111111111"
NOBODY = "http://127.0.0.1:1"
"""An address at which nobody answers."""

WHOLE: Json = {
    "agents": {
        "clerk": {
            "channels": {"messages": "messages", "letter": "last"},
            "nodes": {"write": {"say": "Hello"}, "send": None},
            "edges": [["__start__", "write"], {"from": "write", "to": "send", "when": "true"}, ["send", "__end__"]],
        }
    },
    "assistants": [
        {"assistant_id": "aaaaaaaa-0000-4000-8000-000000000001", "graph_id": "clerk", "versions": [{"version": 1}]}
    ],
    "threads": [
        {
            "thread_id": ADA,
            "metadata": {"graph_id": "clerk"},
            "created_at": "2026-01-05T08:00:00Z",
            "history": [
                {"next": ["__start__"]},
                {"values": {"messages": [{"role": "user", "content": "Hi"}]}, "next": ["write"]},
                {"values": {"letter": "Dear Ada"}, "next": ["send"], "interrupts": [{"value": "Send it?"}]},
            ],
        }
    ],
    "crons": [{"assistant_id": "clerk", "thread_id": ADA, "schedule": "@daily", "payload": {"input": {}}}],
    "store": [{"namespace": ["users", "ada"], "key": "profile", "value": {"language": "en"}, "ttl": 60}],
}


@settings(max_examples=500, derandomize=True, deadline=None, suppress_health_check=[*HealthCheck], database=None)
@given(told=broken([WHOLE], [json.dumps(WHOLE, indent=1)]))
def test_a_broken_scenario_is_told_of_with_its_place_before_anything_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], told: Json
) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text(told if isinstance(told, str) else json.dumps(told), encoding="utf-8")

    status = main(["seed", NOBODY, str(file)])

    said = capsys.readouterr()
    assume(f"{NOBODY}/assistants/search was not answered" not in said.err)  # It was not broken.
    assert status == 2
    assert said.out == ""
    assert re.match(rf"understudy: ({re.escape(str(file))}(:\d+)?: |cannot read the scenario )", said.err), said.err
    assert [each.name for each in tmp_path.iterdir()] == ["broken.yaml"]
