"""A seeding that does not come to its end leaves nothing half-made, and goes on another time."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.recording.conftest import AGENTS, Deployment
from tests.recording.meddling import Trouble
from understudy.cli import main
from understudy.wire import Json, JsonObject

Seed: TypeAlias = "Callable[..., JsonObject]"

ADA, NEW = (f"{digit * 8}-{digit * 4}-4{digit * 3}-8{digit * 3}-{digit * 12}" for digit in "15")


def test_a_thread_that_is_refused_is_deleted_again_and_told_of(empty: Deployment, seed: Seed) -> None:
    Path("mine.yaml").write_text(
        "agents: {support: {channels: {messages: messages}, nodes: [answer]}}\n"
        "threads:\n"
        f"- {{thread_id: {ADA}, metadata: {{graph_id: support}}, values: {{messages: []}}}}\n"
        f"- {{thread_id: {NEW}}}\n"
    )

    report = seed("mine.yaml")

    assert [(each["kind"], each["id"]) for each in report["refused"]] == [("threads", ADA)]
    assert "answer" in report["refused"][0]["answer"]
    assert empty.get(f"/threads/{ADA}").status_code == 404
    assert report["ids"]["threads"] == {NEW: NEW}


@pytest.mark.parametrize("kind", ["500", "dropped"])
def test_a_thread_is_whole_or_not_there_and_the_same_command_goes_on(
    empty: Deployment, seed: Seed, capsys: pytest.CaptureFixture[str], kind: Trouble
) -> None:
    # What is read back after the third thread was made does not come.
    made = [0]

    def trouble(asked: str) -> Trouble | None:
        made[0] += asked.endswith("/history")
        return kind if asked.endswith("/history") and made[0] == 3 else None

    empty.between.trouble = trouble
    status = main(["seed", empty.url, "demo", "--at-once", "1"])
    empty.between.reset()

    threads = empty.post("/threads/search", {"limit": 99}).json()
    assert status == 2
    assert "/history was" in capsys.readouterr().err
    assert len(threads) == 2
    assert not Path("demo.seeded.json").exists()
    report = seed("demo")
    assert report["made_before"] == 4
    assert len(report["ids"]["threads"]) == 5
    assert len(empty.post("/threads/search", {"limit": 99}).json()) == 5


def test_what_was_begun_before_a_crash_is_made_anew(empty: Deployment, seed: Seed) -> None:
    empty.post("/threads", {"thread_id": ADA, "metadata": {"half": "made"}}).raise_for_status()
    lines: list[Json] = [
        {"seeding": "demo", "on": empty.url},
        {"did": "begin", "kind": "threads", "id": ADA},
    ]
    Path("demo.seeded.json.part").write_text("".join(f"{json.dumps(line)}\n" for line in lines))

    seed("demo")

    assert "half" not in empty.get(f"/threads/{ADA}").json()["metadata"]
    assert len(empty.get(f"/threads/{ADA}/history?limit=99").json()) == 9


def test_a_cron_that_was_begun_before_a_crash_is_not_made_twice(empty: Deployment, seed: Seed) -> None:
    cron = {"assistant_id": "support", "schedule": "@daily", "input": {"order": 7}}
    empty.post("/runs/crons", {**cron, "enabled": True}).raise_for_status()
    Path("mine.yaml").write_text(
        AGENTS + "crons: [{cron_id: 88888888-8888-4888-8888-888888888888, assistant_id: support, "
        "schedule: '@daily', payload: {input: {order: 7}}}]\n"
    )
    lines: list[Json] = [
        {"seeding": "mine", "on": empty.url},
        {"did": "begin", "kind": "crons", "id": "88888888-8888-4888-8888-888888888888"},
    ]
    Path("mine.seeded.json.part").write_text("".join(f"{json.dumps(line)}\n" for line in lines))

    seed("mine.yaml")

    assert len(empty.post("/runs/crons/search", {}).json()) == 1


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("[]", "demo.seeded.json is no map of ids"),
        ('{"url": "http://other.example", "ids": {}}', "tells of what was made on http://other.example"),
    ],
)
def test_a_map_of_something_else_is_refused(
    empty: Deployment, capsys: pytest.CaptureFixture[str], content: str, complaint: str
) -> None:
    Path("demo.seeded.json").write_text(content)

    assert main(["seed", empty.url, "demo"]) == 2
    assert complaint in capsys.readouterr().err
    assert empty.between.changes == []


def test_ctrl_c_ends_with_130_and_leaves_no_half_made_thread(empty: Deployment, seed: Seed) -> None:
    command = [sys.executable, "-m", "understudy", "seed", empty.url, "demo", "--only", "threads", "--at-once", "1"]
    started: list[subprocess.Popen[bytes]] = []

    def trouble(asked: str) -> Trouble | None:
        if asked.endswith("/history") and sum(each.endswith("/history") for each in empty.between.asked) == 3:
            started[0].send_signal(signal.SIGINT)
        return None

    empty.between.trouble = trouble
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        started.append(process)
        _, said = process.communicate(timeout=60)

    assert process.returncode == 130
    assert b"Traceback" not in said
    empty.between.reset()
    there = {row["thread_id"] for row in empty.post("/threads/search", {"limit": 99}).json()}
    noted = [json.loads(line) for line in Path("demo.seeded.json.part").read_text().splitlines()]
    assert there == {line["id"] for line in noted if line.get("did") == "make"}
    assert len(seed("demo", "--only", "threads")["ids"]["threads"]) == 5
