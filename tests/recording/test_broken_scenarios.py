"""A broken scenario is told of with its place, before anything is sent."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.recording.conftest import Deployment
from understudy.cli import main
from understudy.errors import SetupError
from understudy.recording.plan import plan
from understudy.recording.selection import KINDS
from understudy.wire import Json

ADA = "11111111-1111-4111-8111-111111111111"

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


def _places(value: Json) -> Iterator[tuple[Json, Json]]:
    """Yield every object or list of a value with each of its keys."""
    keys: Json = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    for key in keys:
        yield value, key
        yield from _places(value[key])


junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.builds(list),
    st.builds(dict),
    st.builds(lambda: [[[]]]),
    st.dictionaries(st.text(max_size=4), st.integers(), min_size=1, max_size=2),
)


@st.composite
def broken_texts(draw: st.DrawFn) -> str:
    """Return the text of a scenario in which something was replaced, removed, called otherwise, or cut."""
    value = copy.deepcopy(WHOLE)
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(value))
        holder, key = places[draw(st.integers(0, len(places) - 1))]
        match draw(st.sampled_from(["replace", "remove", "rename", "replace"])):
            case "replace":
                holder[key] = draw(junk)
            case "remove":
                del holder[key]
            case _ if isinstance(holder, dict):
                holder[f"{key}{draw(st.sampled_from('sx_1'))}"] = holder.pop(key)
            case _:
                holder.append(draw(junk))
    text = json.dumps(value, indent=1)
    if draw(st.integers(0, 4)) == 0:
        start = draw(st.integers(0, len(text) - 1))
        text = text[:start] + draw(st.text(max_size=3)) + text[start + draw(st.integers(1, 30)) :]
    return text


@settings(max_examples=500, deadline=None, suppress_health_check=[*HealthCheck])
@given(text=broken_texts())
def test_a_broken_scenario_is_told_of_with_its_place_before_anything_is_sent(
    deployment: Deployment, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    Path("broken.yaml").write_text(text, encoding="utf-8", errors="surrogatepass")
    assume(_is_broken())
    capsys.readouterr()

    status = main(["seed", deployment.url, "broken.yaml"])

    told = capsys.readouterr()
    assert status == 2
    assert told.out == ""
    assert re.match(r"understudy: (broken\.yaml(:\d+)?: |cannot read the scenario broken\.yaml: )", told.err), told.err
    assert "Traceback" not in told.err
    assert deployment.between.asked == []
    assert [file.name for file in Path().iterdir()] == ["broken.yaml"]


def _is_broken() -> bool:
    """Return whether what was done to the scenario made it wrong."""
    try:
        plan("broken.yaml", KINDS, {})
    except SetupError:
        return True
    return False
