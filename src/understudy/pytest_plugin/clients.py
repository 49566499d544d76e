"""Clients of langgraph-sdk for the world of a test."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from langgraph_sdk.client import LangGraphClient, SyncLangGraphClient

    from understudy.pytest_plugin.worlds import AgentServer

# A connection that is kept would outlive the event loop of its test, and be told of as a socket that nobody closed.
_LEAVE = {"Connection": "close"}


def client(world: AgentServer) -> LangGraphClient:
    """Return an async client; it may be used in several event loops, and need not be closed."""
    made: LangGraphClient = _sdk().get_client(url=world.url, api_key=None, headers={**world.headers, **_LEAVE})
    return made


def sync_client(world: AgentServer) -> SyncLangGraphClient:
    """Return a sync client."""
    made: SyncLangGraphClient = _sdk().get_sync_client(url=world.url, api_key=None, headers=world.headers)
    return made


def _sdk() -> Any:
    try:
        return import_module("langgraph_sdk")
    except ModuleNotFoundError:
        needed = "agent_client and sync_agent_client need langgraph-sdk: pip install langgraph-sdk"
        raise pytest.fail.Exception(needed, pytrace=False) from None
