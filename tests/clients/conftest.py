"""Both clients of the unmodified langgraph-sdk against the live fake, each test with one after the other."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import pytest
from langgraph_sdk import get_client, get_sync_client

if TYPE_CHECKING:
    from langgraph_sdk.client import SyncLangGraphClient

    from tests.conftest import Server

Connect: TypeAlias = Callable[..., "SyncLangGraphClient"]


class Blocking:
    """The asynchronous client with methods that wait for their outcome, so that one test speaks for both clients."""

    def __init__(self, part: Any, runner: asyncio.Runner) -> None:
        self._part = part
        self._runner = runner

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._part, name)
        if inspect.iscoroutinefunction(value):
            return lambda *args, **options: self._waited(self._runner.run(value(*args, **options)))
        return value if callable(value) else Blocking(value, self._runner)

    def _waited(self, outcome: Any) -> Any:
        return self._pulled(outcome) if isinstance(outcome, AsyncIterator) else outcome

    def _pulled(self, items: AsyncIterator[Any]) -> Iterator[Any]:
        async def pull() -> Any:
            return await anext(items, end)

        end = object()
        while (item := self._runner.run(pull())) is not end:
            yield item


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
def connected(running: Server, connect: Connect) -> SyncLangGraphClient:
    """A client of the live server, made once for all tests: making one takes longer than a test."""
    return connect(url=running.url, api_key=None)


@pytest.fixture
def client(server: Server, connected: SyncLangGraphClient) -> SyncLangGraphClient:
    """A client of the live server, which has a new world."""
    return connected
