"""The two servers: the reference server in an environment of its own, and the fake, each started on a free port."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

REFERENCE = Path(__file__).parent / "reference"
AT_ONCE = 8
"""Runs that the reference server plays at once."""
DEADLINE = 90.0


class NotThere(Exception):
    """A server could not be installed or did not start."""


def install(venv: Path) -> None:
    """Make an environment with the reference server, if `venv` does not hold the pinned one."""
    pins = (REFERENCE / "requirements.txt").read_text()
    stamp = venv / "installed.txt"
    if stamp.exists() and stamp.read_text() == pins:
        return
    mark = venv / "made-for-the-reference-server"
    if venv.exists() and any(venv.iterdir()) and not (stamp.exists() or mark.exists()):
        raise NotThere(f"{venv} holds something else: name a folder that is not there yet")
    print(f"Installing the reference server into {venv}; this takes some minutes", flush=True)
    pip = [str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--quiet"]
    try:
        shutil.rmtree(venv, ignore_errors=True)
        venv.mkdir(parents=True)
        mark.touch()
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        subprocess.run([*pip, "--requirement", str(REFERENCE / "requirements.txt")], check=True)
    except subprocess.CalledProcessError as error:
        said = f"the reference server could not be installed into {venv}: `{' '.join(error.cmd)}` ended with status "
        raise NotThere(f"{said}{error.returncode} and says above why; run it again when that is mended") from error
    except OSError as error:
        raise NotThere(f"the reference server could not be installed into {venv}: {error}") from error
    stamp.write_text(pins)


@contextmanager
def reference(venv: Path, port: int | None = None, graphs: Path = REFERENCE) -> Iterator[str]:
    """Run the reference server of `venv` in a throw-away folder, on a free port if none is named; gives its URL.

    Its graphs are those of the folder `graphs`. Raises NotThere if it does not start; whatever was started is ended
    in any case.
    """
    port = port or _free_port()
    url = f"http://127.0.0.1:{port}"
    if _taken(port):
        raise NotThere(f"the reference server did not start: something listens on port {port} already")
    options = ["--no-browser", "--no-reload", "--n-jobs-per-worker", str(AT_ONCE), "--server-log-level", "ERROR"]
    command = [str(venv.absolute() / "bin" / "langgraph"), "dev", "--host", "127.0.0.1", "--port", str(port)]
    with TemporaryDirectory(prefix="parity-", ignore_cleanup_errors=True) as folder:
        log = Path(folder, "log")
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*command, *options],
                cwd=copytree(graphs, Path(folder, "work")),
                env={**os.environ, "LANGSMITH_TRACING": "false", "LANGGRAPH_CLI_NO_ANALYTICS": "1"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that whatever it starts can be ended with it
            )
        try:
            patience = time.monotonic() + DEADLINE
            while not _answers(url) or process.poll() is not None:
                if process.poll() is not None or time.monotonic() > patience:
                    raise NotThere(f"the reference server did not start:\n{log.read_text(errors='replace')[-2000:]}")
                time.sleep(0.1)
            yield url
        finally:
            _end(process)


@contextmanager
def understudy() -> Iterator[str]:
    """Run the fake with the graphs of the reference server; gives its URL."""
    command = [sys.executable, "-m", "understudy", "serve", "--scenario", "reference", "--port", "0"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("UNDERSTUDY_")}
    with subprocess.Popen(
        [*command, "--log-level", "error"], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            assert process.stdout
            line = process.stdout.readline()
            found = re.search(r"http://[\w.:]+", line)
            if found is None:
                raise NotThere(f"understudy did not start: {line}")
            yield found[0]
        finally:
            process.terminate()


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/ok", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _end(process: subprocess.Popen[bytes]) -> None:
    for number, patience in ((signal.SIGTERM, 5.0), (signal.SIGKILL, None)):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
