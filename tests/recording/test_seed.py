"""`understudy seed`: a scenario made on a deployment by its public API."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.recording.conftest import AGENTS, Deployment
from understudy.cli import main
from understudy.recording.comparing import differences
from understudy.scenarios import find
from understudy.wire import JsonObject

Record: TypeAlias = "Callable[..., JsonObject]"
Seed: TypeAlias = "Callable[..., JsonObject]"

ADA, GRACE, LINUS, BUSY, NEW = (f"{digit * 8}-{digit * 4}-4{digit * 3}-8{digit * 3}-{digit * 12}" for digit in "12345")


def _states(deployment: Deployment, thread_id: str) -> list[JsonObject]:
    states: list[JsonObject] = deployment.get(f"/threads/{thread_id}/history?limit=99").json()
    return states


def test_values_nodes_and_messages_of_every_state_come_out_as_in_the_scenario(empty: Deployment, seed: Seed) -> None:
    report = seed("demo")

    assert report["refused"] == []
    assert [each for each in report["differences"] if each["reason"] is None] == []
    states = _states(empty, ADA)
    assert [state["next"] for state in reversed(states)] == [["__start__"], ["reply"], []] * 3
    assert [message["content"][:12] for message in states[0]["values"]["messages"]] == [
        *("Hello! Where", "Good morning", "I am not at ", "Yes. I have ", "Perfect, tha", "You are welc"),
    ]


def test_what_no_api_can_make_is_told_with_its_reason(seed: Seed) -> None:
    report = seed("demo")

    reasons = {each["reason"]: each["place"] for each in report["differences"] if each["id"] == GRACE}
    assert reasons.keys() == {
        "the server keeps this name to itself",
        "only a run can be busy, fail or ask",
        "states are made from outside, not by runs, and the server writes their metadata itself",
        "a thread gets its config from its runs, and what a deployment has is not changed",
    }
    asked = [each for each in report["differences"] if each["id"] == GRACE and each["place"] == "interrupts"]
    assert asked[0]["wanted"][0]["value"]["question"] == "Refund this order?"
    assert asked[0]["found"] == []


def test_ids_are_kept_where_the_api_takes_them(empty: Deployment, seed: Seed) -> None:
    Path("mine.yaml").write_text(
        AGENTS + "threads: [{thread_id: 11111111-1111-4111-8111-111111111111}]\n"
        "crons:\n"
        "- {cron_id: 88888888-8888-4888-8888-888888888888, assistant_id: support, schedule: '@daily', "
        "thread_id: 11111111-1111-4111-8111-111111111111, payload: {input: {order: 7}}, metadata: {team: post}}\n"
    )

    ids = seed("mine.yaml")["ids"]

    (cron,) = empty.post("/runs/crons/search", {}).json()
    assert ids["threads"] == {ADA: ADA}
    assert ids["crons"] == {"88888888-8888-4888-8888-888888888888": cron["cron_id"]}
    assert (cron["thread_id"], cron["schedule"], cron["metadata"]["team"]) == (ADA, "@daily", "post")
    assert cron["payload"]["input"] == {"order": 7}
    assert json.loads(Path("mine.seeded.json").read_text()) == {"url": empty.url, "scenario": "mine", "ids": ids}


def test_assistants_come_with_their_versions(empty: Deployment, seed: Seed) -> None:
    seed("demo", "--only", "assistants")

    german = empty.get("/assistants/aaaaaaaa-0000-4000-8000-000000000001").json()
    versions = empty.post("/assistants/aaaaaaaa-0000-4000-8000-000000000001/versions", {}).json()
    assert german["name"] == "Support, German"
    assert german["context"] == {"language": "de", "tone": "formal"}
    assert [version["name"] for version in versions] == ["Support, German", "Support, German (trial)"]


def test_forks_start_where_they_started(deployment: Deployment, record: Record) -> None:
    deployment.play("reference")
    thread = deployment.create_thread()
    deployment.post(f"/threads/{thread}/runs/wait", {"assistant_id": "steps", "input": {"n": 1}})
    middle = _states(deployment, thread)[1]
    for number in (7, 8):
        fork = {"values": {"n": number}, "as_node": "a", "checkpoint": middle["checkpoint"]}
        deployment.post(f"/threads/{thread}/state", fork).raise_for_status()
    (before,) = record()["threads"]
    deployment.play("reference")

    main(["seed", deployment.url, "out.json"])

    (after,) = record()["threads"]
    places = [difference.place for difference in differences(before, after)]
    assert [place for place in places if not place.startswith(("history[].metadata", "metadata", "config"))] == []


def test_what_was_made_before_is_not_made_again(empty: Deployment, seed: Seed) -> None:
    first = seed("demo")
    empty.between.reset()

    again = seed("demo")

    assert empty.between.changes == []
    assert again["ids"] == first["ids"]
    assert again["made_before"] == 12


def test_what_is_gone_from_the_deployment_is_made_again(empty: Deployment, seed: Seed) -> None:
    cron = "{assistant_id: support, schedule: '@daily', payload: {input: {}}}"
    Path("mine.yaml").write_text(f"{find('demo').text}\ncrons: [{cron}]\n")
    first = seed("mine.yaml")
    empty.delete(f"/threads/{ADA}")
    empty.delete("/store/items", {"namespace": ["users", "ada"], "key": "profile"})
    empty.delete(f"/runs/crons/{next(iter(first['ids']['crons'].values()))}")

    again = seed("mine.yaml")

    assert again["made_before"] == 10
    assert {kind: len(ids) for kind, ids in again["ids"].items()} == {
        kind: len(ids) for kind, ids in first["ids"].items()
    }
    assert len(_states(empty, ADA)) == 9
    assert len(empty.post("/runs/crons/search", {}).json()) == 1
    assert [*again["ids"]["crons"].values()] != [*first["ids"]["crons"].values()]


def test_items_whose_names_only_look_alike_are_all_made(empty: Deployment, seed: Seed) -> None:
    Path("mine.yaml").write_text(
        AGENTS + "store:\n- {namespace: [a, b], key: c, value: {n: 1}}\n- {namespace: [a], key: b/c, value: {n: 2}}\n"
    )

    report = seed("mine.yaml")

    assert report["ids"]["store"] == {"a/b/c": "a/b/c", "a/b%2Fc": "a/b%2Fc"}
    assert len(empty.post("/store/items/search", {"namespace_prefix": ["a"]}).json()["items"]) == 2


def test_each_scenario_has_a_map_of_its_own(empty: Deployment, seed: Seed) -> None:
    for version in ("v1", "v2"):
        Path(f"shop.{version}.yaml").write_text(AGENTS + f"store: [{{namespace: [a], key: {version}, value: {{}}}}]\n")

    report = [seed(f"shop.{version}.yaml") for version in ("v1", "v2")]

    assert [each["ids"]["store"] for each in report] == [{"a/v1": "a/v1"}, {"a/v2": "a/v2"}]


def test_another_map_makes_nothing_twice_either(empty: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    main(["seed", empty.url, "demo"])
    empty.between.reset()
    capsys.readouterr()

    status = main(["seed", empty.url, "demo", "--map", "other.json"])

    assert status == 2
    assert f"{empty.url} has the assistant aaaaaaaa-0000-4000-8000-000000000001, " in capsys.readouterr().err
    assert empty.between.changes == []
    assert not Path("other.json").exists()
    assert not Path("other.json.part").exists()


def test_what_is_there_is_kept_on_request(empty: Deployment, seed: Seed) -> None:
    empty.post("/threads", {"thread_id": ADA, "metadata": {"mine": True}}).raise_for_status()

    report = seed("demo", "--if-exists", "keep")

    assert report["kept"] == 1
    assert report["ids"]["threads"][ADA] == ADA
    assert empty.get(f"/threads/{ADA}").json()["metadata"] == {"mine": True}


def test_an_unknown_graph_is_told_with_the_nearest_before_anything_is_made(
    empty: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("mine.yaml").write_text("agents: {suport: {}}\nthreads: [{metadata: {graph_id: suport}}]\n")

    status = main(["seed", empty.url, "mine.yaml"])

    assert status == 2
    assert 'has no graph "suport". Did you mean "support"? --map-graph suport=NAME' in capsys.readouterr().err
    assert empty.between.changes == []


@pytest.mark.parametrize(
    ("graph_id", "complaint"),
    [
        ("suport", 'there is no agent "suport"'),
        (5, "metadata.graph_id names no agent"),
        ({}, "metadata.graph_id names"),
    ],
)
def test_a_recorded_thread_whose_agent_is_not_in_the_scenario_is_told_of(
    empty: Deployment, record: Record, capsys: pytest.CaptureFixture[str], graph_id: object, complaint: str
) -> None:
    empty.play("demo")
    scenario = record("--thread-id", ADA, "--only", "threads")
    scenario["threads"][0]["metadata"]["graph_id"] = graph_id
    Path("mine.json").write_text(json.dumps(scenario))
    empty.between.reset()

    assert main(["seed", empty.url, "mine.json"]) == 2
    assert f"mine.json: thread {ADA}: {complaint}" in capsys.readouterr().err
    assert empty.between.asked == []


def test_a_graph_may_be_called_otherwise_there(empty: Deployment, seed: Seed) -> None:
    Path("mine.yaml").write_text(
        "agents: {desk: {channels: {messages: messages}, nodes: [reply]}}\n"
        "assistants: [{assistant_id: aaaaaaaa-0000-4000-8000-00000000000a, graph_id: desk}]\n"
        "threads:\n"
        f"- {{thread_id: {ADA}, metadata: {{graph_id: desk}}, values: {{messages: [{{role: ai, content: Hi}}]}}}}\n"
    )

    seed("mine.yaml", "--map-graph", "desk=support")

    assert empty.get("/assistants/aaaaaaaa-0000-4000-8000-00000000000a").json()["graph_id"] == "support"
    thread = empty.get(f"/threads/{ADA}").json()
    assert thread["metadata"]["graph_id"] == "support"
    assert thread["values"]["messages"][0]["content"] == "Hi"


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--map-graph", "suport=x"], '--map-graph: the scenario has no graph "suport". Did you mean "support"?'),
        (["--map-graph", "support"], '--map-graph is of the form HERE=THERE, not "support"'),
        (["--only", "thread"], '--only: there is no "thread". Did you mean "threads"?'),
    ],
)
def test_an_option_that_cannot_be_meant_is_refused(
    empty: Deployment, capsys: pytest.CaptureFixture[str], options: list[str], complaint: str
) -> None:
    assert main(["seed", empty.url, "demo", *options]) == 2
    assert complaint in capsys.readouterr().err
    assert empty.between.asked == []


def test_a_dry_run_tells_what_would_be_made_and_makes_nothing(
    empty: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["seed", empty.url, "demo", "--dry-run"])

    assert status == 0
    assert f"{empty.url}: 2 assistants, 5 threads, 0 crons, 5 store would be made" in capsys.readouterr().out
    assert empty.between.changes == []
    assert not Path("demo.seeded.json").exists()


def test_a_dry_run_leaves_out_what_was_made_before(
    empty: Deployment, seed: Seed, capsys: pytest.CaptureFixture[str]
) -> None:
    seed("demo", "--only", "store")

    main(["seed", empty.url, "demo", "--dry-run"])

    assert "2 assistants, 5 threads, 0 crons, 0 store would be made" in capsys.readouterr().out


def test_people_get_a_table(empty: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    main(["seed", empty.url, "demo", "--without", "assistants,store"])

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{empty.url}: 0 assistants, 5 threads, 0 crons, 0 store (0 made before, 0 there already)"
    assert f"  threads     {ADA}  =" in lines
    assert "  only a run can be busy, fail or ask:" in lines
    assert '        2 × threads status: "interrupted", not "busy"' in [line.replace("error", "busy") for line in lines]


def test_differences_fail_where_none_are_wanted(empty: Deployment) -> None:
    assert main(["seed", empty.url, "demo", "--only", "store", "--strict"]) == 0
    assert main(["seed", empty.url, "demo", "--strict"]) == 1


def test_what_is_sent_along_is_never_told(empty: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["seed", empty.url, "demo", "--api-key", "key-4711-secret"])

    told = capsys.readouterr()
    assert status == 0
    assert empty.between.headers["x-api-key"] == "key-4711-secret"
    assert "4711" not in told.out + told.err + Path("demo.seeded.json").read_text()


ORCHARD = AGENTS + "computer_agents: {projects: [{name: Orchard}], threads: [{}, {}]}\n"


def test_what_belongs_to_the_computer_agents_api_is_left_out_and_told(seed: Seed) -> None:
    Path("orchard.yaml").write_text(ORCHARD)

    report = seed("orchard.yaml")

    assert report["left_out"] == {"projects": 1, "threads": 2}
    assert report["differences"] == []


def test_what_is_left_out_is_a_difference_where_none_is_wanted(
    empty: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("orchard.yaml").write_text(ORCHARD)

    dry = main(["seed", empty.url, "orchard.yaml", "--dry-run"])
    strict = main(["seed", empty.url, "orchard.yaml", "--strict"])

    assert (dry, strict) == (0, 1)
    told = "left out, as it is no Agent Server's but the Computer Agents API's: 1 projects, 2 threads"
    assert capsys.readouterr().out.count(told) == 2


@pytest.mark.parametrize("command", [["record", "URL", "-o", "x.yaml"], ["seed", "URL", "demo"]])
def test_another_api_is_neither_recorded_nor_seeded(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    status = main([*command, "--api", "computer-agents"])

    assert status == 2
    assert 'only agent-server is recorded and seeded, not "computer-agents"' in capsys.readouterr().err
