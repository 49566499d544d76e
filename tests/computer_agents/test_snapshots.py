"""Snapshots of computers over HTTP, and computers that are made from them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.computer_agents.making import computer, names, project
from understudy.errors import NotFound
from understudy.state.clock import Clock
from understudy.state.computer_agents.files import File
from understudy.state.world import World

if TYPE_CHECKING:
    from tests.conftest import Server

WRITTEN = "2026-01-31T08:00:00.000Z"
FIRST = {"notes.md": File("one\ntwo\n", WRITTEN), "src/plan.md": File("pears\n", WRITTEN)}
SECOND = {"notes.md": File("one\nthree\n", WRITTEN)}


def snapshots(server: Server, environment_id: str, **query: Any) -> list[dict[str, Any]]:
    answer = server.get(f"/v1/environments/{environment_id}/snapshots", params=query).raise_for_status().json()
    assert answer["object"] == "list"
    return list(answer["data"])


def fork(server: Server, environment_id: str, snapshot_id: str, body: Any = None) -> dict[str, Any]:
    answer = server.post(f"/v1/environments/{environment_id}/snapshots/{snapshot_id}/fork", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_the_history_of_a_computer_begins_with_a_snapshot_of_no_files(server: Server) -> None:
    server.begin(lambda: World(clock=Clock(datetime(2026, 1, 31, 8, tzinfo=UTC))))
    environment_id = computer(server)["id"]
    assert snapshots(server, environment_id) == []

    answer = server.post(f"/v1/environments/{environment_id}/snapshots/initialize")

    assert answer.status_code == 201
    snapshot = answer.json()["snapshot"]
    assert answer.json()["environmentId"] == environment_id
    assert snapshot["id"].startswith("snapshot_")
    assert snapshot == {
        "id": snapshot["id"],
        "environmentId": environment_id,
        "sourceThreadId": None,
        "sourceStepId": None,
        "parentSnapshotId": None,
        "ledgerCommitSha": snapshot["ledgerCommitSha"],
        "changedPaths": [],
        "additions": 0,
        "deletions": 0,
        "metadata": None,
        "createdAt": "2026-01-31T08:00:00.000Z",
    }
    assert snapshots(server, environment_id) == [snapshot]


def test_where_the_history_has_begun_the_first_snapshot_is_told_and_nothing_changes(server: Server) -> None:
    environment_id = computer(server)["id"]
    first = server.world.computer_agents.snapshots.take(environment_id, FIRST)
    server.world.computer_agents.snapshots.take(environment_id, SECOND)

    answer = server.post(f"/v1/environments/{environment_id}/snapshots/initialize")

    assert (answer.status_code, answer.json()["snapshot"]) == (201, first)
    assert len(snapshots(server, environment_id)) == 2


def test_a_snapshot_is_compared_with_the_one_before_it(server: Server) -> None:
    environment_id = computer(server)["id"]
    first = server.world.computer_agents.snapshots.take(environment_id, FIRST)
    server.world.computer_agents.snapshots.take(environment_id, SECOND, thread_id="thread_x", step_id="step_x")

    newest, oldest = snapshots(server, environment_id)

    assert oldest == first
    assert (oldest["parentSnapshotId"], oldest["additions"], oldest["deletions"]) == (None, 3, 0)
    assert newest["parentSnapshotId"] == first["id"]
    assert newest["changedPaths"] == ["notes.md", "src/plan.md"]
    assert (newest["additions"], newest["deletions"]) == (1, 2)
    assert (newest["sourceThreadId"], newest["sourceStepId"]) == ("thread_x", "step_x")


def test_the_same_files_have_the_same_commit_whenever_they_were_written(server: Server) -> None:
    environment_id = computer(server)["id"]
    later = {path: File(file.content, "2027-01-01T00:00:00.000Z") for path, file in reversed(FIRST.items())}
    for tree in (FIRST, SECOND, later):
        server.world.computer_agents.snapshots.take(environment_id, tree)

    third, second, first = [row["ledgerCommitSha"] for row in snapshots(server, environment_id)]

    assert third == first != second
    assert len(bytes.fromhex(first)) == 20


def test_snapshots_are_listed_with_the_newest_first_50_of_them_on_a_page(server: Server) -> None:
    clock = Clock(datetime(2026, 1, 31, 8, tzinfo=UTC))
    server.begin(lambda: World(clock=clock))
    environment_id = computer(server)["id"]
    other = computer(server)["id"]
    made: list[dict[str, Any]] = []
    for number in range(101):
        clock.advance(timedelta(seconds=number % 2))  # some have one time
        tree = {"count": File(str(number), WRITTEN)}
        made.insert(0, server.world.computer_agents.snapshots.take(environment_id, tree))

    assert snapshots(server, environment_id) == made[:50]
    assert snapshots(server, environment_id, limit=1000) == made[:100]
    assert snapshots(server, environment_id, limit=0) == made[:1]
    assert snapshots(server, environment_id, limit=2, offset=100) == made[100:]
    assert snapshots(server, other) == []


@pytest.mark.parametrize("query", [{"limit": "many"}, {"offset": -1}])
def test_a_query_that_does_not_fit_is_refused_with_its_parameter(server: Server, query: dict[str, Any]) -> None:
    refused = server.get(f"/v1/environments/{computer(server)['id']}/snapshots", params=query)

    assert refused.status_code == 400
    assert [detail["field"] for detail in refused.json()["details"]] == list(query)


def test_a_computer_that_is_made_from_a_snapshot_has_its_files_and_begins_its_own_history(server: Server) -> None:
    environment_id = computer(server)["id"]
    tables = server.world.computer_agents
    first = tables.snapshots.take(environment_id, FIRST)
    tables.snapshots.take(environment_id, SECOND)

    forked = fork(server, environment_id, first["id"])

    new = forked["environment"]["id"]
    assert new != environment_id
    assert forked["sourceSnapshotId"] == first["id"]
    assert forked["snapshot"]["environmentId"] == new
    assert forked["snapshot"]["ledgerCommitSha"] == first["ledgerCommitSha"]
    assert snapshots(server, new) == [forked["snapshot"]]
    assert tables.snapshots.files_now(new) == FIRST
    assert tables.snapshots.files_now(environment_id) == SECOND


def test_it_is_configured_as_the_computer_is_now_but_stopped_and_not_the_default(server: Server) -> None:
    source = computer(server, isDefault=True, computeProfile="power", projectId=project(server)["id"])
    path = f"/v1/environments/{source['id']}"
    snapshot = server.post(f"{path}/snapshots/initialize").json()["snapshot"]
    source = server.patch(path, {"internetAccess": False, "description": "As it is now."}).json()["environment"]
    server.post(f"{path}/start").raise_for_status()

    new = fork(server, source["id"], snapshot["id"])["environment"]

    own = ("id", "imageTag", "lastBuildAt", "createdAt", "updatedAt")
    assert {name: value for name, value in new.items() if name not in own} == {
        **{name: value for name, value in source.items() if name not in own},
        "name": "Sandbox Fork",
        "isDefault": False,
        "status": "stopped",
    }
    assert server.get("/v1/environments/default").json()["id"] == source["id"]


def test_its_name_and_description_may_be_told(server: Server) -> None:
    source = computer(server, description="Old.")
    snapshot = server.world.computer_agents.snapshots.take(source["id"], FIRST)

    named = fork(server, source["id"], snapshot["id"], {"name": "Try", "description": ""})["environment"]
    plain = fork(server, source["id"], snapshot["id"], {})["environment"]

    assert (named["name"], named["description"]) == ("Try", "")
    assert (plain["name"], plain["description"]) == ("Sandbox Fork", "Old.")
    assert names(server, "environments") == ["Sandbox", "Try", "Sandbox Fork"]


@pytest.mark.parametrize(("body", "field"), [({"name": ""}, "name"), ({"title": "Try"}, "title"), ([], "body")])
def test_a_fork_that_does_not_fit_makes_nothing(server: Server, body: Any, field: str) -> None:
    environment_id = computer(server)["id"]
    snapshot = server.world.computer_agents.snapshots.take(environment_id, FIRST)

    refused = server.post(f"/v1/environments/{environment_id}/snapshots/{snapshot['id']}/fork", body)

    assert refused.status_code == 400
    assert refused.json()["details"][0]["field"] == field
    assert names(server, "environments") == ["Sandbox"]


def test_a_snapshot_of_another_computer_is_not_found(server: Server) -> None:
    environment_id, other = computer(server)["id"], computer(server)["id"]
    snapshot = server.world.computer_agents.snapshots.take(other, FIRST)

    for snapshot_id in (snapshot["id"], "snapshot_x"):
        refused = server.post(f"/v1/environments/{environment_id}/snapshots/{snapshot_id}/fork")

        assert refused.status_code == 404
        assert refused.json() == {"error": "Not Found", "message": f"Snapshot {snapshot_id} not found"}
    assert len(names(server, "environments")) == 2


def test_a_deleted_computer_can_be_the_model_of_another_unless_it_is_gone_for_good(server: Server) -> None:
    environments = server.world.computer_agents.environments
    soft, hard = computer(server, computeProfile="power")["id"], computer(server)["id"]
    server.delete(f"/v1/environments/{soft}").raise_for_status()
    server.delete(f"/v1/environments/{hard}", params={"hard": "true"}).raise_for_status()

    new = environments.fork(soft, name="Again")

    assert new["metadata"]["computeProfile"] == "power"
    assert server.get(f"/v1/environments/{new['id']}").json()["environment"] == new
    with pytest.raises(NotFound, match=f"Environment {hard} not found"):
        environments.fork(hard)
