"""The command line, as a shell sees it: what is printed where, and the exit status."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

PATIENCE = 60
"""Seconds that a command may take."""


def understudy(*arguments: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "understudy", *arguments],
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@contextmanager
def serving(*arguments: str, environment: dict[str, str] | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve on a free port; gives the process and the line that it prints when it is ready."""
    command = [sys.executable, "-m", "understudy", "serve", "--port", "0", *arguments]
    env = {**os.environ, **(environment or {})}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=env, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            assert process.stdout
            yield process, process.stdout.readline()
        finally:
            process.kill()


def stopped(process: subprocess.Popen[str], by: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
    """Tell the server to stop; return the exit status and what it printed after its first line."""
    process.send_signal(by)
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out, err


# help


@pytest.mark.parametrize(
    "arguments", [["--help"], ["serve", "--help"], ["scenarios", "validate", "--help"], ["--version"]]
)
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys\n"
        "from understudy.cli import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "finally:\n    print('MODULES', *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False
    )

    assert done.returncode == 0, done.stderr
    imported = {name.partition(".")[0] for name in done.stdout.partition("MODULES ")[2].split()}
    assert imported.isdisjoint(
        {"connexion", "croniter", "httpx", "jsonschema", "jsonschema_rs", "starlette", "uvicorn", "yaml"}
    )


def test_help_shows_every_option_of_serve_and_examples() -> None:
    shown = understudy("serve", "--help").stdout

    options = {"scenario", "host", "port", "seed", "clock", "api-key", "strict", "log-level", "max-body"}
    options |= {"allow-loopback-webhooks", "api"}
    assert {option for option in options if f"--{option}" not in shown} == set()
    assert "examples:" in shown


def test_the_version_is_that_of_the_package() -> None:
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "(.*)"', project, re.MULTILINE)

    assert version
    assert understudy("--version").stdout == f"understudy {version[1]}\n"


MISTAKES = {
    ("serv",): 'understudy: "serv" is no command. Did you mean "serve"?',
    ("scenarios", "lst"): 'understudy: "lst" is no command. Did you mean "list"?',
    ("serve", "--prt", "1"): 'understudy: unknown argument "--prt". Did you mean "--port"?',
    ("serve", "--port", "x"): 'understudy: --port: a port is a number from 0 to 65535, not "x"',
    ("serve", "--api", "computer-agent"): (
        'understudy: --api: there is no API "computer-agent". Did you mean "computer-agents"?'
    ),
    ("serve", "--api", "agent-server,agent-server"): (
        'understudy: --api: "agent-server" is named twice; each API is served once'
    ),
    ("serve", "--scenario", "computer-agents/demo"): (
        'understudy: no scenario "computer-agents/demo". Scenarios of computer-agents are served with --api '
        "computer-agents. A file of your own ends in .yaml."
    ),
    ("serve", "--scenario", "dmo"): (
        'understudy: no scenario "dmo". Did you mean "demo"? A file of your own ends in .yaml.'
    ),
    ("scenarios", "show", "dmo"): (
        'understudy: no scenario "dmo". Did you mean "demo"? A file of your own ends in .yaml.'
    ),
    ("scenarios", "show", "computer-agents/dmo"): (
        'understudy: no scenario "computer-agents/dmo". Did you mean "computer-agents/demo"? A file of your own ends '
        "in .yaml."
    ),
    ("scenarios", "validate", "nowhere.yaml"): (
        "understudy: cannot read the scenario nowhere.yaml: No such file or directory"
    ),
}


@pytest.mark.parametrize(("arguments", "message"), MISTAKES.items())
def test_a_mistake_ends_with_2_and_says_what_would_be_right(arguments: tuple[str, ...], message: str) -> None:
    done = understudy(*arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[0] == message


def test_a_command_is_needed() -> None:
    done = understudy()

    assert done.returncode == 2
    assert "understudy --help" in done.stderr


# serve


def test_serve_prints_one_line_when_it_is_ready_and_ends_with_0_on_sigterm() -> None:
    with serving() as (process, line):
        told = re.fullmatch(r"understudy: (http://127\.0\.0\.1:\d+) \(agent-server, scenario demo, 5 threads\)\n", line)
        assert told
        answered = httpx.get(f"{told[1]}/ok")

        assert answered.json()["ok"] is True
        assert stopped(process) == (0, "", "")


def test_serve_ends_with_0_when_it_is_interrupted() -> None:
    with serving("--scenario", "empty") as (process, _):
        assert stopped(process, signal.SIGINT) == (0, "", "")


def test_serve_stands_in_for_another_api() -> None:
    with serving("--api", "computer-agents") as (_, line):
        answered = httpx.get(f"{line.split()[1]}/v1/health")

    assert re.search(r" \(computer-agents, scenario demo, \d+ threads\)\n$", line)
    assert answered.json()["status"] == "healthy"


def test_serve_stands_in_for_two_apis_at_once_and_counts_the_threads_of_both() -> None:
    with serving("--api", "agent-server", "--api", "computer-agents") as (process, line):
        url = line.split()[1]
        answers = [httpx.get(f"{url}{path}").status_code for path in ("/ok", "/v1/health", "/v1/ok", "/health")]
        theirs = httpx.get(f"{url}/v1/threads", headers={"x-api-key": "any"}).json()["total_count"]

        assert answers == [200, 200, 404, 404]
        assert line.endswith(f" (agent-server + computer-agents, scenario demo, {5 + theirs} threads)\n")
        assert stopped(process) == (0, "", "")


def test_the_environment_names_several_apis_and_a_scenario_of_one() -> None:
    environment = {
        "UNDERSTUDY_API": "agent-server,computer-agents",
        "UNDERSTUDY_SCENARIO": "computer-agents/empty,agent-server/demo",
    }
    with serving(environment=environment) as (_, line):
        pass

    assert "(agent-server + computer-agents, scenario empty, demo, 5 threads)" in line


def test_scenarios_are_listed_by_api() -> None:
    assert "large" in understudy("scenarios", "list", "--api", "agent-server").stdout
    assert "large" not in understudy("scenarios", "list", "--api", "computer-agents").stdout


def test_every_name_that_is_listed_means_a_scenario() -> None:
    names = [row.split()[0] for row in understudy("scenarios", "list").stdout.splitlines()]

    validated = understudy("scenarios", "validate", *names)

    assert (validated.returncode, validated.stdout.count(": fine (")) == (0, 6)


def test_scenarios_show_what_they_tell_of_the_computer_agents_api() -> None:
    rows = understudy("scenarios", "list", "--api", "computer-agents").stdout.splitlines()
    shown = understudy("scenarios", "show", "demo", "--api", "computer-agents").stdout
    validated = understudy("scenarios", "validate", "demo", "--api", "computer-agents")

    assert rows[0].startswith("demo   2 agents, 3 threads, 2 computers  An orchard")
    assert "  env_office  Orchard office, the default\n" in shown
    assert "  thread_plan  completed    Harvest, week 38, 6 messages\n" in shown
    assert (validated.returncode, validated.stdout) == (0, "demo: fine (3 threads, 2 computers)\n")


def test_serve_puts_scenarios_together() -> None:
    with serving("--scenario", "reference", "--scenario", "demo") as (_, line):
        graphs = httpx.post(f"{line.split()[1]}/assistants/count", json={}).json()

    assert line.endswith("(agent-server, scenario reference, demo, 5 threads)\n")
    assert graphs == 8 + 4


def test_serve_reads_the_environment() -> None:
    environment = {"UNDERSTUDY_SCENARIO": "large:threads=7,users=2", "UNDERSTUDY_API_KEY": "secret"}
    with serving(environment=environment) as (_, line):
        url = line.split()[1]

        assert line.endswith("(agent-server, scenario large, 7 threads)\n")
        assert httpx.post(f"{url}/threads/count", json={}).status_code in (401, 403)
        assert httpx.post(f"{url}/threads/count", json={}, headers={"x-api-key": "secret"}).json() == 7


def test_seed_and_clock_make_every_run_the_same() -> None:
    answers = []
    for _ in range(2):
        with serving("--seed", "7", "--clock", "2026-01-01T00:00:00Z", "--scenario", "empty") as (_, line):
            answers.append(httpx.post(f"{line.split()[1]}/threads", json={}).json())

    assert answers[0] == answers[1]
    assert answers[0]["created_at"] == "2026-01-01T00:00:00+00:00"


def test_a_body_that_is_too_large_is_refused() -> None:
    with serving("--max-body", "1KB", "--scenario", "empty") as (_, line):
        answered = httpx.post(f"{line.split()[1]}/threads", json={"metadata": {"text": "x" * 2000}})

    assert answered.status_code == 413


@pytest.mark.parametrize(("flags", "status"), [((), 422), (("--allow-loopback-webhooks",), 200)])
def test_webhooks_on_this_machine_are_allowed_on_demand(flags: tuple[str, ...], status: int) -> None:
    cron = {"assistant_id": "agent", "schedule": "@yearly", "webhook": "http://localhost:1/hook"}

    with serving("--scenario", "empty", *flags) as (_, line):
        answered = httpx.post(f"{line.split()[1]}/runs/crons", json=cron)

    assert answered.status_code == status, answered.text


def test_a_port_that_is_taken_ends_with_2_and_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = understudy("serve", "--port", port, "--scenario", "empty")

    assert (done.returncode, done.stdout) == (2, "")
    assert f"port {port}: address already in use" in done.stderr
    assert "--port 0" in done.stderr


def test_a_scenario_with_mistakes_ends_with_2_and_tells_all_of_them(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("threads:\n- {status: idel}\n- {thread_id: x}\n")

    done = understudy("serve", "--port", "0", "--scenario", str(mine))

    assert (done.returncode, done.stdout) == (2, "")
    assert "threads[0].status" in done.stderr
    assert "threads[1].thread_id" in done.stderr


def test_other_machines_without_a_key_are_warned_of() -> None:
    with serving("--host", "0.0.0.0", "--scenario", "empty") as (process, _):
        without = stopped(process)[2]
    with serving("--host", "0.0.0.0", "--api-key", "k", "--scenario", "empty") as (process, _):
        with_key = stopped(process)[2]

    assert "--api-key" in without
    assert with_key == ""


# scenarios


def test_list_names_every_scenario_with_its_counts_and_first_line() -> None:
    rows = understudy("scenarios", "list").stdout.splitlines()

    names = ["demo", "empty", "large", "reference", "computer-agents/demo", "computer-agents/empty"]
    assert [row.split()[0] for row in rows] == names
    assert re.fullmatch(r"demo +2 agents, 5 threads +A small shop's support desk .*", rows[0])
    assert "1,000 threads" in rows[2]


def test_show_tells_what_is_in_a_scenario() -> None:
    shown = understudy("scenarios", "show", "demo").stdout

    assert "support: Answers customers; refunds have to be approved." in shown
    assert re.search(r"22222222-2222-4222-8222-222222222222 +interrupted +user grace", shown)


def test_show_prints_the_file_as_it_was_written() -> None:
    shown = understudy("scenarios", "show", "empty", "--yaml").stdout

    assert shown == (Path(__file__).parents[2] / "fixtures/agent-server/empty.yaml").read_text(encoding="utf-8")


def test_validate_ends_with_0_when_all_is_well() -> None:
    done = understudy("scenarios", "validate", "demo", "large:threads=3")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "demo: fine (5 threads)\nlarge:threads=3: fine (3 threads)\n"


def test_validate_ends_with_1_and_tells_every_mistake_of_every_file(tmp_path: Path) -> None:
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text("threads:\n- {status: idel}\n")
    two.write_text("store: {}\nthred: []\n")

    done = understudy("scenarios", "validate", str(one), "demo", str(two))

    assert done.returncode == 1
    assert re.findall(r"(\w+)\.yaml:(\d+): ", done.stdout) == [("one", "2"), ("two", "1"), ("two", "2")]
    assert "demo: fine" in done.stdout


def test_validate_goes_on_after_a_file_that_is_not_there() -> None:
    done = understudy("scenarios", "validate", "nowhere.yaml", "empty")

    assert done.returncode == 2
    assert done.stdout == "empty: fine (0 threads)\n"


def test_validate_can_put_a_file_together_with_others(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("threads: [{metadata: {graph_id: steps}, values: {n: 1}}]\n")

    alone = understudy("scenarios", "validate", str(mine))
    together = understudy("scenarios", "validate", str(mine), "--with", "reference")

    assert (alone.returncode, together.returncode) == (1, 0)
