"""A world that was saved and made anew from what was saved is the same world."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.conftest import Server
from tests.control.programs import AGENTS, Player, beginnings, differences, programs, without_new_ids
from understudy.scenarios import build, dump_text, find, read

NOON = "2026-01-01T12:00:00+00:00"
SNAPSHOT = "/_understudy/worlds/default/snapshot"


def begin(server: Server, name: str) -> Player:
    """Return somebody who asks a new world in which time stands still."""
    body = {"name": name, "begin": [{"name": "reference"}, {"text": AGENTS}], "clock": NOON, "if_exists": "reset"}
    server.post("/_understudy/worlds", {**body, "seed": 1}).raise_for_status()
    return Player(server.client, name)


def restore(server: Server, name: str, told: Any) -> Player:
    """Return somebody who asks a world that is as it is told."""
    server.put(f"/_understudy/worlds/{name}/snapshot", {"scenario": told}).raise_for_status()
    return Player(server.client, name)


@given(before=beginnings, after=programs)
@settings(max_examples=15, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_a_restored_world_reads_as_the_saved_one_and_goes_on_alike(
    running: Server, before: list[Any], after: list[Any]
) -> None:
    saved = begin(running, "saved")
    saved.play(before)
    told = saved.snapshot("saved")

    restored = restore(running, "restored", told)
    restored.ids = {kind: list(ids) for kind, ids in saved.ids.items()}

    assert differences(told, restored.snapshot("restored")) == []
    assert differences(saved.everything(), restored.everything()) == []
    known = json.dumps(told)
    once, again = (without_new_ids([*player.play(after), player.everything()], known) for player in (saved, restored))
    assert differences(once, again) == []


HELLO = {"log": ["hello"], "messages": [{"role": "user", "content": "Hello"}]}


def run(agent: str, resume: str | None = None) -> tuple[Any, ...]:
    """Return a step of a program: a run of the first thread."""
    return ("run", 0, agent, HELLO, {"resume": resume} if resume else None, {})


# What is between two of several answers, at a join to which not all have come, in a node that was sent its input, at a
# script's next visit, and at an update that counts for the node that ran last.
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([run("wide"), run("wide", "yes")], [run("wide", "no")]),
        ([run("deep"), run("deep", "yes")], [run("deep", "no")]),
        ([run("sent")], [run("sent", "yes")]),
        ([run("clerk")], [run("clerk"), run("clerk")]),
        ([run("sent"), ("prune", 0, "keep_latest")], [("update", 0, {"log": ["told"]}, None)]),
        ([run("sent"), run("clerk"), ("copy", 0)], [run("sent", "yes"), ("update", 1, {"log": ["told"]}, None)]),
    ],
)
def test_what_no_answer_shows_is_remembered(running: Server, before: list[Any], after: list[Any]) -> None:
    once = begin(running, "saved")
    once.play([("thread", {}, None), *before])
    told = once.snapshot("saved")
    restored = restore(running, "restored", told)
    restored.ids = {kind: list(ids) for kind, ids in once.ids.items()}

    answers = [
        without_new_ids([*player.play(after), player.everything()], json.dumps(told)) for player in (once, restored)
    ]

    assert differences(*answers) == []


def again(server: Server) -> Any:
    """Let the world be as its own snapshot says, and return that."""
    told = server.get(SNAPSHOT).raise_for_status().json()
    server.put(SNAPSHOT, {"scenario": told}).raise_for_status()
    return told


def test_a_frozen_world_comes_back_at_its_moment_whatever_the_server_says(server: Server) -> None:
    server.patch("/_understudy/clock", {"now": NOON, "frozen": True}).raise_for_status()

    told = again(server)

    assert told["clock"] == NOON
    clock = server.get("/_understudy/clock").json()
    assert (clock["now"], clock["frozen"]) == (NOON, True)


def test_a_world_whose_time_runs_tells_no_moment(server: Server) -> None:
    assert "clock" not in again(server)
    assert server.get("/_understudy/clock").json()["frozen"] is False


def test_a_lifetime_ends_at_the_moment_at_which_it_would_have(server: Server) -> None:
    server.patch("/_understudy/clock", {"now": NOON, "frozen": True}).raise_for_status()
    thread = server.create_thread(ttl={"ttl": 10})
    server.put("/store/items", {"namespace": ["a"], "key": "k", "value": {}, "ttl": 10})
    server.post("/_understudy/clock/advance", {"seconds": 300})

    again(server)

    ttl = server.get(f"/threads/{thread}?include=ttl").json()["ttl"]
    assert ttl == {"strategy": "delete", "ttl_minutes": 10, "expires_at": "2026-01-01T12:10:00+00:00"}
    server.post("/_understudy/clock/advance", {"seconds": 299})
    assert server.get(f"/threads/{thread}").status_code == 200
    server.post("/_understudy/clock/advance", {"seconds": 1})
    assert server.get(f"/threads/{thread}").status_code == 404
    assert server.post("/store/items/search", {"namespace_prefix": []}).json()["items"] == []


def test_a_question_is_answered_in_the_restored_world(server: Server) -> None:
    thread = server.create_thread()
    asked = {"assistant_id": "parent", "input": {"v": "a", "ask": True}}
    server.post(f"/threads/{thread}/runs/wait", asked).raise_for_status()
    before = server.get(f"/threads/{thread}/state?subgraphs=true").json()

    again(server)

    assert server.get(f"/threads/{thread}").json()["status"] == "interrupted"
    assert server.get(f"/threads/{thread}/state?subgraphs=true").json() == before
    resumed = {"assistant_id": "parent", "command": {"resume": "yes"}}
    assert server.post(f"/threads/{thread}/runs/wait", resumed).json()["v"] == "got yes"


def test_a_run_that_waits_for_its_time_starts_in_the_restored_world(server: Server) -> None:
    server.patch("/_understudy/clock", {"now": NOON, "frozen": True}).raise_for_status()
    thread = server.create_thread()
    later = {"assistant_id": "chat", "input": {"messages": []}, "after_seconds": 60}
    run = server.post(f"/threads/{thread}/runs", later).json()

    again(server)

    assert server.get(f"/threads/{thread}/runs/{run['run_id']}").json() == run
    server.post("/_understudy/clock/advance", {"seconds": 60})
    assert server.get(f"/threads/{thread}/runs/{run['run_id']}").json()["status"] == "success"


def test_a_cron_is_due_in_the_restored_world_when_it_would_have_been(server: Server) -> None:
    server.patch("/_understudy/clock", {"now": NOON, "frozen": True}).raise_for_status()
    thread = server.create_thread()
    server.post(f"/threads/{thread}/runs/crons", {"assistant_id": "chat", "schedule": "*/5 * * * *", "input": {}})
    server.post("/_understudy/clock/advance", {"seconds": 299})

    again(server)

    server.post("/_understudy/clock/advance", {"seconds": 1})
    assert len(server.get(f"/threads/{thread}/runs").json()) == 1


def test_a_world_in_which_a_run_is_played_is_not_told_and_the_run_is_named(server: Server) -> None:
    server.patch("/_understudy/runs", {"held": True}).raise_for_status()
    thread = server.create_thread()
    run = server.post(f"/threads/{thread}/runs", {"assistant_id": "steps", "input": {"n": 1}}).json()["run_id"]

    refused = server.get(SNAPSHOT)

    assert refused.status_code == 409
    assert run in refused.json()["detail"]
    server.patch("/_understudy/runs", {"held": False}).raise_for_status()
    server.get(f"/threads/{thread}/runs/{run}/join")
    assert server.get(SNAPSHOT).status_code == 200


def test_the_text_of_a_snapshot_is_a_scenario_file(server: Server, tmp_path: Path) -> None:
    server.play("demo")
    text = server.get(f"{SNAPSHOT}?format=yaml")

    assert text.headers["content-type"] == "application/yaml"
    file = tmp_path / "saved.yaml"
    file.write_bytes(text.content)
    assert dump_text(build([read(find(str(file)))])) == text.text
    server.put(SNAPSHOT, {"text": text.text}).raise_for_status()
    assert server.get(f"{SNAPSHOT}?format=yaml").text == text.text


def test_a_world_that_is_not_there_is_made_of_a_snapshot_and_not_by_asking_for_one(server: Server) -> None:
    assert server.get("/_understudy/worlds/made/snapshot").status_code == 404

    world = server.put("/_understudy/worlds/made/snapshot", {"name": "demo"}).raise_for_status().json()

    assert (world["name"], world["threads"]) == ("made", 5)
    assert server.post("/threads/count", {}).json() == 0
    server.worlds.delete("made")


def test_a_world_begins_anew_with_the_snapshot_that_it_was_made_of(server: Server) -> None:
    server.put(SNAPSHOT, {"name": "demo"}).raise_for_status()
    server.create_thread()

    server.post("/_understudy/worlds/default/reset").raise_for_status()

    assert server.post("/threads/count", {}).json() == 5


@pytest.mark.parametrize("name", ["default", "unknown"])
def test_a_snapshot_that_is_wrong_changes_nothing(server: Server, name: str) -> None:
    server.create_thread()

    refused = server.put(f"/_understudy/worlds/{name}/snapshot", {"text": "clock: noon\nthreads: [{}]"})

    assert refused.status_code == 422
    assert refused.json()["problems"][0]["path"] == "clock"
    assert server.post("/threads/count", {}).json() == 1
    assert "unknown" not in server.worlds


def test_what_another_agent_left_is_kept_though_the_agent_has_changed(server: Server) -> None:
    thread = server.create_thread()
    for agent in ("steps", "chat"):
        server.post(f"/threads/{thread}/runs/wait", {"assistant_id": agent, "input": {"n": 1}}).raise_for_status()
    changed = {"text": "agents: {steps: {nodes: [other]}, chat: {channels: {x: last}, nodes: [y]}}"}
    server.post("/_understudy/scenarios", changed).raise_for_status()
    before = server.post(f"/threads/{thread}/history", {"limit": 100}).json()

    told = again(server)

    assert server.post(f"/threads/{thread}/history", {"limit": 100}).json() == before
    assert server.get(SNAPSHOT).json() == told


def test_a_seeded_world_draws_no_id_again_that_it_drew_before_it_was_saved(server: Server) -> None:
    seeded = {"name": "default", "begin": [{"name": "reference"}], "seed": 1, "clock": NOON, "if_exists": "reset"}
    server.post("/_understudy/worlds", seeded).raise_for_status()
    server.post("/assistants", {"graph_id": "steps"}).raise_for_status()
    text = server.get(f"{SNAPSHOT}?format=yaml").text

    server.post("/_understudy/worlds", {**seeded, "begin": [{"text": text}]}).raise_for_status()

    assert server.post("/assistants", {"graph_id": "steps"}).status_code == 200
