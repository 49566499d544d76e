"""The servers that are compared: how each is started, watched, held and stopped."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING

from .errors import BenchError
from .load import HOST, request
from .processors import on

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

HERE = Path(__file__).parent
ROOT = HERE.parent
DEADLINE = 90.0
"""Seconds that a server may take to start."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that can be started on a port, in a throw-away folder."""

    name: str
    title: str
    command: Callable[[int], list[str]]
    environment: Mapping[str, str] = field(default_factory=dict)
    files: Path | None = None


@dataclass(slots=True)
class Running:
    """A server that runs. `first_answer` is the time from its start to its first 200, in seconds."""

    server: Server
    port: int
    process: subprocess.Popen[bytes]
    first_answer: float = 0.0

    @property
    def name(self) -> str:
        """The server's name."""
        return self.server.name

    def hold(self) -> None:
        """Stop the server from computing anything until `go_on`, so that it takes no time from the one measured."""
        os.killpg(self.process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let the server compute again."""
        os.killpg(self.process.pid, signal.SIGCONT)


def understudy(scenario: str = "scenario.yaml") -> Server:
    """Return the fake, as installed next to this Python, with a scenario of this folder, or one that ships."""
    program = Path(sys.executable).with_name("understudy")
    if not program.exists():
        raise BenchError(f"there is no {program}: run `make install` first")
    options = ["--host", HOST, "--scenario", scenario if "." not in scenario else str(HERE / scenario)]
    return Server(
        "understudy",
        "Understudy",
        lambda port: [str(program), "serve", "--port", str(port), *options],
        environment={"PYTHONPATH": str(ROOT)},  # where scenarios find what they name in Python
    )


def starlette() -> Server:
    """Return the hand-written app, under the same uvicorn with the same settings as the fake."""
    options = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    app = ["benchmarks.starlette_app:app", "--app-dir", str(ROOT)]
    return Server(
        "starlette",
        "Starlette",
        lambda port: [sys.executable, "-m", "uvicorn", *app, "--host", HOST, "--port", str(port), *options],
    )


def reference(venv: Path, graphs: str = "langgraph.json") -> Server:
    """Return the reference server installed in `venv`, quiet and without a reloader, with graphs of `reference/`."""
    program = venv.absolute() / "bin" / "langgraph"
    if not program.exists():
        raise BenchError(f"there is no reference server in {venv}: {program} is missing")
    options = ["--no-browser", "--no-reload", "--server-log-level", "WARNING", "--config", graphs]
    return Server(
        "reference",
        "Reference",
        lambda port: [str(program), "dev", "--host", HOST, "--port", str(port), *options],
        environment={"LANGSMITH_TRACING": "false", "LANGGRAPH_CLI_NO_ANALYTICS": "1"},
        files=HERE / "reference",
    )


def make_reference(venv: Path) -> None:
    """Install the reference server into `venv`, if it is not there."""
    if (venv / "bin" / "langgraph").exists():
        return
    print(f"Installing the reference server into {venv}; this takes some minutes", file=sys.stderr)
    pip = [str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    try:
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        subprocess.run([*pip, "--requirement", str(HERE / "reference" / "requirements.txt")], check=True)
    except subprocess.CalledProcessError as error:
        raise BenchError(f"the reference server could not be installed: {error}") from error


@contextmanager
def running(server: Server, processors: Collection[int] = ()) -> Iterator[Running]:
    """Start a server, give it once it has answered 200, stop it in the end. BenchError when it does not start."""
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        work = Path(folder, "work")
        if server.files:
            copytree(server.files, work)
        else:
            work.mkdir()
        port = free_port()
        log = Path(folder, "log")
        start = time.perf_counter()
        with log.open("wb") as output, on(processors):
            process = subprocess.Popen(
                server.command(port),
                cwd=work,
                env={**_environment(), **server.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches this process only, which then stops the others in order
            )
        up = Running(server, port, process)
        try:
            while not answers(port):
                if process.poll() is not None or time.perf_counter() - start > DEADLINE:
                    raise BenchError(f"{server.title} did not start:\n{log.read_text(errors='replace')[-2000:]}")
                time.sleep(0.001)
            up.first_answer = time.perf_counter() - start
            yield up
        finally:
            stop(process)


def _environment() -> dict[str, str]:
    """Return this process's environment without the fake's own settings, which would change what is measured."""
    return {name: value for name, value in os.environ.items() if not name.startswith("UNDERSTUDY_")}


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a server; then, by force, whatever it left behind in its process group."""
    for number, patience in ((signal.SIGTERM, 5.0), (signal.SIGKILL, None)):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
            os.killpg(process.pid, signal.SIGCONT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)


def answers(port: int) -> bool:
    """Return whether GET /ok on the port is answered with 200."""
    try:
        with socket.create_connection((HOST, port), timeout=5) as connection:
            connection.sendall(request("GET", "/ok"))
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
