"""`understudy snapshot`: a world of a running understudy as a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recording.conftest import Deployment
from tests.recording.reads import reads
from understudy.cli import main
from understudy.scenarios import build, find, read


def test_a_snapshot_makes_the_same_world_again(deployment: Deployment) -> None:
    before = reads(deployment)

    status = main(["snapshot", deployment.url, "-o", "now.yaml"])
    deployment.world = build([read(find("now.yaml"))])

    assert status == 0
    assert reads(deployment) == before
    assert "say" in Path("now.yaml").read_text()  # scripts are in it


def test_what_was_saved_of_both_apis_is_counted(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    deployment.world = build([read(find("demo", "computer-agents"))])

    main(["snapshot", deployment.url, "-o", "now.yaml"])

    said = capsys.readouterr().out
    assert "; of the Computer Agents API: " in said
    assert "2 environments, 3 threads" in said
    assert build([read(find("now.yaml"))]).computer_agents.threads.get("thread_plan")["title"] == "Harvest, week 38"


def test_a_snapshot_goes_to_stdout_unless_told_otherwise(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["snapshot", deployment.url])

    assert status == 0
    assert capsys.readouterr().out.startswith("agents:\n")


def test_an_unknown_world_is_told_of(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    Path("now.yaml").write_text("what was there before")

    status = main(["snapshot", deployment.url, "--world", "gw/7", "-o", "now.yaml"])

    assert status == 2
    assert "/_understudy/worlds/gw%2F7/snapshot was answered 404" in capsys.readouterr().err
    assert Path("now.yaml").read_text() == "what was there before"


def test_something_else_than_a_scenario_is_not_written(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.between.trouble = lambda asked: "html"

    status = main(["snapshot", deployment.url, "-o", "now.yaml"])

    assert status == 2
    assert "was answered with text/html that is no JSON" in capsys.readouterr().err
    assert not Path("now.yaml").exists()
