"""Computers over HTTP: create, list, configure, delete. Others are about the default one, and whether they run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.computer_agents.making import computer, names, project
from understudy.state.clock import Clock
from understudy.state.world import World

if TYPE_CHECKING:
    from tests.conftest import Server

PATH = "/v1/environments"
MISSING = "env_000000000000000000000"


def get(server: Server, environment: dict[str, Any]) -> dict[str, Any]:
    answer = server.get(f"{PATH}/{environment['id']}").raise_for_status()
    return dict(answer.json()["environment"])


def test_a_new_computer_is_ready_and_stopped_and_has_nothing_that_was_not_asked_for(server: Server) -> None:
    server.begin(lambda: World(clock=Clock(datetime(2026, 1, 31, 8, tzinfo=UTC))))

    made = computer(server)

    environment_id = made["id"]
    assert environment_id.startswith("env_")
    assert len(environment_id) == len(MISSING)
    assert made == {
        "id": environment_id,
        "userId": "user_understudy",
        "name": "Sandbox",
        "description": "",
        "status": "stopped",
        "dockerfileExtensions": "",
        "runtimes": {},
        "packages": {"system": [], "python": [], "node": []},
        "environmentVariables": [],
        "secrets": [],
        "setupScripts": [],
        "mcpServers": [],
        "documentation": [],
        "internetAccess": True,
        "isDefault": False,
        "isActive": True,
        "guiEnabled": False,
        "buildStatus": "ready",
        "buildError": None,
        "imageTag": f"{environment_id}:latest",
        "lastBuildAt": "2026-01-31T08:00:00.000Z",
        "metadata": {"computeProfile": "standard", "guiEnabled": False, "officeAppsEnabled": False},
        "createdAt": "2026-01-31T08:00:00.000Z",
        "updatedAt": "2026-01-31T08:00:00.000Z",
    }
    assert get(server, made) == made


def test_a_computer_is_configured_as_it_is_told(server: Server) -> None:
    given = {
        "name": "Workshop",
        "description": "Where the tools are.",
        "internetAccess": False,
        "runtimes": {"python": "3.12"},
        "environmentVariables": [{"key": "LANG", "value": "en"}],
        "setupScripts": ["mkdir -p /workspace/out"],
        "mcpServers": [{"name": "files", "type": "stdio", "command": "mcp-files", "args": [], "enabled": True}],
        "documentation": ["Results belong in /workspace/out."],
        "dockerfileExtensions": "RUN true",
        "baseImage": "debian:13",
        "projectId": project(server)["id"],
    }

    made = computer(server, **given, packages={"system": ["git"]})

    assert given.items() <= made.items()
    assert made["packages"] == {"system": ["git"], "python": [], "node": []}


def test_sizes_and_screens_are_told_among_the_metadata(server: Server) -> None:
    made = computer(server, computeProfile="power", guiEnabled=True, officeAppsEnabled=True)
    other = computer(server, metadata={"computeProfile": "desktop", "guiEnabled": True, "pricing": {"minutePrice": 1}})

    assert made["metadata"] == {"computeProfile": "power", "guiEnabled": True, "officeAppsEnabled": True}
    assert made["guiEnabled"]
    assert "computeProfile" not in made
    assert "officeAppsEnabled" not in made
    assert other["guiEnabled"]
    assert other["metadata"] == {
        "computeProfile": "desktop",
        "guiEnabled": True,
        "officeAppsEnabled": False,
        "pricing": {"minutePrice": 1},
    }


def test_values_of_secrets_are_never_told(server: Server) -> None:
    made = computer(server, secrets=[{"key": "TOKEN", "value": "hush"}])
    changed = server.patch(f"{PATH}/{made['id']}", {"secrets": [{"key": "OTHER", "value": "hush"}]})

    assert made["secrets"] == [{"key": "TOKEN", "value": ""}]
    assert changed.json()["environment"]["secrets"] == [{"key": "OTHER", "value": ""}]
    assert "hush" not in server.get(PATH).text


def test_a_project_may_be_left_open_but_must_be_known(server: Server) -> None:
    none = computer(server, projectId=None)
    unknown = server.post(PATH, {"name": "Sandbox", "projectId": "project_x"})

    assert "projectId" not in none
    assert unknown.status_code == 404
    assert unknown.json() == {"error": "Not Found", "message": "Project project_x not found"}
    for change in (server.patch, server.put):
        refused = change(f"{PATH}/{none['id']}", {"name": "Sandbox", "projectId": "project_x"})
        assert (refused.status_code, refused.json()["message"]) == (404, "Project project_x not found")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "Sandbox", "nmae": 1}, "nmae"),
        ({"name": "Sandbox", "computeProfile": "huge"}, "computeProfile"),
        ({"name": "Sandbox", "environmentVariables": [{"key": "LANG"}]}, "environmentVariables[0].value"),
        ([], "body"),
        (None, "body"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_field_that_does_not(server: Server, body: Any, field: str) -> None:
    made = computer(server)

    created = server.post(PATH, body)
    replaced = server.put(f"{PATH}/{made['id']}", body)

    for refused in (created, replaced):
        assert refused.status_code == 400
        assert refused.json()["code"] == "VALIDATION_FAILED"
        assert [detail["field"] for detail in refused.json()["details"]] == [field]
    assert names(server, "environments") == ["Sandbox"]


def test_computers_are_listed_in_the_order_in_which_they_were_made(server: Server) -> None:
    first, *_ = [computer(server, name=name) for name in "abcd"]
    server.patch(f"{PATH}/{first['id']}", {"description": "Changed last."})

    whole = server.get(PATH).json()
    page = server.get(PATH, params={"limit": 2, "offset": 1}).json()

    assert [row["name"] for row in whole["data"]] == ["a", "b", "c", "d"]
    assert (whole["object"], whole["has_more"], whole["total_count"]) == ("list", False, 4)
    assert [row["name"] for row in page["data"]] == ["b", "c"]
    assert (page["has_more"], page["total_count"]) == (True, 4)
    assert names(server, "environments", offset=9) == []


def test_a_list_without_a_limit_has_all_computers_and_a_limit_goes_from_1_to_100(server: Server) -> None:
    for number in range(102):
        computer(server, name=str(number))

    assert len(names(server, "environments")) == 102
    assert len(names(server, "environments", limit=1000)) == 100
    assert len(names(server, "environments", limit=0)) == 1
    assert len(names(server, "environments", limit=-5)) == 1


def test_computers_are_found_by_project_and_status(server: Server) -> None:
    orchard = project(server)["id"]
    computer(server, name="a", projectId=orchard)
    running = computer(server, name="b", projectId=orchard)
    computer(server, name="c")
    server.post(f"{PATH}/{running['id']}/start").raise_for_status()

    assert names(server, "environments", projectId=orchard) == ["a", "b"]
    assert names(server, "environments", status="running") == ["b"]
    assert names(server, "environments", status="stopped", projectId=orchard) == ["a"]
    assert names(server, "environments", status="error") == []
    assert names(server, "environments", appId="passed over") == ["a", "b", "c"]


@pytest.mark.parametrize("query", [{"status": "asleep"}, {"limit": "many"}, {"offset": -1}])
def test_a_query_that_does_not_fit_is_refused_with_its_parameter(server: Server, query: dict[str, Any]) -> None:
    refused = server.get(PATH, params=query)

    assert refused.status_code == 400
    assert [detail["field"] for detail in refused.json()["details"]] == list(query)


def test_a_patch_replaces_what_is_given_and_merges_metadata(server: Server) -> None:
    made = computer(server, packages={"system": ["git"]}, runtimes={"python": "3.12"}, description="Old.")

    answer = server.patch(
        f"{PATH}/{made['id']}",
        {"packages": {"python": ["numpy"]}, "runtimes": {"go": "1.25"}, "metadata": {"pricing": {"minutePrice": 2}}},
    )

    changed = answer.json()["environment"]
    assert changed["packages"] == {"system": [], "python": ["numpy"], "node": []}
    assert changed["runtimes"] == {"go": "1.25"}
    assert changed["metadata"] == {**made["metadata"], "pricing": {"minutePrice": 2}}
    assert (changed["name"], changed["description"]) == ("Sandbox", "Old.")
    assert get(server, made) == changed


def test_a_patch_may_take_a_computer_out_of_its_project(server: Server) -> None:
    made = computer(server, projectId=project(server)["id"])

    changed = server.patch(f"{PATH}/{made['id']}", {"projectId": None}).json()["environment"]

    assert "projectId" not in changed


def test_a_change_is_dated(server: Server) -> None:
    clock = Clock(datetime(2026, 1, 31, 8, tzinfo=UTC))
    server.begin(lambda: World(clock=clock))
    made = computer(server)
    clock.advance(timedelta(seconds=1.5))

    changed = server.patch(f"{PATH}/{made['id']}", {}).json()["environment"]

    assert changed == {**made, "updatedAt": "2026-01-31T08:00:01.500Z"}


def test_what_a_put_leaves_out_is_as_in_a_new_computer_but_for_what_lasts(server: Server) -> None:
    made = computer(server, isDefault=True, description="Old.", baseImage="debian:13", computeProfile="power")
    server.post(f"{PATH}/{made['id']}/start").raise_for_status()
    snapshot = server.post(f"{PATH}/{made['id']}/snapshots/initialize").json()["snapshot"]

    replaced = server.put(f"{PATH}/{made['id']}", {"name": "Bare"}).json()["environment"]

    assert (replaced["name"], replaced["description"]) == ("Bare", "")
    assert replaced["metadata"]["computeProfile"] == "standard"
    assert "baseImage" not in replaced
    assert replaced["isDefault"]
    assert replaced["status"] == "running"
    assert (replaced["id"], replaced["createdAt"]) == (made["id"], made["createdAt"])
    assert server.get(f"{PATH}/{made['id']}/snapshots").json()["data"] == [snapshot]
    assert not server.put(f"{PATH}/{made['id']}", {"name": "Bare", "isDefault": False}).json()["environment"][
        "isDefault"
    ]


@pytest.mark.parametrize("hard", ["true", "false"])
def test_a_deleted_computer_leaves_lists_and_cannot_be_read(server: Server, hard: str) -> None:
    made = computer(server)
    snapshot = server.post(f"{PATH}/{made['id']}/snapshots/initialize").json()["snapshot"]

    answer = server.delete(f"{PATH}/{made['id']}", params={"hard": hard})

    assert (answer.status_code, answer.json()) == (200, {"deleted": True})
    assert names(server, "environments") == []
    for response in asked_of(server, made["id"], snapshot["id"]):
        assert response.status_code == 404
        assert response.json() == {"error": "Not Found", "message": f"Environment {made['id']} not found"}


def test_a_computer_that_never_was_is_not_found(server: Server) -> None:
    for response in asked_of(server, MISSING, "snapshot_x"):
        assert response.status_code == 404
        assert response.json()["message"] == f"Environment {MISSING} not found"


def test_whether_a_computer_is_deleted_for_good_is_yes_or_no(server: Server) -> None:
    made = computer(server)

    refused = server.delete(f"{PATH}/{made['id']}", params={"hard": "perhaps"})

    assert refused.status_code == 400
    assert refused.json()["details"][0]["field"] == "hard"
    assert get(server, made) == made


def asked_of(server: Server, environment_id: str, snapshot_id: str) -> list[Any]:
    """Ask for everything that can be asked of one computer."""
    path = f"{PATH}/{environment_id}"
    return [
        server.get(path),
        server.patch(path, {}),
        server.put(path, {"name": "Sandbox"}),
        server.delete(path),
        server.post(f"{path}/set-default", {}),
        server.get(f"{path}/status"),
        server.post(f"{path}/start"),
        server.post(f"{path}/stop"),
        server.get(f"{path}/snapshots"),
        server.post(f"{path}/snapshots/initialize"),
        server.post(f"{path}/snapshots/{snapshot_id}/fork"),
    ]
