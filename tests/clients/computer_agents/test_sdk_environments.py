"""Computers through the SDK: made, read, changed, started, stopped, deleted, and their snapshots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from computer_agents import ApiClientError

from tests.computer_agents.conversing import files

if TYPE_CHECKING:
    from computer_agents import ComputerAgentsClient

    from tests.conftest import Server

OPTIONS: dict[str, Any] = {
    "project_id": "",
    "description": "Where trees are planned.",
    "runtimes": {"python": "3.12", "nodejs": "20"},
    "packages": {"system": ["git"], "python": ["numpy"], "node": []},
    "dockerfile_extensions": "RUN true",
    "environment_variables": [{"key": "LANG", "value": "en"}],
    "secrets": [{"key": "TOKEN", "value": "t0p"}],
    "setup_scripts": ["true"],
    "mcp_servers": [{"name": "weather", "type": "http", "url": "http://localhost/mcp"}],
    "documentation": ["Read me."],
    "internet_access": False,
    "is_default": True,
    "base_image": "debian",
    "gui_enabled": True,
    "metadata": {"rows": 3},
}
"""Everything that can be said of a computer and is read again under the name that the API has for it."""

SIZES: dict[str, Any] = {"compute_profile": "power", "office_apps_enabled": True}
"""What is read again in the metadata."""

HIDDEN = {"secrets", "project_id"}


def api_name(name: str) -> str:
    """Return `internetAccess` for `internet_access`."""
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def assert_has_options(row: Any, project_id: str) -> None:
    shown = {name: value for name, value in OPTIONS.items() if name not in HIDDEN | {"metadata"}}
    assert {name: row[api_name(name)] for name in shown} == shown
    assert row["projectId"] == project_id
    assert row["metadata"]["rows"] == 3
    assert row["metadata"]["computeProfile"] == "power"
    assert row["metadata"]["officeAppsEnabled"] is True


def test_a_computer_is_made_of_what_it_is_told_and_reads_the_same(client: ComputerAgentsClient) -> None:
    orchard = client.projects.create("Orchard")["id"]

    made: Any = client.environments.create("Shed", **{**OPTIONS, **SIZES, "project_id": orchard})

    assert made["id"].startswith("env_")
    assert (made["name"], made["status"], made["buildStatus"]) == ("Shed", "stopped", "ready")
    assert_has_options(made, orchard)
    assert client.environments.get(made["id"]) == made


def test_an_update_changes_everything_that_it_names(client: ComputerAgentsClient) -> None:
    orchard = client.projects.create("Orchard")["id"]
    made = client.environments.create("Shed")

    changed: Any = client.environments.update(made["id"], name="Barn", **{**OPTIONS, **SIZES, "project_id": orchard})

    assert (changed["id"], changed["name"]) == (made["id"], "Barn")
    assert_has_options(changed, orchard)
    assert client.environments.get(made["id"]) == changed


def test_an_update_leaves_what_it_does_not_name(client: ComputerAgentsClient) -> None:
    made: Any = client.environments.create("Shed", description="Dry.", metadata={"rows": 3})

    changed: Any = client.environments.update(made["id"], metadata={"trees": 9})

    assert (changed["name"], changed["description"]) == ("Shed", "Dry.")
    assert changed["metadata"] == {**made["metadata"], "trees": 9}


def test_a_replacement_forgets_what_it_does_not_name(client: ComputerAgentsClient) -> None:
    orchard = client.projects.create("Orchard")["id"]
    made = client.environments.create("Shed", description="Dry.")

    bare: Any = client.environments.replace(made["id"], "Barn")
    full: Any = client.environments.replace(made["id"], "Barn", **{**OPTIONS, **SIZES, "project_id": orchard})

    assert (bare["id"], bare["name"], bare["description"]) == (made["id"], "Barn", "")
    assert_has_options(full, orchard)


def test_computers_are_listed_whole_and_filtered(client: ComputerAgentsClient) -> None:
    orchard = client.projects.create("Orchard")["id"]
    ids = [client.environments.create(str(number))["id"] for number in range(25)]
    there = client.environments.create("There", project_id=orchard, is_default=True)["id"]

    def listed(**query: Any) -> list[str]:
        return [row["id"] for row in client.environments.list(**query)]

    assert listed() == listed(is_active=True) == [*ids, there]
    assert listed(project_id=orchard) == listed(is_default=True) == [there]
    assert listed(limit=2, offset=1) == ids[1:3]


def test_the_default_computer_is_made_once(client: ComputerAgentsClient) -> None:
    first = client.environments.get_default()

    assert (first["name"], first["isDefault"]) == ("default", True)
    assert client.environments.get_default() == first


def test_another_computer_becomes_the_default(client: ComputerAgentsClient) -> None:
    first = client.environments.get_default()
    other = client.environments.create("Other")

    changed = client.environments.set_default(other["id"])

    assert (changed["id"], changed["isDefault"]) == (other["id"], True)
    assert client.environments.get_default()["id"] == other["id"]
    assert client.environments.get(first["id"])["isDefault"] is False


def test_a_quick_setup_returns_the_project_and_the_computer(client: ComputerAgentsClient) -> None:
    orchard = client.projects.create("Orchard")

    setup = client.quick_setup(environment_name="Shed", internet_access=False)
    again = client.quick_setup(project_id=orchard["id"])

    assert setup["project"]["id"] == orchard["id"]
    assert (setup["environment"]["name"], setup["environment"]["internetAccess"]) == ("Shed", False)
    assert again["computer"]["id"] == setup["computer"]["id"]


def test_a_computer_starts_and_stops(client: ComputerAgentsClient) -> None:
    shed = client.environments.create("Shed")["id"]

    started = client.environments.start(shed, agent_id="coder", enabled_skills={"pdf": True}, custom_skills=[])
    running = client.environments.get_status(shed)
    stopped = client.environments.stop(shed)

    assert started["status"] == running["status"] == "running"
    assert running["containerId"] == started["containerId"]
    assert stopped["status"] == client.environments.get_status(shed)["status"] == "stopped"
    assert client.environments.get(shed)["status"] == "stopped"


@pytest.mark.parametrize("hard", [False, True])
def test_a_deleted_computer_is_gone(client: ComputerAgentsClient, hard: bool) -> None:
    shed = client.environments.create("Shed")["id"]

    client.environments.delete(shed, hard=hard)

    with pytest.raises(ApiClientError) as refused:
        client.environments.get(shed)
    assert refused.value.status == 404
    assert client.environments.list() == []


def test_snapshots_begin_empty_and_grow_with_the_files(client: ComputerAgentsClient) -> None:
    shed = client.environments.create("Shed")["id"]
    assert client.environments.list_snapshots(shed) == []

    begun = client.environments.initialize_snapshots(shed)
    client.run("hello", shed, agent_id="coder")

    rows: Any = client.environments.list_snapshots(shed)
    newest, first = rows
    assert (begun["environmentId"], begun["snapshot"]) == (shed, first)
    assert newest["parentSnapshotId"] == first["id"]
    assert (newest["changedPaths"], newest["additions"]) == (["src/hello.py"], 1)
    assert client.environments.list_snapshots(shed, limit=1, offset=1) == [first]


def test_a_computer_is_made_from_a_snapshot(server: Server, client: ComputerAgentsClient, thread: Any) -> None:
    home = thread["environmentId"]
    snapshots: Any = client.environments.list_snapshots(home)
    first = snapshots[-1]

    forked: Any = client.environments.fork_from_snapshot(home, first["id"], name="Annex", description="As it was.")

    assert forked["sourceSnapshotId"] == first["id"]
    assert (forked["environment"]["name"], forked["environment"]["description"]) == ("Annex", "As it was.")
    assert forked["snapshot"]["environmentId"] == forked["environment"]["id"]
    assert files(server, forked["environment"]["id"]) == {"src/hello.py": "first"}
