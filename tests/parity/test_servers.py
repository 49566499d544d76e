"""What is said when the servers that are to be compared are not there."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.parity.__main__ import look_at
from tests.parity.servers import NotThere, install, reference


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(NotThere, match=f"listens on port {port} already"), reference(tmp_path, port):
            pass


def test_a_server_that_does_not_start_is_told_in_its_own_words(tmp_path: Path) -> None:
    command = tmp_path / "bin" / "langgraph"
    command.parent.mkdir()
    command.write_text("#!/bin/sh\necho no graph in sight\nexit 1\n")
    command.chmod(0o755)

    with pytest.raises(NotThere, match="did not start:\nno graph in sight"), reference(tmp_path):
        pass


def test_a_server_that_is_not_there_is_named_by_its_address() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"

    with pytest.raises(NotThere, match=f"{url}: .*refused"):
        look_at(url)


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    kept = tmp_path / "thesis.txt"
    kept.write_text("nearly done")

    with pytest.raises(NotThere, match="holds something else"):
        install(tmp_path)

    assert kept.read_text() == "nearly done"
