"""The pytest plugin: a server for the session, a world for each test, and what is to be told when a test is over.

pytest imports this in every session, so nothing but pytest and the standard library is imported at its top.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from understudy.pytest_plugin import coverage

if TYPE_CHECKING:
    from computer_agents import ComputerAgentsClient
    from langgraph_sdk.client import LangGraphClient, SyncLangGraphClient

    from understudy.control import Control
    from understudy.control.given import Given
    from understudy.pytest_plugin.worlds import AgentServer

MARKERS = (
    "scenario(*scenarios): what the test's world begins with: names, paths relative to the test's file, or dicts",
    "fault(kind, **which): let requests of the test fail; what may be told is what agent_server.faults.add takes",
    "frozen_time(moment): let the test's world stand still at this moment, a datetime or an ISO 8601 text",
    "seed(number): draw the ids of the test's world from this number",
)

_WORLD: pytest.StashKey[AgentServer] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, all of which begin with `understudy`."""
    group = parser.getgroup("understudy")
    group.addoption(
        "--understudy-url",
        metavar="URL",
        help="make the tests' worlds in this server instead of starting one (environment: UNDERSTUDY_URL; the "
        "control key, if it has one: UNDERSTUDY_CONTROL_KEY)",
    )
    group.addoption(
        "--understudy-coverage",
        metavar="FILE.json",
        nargs="?",
        const="",
        help="tell which operations and stream modes the tests have used; =FILE.json writes that down as well",
    )
    parser.addini("understudy_scenario", "what the worlds of tests begin with (default: demo)", default="")
    parser.addini(
        "understudy_api", "what the server stands in for: agent-server (default), computer-agents, or both", default=""
    )
    parser.addini("understudy_strict_faults", "fail tests whose faults did not all fire", type="bool", default=True)
    parser.addini(
        "understudy_strict_contract", "fail tests that sent what breaks the contract", type="bool", default=True
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known, and begin to count where that is asked for."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    coverage.configure(config)


@pytest.fixture(scope="session")
def understudy_server(request: pytest.FixtureRequest) -> Iterator[Control]:
    """The server of this process' tests: one that was started for them, or the one at `--understudy-url`.

    Override it to start one with other options: `with understudy.start(..., strict=True) as server: yield server`.
    """
    from understudy.pytest_plugin.worlds import serving

    with serving(request.config) as server:
        yield server


@pytest.fixture(scope="session")
def understudy_scenario() -> Given | Sequence[Given] | None:
    """What the worlds of tests without the marker `scenario` begin with: a name, a path, a dict, or several of these.

    Override it for a folder or a module. None is what the server was started with, see the ini option of this name.
    """
    return None


@pytest.fixture
def agent_server(
    request: pytest.FixtureRequest, understudy_server: Control, understudy_scenario: Given | Sequence[Given] | None
) -> Iterator[AgentServer]:
    """A world for this test alone, which ends with it: where it is, and all that can be done with it.

    `agent_server.url` and `agent_server.headers` are what a client of it needs.
    """
    from understudy.pytest_plugin.worlds import made_for, place_of, told_briefly

    with told_briefly(place_of(request.node)):
        world = made_for(request.node, understudy_server, understudy_scenario)
    request.node.stash[_WORLD] = world
    yield world
    coverage.count(request.config, world)
    world.delete()


@pytest.fixture
def agent_client(agent_server: AgentServer) -> LangGraphClient:
    """The async client of langgraph-sdk, which talks to this test's world."""
    from understudy.pytest_plugin.clients import client

    return client(agent_server)


@pytest.fixture
def sync_agent_client(agent_server: AgentServer) -> Iterator[SyncLangGraphClient]:
    """The sync client of langgraph-sdk, which talks to this test's world."""
    from understudy.pytest_plugin.clients import sync_client

    made = sync_client(agent_server)
    yield made
    made.http.client.close()


@pytest.fixture
def computer_agents_client(agent_server: AgentServer) -> Iterator[ComputerAgentsClient]:
    """The client of the SDK computer-agents, which talks to this test's world; see the ini option `understudy_api`."""
    from understudy.pytest_plugin.clients import computer_agents_client

    with computer_agents_client(agent_server) as made:
        yield made


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test that has passed although something did not go as it was meant to."""
    result = yield
    world = item.stash.get(_WORLD, None)
    if complaints := _in_vain(item) if world is None else world.complaints():
        pytest.fail("\n".join(complaints), pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the journal of a test that has failed, or whose fixtures have."""
    report = yield
    world = item.stash.get(_WORLD, None)
    if world is not None and report.failed and report.when != "teardown":
        report.sections.append(("understudy journal", world.story()))
    return report


def _in_vain(item: pytest.Item) -> list[str]:
    """Return a complaint of a test that has faults and no world. Those of its module may be meant for other tests."""
    faults = [mark for mark in item.own_markers if mark.name == "fault"]
    if not faults or not item.config.getini("understudy_strict_faults"):
        return []
    return ["The marker fault does nothing here: the test does not use agent_server."]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write down what was used, or hand it to the process that collects it."""
    coverage.finish(session.config)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what the tests of a process of pytest-xdist have used."""
    coverage.collect(node)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what was used."""
    coverage.tell(terminalreporter)
