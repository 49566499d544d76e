"""Both clients of the unmodified langgraph-sdk against the live fake, each test with one after the other.

With `UNDERSTUDY_CLIENT_TESTS_URL` the clients speak to the server at that address instead, a real one for example,
which plays the same agents: what a test claims of runs can so be held to the original.
"""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import pytest
from langgraph.pregel.remote import RemoteGraph
from langgraph_sdk import get_client, get_sync_client

if TYPE_CHECKING:
    from langgraph_sdk.client import SyncLangGraphClient

    from tests.conftest import Server

Connect: TypeAlias = Callable[..., "SyncLangGraphClient"]

Far: TypeAlias = Callable[..., RemoteGraph]

Spoken: TypeAlias = Callable[[Any], Any]


class Blocking:
    """The asynchronous client with methods that wait for their outcome, so that one test speaks for both clients."""

    def __init__(self, part: Any, runner: asyncio.Runner) -> None:
        self._part = part
        self._runner = runner

    def __getattr__(self, name: str) -> Any:
        value = self._named(name)
        return partial(self._call, value) if callable(value) else Blocking(value, self._runner)

    def _named(self, name: str) -> Any:
        return getattr(self._part, name)

    def _call(self, method: Any, *args: Any, **options: Any) -> Any:
        outcome = method(*args, **options)
        if inspect.iscoroutine(outcome):
            outcome = self._runner.run(outcome)
        return self._pulled(outcome) if isinstance(outcome, AsyncIterator) else outcome

    def _pulled(self, items: AsyncIterator[Any]) -> Iterator[Any]:
        async def pull() -> Any:
            return await anext(items, end)

        end = object()
        try:
            while (item := self._runner.run(pull())) is not end:
                yield item
        finally:
            if isinstance(items, AsyncGenerator):
                self._runner.run(items.aclose())


class BlockingGraph(Blocking):
    """A graph of langgraph that calls `ainvoke` for `invoke`, and so on, and waits for their outcome."""

    def _named(self, name: str) -> Any:
        return getattr(self._part, f"a{name}", None) or getattr(self._part, name)


@pytest.fixture(scope="session", params=["sync", "async"])
def connect(request: pytest.FixtureRequest) -> Iterator[Connect]:
    """Make clients: `connect(url=…, api_key=…)`. All of them are closed in the end."""
    opened: list[SyncLangGraphClient] = []
    with asyncio.Runner() as runner:

        def connection(**options: Any) -> SyncLangGraphClient:
            if request.param == "sync":
                client = get_sync_client(**options)
            else:
                client = cast("SyncLangGraphClient", Blocking(get_client(**options), runner))
            opened.append(client)
            return client

        yield connection
        for client in opened:
            if isinstance(client, Blocking):
                client.aclose()
            else:
                client.close()


@pytest.fixture(scope="session")
def address(running: Server) -> str:
    """Where the clients are pointed at."""
    return os.environ.get("UNDERSTUDY_CLIENT_TESTS_URL") or running.url


@pytest.fixture(scope="session")
def connected(address: str, connect: Connect) -> SyncLangGraphClient:
    """A client of the live server, made once for all tests: making one takes longer than a test."""
    return connect(url=address, api_key=None)


@pytest.fixture
def client(server: Server, connected: SyncLangGraphClient) -> SyncLangGraphClient:
    """A client of the live server, which has a new world."""
    return connected


@pytest.fixture(scope="session", params=["sync", "async"])
def spoken(request: pytest.FixtureRequest) -> Iterator[Spoken]:
    """Let a graph be spoken to by its methods that wait or by those that are awaited, under the same names."""
    with asyncio.Runner() as runner:

        def way(graph: Any) -> Any:
            return graph if request.param == "sync" else BlockingGraph(graph, runner)

        yield way


@pytest.fixture(scope="session")
def first(address: str, spoken: Spoken) -> Iterator[RemoteGraph]:
    """A graph whose clients all others share: making them takes longer than a test."""
    graph = RemoteGraph("agent", url=address, api_key=None)
    assert graph.client
    assert graph.sync_client
    yield graph
    graph.sync_client.close()
    if closing := spoken(graph.client).aclose():
        asyncio.run(closing)


@pytest.fixture
def far(server: Server, first: RemoteGraph) -> Far:
    """Make graphs that run on the live server, which has a new world: `far("steps", name=…)`."""

    def graph(assistant: str, **options: Any) -> RemoteGraph:
        return RemoteGraph(assistant, client=first.client, sync_client=first.sync_client, **options)

    return graph
