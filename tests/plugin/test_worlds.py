"""The fixtures of the plugin, and the world of each test."""

from __future__ import annotations

from pathlib import Path

import pytest

import understudy

pytest_plugins = ["pytester"]

SHOP = "agents: {clerk: {nodes: {greet: {say: What can I do for you?}}}}\n"

SAID = """
import httpx

def said(world, agent, text="Hi"):
    asked = {"assistant_id": agent, "input": {"messages": [{"role": "user", "content": text}]}}
    answer = httpx.post(f"{world.url}/runs/wait", json=asked, headers=world.headers)
    return answer.raise_for_status().json()["messages"][-1]["content"]
"""


@pytest.fixture(autouse=True)
def _asking(pytester: pytest.Pytester) -> None:
    """What several of the tests import."""
    pytester.makepyfile(asking=SAID)
    pytester.syspathinsert()


def test_each_test_has_a_world_of_its_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import httpx
        import pytest

        @pytest.mark.parametrize("turn", range(3))
        def test_it_is_new(agent_server, turn):
            before = agent_server.describe()["threads"]
            httpx.post(f"{agent_server.url}/threads", json={}, headers=agent_server.headers)

            assert before == 5  # those of the demo
            assert agent_server.describe()["threads"] == 6
    """)

    pytester.runpytest().assert_outcomes(passed=3)


def test_a_world_is_named_for_its_test_and_gone_after_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.mark.parametrize("word", ["a/b c"])
        def test_names(agent_server, word):
            assert agent_server.name.startswith("test_names-a-b-c~")

        def test_there_is_no_other(agent_server, understudy_server):
            assert [row["name"] for row in understudy_server.worlds()] == ["default", agent_server.name]
    """)

    pytester.runpytest().assert_outcomes(passed=2)


def test_the_clients_of_langgraph_sdk_talk_to_the_world(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import asyncio

        async def created(client):
            return (await client.threads.create())["thread_id"]

        def test_both_clients(agent_client, sync_agent_client, agent_server):
            # Two event loops, one after the other.
            for _ in range(2):
                thread = asyncio.run(created(agent_client))
                assert sync_agent_client.threads.get(thread)["status"] == "idle"
            assert agent_server.describe()["threads"] == 7
    """)

    pytester.runpytest("-W", "error").assert_outcomes(passed=1)


def test_who_has_no_langgraph_sdk_is_told_what_to_install(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import sys

        def test_it(monkeypatch, request):
            monkeypatch.setitem(sys.modules, "langgraph_sdk", None)
            request.getfixturevalue("agent_client")
    """)

    result = pytester.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*agent_client and sync_agent_client need langgraph-sdk: pip install langgraph-sdk"])


def test_the_marker_scenario_says_what_a_world_begins_with(pytester: pytest.Pytester) -> None:
    pytester.mkdir("tests")
    Path("tests/shop.yaml").write_text(SHOP)
    Path("tests/test_it.py").write_text("""
import pytest
from asking import said

pytestmark = pytest.mark.scenario("empty")
ROBOT = {"agents": {"robot": {"nodes": {"speak": {"say": "Beep."}}}}}

def test_a_name(agent_server):
    assert said(agent_server, "agent") == "echo Hi"

@pytest.mark.scenario("shop.yaml")
def test_a_path_from_the_file_of_the_test_in_place_of_that_of_the_module(agent_server):
    assert agent_server.snapshot()["agents"].keys() == {"clerk"}
    assert said(agent_server, "clerk") == "What can I do for you?"

@pytest.mark.scenario("shop.yaml", ROBOT, "empty")
def test_several(agent_server):
    assert agent_server.snapshot()["agents"].keys() == {"agent", "clerk", "robot"}
    assert said(agent_server, "robot") == "Beep."
""")

    pytester.runpytest().assert_outcomes(passed=3)


def test_the_ini_option_says_what_the_worlds_of_a_session_begin_with(pytester: pytest.Pytester) -> None:
    pytester.makefile(".yaml", shop=SHOP)
    pytester.makeini("[pytest]\nunderstudy_scenario = shop.yaml, empty\n")
    pytester.makepyfile("""
        def test_it(agent_server):
            assert agent_server.snapshot()["agents"].keys() == {"agent", "clerk"}
    """)

    pytester.runpytest().assert_outcomes(passed=1)


def test_a_fixture_says_what_the_worlds_of_a_folder_begin_with(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("""
        import pytest

        @pytest.fixture
        def understudy_scenario():
            return ["empty", {"agents": {"robot": {}}}]
    """)
    pytester.makepyfile("""
        def test_it(agent_server):
            assert agent_server.snapshot()["agents"].keys() == {"agent", "robot"}
    """)

    pytester.runpytest().assert_outcomes(passed=1)


def test_a_fixture_starts_the_server_with_other_options(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("""
        import pytest
        import understudy

        @pytest.fixture(scope="session")
        def understudy_server():
            with understudy.start("empty", api_keys=["secret"]) as server:
                yield server
    """)
    pytester.makepyfile("""
        import httpx

        def test_it(agent_server):
            assert httpx.post(f"{agent_server.url}/threads", headers=agent_server.headers, json={}).status_code == 401
    """)

    pytester.runpytest().assert_outcomes(passed=1)


def test_the_marker_frozen_time_lets_time_stand_still(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        from datetime import UTC, datetime, timedelta, timezone

        import pytest

        @pytest.mark.frozen_time("2026-01-01T00:00:00Z")
        def test_a_text(agent_server):
            assert agent_server.clock.now == datetime(2026, 1, 1, tzinfo=UTC)

        @pytest.mark.frozen_time(datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))))
        def test_a_moment(agent_server):
            assert agent_server.clock.now == datetime(2026, 1, 1, tzinfo=UTC)

        def test_otherwise_it_runs(agent_server):
            assert not agent_server.clock.frozen
    """)

    pytester.runpytest().assert_outcomes(passed=3)


def test_the_marker_seed_makes_the_same_ids(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import httpx
        import pytest

        ids = set()

        @pytest.mark.seed(7)
        @pytest.mark.frozen_time("2026-01-01T00:00:00Z")
        @pytest.mark.parametrize("turn", range(2))
        def test_it(agent_server, turn):
            made = httpx.post(f"{agent_server.url}/threads", json={}, headers=agent_server.headers).json()
            ids.add(made["thread_id"])
            assert len(ids) == 1
    """)

    pytester.runpytest().assert_outcomes(passed=2)


def test_what_is_done_to_a_world_in_a_test_stays_there(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        from asking import said

        def test_one(agent_server):
            agent_server.add_agent("support", {"nodes": {"speak": {"say": "Not today."}}})
            assert said(agent_server, "support") == "Not today."

        def test_two(agent_server):
            assert said(agent_server, "support").startswith("Hello!")
    """)

    pytester.runpytest().assert_outcomes(passed=2)


def test_files_of_a_test_are_those_beside_it(pytester: pytest.Pytester) -> None:
    pytester.mkdir("tests")
    Path("tests/shop.yaml").write_text(SHOP)
    Path("tests/test_it.py").write_text("""
def test_it(agent_server):
    agent_server.load("shop.yaml")
    agent_server.save("saved.yaml")
    agent_server.reset()
    assert "clerk" not in agent_server.snapshot()["agents"]

    agent_server.restore("saved.yaml")
    assert "clerk" in agent_server.snapshot()["agents"]
""")

    pytester.runpytest().assert_outcomes(passed=1)
    assert Path("tests/saved.yaml").exists()


def test_a_test_may_delete_its_world_itself(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        def test_it(agent_server):
            agent_server.delete()
    """)

    pytester.runpytest().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("marker", "sentence"),
    [
        ('scenario("dmeo")', 'no scenario "dmeo" ships with this server. Did you mean "demo"?'),
        ('scenario("missing.yaml")', "cannot read the scenario *missing.yaml: No such file or directory"),
        ('scenario("broken.yaml")', '*/broken.yaml:2: unknown key "agnts". Did you mean "agents"?'),
        ('scenario({"agnts": {}})', 'scenario: unknown key "agnts". Did you mean "agents"?'),
        ('scenario("empty", {"agnts": {}})', 'scenario 2: unknown key "agnts". Did you mean "agents"?'),
        ("scenario(7)", "a scenario is a name, a path, a text or a dict, not 7"),
        ("scenario", "the marker scenario takes names, paths or dicts, at least one"),
        ('scenario(name="demo")', "the marker scenario takes names, paths or dicts, at least one"),
        ('frozen_time("yesterday")', "clock must be a time *yesterday*"),
        ("frozen_time()", "the marker frozen_time takes one argument"),
        ("seed(1, 2)", "the marker seed takes one argument"),
        ('seed("seven")', '"seven" is not of type "integer", at *seed*'),
        ("fault(status=503)", "the marker fault: *missing 1 required positional argument: 'kind'"),
        ('fault("drop_steam")', 'the marker fault: *Did you mean "drop_stream"?'),
        ('fault("status", operation="POST /treads")', 'the marker fault: *Did you mean "POST /threads"?'),
    ],
)
def test_a_marker_that_is_wrong_is_told_with_its_place(marker: str, sentence: str, pytester: pytest.Pytester) -> None:
    pytester.makefile(".yaml", broken="description: of a mistake\nagnts: {}\n")
    file = pytester.makepyfile(f"""
        import pytest

        @pytest.mark.{marker}
        def test_it(agent_server):
            pass
    """)

    result = pytester.runpytest()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"{file.name}:3: {sentence}"])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*During handling*")


def test_a_scenario_of_the_session_that_is_wrong_is_told_in_one_sentence(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nunderstudy_scenario = dmeo\n")
    pytester.makepyfile("def test_it(agent_server): pass")

    result = pytester.runpytest()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(['understudy_scenario: no scenario "dmeo". Did you mean "demo"?*'])


def test_the_server_stands_in_for_the_apis_that_the_ini_option_names(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nunderstudy_api = agent-server, computer-agents\n")
    pytester.makepyfile("""
        import httpx
        import pytest

        @pytest.mark.parametrize("turn", range(2))
        def test_clients_of_both(agent_server, sync_agent_client, computer_agents_client, turn):
            said = {"messages": [{"role": "user", "content": "Where is my order A-1024?"}]}
            state = sync_agent_client.runs.wait(None, "support", input=said)
            thread = computer_agents_client.threads.create(agent_id="agent_orchard")
            answer = computer_agents_client.threads.send_message(thread["id"], content="Plan the harvest!")

            assert "A-1024" in state["messages"][-1]["content"]
            assert answer.content.endswith("Pears first.")
            agent_server.journal.expect("POST /runs/wait", times=1)
            agent_server.journal.expect("POST /v1/threads/{threadId}/messages", times=1)

        @pytest.mark.fault("status", operation="create_project", status=503, times=1)
        @pytest.mark.scenario("computer-agents/demo")
        def test_a_fault_of_one_in_a_scenario_of_one(agent_server, computer_agents_client):
            with pytest.raises(Exception, match="Service Unavailable"):
                computer_agents_client.projects.create(name="Orchard")

            assert agent_server.snapshot()["agents"].keys() == {"agent_orchard"}

        def test_a_slip_breaks_the_contract_of_either(agent_server):
            headers = {**agent_server.headers, "x-api-key": "any"}
            httpx.get(f"{agent_server.url}/v1/projects?orchard=north", headers=headers).raise_for_status()
    """)

    result = pytester.runpytest("-W", "error")

    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["*GET /v1/projects?orchard=north: *"])


def test_the_server_may_stand_in_for_the_other_api_alone(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        def test_it(agent_server, computer_agents_client):
            assert computer_agents_client.agents.get("agent_orchard")["id"] == "agent_orchard"
            assert [row["api"] for row in agent_server.coverage()["operations"]][:1] == ["computer-agents"]
    """)

    pytester.runpytest("-o", "understudy_api=computer-agents").assert_outcomes(passed=1)


def test_an_api_of_the_session_that_there_is_not_is_told_in_one_sentence(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(agent_server): pass")

    result = pytester.runpytest("-o", "understudy_api=computer-agent")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(['understudy_api: there is no API "computer-agent". Did you mean "computer-agents"?*'])


def test_who_does_not_serve_the_computer_agents_api_is_told_what_to_say(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(computer_agents_client): pass")

    result = pytester.runpytest()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*this one stands in for agent-server: say understudy_api = computer-agents in *"])


def test_who_has_no_computer_agents_is_told_what_to_install(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import sys

        def test_it(monkeypatch, request):
            monkeypatch.setitem(sys.modules, "computer_agents", None)
            request.getfixturevalue("computer_agents_client")
    """)

    result = pytester.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*computer_agents_client needs computer-agents: pip install computer-agents"])


@pytest.mark.parametrize("how", ["option", "environment"])
def test_tests_can_share_a_server(how: str, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    pytester.makepyfile("""
        def test_it(agent_server):
            assert agent_server.snapshot()["agents"].keys() == {"agent"}
            print("at", agent_server.url)
    """)
    with understudy.start("empty", control_key="secret") as server:
        monkeypatch.setenv("UNDERSTUDY_CONTROL_KEY", "secret")
        if how == "environment":
            monkeypatch.setenv("UNDERSTUDY_URL", server.url)
        result = pytester.runpytest("-s", *([f"--understudy-url={server.url}"] if how == "option" else []))

        result.assert_outcomes(passed=1)
        result.stdout.fnmatch_lines([f"*at {server.url}"])
        assert [row["name"] for row in server.worlds()] == ["default"]


def test_a_server_that_is_shared_need_not_begin_with_what_the_tests_need(pytester: pytest.Pytester) -> None:
    pytester.makefile(".yaml", shop=SHOP)
    pytester.makeini("[pytest]\nunderstudy_scenario = shop.yaml\n")
    pytester.makepyfile("""
        def test_it(agent_server):
            assert agent_server.snapshot()["agents"].keys() == {"clerk"}
    """)
    with understudy.start("empty") as server:
        pytester.runpytest(f"--understudy-url={server.url}").assert_outcomes(passed=1)


def test_a_marker_that_is_wrong_leaves_no_world(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.mark.fault("drop_steam")
        def test_it(agent_server):
            pass
    """)
    with understudy.start("empty") as server:
        pytester.runpytest(f"--understudy-url={server.url}").assert_outcomes(errors=1)

        assert [row["name"] for row in server.worlds()] == ["default"]


def test_a_server_that_is_not_there_is_told(pytester: pytest.Pytester) -> None:
    with understudy.start("empty") as server:
        url = server.url
    pytester.makepyfile("def test_it(agent_server): pass")

    result = pytester.runpytest(f"--understudy-url={url}")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*{url} does not answer*"])


def test_a_session_that_uses_no_server_starts_none(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import sys

        def test_it():
            assert not {"httpx", "connexion", "langgraph_sdk"} & set(sys.modules)
    """)

    pytester.runpytest_subprocess("-p", "no:anyio").assert_outcomes(passed=1)
