"""`--understudy-coverage`: which operations and stream modes the tests have used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

TESTS = """
    import httpx
    import pytest

    @pytest.mark.parametrize("turn", range(3))
    def test_a_stream(agent_server, turn):
        asked = {"assistant_id": "support", "input": {}, "stream_mode": ["values", "custom"]}
        httpx.post(f"{agent_server.url}/runs/stream", json=asked, headers=agent_server.headers)

    def test_a_thread_that_is_not_there(agent_server):
        unknown = "00000000-0000-4000-8000-000000000000"
        httpx.get(f"{agent_server.url}/threads/{unknown}", headers=agent_server.headers)
"""

SUMMARY = [
    "*= understudy coverage =*",
    "Threads: 1 of 16",
    "*1  GET * /threads/{thread_id}  (404)",
    "*never  POST * /threads",
    "Stateless Runs: 1 of 4",
    "*3  POST * /runs/stream  (200)",
    "Stream modes: 2 of *",
    "4 of * used *",
]


def _uses(file: str) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    """Return what a file says was used: statuses by operation, and stream modes."""
    coverage = json.loads(Path(file).read_text())
    operations = {f"{row['method'].upper()} {row['path']}": row["statuses"] for row in coverage["operations"]}
    used = {name: statuses for name, statuses in operations.items() if statuses}
    return used, {mode: number for mode, number in coverage["stream_modes"].items() if number}


EXPECTED = ({"POST /runs/stream": {"200": 3}, "GET /threads/{thread_id}": {"404": 1}}, {"values": 3, "custom": 3})


def test_it_is_told_at_the_end_and_written_down(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TESTS)

    result = pytester.runpytest("--understudy-coverage=build/used.json")

    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(SUMMARY)
    assert _uses("build/used.json") == EXPECTED


def test_it_is_put_together_from_all_processes(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TESTS)

    result = pytester.runpytest_subprocess("-n", "2", "--understudy-coverage=used.json")

    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(SUMMARY)
    assert _uses("used.json") == EXPECTED


def test_it_is_told_without_a_file(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TESTS)

    result = pytester.runpytest("--understudy-coverage")

    result.stdout.fnmatch_lines(SUMMARY)
    assert not list(Path().glob("*.json"))


def test_it_says_that_nothing_was_used(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(): pass")

    pytester.runpytest("--understudy-coverage").stdout.fnmatch_lines(["No test has used the server."])


def test_it_is_not_told_where_nobody_asks(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TESTS)

    pytester.runpytest().stdout.no_fnmatch_line("*understudy coverage*")


def test_a_file_that_is_none_is_told(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest("--understudy-coverage", "tests")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--understudy-coverage: a file ends in .json, not 'tests'*"])
