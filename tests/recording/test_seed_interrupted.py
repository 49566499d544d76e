"""A seeding that does not come to its end leaves nothing half-made, and goes on another time."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeAlias

import pytest

from tests.recording.conftest import AGENTS, Deployment
from tests.recording.meddling import Trouble
from understudy.cli import main
from understudy.recording.seeding import to_its_end
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
        ('{"url": "http://127.0.0.1:1", "ids": {"threads": []}}', "demo.seeded.json is no map of ids"),
        ('{"url": "http://127.0.0.1:1", "ids": 5}', "demo.seeded.json is no map of ids"),
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


@pytest.mark.parametrize("at_once", ["1", "8"])
def test_what_is_half_made_goes_when_nothing_can_be_read_any_more(
    empty: Deployment, capsys: pytest.CaptureFixture[str], at_once: str
) -> None:
    empty.between.trouble = lambda asked: "500" if asked.endswith("/history") else None

    status = main(["seed", empty.url, "demo", "--only", "threads", "--at-once", at_once])

    assert status == 2
    assert "/history was answered 500" in capsys.readouterr().err
    assert empty.post("/threads/search", {}).json() == []


def test_what_is_being_taken_away_is_waited_for_by_whoever_is_stopped() -> None:
    async def stopped_while_it_goes() -> bool:
        may_go = asyncio.Event()
        going = asyncio.create_task(may_go.wait())
        waiting = asyncio.create_task(to_its_end(_wait_for(going)))
        for _ in range(3):
            await asyncio.sleep(0)
            waiting.cancel()
        waits = not waiting.done()
        may_go.set()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return waits and going.done()

    assert asyncio.run(stopped_while_it_goes())


async def _wait_for(task: asyncio.Task[Literal[True]]) -> None:
    await task


def test_a_deployment_that_is_gone_midway_is_told_of_in_one_line(
    empty: Deployment, seed: Seed, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    empty.between.trouble = lambda asked: "500" if "POST /threads" in empty.between.asked else None

    status = main(["seed", empty.url, "demo", "--only", "threads"])
    gc.collect()  # asyncio logs then what went wrong and nobody has looked at

    assert status == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert [record for record in caplog.records if record.name == "asyncio"] == []
    empty.between.reset()
    assert len(seed("demo", "--only", "threads")["ids"]["threads"]) == 5


def test_what_came_out_otherwise_before_an_interruption_is_told_in_the_end(empty: Deployment, seed: Seed) -> None:
    whole = seed("demo", "--map", "whole.json")
    empty.play("agents.yaml")
    empty.between.trouble = lambda asked: "500" if asked.startswith("PUT /store") else None
    main(["seed", empty.url, "demo"])
    empty.between.reset()

    report = seed("demo")

    assert report["made_before"] == 7
    places = {(each["id"], each["place"]) for each in report["differences"]}
    assert places == {(each["id"], each["place"]) for each in whole["differences"]}
    assert places


def test_ctrl_c_ends_with_130_and_leaves_no_half_made_thread(
    empty: Deployment, seed: Seed, interrupted: Callable[..., str]
) -> None:
    said = interrupted("seed", empty.url, "demo", "--only", "threads")

    assert "Traceback" not in said
    there = {row["thread_id"] for row in empty.post("/threads/search", {"limit": 99}).json()}
    noted = [json.loads(line) for line in Path("demo.seeded.json.part").read_text().splitlines()]
    assert there == {line["id"] for line in noted if line.get("did") == "make"}
    assert len(seed("demo", "--only", "threads")["ids"]["threads"]) == 5
