"""Sessions of pytest inside a test, in this process where nothing else is said."""

from __future__ import annotations

import pytest

import understudy
import understudy.pytest_plugin.clients
import understudy.pytest_plugin.worlds


@pytest.fixture(scope="session", autouse=True)
def _imported() -> None:
    """Import all that a server needs: a session inside forgets what it was the first to import."""
    with understudy.start("empty") as server:
        server.world().describe()
