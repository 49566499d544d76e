"""Whatever is sent to the Computer Agents API, it keeps its document: no 5xx, no hang, nothing undocumented."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.computer_agents.conversing import perform, say, steps
from tests.computer_agents.making import agent, computer, make, project
from tests.conftest import Server
from tests.fuzzing import HELD, schema
from understudy.config import Settings

SCHEMA = schema("computer-agents")

HEADERS = {"Authorization": "Bearer tb_test"}


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with closing(Server(Settings(strict=True, apis=("computer-agents",)))) as server:
        server.client.headers.update(HEADERS)
        yield server


@pytest.fixture
def there(running: Server) -> dict[str, str]:
    """Begin a world in which someone has worked; the ids of what is there, by the names that requests have for them."""
    perform(running)
    place = computer(running)
    thread = make(running, "threads", environmentId=place["id"], agentId="coder")
    say(running, thread, "hello")
    step = steps(running, thread)[-1]
    return {
        "environmentId": place["id"],
        "targetEnvironmentId": place["id"],
        "defaultEnvironmentId": place["id"],
        "agentId": agent(running)["id"],
        "projectId": project(running)["id"],
        "threadId": thread["id"],
        "stepId": step["id"],
        "snapshotId": step["snapshotAfterId"],
        "path": "src/hello.py",
    }


def name_what_is_there(told: Any, there: dict[str, str]) -> None:
    """Let what a request tells name what is there, wherever it names something."""
    if isinstance(told, dict):
        told.update({name: known for name, known in there.items() if isinstance(told.get(name), str)})


@SCHEMA.parametrize()
@settings(max_examples=10, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_an_operation_keeps_its_document(case: Any, there: dict[str, str], running: Server) -> None:
    for told in (case.path_parameters, case.query, case.body):
        name_what_is_there(told, there)

    answer = case.call(base_url=running.url, headers=HEADERS, timeout=20)

    case.validate_response(answer, checks=HELD)
