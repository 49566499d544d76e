"""The projects in `examples/` are what they say: their tests pass as their readers run them."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from tests.packaging.tree import ROOT

EXAMPLES = sorted(file.parent for file in (ROOT / "examples").glob("*/pyproject.toml"))

PATIENCE = 240.0
"""Seconds that the tests of a project may take, on a machine that does a lot else."""


@pytest.fixture(params=EXAMPLES, ids=lambda folder: folder.name)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of the project, for what its tests leave behind, away from the settings of our own."""
    kept = ignore_patterns("__pycache__", ".pytest_cache")
    return Path(copytree(request.param, tmp_path / request.param.name, ignore=kept))


def _pytest(project: Path, *options: str) -> str:
    command = [sys.executable, "-m", "pytest", "-W", "error", *options]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_tests_of_a_project_pass_in_four_processes(project: Path) -> None:
    printed = _pytest(project, "-n", "4", "--understudy-coverage")

    assert re.search(r"\b[1-9]\d* passed", printed)
    assert re.search(r"\b[1-9]\d* of \d+ used", printed)


def test_a_project_names_what_it_needs(project: Path) -> None:
    told = tomllib.loads((project / "pyproject.toml").read_text())

    assert "understudy" in told["dependency-groups"]["test"]
    assert told["project"]["dependencies"] == ["langgraph-sdk"]


def test_the_readme_of_a_project_names_files_that_are_there(project: Path) -> None:
    named = re.findall(r"\]\(([\w./]+)\)", (project / "README.md").read_text())

    assert named
    assert [name for name in named if not (project / name).exists()] == []
