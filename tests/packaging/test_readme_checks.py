"""The checks of the README find what is wrong with one: tried on small documents, with a command written for it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.packaging import readme

COMMAND = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Greeter(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(" ".join(sys.argv[1:]).encode())

    def log_message(self, *_):
        pass

match sys.argv[1:]:
    case ["serve", *options]:
        if "--broken" in options:
            sys.exit("broken, as asked")
        server = HTTPServer(("127.0.0.1", 0), Greeter)
        import signal
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(3 if "--rude" in options else 0))
        print(f"Serving on http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()
    case ["scenarios", "validate", path]:
        sys.exit(0 if "threads:" in open(path).read() else "not a scenario")
    case ["hello"]:
        print("hello 6a1f7c1e-0000-4000-8000-00000000000a at 2026-01-01T00:00:00+00:00")
    case _:
        sys.exit(2)
"""

ASK = """
from urllib.request import urlopen
print(urlopen("http://127.0.0.1:8123/").read().decode())
"""


@pytest.fixture
def project(tmp_path: Path) -> readme.Project:
    command = tmp_path / "command.py"
    command.write_text(COMMAND)
    return readme.Project(tmp_path, (sys.executable, str(command)), "serve: install\n\ntest: install\n")


def check(project: readme.Project, *fenced: tuple[str, str]) -> None:
    document = "\n".join(f"```{language}\n{text.strip()}\n```\n" for language, text in fenced)
    for block in readme.blocks(document):
        readme.run(block, project, project.root)


def test_commands_that_work_pass(project: readme.Project) -> None:
    check(
        project,
        ("sh", "git clone https://example.org/x.git\ncd x\npip install .\nmake test  # everything"),
        ("sh", "understudy serve \\\n  --port 8123"),
        ("yaml", "threads: []"),
    )


def test_a_server_prints_its_usual_address(project: readme.Project) -> None:
    check(project, ("sh", "make serve"), ("text", "Serving on http://127.0.0.1:8123"))


def test_a_text_under_a_heading_of_its_own_is_a_picture(project: readme.Project) -> None:
    (block,) = readme.blocks("```sh\nmake test\n```\n\n## Layout\n\n```text\nsrc/\n```\n")

    assert block.output is None


def test_a_script_talks_to_the_server_that_was_started_last(project: readme.Project) -> None:
    check(
        project,
        ("sh", "understudy serve --seed 1"),
        ("sh", "make serve ARGS='--scenario demo --port 9'"),
        ("python", ASK),
        ("text", "serve --scenario demo --port 0"),
    )


def test_ids_and_times_may_differ_from_what_is_shown(project: readme.Project) -> None:
    other = "hello 00000000-0000-4000-8000-000000000001 at 2030-01-01T00:00:00.5Z"
    check(project, ("sh", "understudy hello"), ("text", other))


@pytest.mark.parametrize(
    ("fenced", "complaint"),
    [
        ([("bash", "ls")], "line 1: no way to check a block of 'bash'. Known: python, sh, yaml, text."),
        ([("sh", "rm -r x")], "line 1: no way to check the command 'rm -r x'"),
        ([("sh", "make sense")], "line 1: the Makefile has no target 'sense'"),
        ([("sh", "understudy nothing")], "command.py nothing ended with 2"),
        ([("sh", "understudy serve --broken")], "ended before it printed its URL\nbroken, as asked"),
        ([("sh", "understudy serve --rude")], "ended with 3 on SIGTERM"),
        ([("sh", "understudy hello"), ("text", "goodbye")], "should print\ngoodbye\n\nbut prints\nhello"),
        ([("python", "print(1)"), ("text", "2")], "should print\n2\n\nbut prints\n1"),
        ([("python", "1 / 0")], "ZeroDivisionError"),
        ([("python", "def test_sums():\n    assert 1 + 1 == 3")], "1 failed"),
        ([("yaml", "no: scenario")], "not a scenario"),
    ],
)
def test_what_is_wrong_is_named(project: readme.Project, fenced: list[tuple[str, str]], complaint: str) -> None:
    with pytest.raises(readme.Broken) as broken:
        check(project, *fenced)

    assert complaint in str(broken.value)
