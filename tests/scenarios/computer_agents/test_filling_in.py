"""What a scenario leaves out of the Computer Agents API's rows is filled in as the API would have made it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.worlds import NOON, world_of
from understudy.scenarios import ScenarioError, Source, build, dump_text, find, load, read
from understudy.state.clock import Clock
from understudy.state.computer_agents.forks import Fork, NewComputer, changed, fork
from understudy.state.computer_agents.platform import ComputerAgents

TWO_SNAPSHOTS = """
agents: {coder: {description: Writes it.}}
computer_agents:
  environments:
  - id: env_office
    createdAt: 2026-01-01T08:00:00Z
    snapshots:
    - files: {a.md: "one"}
    - {id: snapshot_2, files: {a.md: "one", b.md: "two"}, createdAt: 2026-01-01T09:00:00Z}
  threads:
  - id: thread_1
    environmentId: env_office
    agentId: coder
    createdAt: 2026-01-01T08:30:00Z
    messages: [{user: Look!}, {assistant: I see.}, {user: Write b!}, {assistant: Done.}]
    steps:
    - {stepKind: user_message}
    - {stepKind: reasoning}
    - {stepKind: turn_completed}
    - {stepKind: user_message}
    - {stepKind: file_change, title: b.md, snapshotAfterId: snapshot_2}
    - {stepKind: turn_completed}
"""


def told(*texts: str) -> ComputerAgents:
    """Return what a world with these sections of scenarios has."""
    whole = [f"computer_agents: {text}" if text.startswith("{") else text for text in texts]
    return world_of(*whole).computer_agents


def shown(platform: ComputerAgents, thread_id: str) -> dict[str, Any]:
    return platform.threads.shown(platform.threads.get(thread_id))


def test_ids_are_made_of_names() -> None:
    platform = told("{projects: [{name: The Farm!}], agents: [{name: Almanac}], environments: [{name: Field laptop}]}")

    assert [row["id"] for row in platform.projects.find()] == ["project_the_farm"]
    assert platform.agents.find()[-1]["id"] == "agent_almanac"
    assert [row["id"] for row in platform.environments.find()] == ["env_field_laptop"]


def test_a_name_without_letters_gets_an_id_that_is_drawn() -> None:
    (row,) = told("{projects: [{name: '?'}]}").projects.find()

    assert len(row["id"]) == len("project_") + 21


def test_names_are_made_of_ids() -> None:
    platform = told("{projects: [{id: project_a}], agents: [{id: agent_b}], environments: [{id: env_c}]}")

    assert [row["name"] for row in platform.projects.find()] == ["project_a"]
    assert platform.agents.get("agent_b")["name"] == "agent_b"
    assert platform.environments.get("env_c")["imageTag"] == "env_c:latest"


def test_an_agent_with_a_script_is_described_by_it_and_takes_its_place() -> None:
    platform = told("{agents: [{id: coder, isDefault: true}]}", "agents: {coder: {description: Writes it.}}")

    assert [row["id"] for row in platform.agents.find()] == ["agent_default", "coder"]
    assert platform.agents.get("coder")["description"] == "Writes it."
    assert (platform.agents.default()["id"], platform.agents.get("agent_default")["isDefault"]) == ("coder", False)


def test_an_agent_that_is_told_to_be_gone_is_not_there() -> None:
    assert told("{agents: [{id: agent_default, deleted: true}]}").agents.find() == []


def test_a_thread_of_which_nothing_is_told_is_new_and_in_the_default_computer() -> None:
    platform = told("{threads: [{}]}")

    (row,) = platform.threads.find().rows
    assert (row["environmentId"], row["agentId"]) == ("env_default", "agent_default")
    assert platform.environments.default()["name"] == "default"
    assert (row["status"], row["createdAt"]) == ("active", "2026-01-01T12:00:00.000Z")
    assert shown(platform, row["id"])["messageCount"] == 0


def test_the_default_computer_may_be_told_by_another_scenario() -> None:
    platform = told("{environments: [{id: env_a, isDefault: true}]}", "{threads: [{id: thread_1}]}")

    assert shown(platform, "thread_1")["environmentName"] == "env_a"


def test_messages_follow_each_other_by_a_second_up_to_now() -> None:
    platform = told("{threads: [{id: thread_1, messages: [{user: A}, {assistant: B}, {user: C}]}]}")

    times = [row["createdAt"] for row in platform.messages.of("thread_1")]
    assert times == ["2026-01-01T11:59:58.000Z", "2026-01-01T11:59:59.000Z", "2026-01-01T12:00:00.000Z"]
    row = shown(platform, "thread_1")
    assert (row["createdAt"], row["updatedAt"], row["status"]) == (times[0], times[2], "completed")
    assert (row["messageCount"], row["lastMessageAt"], row["lastMessagePreview"]) == (3, times[2], "C")


def test_what_is_made_up_for_a_thread_is_the_same_every_time() -> None:
    first, again = (build([read(Source("f.yaml", TWO_SNAPSHOTS))], Clock(NOON)).computer_agents for _ in range(2))

    assert first.messages.of("thread_1") == again.messages.of("thread_1")
    assert first.steps.of("thread_1") == again.steps.of("thread_1")
    assert first.snapshots.find("env_office") == again.snapshots.find("env_office")


def test_snapshots_tell_what_differs_from_the_one_before() -> None:
    second, first = told(TWO_SNAPSHOTS).snapshots.find("env_office")

    assert (first["changedPaths"], first["parentSnapshotId"]) == (["a.md"], None)
    assert (second["changedPaths"], second["additions"]) == (["b.md"], 1)
    assert second["parentSnapshotId"] == first["id"]
    assert first["createdAt"] == "2026-01-01T08:00:00.000Z"


def test_a_file_that_stays_the_same_was_written_with_the_first_snapshot_that_has_it() -> None:
    files = told(TWO_SNAPSHOTS).snapshots.files_now("env_office")

    assert {path: file.modified[11:16] for path, file in files.items()} == {"a.md": "08:00", "b.md": "09:00"}


def test_steps_belong_to_the_message_that_was_said_last_and_leave_the_files_that_they_found() -> None:
    platform = told(TWO_SNAPSHOTS)
    ids = [row["id"] for row in platform.messages.of("thread_1")]
    first = platform.snapshots.find("env_office")[1]["id"]

    steps = platform.steps.of("thread_1")

    assert [ids.index(step["sourceMessageId"]) for step in steps] == [0, 0, 1, 2, 2, 3]
    assert [step["sequence"] for step in steps] == [1, 2, 3, 4, 5, 6]
    assert [step["title"] for step in steps][:3] == ["Look!", "Reasoning", "Turn completed"]
    assert [(step["snapshotBeforeId"], step["snapshotAfterId"]) for step in steps[3:]] == [
        (first, first),
        (first, "snapshot_2"),
        ("snapshot_2", "snapshot_2"),
    ]


def test_a_copy_that_is_cut_has_the_files_that_were_changed_before_the_cut() -> None:
    platform = told(TWO_SNAPSHOTS)

    before, after = (list(changed(platform, "thread_1", kept)) for kept in (2, 4))
    whole = fork(platform, "thread_1", Fork(kept=4, computer=NewComputer(), files="thread_only"))

    assert (before, after) == ([], ["b.md"])
    assert platform.snapshots.files_now(whole["environmentId"]).keys() == {"b.md"}


def test_a_computer_that_runs_has_a_container_since_it_was_changed() -> None:
    platform = told("{environments: [{id: env_a, status: running, updatedAt: 2026-01-01T09:00:00Z}]}")

    status = platform.environments.status("env_a")
    assert (status["status"], status["startedAt"]) == ("running", "2026-01-01T09:00:00.000Z")
    assert status["containerId"].startswith("container_")


def test_secrets_keep_their_names_alone() -> None:
    platform = told("{environments: [{id: env_a, secrets: [{key: TOKEN, value: hidden}], computeProfile: power}]}")

    row = platform.environments.get("env_a")
    assert row["secrets"] == [{"key": "TOKEN", "value": ""}]
    assert row["metadata"]["computeProfile"] == "power"


def test_threads_that_were_changed_at_the_same_moment_are_found_in_the_order_that_is_told() -> None:
    rows = "[{id: thread_a, changed: 2}, {id: thread_b}, {id: thread_c, changed: 1}]"

    found = told(f"{{threads: {rows}}}").threads.find().rows

    assert [row["id"] for row in found] == ["thread_a", "thread_c", "thread_b"]


def test_a_row_that_leaves_nothing_out_may_name_what_is_not_there() -> None:
    world = world_of("computer_agents: {threads: [{id: thread_1}]}")
    world.computer_agents.environments.delete("env_default", for_good=True)

    again = build([read(Source("saved.yaml", dump_text(world)))])

    assert shown(again.computer_agents, "thread_1")["environmentName"] is None


def test_what_has_the_same_id_is_replaced_with_all_that_belongs_to_it() -> None:
    world = world_of(TWO_SNAPSHOTS)
    thread = "{id: thread_1, messages: [{user: New}], environmentId: env_office}"

    text = f"computer_agents: {{environments: [{{id: env_office, files: {{c.md: c}}}}], threads: [{thread}]}}"
    load(read(Source("new.yaml", text)), world)

    platform = world.computer_agents
    assert [row["content"] for row in platform.messages.of("thread_1")] == ["New"]
    assert platform.steps.of("thread_1") == ()
    assert platform.snapshots.files_now("env_office").keys() == {"c.md"}
    assert len(platform.snapshots.find("env_office")) == 1
    assert dump_text(build([read(Source("saved.yaml", dump_text(world)))])) == dump_text(world)


def test_steps_of_a_computer_that_was_replaced_tell_of_no_files() -> None:
    world = world_of(TWO_SNAPSHOTS)

    load(read(Source("new.yaml", "computer_agents: {environments: [{id: env_office}]}")), world)

    platform = world.computer_agents
    assert platform.snapshots.files(platform.steps.of("thread_1")[4]["snapshotAfterId"]) == {}
    assert dump_text(build([read(Source("saved.yaml", dump_text(world)))])) == dump_text(world)


def test_what_is_wrong_changes_nothing() -> None:
    world = world_of(TWO_SNAPSHOTS)
    before = dump_text(world)
    wrong = "computer_agents: {threads: [{id: thread_1}, {agentId: nobody}], projects: [{name: A}]}"

    with pytest.raises(ScenarioError, match="nobody"):
        load(read(Source("new.yaml", wrong)), world)

    assert dump_text(world) == before


def test_the_demo_can_be_cut_in_the_middle() -> None:
    platform = build([read(find("demo", "computer-agents"))]).computer_agents

    cut = fork(platform, "thread_plan", Fork(kept=4, computer=NewComputer(), files="thread_only"))

    plan = platform.snapshots.files_now(cut["environmentId"])["harvest/plan.md"].content
    assert (cut["forkMode"], cut["messagesCopied"]) == ("historical", 4)
    assert "Monday" in plan
    assert "Thursday" not in plan


def test_a_world_without_anything_of_this_api_tells_nothing_of_it() -> None:
    assert "computer_agents" not in dump_text(build([read(find("demo"))]))


def test_a_scenario_counts_what_it_has_of_both_apis() -> None:
    scenario = read(Source("f.yaml", "agents: {coder: {}}\nthreads: [{}]\n" + TWO_SNAPSHOTS.partition("}}")[2]))

    assert [scenario.count(section) for section in ("agents", "threads", "environments")] == [1, 2, 1]
