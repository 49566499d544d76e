"""A server that tests of `understudy check` can break, and the command in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.checked import Breakable, Check, breakable, checker


@pytest.fixture(scope="session")
def breaking() -> Iterator[Breakable]:
    with breakable() as server:
        yield server


@pytest.fixture
def deployment(breaking: Breakable) -> Breakable:
    """A server that is whole, with eight agents and nothing else."""
    breaking.break_with({})
    return breaking


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Check:
    return checker(capsys, tmp_path)
