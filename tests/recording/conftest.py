"""A deployment to record from and to seed: the fake, with something between that notes and meddles."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from tests.conftest import Server
from tests.recording.meddling import Meddling, Trouble
from understudy.cli import main
from understudy.config import Settings
from understudy.wire import JsonObject

AGENTS = """\
agents:
  support: {channels: {messages: messages, order: last, refund: last}, nodes: [reply, tools, approve, refund], edges: [
    [__start__, reply], {from: reply, to: tools, when: calls},
    {from: reply, to: approve, when: state.order and state.refund is none},
    {from: reply, to: __end__, conditional: true}, [tools, reply], [approve, refund], [refund, __end__]]}
  research: {channels: {question: last, notes: append, report: last}, nodes: [plan, search, write]}
"""
"""The graphs of `demo`, which go where those go."""


class Deployment(Server):
    """The fake as somebody else's deployment."""

    def __init__(self) -> None:
        def around(app: ASGIApp) -> ASGIApp:
            self.between = Meddling(app)
            return self.between

        super().__init__(Settings(strict=True), around)


@pytest.fixture(scope="session")
def deployed() -> Iterator[Deployment]:
    deployment = Deployment()
    yield deployment
    deployment.close()


@pytest.fixture
def deployment(deployed: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    """A deployment with what `demo` says; the test works in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    deployed.play("demo")
    deployed.between.reset()
    return deployed


@pytest.fixture
def interrupted(deployment: Deployment) -> Callable[..., str]:
    """Runs a command that gets a Ctrl-C with the third history that it reads, and returns what it said to that."""

    def go(*command: str) -> str:
        started: list[subprocess.Popen[str]] = []

        def trouble(asked: str) -> Trouble | None:
            seen = sum(each.endswith("/history") for each in deployment.between.asked)
            if asked.endswith("/history") and seen == 3:
                started[0].send_signal(signal.SIGINT)
            return None

        deployment.between.trouble = trouble
        line = [sys.executable, "-m", "understudy", *command, "--at-once", "1"]
        with subprocess.Popen(line, stderr=subprocess.PIPE, text=True) as process:
            started.append(process)
            _, said = process.communicate(timeout=60)
        assert process.returncode == 130
        deployment.between.reset()
        return said

    return go


@pytest.fixture
def record(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> Callable[..., JsonObject]:
    """Records the deployment with further options, and returns the scenario."""

    def go(*options: str) -> JsonObject:
        assert main(["record", deployment.url, "-o", "out.json", *options]) == 0, capsys.readouterr().err
        scenario: JsonObject = json.loads(Path("out.json").read_text())
        return scenario

    return go


@pytest.fixture
def empty(deployment: Deployment) -> Deployment:
    """A deployment that has the graphs of `demo` and nothing else."""
    Path("agents.yaml").write_text(AGENTS)
    deployment.play("agents.yaml")
    return deployment


@pytest.fixture
def seed(empty: Deployment, capsys: pytest.CaptureFixture[str]) -> Callable[..., JsonObject]:
    """Seeds a scenario with further options, and returns the report."""

    def go(scenario: str, *options: str) -> JsonObject:
        assert main(["seed", empty.url, scenario, "--format", "json", *options]) == 0, capsys.readouterr().err
        report: JsonObject = json.loads(capsys.readouterr().out)
        return report

    return go
