"""`understudy record`: a deployment told as a scenario that replays alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.recording.conftest import Deployment
from tests.recording.reads import reads
from understudy.cli import main
from understudy.scenarios import build, find, read
from understudy.wire import Json, JsonObject

Record: TypeAlias = "Callable[..., JsonObject]"

ADA, GRACE, LINUS, BUSY, NEW = (f"{digit * 8}-{digit * 4}-4{digit * 3}-8{digit * 3}-{digit * 12}" for digit in "12345")


def _ids(scenario: JsonObject) -> list[str]:
    return sorted(row["thread_id"] for row in scenario.get("threads", []))


def _converse(deployment: Deployment) -> None:
    """Let things happen of all kinds: subgraphs, forks, questions, errors, copies, versions, crons."""
    deployment.play("reference")
    thread = ""
    for graph, given in (
        ("parent", {"v": "x", "ask": True}),
        ("parent", {"v": "x", "ask": False}),
        ("agent", {"messages": [{"role": "user", "content": "ask"}]}),
        ("agent", {"messages": [{"role": "user", "content": "boom"}]}),
        ("par", {"out": []}),
        ("steps", {"n": 1}),
    ):
        thread = deployment.create_thread(metadata={"said": graph})
        deployment.post(f"/threads/{thread}/runs/wait", {"assistant_id": graph, "input": given})
    history = deployment.get(f"/threads/{thread}/history?limit=9").json()
    fork = {"values": {"n": 7}, "as_node": "a", "checkpoint": history[1]["checkpoint"]}
    deployment.post(f"/threads/{thread}/state", fork).raise_for_status()
    deployment.post(f"/threads/{thread}/copy").raise_for_status()
    assistant = deployment.post("/assistants", {"graph_id": "steps", "name": "one"}).json()["assistant_id"]
    deployment.patch(f"/assistants/{assistant}", {"name": "two", "context": {"k": 1}}).raise_for_status()
    deployment.patch(f"/assistants/{assistant}", {"name": "three"}).raise_for_status()
    deployment.post(f"/assistants/{assistant}/latest", {"version": 2}).raise_for_status()
    cron = {"assistant_id": assistant, "schedule": "0 6 * * *", "input": {"n": 1}, "metadata": {"team": "post"}}
    deployment.post("/runs/crons", cron).raise_for_status()
    deployment.post(f"/threads/{thread}/runs/crons", cron).raise_for_status()


def test_a_recording_of_the_demo_replays_alike(deployment: Deployment, record: Record) -> None:
    before = reads(deployment)

    record()
    deployment.world = build([read(find("out.json"))])

    assert reads(deployment) == before


def test_a_recording_of_subgraphs_forks_copies_and_crons_replays_alike(deployment: Deployment, record: Record) -> None:
    _converse(deployment)
    before = reads(deployment)

    record()
    deployment.world = build([read(find("out.json"))])

    assert reads(deployment) == before


def test_a_recording_is_yaml_unless_the_file_is_called_otherwise(deployment: Deployment) -> None:
    status = main(["record", deployment.url, "-o", "shop.yaml"])

    assert status == 0
    assert Path("shop.yaml").read_text().startswith("agents:\n  research:\n")


def test_what_nodes_do_is_not_known_and_they_say_so(deployment: Deployment, record: Record) -> None:
    record()
    deployment.world = build([read(find("out.json"))])

    answer = deployment.post("/runs/wait", {"assistant_id": "support", "input": {"messages": []}}).json()

    assert answer["__error__"] == {
        "error": "NotImplementedError",
        "message": "what the node reply of support does was not recorded; write its script, or record with --runs",
    }


def test_channels_are_told_as_far_as_histories_show_them(record: Record) -> None:
    agents = record()["agents"]

    assert agents["support"]["channels"] == {"messages": "messages", "order": "last", "refund": "last"}
    assert agents["research"]["channels"] == {"question": "last", "notes": "append", "report": "last"}


@pytest.mark.parametrize(
    ("options", "threads"),
    [
        (["--thread-id", ADA], [ADA]),
        (["--thread-id", ADA, "--thread-id", NEW], [ADA, NEW]),
        (["--metadata", "user=grace"], [GRACE, BUSY]),
        (["--metadata", "user=grace", "--metadata", "channel=email"], [GRACE]),
        (["--status", "error"], [LINUS]),
        (["--status", "error", "--status", "busy"], [LINUS, BUSY]),
        (["--graph", "research"], [BUSY]),
        (["--assistant", "a76bea17-1a15-53a6-bfc6-e12c619f641d"], [ADA, GRACE, LINUS]),
        (["--since", "2025-12-30T09:15:02Z"], [GRACE, BUSY, NEW]),
        (["--limit", "2"], [BUSY, NEW]),
        (["--only", "store"], []),
        (["--without", "threads"], []),
    ],
    ids=lambda value: " ".join(value) if value and value[0].startswith("-") else "",
)
def test_only_some_threads_are_recorded(record: Record, options: list[str], threads: list[str]) -> None:
    assert _ids(record(*options)) == threads


def test_only_items_below_a_namespace_are_recorded(record: Record) -> None:
    rows = record("--namespace", "users.ada")["store"]

    assert sorted(row["key"] for row in rows) == ["neighbours", "profile"]


def test_only_some_kinds_are_recorded(record: Record) -> None:
    assert record("--only", "store,threads", "--without", "store").keys() == {"agents", "threads"}


def test_a_run_that_named_no_thread_is_made_a_script_of_too(deployment: Deployment, record: Record) -> None:
    box = {"channels": {"held": "last", "seen": "last"}, "nodes": {"keep": {"write": {"seen": True}}}}
    deployment.world = build([read({"agents": {"box": box}})])
    stateless = {"assistant_id": "box", "input": {"held": 1}, "on_completion": "keep"}
    deployment.post("/runs/wait", stateless).raise_for_status()

    agents = record("--runs")["agents"]

    assert agents["box"]["nodes"]["keep"][0] == {"when": "state.held == 1", "do": {"write": {"seen": True}}}


def test_an_agent_whose_script_could_not_be_loaded_is_told_as_without_runs(
    deployment: Deployment, record: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    box = {"channels": {"held": "last", "seen": "last"}, "nodes": {"keep": {"write": {"seen": True}}}}
    deployment.world = build([read({"agents": {"box": box, "well": box}})])
    for name, held in (("box", 1), ("well", json.loads("[" * 150 + "]" * 150))):
        thread = deployment.create_thread()
        deployment.post(f"/threads/{thread}/runs/wait", {"assistant_id": name, "input": {"held": held}})

    agents = record("--runs")["agents"]

    said = capsys.readouterr().err
    assert "well: no script could be made of its runs, because of what agents.well.nodes.keep turn 1: when" in said
    assert agents["well"]["nodes"]["keep"]["raise"]["error"] == "NotImplementedError"
    assert agents["box"]["nodes"]["keep"][0] == {"when": "state.held == 1", "do": {"write": {"seen": True}}}


def test_more_threads_than_fit_on_a_page_are_all_recorded(deployment: Deployment, record: Record) -> None:
    deployment.world = build([read(find("large:threads=250,checkpoints=3"))])

    scenario = record()

    assert len(_ids(scenario)) == 250
    assert all(row["history"] for row in scenario["threads"])


def test_a_long_history_is_recorded_in_full(deployment: Deployment, record: Record) -> None:
    deployment.play("reference")
    thread = deployment.create_thread(metadata={"graph_id": "steps"})
    for number in range(230):
        update = {"values": {"n": number}, "as_node": "a"}
        deployment.post(f"/threads/{thread}/state", update).raise_for_status()

    (row,) = record()["threads"]

    assert len(row["history"]) == 230
    assert row["history"][-1]["values"]["n"] == sum(range(230))


def test_nothing_is_changed_on_the_deployment(deployment: Deployment, record: Record) -> None:
    record()

    assert deployment.between.changes == []


def test_a_thread_of_a_graph_that_is_gone_keeps_its_row(
    deployment: Deployment, record: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    thread = deployment.create_thread(metadata={"graph_id": "gone"})

    scenario = record("--thread-id", thread)

    assert scenario["threads"][0]["metadata"] == {"graph_id": "gone"}
    assert f"thread {thread}: the deployment cannot read its states" in capsys.readouterr().err


def test_short_ids_stand_for_long_ones_everywhere(deployment: Deployment, record: Record) -> None:
    _converse(deployment)
    thread = deployment.create_thread()
    deployment.put("/store/items", {"namespace": ["notes"], "key": "k", "value": {"see": f"thread {thread}"}})

    scenario = record("--short-ids")

    build([read(find("out.json"))])
    short = _ids(scenario)
    assert short[0] == "00000000-0001-4000-8000-000000000001"
    assert [row["thread_id"] for row in scenario["threads"]] == short
    assert scenario["store"][0]["value"] == {"see": f"thread {short[-1]}"}
    told = str(scenario)
    assert all(row["thread_id"] not in told for row in deployment.post("/threads/search", {"limit": 99}).json())
    parent = scenario["threads"][0]["history"]
    inside = next(state for state in parent if state["checkpoint"].get("checkpoint_ns"))
    ran = next(state for state in parent if any(task["checkpoint"] for task in state["tasks"]))
    assert inside["checkpoint"]["checkpoint_ns"] == f"child:{ran['tasks'][0]['id']}"


def test_short_ids_are_the_same_every_time(deployment: Deployment, record: Record) -> None:
    _converse(deployment)

    assert record("--short-ids") == record("--short-ids")


def test_a_summary_says_what_was_recorded(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    main(["record", deployment.url, "-o", "shop.yaml"])

    told = capsys.readouterr()
    assert told.err == ""  # progress is for terminals
    assert told.out == (
        "shop.yaml: 2 agents, 4 assistants, 5 threads, 0 crons, 5 store; 19 states; 0 secrets redacted\n"
    )


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--only", "thread"], '--only: there is no "thread". Did you mean "threads"?'),
        (["--status", "idel"], '--status: there is no "idel". Did you mean "idle"?'),
        (["--metadata", "user"], '--metadata is of the form KEY=VALUE, not "user"'),
        (["--thread-id", "1"], '--thread-id is a UUID, like 11111111-1111-4111-8111-111111111111, not "1"'),
        (["--since", "monday"], '--since is a time, like 2026-01-31 or 2026-01-31T08:00:00Z, not "monday"'),
        (["--limit", "0"], '--limit is a whole number, at least 1, not "0"'),
        (["--at-once", "x"], '--at-once is a whole number, at least 1, not "x"'),
        (["--redact", "(["], '--redact: "([" is no regular expression'),
        (["--header", "nonsense"], "--header 1 is not of the form NAME:VALUE"),
        (["--graph", "suport"], 'has no graph "suport". Did you mean "support"?'),
        (["--thread-id", "77777777-7777-4777-8777-777777777777"], "has no thread 77777777-7777-4777-8777-777777777777"),
    ],
)
def test_an_option_that_cannot_be_meant_is_refused(
    deployment: Deployment, capsys: pytest.CaptureFixture[str], options: list[str], complaint: str
) -> None:
    status = main(["record", deployment.url, "-o", "out.yaml", *options])

    assert status == 2
    assert complaint in capsys.readouterr().err
    assert [*Path().iterdir()] == []  # nothing that would be in the way of the right option


def test_values_that_are_no_objects_are_told_of(
    deployment: Deployment, record: Record, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from understudy.recording import reading

    async def functional(*_: Json) -> JsonObject:
        (row,) = deployment.post("/threads/search", {"ids": [NEW]}).json()
        state = deployment.get(f"/threads/{ADA}/state").json()
        return {**row, "metadata": {"graph_id": "support"}, "values": "text", "history": [{**state, "values": "text"}]}

    monkeypatch.setattr(reading, "thread", functional)

    scenario = record("--thread-id", NEW)

    assert scenario["threads"][0]["history"] == []
    assert f"thread {NEW}: its values are no object" in capsys.readouterr().err
