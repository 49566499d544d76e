"""Reads the fenced blocks of a document and runs them as its reader would.

`sh`      Each line is a command. `make X` must be a target; `understudy …` is run, `understudy serve …` and
          `make serve` until the server is ready. One that names `http://127.0.0.1:8123` finds a server there, as below.
`python`  Run as a script, or by pytest where it defines tests. `http://127.0.0.1:8123` in it is a server started as the
          last `serve` above the block says.
`text`    What the block above it prints, up to ids and times. Under a heading of its own it is a picture.
`yaml`    A scenario, held to be valid by `understudy scenarios validate`.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Timer

SERVER = "http://127.0.0.1:8123"

PATIENCE = 60.0
"""Seconds that a command may take, and a server to be ready."""


class Broken(AssertionError):
    """The document says something that does not work; the message names the line."""


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, the line it starts on, what it should print, what serves it."""

    language: str
    text: str
    line: int
    output: str | None = None
    serve: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"line-{self.line}-{self.language}"


@dataclass(frozen=True)
class Project:
    """Where commands are run, the `understudy` command they mean, and the Makefile they may use."""

    root: Path
    command: tuple[str, ...]
    makefile: str


def blocks(document: str) -> list[Block]:
    """Return the blocks that are to be run, in order; a `text` block right after one becomes its output."""
    found: list[Block] = []
    serve: tuple[str, ...] = ()
    end = 0
    for match in re.finditer(r"^```(\w*)[^\n]*\n(.*?)^```\s*$", document, re.MULTILINE | re.DOTALL):
        language, text, between = match[1], match[2], document[end : match.start()]
        end = match.end()
        if language == "text":
            # A sentence may stand between a block and what it prints, but no heading.
            if found and found[-1].output is None and "\n#" not in between:
                found[-1] = replace(found[-1], output=text)
            continue
        found.append(Block(language, text, document.count("\n", 0, match.start()) + 1, serve=serve))
        for words in commands(found[-1]) if language == "sh" else ():
            options = _serve_options(words)
            serve = serve if options is None else options
    return found


def run(block: Block, project: Project, scratch: Path) -> None:
    """Do with a block what its reader would; `Broken` when it fails or prints something else than it should."""
    ways = {"python": _run_python, "sh": _run_sh, "yaml": _run_yaml}
    if block.language not in ways:
        known = ", ".join([*ways, "text"])
        raise Broken(f"line {block.line}: no way to check a block of {block.language!r}. Known: {known}.")
    printed = ways[block.language](block, project, scratch)
    if block.output is not None and _comparable(printed) != _comparable(block.output):
        raise Broken(f"line {block.line}: should print\n{block.output}\nbut prints\n{printed}")


def commands(block: Block) -> list[list[str]]:
    """Return the commands of an `sh` block as words; comments and `.venv/bin/` dropped, continued lines joined."""
    lines = block.text.replace("\\\n", " ").splitlines()
    split = [shlex.split(line, comments=True) for line in lines]
    return [[words[0].removeprefix(".venv/bin/"), *words[1:]] for words in split if words]


@contextmanager
def serving(project: Project, options: tuple[str, ...], line: int) -> Iterator[tuple[str, str]]:
    """Run `understudy serve` on a free port, whatever port the options name; gives its URL and what it printed."""
    command = [*project.command, "serve", *_without_port(options), "--port", "0"]
    out, err = subprocess.PIPE, subprocess.STDOUT
    with subprocess.Popen(command, cwd=project.root, stdout=out, stderr=err, text=True) as process:
        watchdog = Timer(PATIENCE, process.kill)
        watchdog.start()
        try:
            yield _ready(process, command, line)
            process.terminate()
            rest = process.communicate()[0]
        finally:
            watchdog.cancel()
            process.kill()
    if process.returncode:
        raise Broken(f"line {line}: {shlex.join(command)} ended with {process.returncode} on SIGTERM\n{rest}")


def _run_sh(block: Block, project: Project, scratch: Path) -> str:
    return "".join(_run_command(words, block, project, scratch) for words in commands(block))


def _run_command(words: list[str], block: Block, project: Project, scratch: Path) -> str:
    printed = ""
    match words:
        case ["make", *targets]:
            for target in targets:
                _check_target(target, block, project)
        case ["understudy", "serve", *_]:
            pass
        case ["understudy", *arguments] if SERVER in arguments:
            with serving(project, block.serve, block.line) as (url, _):
                told = [argument.replace(SERVER, url) for argument in arguments]
                printed = _run_to_the_end([*project.command, *told], block, scratch).replace(url, SERVER)
        case ["understudy", *arguments]:
            printed = _run_to_the_end([*project.command, *arguments], block, project.root)
        case ["git", "clone", *_] | ["cd", _] | ["pip", "install", *_]:
            pass
        case ["docker", "build" | "run", *_] if (project.root / "Dockerfile").exists():
            pass
        case _:
            raise Broken(f"line {block.line}: no way to check the command {shlex.join(words)!r}")
    options = _serve_options(words)
    if options is None:
        return printed
    with serving(project, options, block.line) as (url, said):
        return said.replace(url, SERVER)


def _check_target(target: str, block: Block, project: Project) -> None:
    if "=" not in target and not re.search(rf"^{re.escape(target)}:", project.makefile, re.MULTILINE):
        raise Broken(f"line {block.line}: the Makefile has no target {target!r}")


def _run_python(block: Block, project: Project, scratch: Path) -> str:
    script = scratch / f"{block}.py"
    runner = ["-m", "pytest", "--quiet"] if re.search(r"^def test_", block.text, re.MULTILINE) else []
    command = [sys.executable, *runner, str(script)]
    if SERVER not in block.text:
        script.write_text(block.text)
        return _run_to_the_end(command, block, scratch)
    with serving(project, block.serve, block.line) as (url, _):
        script.write_text(block.text.replace(SERVER, url))
        return _run_to_the_end(command, block, scratch).replace(url, SERVER)


def _run_yaml(block: Block, project: Project, scratch: Path) -> str:
    scenario = scratch / f"{block}.yaml"
    scenario.write_text(block.text)
    _run_to_the_end([*project.command, "scenarios", "validate", str(scenario)], block, scratch)
    return ""


def _run_to_the_end(command: list[str], block: Block, folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
    if done.returncode:
        raise Broken(
            f"line {block.line}: {shlex.join(command)} ended with {done.returncode}\n{done.stdout}{done.stderr}"
        )
    return done.stdout


def _ready(process: subprocess.Popen[str], command: list[str], line: int) -> tuple[str, str]:
    """Return the URL that a server prints when it is ready, and all that it printed until then."""
    assert process.stdout
    said = ""
    for row in process.stdout:
        said += row
        if found := re.search(r"http://[\w.\[\]:-]+", row):
            return found[0], said
    raise Broken(f"line {line}: {shlex.join(command)} ended before it printed its URL\n{said}")


def _serve_options(words: list[str]) -> tuple[str, ...] | None:
    """Return the options that a command starts a server with; None when it starts none."""
    match words:
        case ["understudy", "serve", *options]:
            return tuple(options)
        case ["make", *targets] if "serve" in targets:
            values = [target.removeprefix("ARGS=") for target in targets if target.startswith("ARGS=")]
            return tuple(" ".join(values).split())
    return None


def _without_port(options: tuple[str, ...]) -> list[str]:
    waiting = iter(options)
    kept = []
    for option in waiting:
        if option == "--port":
            next(waiting, None)
        elif not option.startswith("--port="):
            kept.append(option)
    return kept


def _comparable(text: str) -> str:
    """Return what was printed without what differs from run to run: ids and times, numbered as they appear."""
    seen: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        return seen.setdefault(match[0], f"<{len(seen) + 1}>")

    varying = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)"
    return re.sub(varying, number, "\n".join(line.rstrip() for line in text.strip().splitlines()))
