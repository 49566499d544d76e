"""The client of the unmodified computer-agents SDK against the live fake, which has a new world for each test."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from computer_agents import ComputerAgentsClient

from tests.computer_agents.conversing import perform
from tests.conftest import Server
from understudy.config import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def running() -> Iterator[Server]:
    """The one server of this API in a test session."""
    with closing(Server(Settings(strict=True, apis=("computer-agents",)))) as server:
        yield server


@pytest.fixture
def server(running: Server) -> Server:
    """The server with a new world, whose agents write files, use tools, linger and fail."""
    perform(running)
    return running


@pytest.fixture(scope="session")
def connected(running: Server) -> Iterator[ComputerAgentsClient]:
    """A client of the live server, made once for all tests: making one takes longer than a test."""
    with ComputerAgentsClient("tb_test", base_url=running.url) as client:
        yield client


@pytest.fixture
def client(server: Server, connected: ComputerAgentsClient) -> ComputerAgentsClient:
    """A client of the live server, which has a new world."""
    return connected


@pytest.fixture
def thread(client: ComputerAgentsClient) -> Any:
    """A thread in which the coder was told of two things, and wrote each into its file."""
    made = client.threads.create(agent_id="coder", title="Greetings")
    for text in ("first", "second"):
        client.threads.send_message(made["id"], content=text)
    return client.threads.get(made["id"])
