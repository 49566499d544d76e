"""A scenario file that changes while it is served: new worlds begin with it, and a broken one changes nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ONE = "agents: {bot: {}}"
TWO = "agents: {bot: {}, other: {}}"


class Watching:
    """A server that watches a file. Its stderr is read line by line: a line comes when a change was taken up."""

    def __init__(self, file: Path) -> None:
        self._file = file
        file.write_text(ONE)
        command = [sys.executable, "-m", "understudy", "serve", "--port", "0", "--watch", "--scenario", str(file)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().split()[1]

    def write(self, text: str) -> list[str]:
        """Replace the file as editors do, and return the two lines that the server says to it."""
        new = self._file.with_suffix(".new")
        new.write_text(text)
        new.replace(self._file)
        assert self.process.stderr is not None
        lines = [self.process.stderr.readline().strip()]
        if "read again" not in lines[0]:
            lines.append(self.process.stderr.readline().strip())
        return lines

    def agents(self, world: str = "default") -> int:
        """Return how many agents a world has."""
        headers = {"X-Understudy-World": world}
        count: int = httpx.post(f"{self.url}/assistants/count", json={}, headers=headers).raise_for_status().json()
        return count


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    server = Watching(tmp_path / "mine.yaml")
    yield server
    server.process.terminate()
    server.process.communicate(timeout=10)


def test_new_worlds_begin_with_the_changed_file(watching: Watching) -> None:
    assert watching.agents() == 1

    watching.write(TWO)

    assert watching.agents("new") == 2
    assert watching.agents() == 1


def test_a_world_that_is_reset_begins_with_the_changed_file(watching: Watching) -> None:
    watching.write(TWO)

    httpx.post(f"{watching.url}/_understudy/worlds/default/reset").raise_for_status()

    assert watching.agents() == 2


def test_a_broken_file_leaves_the_last_good_one_and_says_why(watching: Watching) -> None:
    watching.write(TWO)

    told = watching.write("agnets: {}")

    assert 'unknown key "agnets". Did you mean "agents"?' in told[0]
    assert told[1] == "understudy: new worlds still begin as before this change"
    assert watching.agents("new") == 2


def test_a_file_that_is_mended_is_taken_up_again(watching: Watching) -> None:
    watching.write("agents: {")

    [told] = watching.write(TWO)

    assert told.startswith("understudy: read again")
    assert watching.agents("new") == 2


def test_a_server_without_a_file_has_nothing_to_watch() -> None:
    command = [sys.executable, "-m", "understudy", "serve", "--port", "0", "--watch", "--scenario", "empty"]

    told = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    assert told.returncode == 2
    assert told.stderr == "understudy: --watch: there is no file to watch; empty ships with understudy\n"
