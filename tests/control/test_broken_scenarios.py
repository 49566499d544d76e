"""Whatever is wrong in a scenario: it is refused with the place, and nothing has changed."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Server
from tests.control.broken import broken
from tests.control.programs import AGENTS
from understudy.cli import main
from understudy.scenarios import Source, build, dump_text, find, read
from understudy.scenarios.core_yaml import Text
from understudy.wire import dumps

DEMO = build([read(find("demo"))])
ORCHARD = find("demo", "computer-agents")
TEXTS = [
    find("demo").text,
    find("reference").text,
    dump_text(DEMO),
    AGENTS,
    ORCHARD.text,
    dump_text(build([read(ORCHARD)])),
]
SOURCES = [Text(text).value for text in TEXTS]
WORLD = {"x-understudy-world": "spoilt"}
ASKED = ["POST data", "POST text", "PUT data", "PUT text"]


def snapshot(server: Server) -> str:
    return server.get("/_understudy/worlds/spoilt/snapshot").raise_for_status().text


def begin(server: Server) -> None:
    """Let the world begin anew, with little in it."""
    little = {"text": AGENTS + "threads: [{metadata: {graph_id: wide}, values: {log: [a]}}]\nstore: []\n"}
    world = {"name": "spoilt", "begin": [little], "clock": "2026-01-01T00:00:00Z", "seed": 1, "if_exists": "reset"}
    server.post("/_understudy/worlds", world).raise_for_status()


def give(server: Server, told: Any, how: str) -> httpx.Response:
    """Send a scenario, as data where it is data."""
    method, form = how.split()
    text = told if isinstance(told, str) else json.dumps(told)
    body = {"text": text} if form == "text" or isinstance(told, str) else {"scenario": told}
    if method == "POST":
        return server.post("/_understudy/scenarios", body, headers=WORLD)
    return server.put("/_understudy/worlds/spoilt/snapshot", body)


def assert_refused_with_its_places(answer: httpx.Response) -> None:
    if answer.json() == {"detail": "Recursion limit reached"}:
        return  # No body may be nested so deeply.
    assert answer.status_code == 422, answer.text
    told = answer.json()
    assert told["problems"], told
    for problem in told["problems"]:
        assert problem["scenario"] == "scenario"
        assert problem["what"]
    assert told["detail"].startswith("scenario:")


def assert_readable(server: Server) -> None:
    """Ask for everything that an accepted scenario may have spoilt."""
    platform = server.worlds.get("spoilt").world.computer_agents
    for row in platform.threads:
        dumps(platform.threads.shown(row))
    if "computer_agents" in (told := snapshot(server)):
        build([read(Source("told.json", told))])
    for row in server.post("/threads/search", {"limit": 100}, headers=WORLD).raise_for_status().json():
        for path in ("state?subgraphs=true", "history", "runs", "storage"):
            assert server.get(f"/threads/{row['thread_id']}/{path}", headers=WORLD).status_code < 500
    for path in ("/assistants/search", "/runs/crons/search", "/store/items/search"):
        server.post(path, {"namespace_prefix": []} if "store" in path else {}, headers=WORLD).raise_for_status()


@given(told=broken(SOURCES, TEXTS), how=st.sampled_from(ASKED))
@settings(max_examples=500, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_a_broken_scenario_is_refused_or_accepted_as_a_whole(running: Server, told: Any, how: str) -> None:
    if "spoilt" not in running.worlds:
        begin(running)
    before = snapshot(running)

    answer = give(running, told, how)

    if answer.status_code == 200:
        assert_readable(running)
        begin(running)
    else:
        assert_refused_with_its_places(answer)
        assert snapshot(running) == before


@given(told=broken(SOURCES, TEXTS))
@settings(max_examples=100, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_the_command_line_says_whether_a_file_is_broken(tmp_path_factory: pytest.TempPathFactory, told: Any) -> None:
    file = tmp_path_factory.getbasetemp() / "broken.yaml"
    file.write_text(told if isinstance(told, str) else json.dumps(told), encoding="utf-8")
    out = io.StringIO()

    with redirect_stdout(out), redirect_stderr(out):
        status = main(["scenarios", "validate", str(file)])

    assert status in (0, 1)
    assert all(line.startswith(str(file)) for line in out.getvalue().splitlines()[:1])
