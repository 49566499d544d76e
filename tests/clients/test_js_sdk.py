"""The unmodified JavaScript SDK against the live fake: the scripts in `js`, run by node.

Both lines are tried: the living 1.x, and 2.0.0, a stray release that npm calls the latest. They are installed into
`build/js` where a test first needs them, together with React and a page without a browser for `useStream`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Server

SCRIPTS = Path(__file__).parent / "js"

INSTALLED = Path(__file__).parents[2] / "build" / "js"

OLDEST_NODE = 20

LIVING = "@langchain/langgraph-sdk"

LINES = [LIVING, "@langchain/langgraph-sdk-2"]

TESTS = sorted(path.name for path in SCRIPTS.glob("*.test.mjs"))

INSTALL = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"]


def node_is_missing() -> str | None:
    """Return what has to be installed by hand before these tests can run."""
    if not shutil.which("npm"):
        return "npm is not installed"
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.match(r"v(\d+)", version)
    if not found or int(found[1]) < OLDEST_NODE:
        return f"node {OLDEST_NODE} or newer is needed, not {version.strip()}"
    return None


@pytest.fixture(scope="session")
def scripts() -> Path:
    """A folder with the scripts and with what they import, which is installed there if it is not yet."""
    if reason := node_is_missing():
        pytest.skip(reason)
    INSTALLED.mkdir(parents=True, exist_ok=True)
    wanted, here = (SCRIPTS / "package.json").read_text(), INSTALLED / "installed.json"
    if not here.exists() or here.read_text() != wanted:
        (INSTALLED / "package.json").write_text(wanted)
        done = subprocess.run(INSTALL, cwd=INSTALLED, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"npm could not install the SDK:\n{done.stdout}{done.stderr}"
        here.write_text(wanted)
    for script in SCRIPTS.glob("*.mjs"):
        shutil.copyfile(script, INSTALLED / script.name)
    return INSTALLED


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("script", TESTS)
def test_the_sdk_for_javascript(server: Server, address: str, scripts: Path, script: str, line: str) -> None:
    command = ["node", "--test", "--test-reporter=spec", script]
    environment = os.environ | {"SDK": line, "URL": address, "NO_COLOR": "1"}

    ran = subprocess.run(
        command, cwd=scripts, env=environment, capture_output=True, text=True, check=False, timeout=240
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    counts = {
        name: int(count) for name, count in re.findall(r"^ℹ (tests|pass|skipped) (\d+)$", ran.stdout, re.MULTILINE)
    }
    assert counts["tests"] > 0
    assert counts["pass"] + counts["skipped"] == counts["tests"]
    assert counts["skipped"] == 0 or line != LIVING, ran.stdout
