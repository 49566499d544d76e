"""Clients of the unmodified a2a-sdk against the live fake, each test with one of either version of the protocol.

With `UNDERSTUDY_CLIENT_TESTS_URL` they speak to the server at that address instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

import httpx
import pytest

from tests.clients.a2a.talking import Agent
from understudy.state.ids import assistant_of

if TYPE_CHECKING:
    from tests.conftest import Server

Meet: TypeAlias = Callable[..., Agent]


@pytest.fixture(scope="session")
def runner() -> Iterator[asyncio.Runner]:
    """What the clients' coroutines are run with."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def meet(server: Server, address: str, runner: asyncio.Runner) -> Iterator[Meet]:
    """Meet the assistant of a graph on the live server, which has a new world: `meet("steps", "0.3")`."""
    http = httpx.AsyncClient(timeout=30)
    yield lambda graph, version="1.0": Agent(runner, http, f"{address}/a2a/{assistant_of(graph)}", version)
    runner.run(http.aclose())


@pytest.fixture(params=["1.0", "0.3"])
def version(request: pytest.FixtureRequest) -> str:
    """The version of the protocol that is spoken."""
    return str(request.param)


@pytest.fixture
def agent(meet: Meet, version: str) -> Agent:
    """The assistant that echoes, asks and fails."""
    return meet("agent", version)
