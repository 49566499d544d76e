"""The unmodified `mcp` client against the live fake, over streamable HTTP, at both paths of MCP."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import pytest
from mcp import Client

if TYPE_CHECKING:
    from tests.conftest import Server

Told = TypeVar("Told")

Speak: TypeAlias = Callable[[Callable[[Client], Awaitable[Told]]], Told]


@pytest.fixture(params=["/mcp", "/mcp/"])
def speak(request: pytest.FixtureRequest, server: Server, address: str) -> Speak[Told]:
    """Connect a client, speak with it, and return what came of that: `speak(Client.list_tools)`."""

    async def connected(speech: Callable[[Client], Awaitable[Told]]) -> Told:
        async with Client(address + request.param) as client:
            return await speech(client)

    return lambda speech: asyncio.run(connected(speech))


@pytest.fixture
def ours() -> None:
    """Skip a test of what other servers do not have."""
    if "UNDERSTUDY_CLIENT_TESTS_URL" in os.environ:
        pytest.skip("other servers have neither journal nor faults")
