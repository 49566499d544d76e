"""A server of the Computer Agents API that tests of `understudy check` can break."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.campaign import KEY
from tests.conformance.checked import Check, Outcome, checker
from tests.conformance.computer_agents.serving import API, Platform


@pytest.fixture(scope="session")
def breaking() -> Iterator[Platform]:
    made = Platform()
    yield made
    made.server.close()


@pytest.fixture
def platform(breaking: Platform) -> Platform:
    """A server that is whole, with one agent and nothing else."""
    breaking.break_with({})
    return breaking


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Check:
    """`understudy check` of this API, with the key that the server asks for."""
    carry_out = checker(capsys, tmp_path)

    def check(*options: str) -> Outcome:
        return carry_out(*options, "--api", API, "--api-key", KEY)

    return check
