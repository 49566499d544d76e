"""A server that tests of `understudy check` can break, and the command in front of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

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


@pytest.fixture
def document(tmp_path: Path) -> Callable[[Any], str]:
    """Writes a document of one's own with these paths."""

    def write(paths: Any) -> str:
        path = tmp_path / "own.json"
        path.write_text(json.dumps({"openapi": "3.1.0", "info": {"title": "own", "version": "1"}, "paths": paths}))
        return str(path)

    return write
