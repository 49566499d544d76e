"""Clients of the vendors' SDKs for the world of a test."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from computer_agents import ComputerAgentsClient
    from langgraph_sdk.client import LangGraphClient, SyncLangGraphClient

    from understudy.pytest_plugin.worlds import AgentServer

# A connection that is kept would outlive the event loop of its test, and be told of as a socket that nobody closed.
_LEAVE = {"Connection": "close"}


def client(world: AgentServer) -> LangGraphClient:
    """Return an async client; it may be used in several event loops, and need not be closed."""
    made: LangGraphClient = _langgraph().get_client(url=world.url, api_key=None, headers={**world.headers, **_LEAVE})
    return made


def sync_client(world: AgentServer) -> SyncLangGraphClient:
    """Return a sync client."""
    made: SyncLangGraphClient = _langgraph().get_sync_client(url=world.url, api_key=None, headers=world.headers)
    return made


def computer_agents_client(world: AgentServer) -> ComputerAgentsClient:
    """Return a client of the Computer Agents API, with a key that any server takes which knows none."""
    sdk = _imported("computer_agents", "computer_agents_client needs computer-agents: pip install computer-agents")
    served = dict.fromkeys(row["api"] for row in world.asking.ask("GET", "/scenarios"))
    if "computer-agents" not in served:
        needed = (
            f"computer_agents_client needs a server of that API, and this one stands in for {', '.join(served)}: "
            "say understudy_api = computer-agents in the ini file"
        )
        raise pytest.fail.Exception(needed, pytrace=False)
    made: ComputerAgentsClient = sdk.ComputerAgentsClient("understudy", base_url=world.url)
    # It has no argument for headers.
    made.api._client.headers.update(world.headers)  # noqa: SLF001
    return made


def _langgraph() -> Any:
    return _imported(
        "langgraph_sdk", "agent_client and sync_agent_client need langgraph-sdk: pip install langgraph-sdk"
    )


def _imported(sdk: str, needed: str) -> Any:
    try:
        return import_module(sdk)
    except ModuleNotFoundError:
        raise pytest.fail.Exception(needed, pytrace=False) from None
