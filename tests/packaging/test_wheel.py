"""The wheel holds what the repository holds, under the names that the engine looks for."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.packaging import tree

INSTALLED_AS = {
    "src/understudy/": "understudy/",
    "specs/": "understudy/specs/",
    "handlers/": "understudy/handlers/",
    "fixtures/": "understudy/fixtures/",
}

READ_EVERYTHING = """
import sys
from importlib.resources import files
from pathlib import Path

import understudy

print(Path(understudy.__file__).parent)
for name in sys.argv[1:]:
    package, _, rest = name.removeprefix("understudy/").partition("/")
    print(len(files(f"understudy.{package}").joinpath(rest).read_bytes()))
"""


@dataclass(frozen=True)
class Build:
    """What came out of one build: the wheel, the sdist, and a folder with the wheel installed."""

    wheel: Path
    sdist: Path
    installed: Path

    def run(self, *command: str) -> str:
        """Return what a command prints when only the installed wheel is at hand, not the working copy."""
        environment = os.environ | {"PYTHONPATH": str(self.installed), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            command, cwd=self.installed, env=environment, check=True, capture_output=True, text=True
        ).stdout


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Build the sdist from a clean copy, the wheel from the sdist, and install the wheel beside them."""
    folder = tmp_path_factory.mktemp("build")
    source, out, installed = folder / "source", folder / "out", folder / "installed"
    tree.copy(source)
    _python("-m", "build", "--no-isolation", "--outdir", str(out), str(source))
    (wheel,), (sdist,) = out.glob("*.whl"), out.glob("*.tar.gz")
    _python("-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(installed), str(wheel))
    return Build(wheel, sdist, installed)


def test_the_wheel_holds_every_file_of_the_packages_and_no_other(build: Build) -> None:
    with zipfile.ZipFile(build.wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}

    expected = _installed_names()
    assert sorted(expected - held) == [], "in the repository, not in the wheel"
    assert sorted(held - expected) == [], "in the wheel, not in the repository"


def test_the_wheel_owns_one_top_level_name(build: Build) -> None:
    with zipfile.ZipFile(build.wheel) as archive:
        top = {name.split("/")[0] for name in archive.namelist()}

    assert {name for name in top if not name.endswith(".dist-info")} == {"understudy"}


def test_the_sdist_holds_every_file_of_the_repository(build: Build) -> None:
    with tarfile.open(build.sdist) as archive:
        held = {member.name.partition("/")[2] for member in archive if member.isfile()}

    assert sorted(set(tree.files()) - held) == []


def test_documents_and_scenarios_are_read_from_the_installed_wheel(build: Build) -> None:
    sizes = {
        _installed_name(name): (tree.ROOT / name).stat().st_size
        for name in tree.files()
        if name.startswith(("specs/", "fixtures/")) and not name.endswith(".py")
    }
    assert "understudy/specs/agent-server.yaml" in sizes

    home, *read = build.run(sys.executable, "-c", READ_EVERYTHING, *sizes).splitlines()

    assert Path(home) == build.installed / "understudy"
    assert dict(zip(sizes, map(int, read), strict=True)) == sizes


def test_the_installed_command_says_how_it_is_used(build: Build) -> None:
    assert "usage: understudy" in build.run(str(build.installed / "bin" / "understudy"), "--help").lower()


def _installed_names() -> set[str]:
    return {_installed_name(name) for name in tree.files() if name.startswith(tuple(INSTALLED_AS))}


def _installed_name(name: str) -> str:
    folder = next(folder for folder in INSTALLED_AS if name.startswith(folder))
    return INSTALLED_AS[folder] + name.removeprefix(folder)


def _python(*arguments: str) -> None:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
