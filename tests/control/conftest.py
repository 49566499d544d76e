"""A server on which worlds come and go."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.conftest import Server, beginning
from tests.control.hosting import WORLDS
from understudy.config import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def hosting() -> Iterator[Server]:
    with closing(Server(Settings(strict=True))) as server:
        server.worlds.begin = beginning("demo")
        yield server


@pytest.fixture
def host(hosting: Server) -> Server:
    """A server whose worlds begin with the scenario `demo`; there is none yet."""
    for world in hosting.get(WORLDS).json():
        hosting.delete(f"{WORLDS}/{world['name']}").raise_for_status()
    return hosting
