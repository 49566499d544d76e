"""`understudy.start()`: a server in a thread of this process."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

import understudy
from understudy.errors import SetupError

SLOW = {"agents": {"slow": {"nodes": {"think": [{"wait": 60}, {"say": "Done."}]}}}}
GREETER = {"agents": {"greeter": {"nodes": {"greet": {"say": "Hello!"}}}}}


@pytest.fixture(scope="module")
def demo() -> Iterator[understudy.Server]:
    with understudy.start() as server:
        yield server


def _said(url: str, agent: str, **headers: str) -> str:
    asked = {"assistant_id": agent, "input": {"messages": [{"role": "user", "content": "Hi"}]}}
    answer = httpx.post(f"{url}/runs/wait", json=asked, headers=headers).raise_for_status().json()
    text: str = answer["messages"][-1]["content"]
    return text


def test_it_answers_at_once(demo: understudy.Server) -> None:
    assert httpx.get(f"{demo.url}/ok").json()["ok"] is True


def test_it_begins_with_the_demo(demo: understudy.Server) -> None:
    assert demo.world().describe()["threads"] == 5


def test_it_serves_this_machine_only(demo: understudy.Server) -> None:
    assert demo.url.startswith("http://127.0.0.1:")


def test_two_of_them_are_apart(demo: understudy.Server) -> None:
    with understudy.start("empty") as other:
        assert other.url != demo.url
        assert other.world().describe()["threads"] == 0


def test_it_stands_in_for_another_api_with_that_ones_scenarios() -> None:
    with understudy.start(api="computer-agents", api_keys="tb_one") as server:
        agents = httpx.get(f"{server.url}/v1/agents", headers={"authorization": "Bearer tb_one"}).json()["data"]
        scenarios = httpx.get(f"{server.url}/_understudy/scenarios").json()

    assert "agent_orchard" in [agent["id"] for agent in agents]
    assert [scenario["name"] for scenario in scenarios] == ["demo", "empty"]


def test_an_api_that_there_is_not_is_told() -> None:
    with pytest.raises(SetupError, match='--api: there is no API "agents"'):
        understudy.start(api="agents")


def test_it_begins_with_data() -> None:
    with understudy.start(GREETER) as server:
        assert _said(server.url, "greeter") == "Hello!"


def test_it_begins_with_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("agents: {greeter: {nodes: {greet: {say: Hello!}}}}")

    for given in (file, str(file)):
        with understudy.start(given) as server:
            assert _said(server.url, "greeter") == "Hello!"


def test_it_begins_with_a_text() -> None:
    with understudy.start("agents:\n  greeter: {nodes: {greet: {say: Hello!}}}\n") as server:
        assert _said(server.url, "greeter") == "Hello!"


def test_it_begins_with_several_scenarios() -> None:
    with understudy.start("empty", GREETER) as server:
        assert _said(server.url, "greeter") == "Hello!"
        assert _said(server.url, "agent") == "echo Hi"


def test_the_same_seed_and_clock_make_the_same_answers() -> None:
    answers = []
    for _ in range(2):
        with understudy.start("empty", seed=7, clock=datetime(2026, 1, 1, tzinfo=UTC)) as server:
            answers.append(httpx.post(f"{server.url}/threads", json={}).content)

    assert answers[0] == answers[1]
    assert b"2026-01-01T00:00:00" in answers[0]


def test_a_clock_can_be_written_as_text() -> None:
    with understudy.start("empty", clock="2026-01-01T00:00:00Z") as server:
        assert server.world().clock.now == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("keys", [["secret", "other"], "secret"])
def test_clients_need_an_api_key_where_there_are_some(keys: str | list[str]) -> None:
    with understudy.start("empty", api_keys=keys) as server:
        statuses = [
            httpx.post(f"{server.url}/threads", json={}, headers=headers).status_code
            for headers in ({}, {"x-api-key": "secret"})
        ]

    assert statuses == [401, 200]


def test_whoever_steers_it_needs_its_control_key() -> None:
    with understudy.start("empty", control_key="secret") as server:
        assert server.world().describe()["threads"] == 0

        with pytest.raises(understudy.ControlError, match="control key"):
            understudy.connect(server.url).describe()


def test_what_starts_it_knows_nothing_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERSTUDY_API_KEY", "secret")

    with understudy.start("empty") as server:
        assert httpx.post(f"{server.url}/threads", json={}).status_code == 200


@pytest.mark.parametrize(
    ("scenario", "sentence"),
    [
        ("dmo", 'no scenario "dmo". Did you mean "demo"?'),
        ("missing.yaml", "cannot read the scenario missing.yaml"),
        ({"agnts": {}}, 'Did you mean "agents"?'),
        ({"agents": {"a": {"nodes": {"n": {"sya": "x"}}}}}, "agents.a.nodes.n"),
    ],
)
def test_a_scenario_that_is_wrong_is_told_to_who_starts_it(scenario: understudy.Given, sentence: str) -> None:
    before = threading.active_count()

    with pytest.raises(SetupError) as told:
        understudy.start(scenario)

    assert sentence in str(told.value)
    assert threading.active_count() == before


def test_a_clock_that_is_none_is_told() -> None:
    with pytest.raises(SetupError, match="a time is written like"):
        understudy.start(clock="yesterday")


def test_a_port_that_is_taken_is_told(demo: understudy.Server) -> None:
    with pytest.raises(SetupError, match="address already in use"):
        understudy.start(port=int(demo.url.rpartition(":")[2]))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/threads/{}/runs/stream", {"assistant_id": "slow", "input": {}}),
        ("POST", "/threads/{}/runs/wait", {"assistant_id": "slow", "input": {}}),
        ("GET", "/threads/{}/stream", None),
    ],
)
def test_it_stops_quickly_while_somebody_reads_a_stream(method: str, path: str, body: object) -> None:
    server = understudy.start(SLOW)
    with httpx.Client(base_url=server.url) as client:
        thread = client.post("/threads", json={}).json()["thread_id"]
        with client.stream(method, path.format(thread), json=body):
            begun = time.perf_counter()
            server.close()

    assert time.perf_counter() - begun < 2


def test_it_stops_quickly_while_a_socket_is_open() -> None:
    server = understudy.start(SLOW)
    thread = httpx.post(f"{server.url}/threads", json={}).json()["thread_id"]
    with connect(f"{server.url.replace('http', 'ws')}/threads/{thread}/stream/events"):
        begun = time.perf_counter()
        server.close()

    assert time.perf_counter() - begun < 2


def test_it_leaves_no_thread_and_no_port() -> None:
    before = threading.active_count()

    server = understudy.start("empty")
    server.close()

    assert threading.active_count() == before
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)


def test_it_may_be_closed_twice() -> None:
    server = understudy.start("empty")

    server.close()
    server.close()


def test_it_may_be_started_and_left_in_a_coroutine() -> None:
    async def ask() -> int:
        async with understudy.start("empty") as server, httpx.AsyncClient(base_url=server.url) as client:
            return (await client.get("/ok")).status_code

    assert asyncio.run(ask()) == 200


def test_a_program_that_forgets_to_close_it_ends_all_the_same() -> None:
    program = "import understudy; print(understudy.start('empty').url)"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)

    assert done.stdout.startswith("http://127.0.0.1:")
    assert done.stderr == ""


def test_a_program_for_which_warnings_are_errors_can_start_it() -> None:
    program = "import understudy\nwith understudy.start('empty') as server: server.world().describe()"

    command = [sys.executable, "-W", "error", "-X", "dev", "-c", program]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""


def test_the_package_alone_imports_nothing_but_the_standard_library() -> None:
    program = "import sys, understudy; print([name for name in ('connexion', 'httpx', 'yaml') if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)

    assert done.stdout.strip() == "[]"


def test_a_name_that_the_package_does_not_have_is_told() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'strat'"):
        understudy.strat  # type: ignore[attr-defined]  # noqa: B018  # as somebody may write it
