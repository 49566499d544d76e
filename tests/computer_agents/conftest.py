"""A live server of the Computer Agents API, which holds its own answers to the document; a world per test."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.conftest import Server
from understudy.config import Settings
from understudy.state.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "tb_test"


@pytest.fixture(scope="session")
def running() -> Iterator[Server]:
    """The one server of this API in a test session. Its client has a key."""
    with closing(Server(Settings(strict=True, apis=("computer-agents",)))) as server:
        server.client.headers["Authorization"] = f"Bearer {KEY}"
        yield server


@pytest.fixture
def server(running: Server) -> Server:
    """The server with an empty world: there is the agent that every world has, and nothing else."""
    running.begin(World)
    return running
