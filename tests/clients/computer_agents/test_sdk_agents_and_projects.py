"""Agents, models, projects and health through the SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from computer_agents import ApiClientError

if TYPE_CHECKING:
    from computer_agents import ComputerAgentsClient

OPTIONS: dict[str, Any] = {
    "description": "Knows the dates.",
    "instructions": "Be brief.",
    "binary": "Claude Code CLI",
    "execution_engine": "grok-build",
    "reasoning_effort": "low",
    "enabled_skills": ["pdf"],
    "deep_research_model": "gemini-3-pro-preview",
    "permission_set": {"version": 1},
    "metadata": {"rows": 3},
    "voice_mode": "web",
    "voice_provider": "xai",
    "voice_model": "grok-voice",
    "voice_id": "ara",
    "voice_instructions": "Slowly.",
    "voice_language_hint": "en",
    "voice_turn_detection": {"type": "server_vad"},
    "voice_pronunciation_replacements": {"pear": "pair"},
}


def camel(name: str) -> str:
    """Return `reasoningEffort` for `reasoning_effort`."""
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def test_an_agent_is_made_of_what_it_is_told_and_reads_the_same(client: ComputerAgentsClient) -> None:
    made: Any = client.agents.create(
        "Almanac",
        "claude-sonnet-4-5",
        agent_id="almanac",
        is_default=True,
        is_system=False,
        **OPTIONS,
    )

    assert (made["id"], made["name"], made["model"]) == ("almanac", "Almanac", "claude-sonnet-4-5")
    assert {name: made[camel(name)] for name in OPTIONS} == OPTIONS
    assert (made["isDefault"], made["isSystem"]) == (True, False)
    assert client.agents.get("almanac") == made
    assert client.threads.create()["agentId"] == "almanac"


def test_an_agent_changes_in_what_an_update_names(client: ComputerAgentsClient) -> None:
    made: Any = client.agents.create("Almanac", "claude-sonnet-4-5", description="Old.")

    renamed: Any = client.agents.update(made["id"], name="Calendar", model="claude-opus-4-5")
    changed: Any = client.agents.update(made["id"], **OPTIONS)

    assert (renamed["name"], renamed["model"], renamed["description"]) == ("Calendar", "claude-opus-4-5", "Old.")
    assert {name: changed[camel(name)] for name in OPTIONS} == OPTIONS
    assert client.agents.get(made["id"]) == changed


def test_an_agent_can_lose_its_permissions(client: ComputerAgentsClient) -> None:
    made = client.agents.create("Almanac", "claude-sonnet-4-5", permission_set={"version": 1})

    changed = client.agents.update(made["id"], permission_set=None)

    assert "permissionSet" not in changed
    assert client.agents.get(made["id"]) == changed


def test_agents_are_listed(client: ComputerAgentsClient) -> None:
    made = client.agents.create("Almanac", "claude-sonnet-4-5")

    rows = client.agents.list()

    ids = [row["id"] for row in rows]
    assert {"coder", "clerk", made["id"]} <= set(ids)
    assert [row["id"] for row in client.agents.list(limit=2, view="summary")] == ids[:2]


@pytest.mark.parametrize("hard", [False, True])
def test_a_deleted_agent_is_gone(client: ComputerAgentsClient, hard: bool) -> None:
    made = client.agents.create("Almanac", "claude-sonnet-4-5")

    client.agents.delete(made["id"], hard=hard)

    assert made["id"] not in [row["id"] for row in client.agents.list()]
    with pytest.raises(ApiClientError, match=made["id"]) as refused:
        client.agents.get(made["id"])
    assert refused.value.status == 404


def test_the_id_of_an_agent_cannot_be_taken_twice(client: ComputerAgentsClient) -> None:
    client.agents.create("Almanac", "claude-sonnet-4-5", agent_id="almanac")

    with pytest.raises(ApiClientError) as refused:
        client.agents.create("Calendar", "claude-sonnet-4-5", agent_id="almanac")

    assert refused.value.status == 409


def test_the_models_have_those_of_the_agents(client: ComputerAgentsClient) -> None:
    client.agents.create("Almanac", "external:openai:gpt-9")

    catalog = client.agents.list_models()

    assert "external:openai:gpt-9" in [model["id"] for model in catalog["models"]]
    assert (catalog["mode"], catalog["modelSelection"]) == ("managed_catalog", True)


def test_a_project_is_made_of_what_it_is_told_and_reads_the_same(client: ComputerAgentsClient) -> None:
    shed = client.environments.create("Shed")["id"]

    made: Any = client.projects.create(
        "Orchard",
        description="Trees and their dates.",
        color="#00aa55",
        environment_ids=[shed],
        default_environment_id=shed,
        metadata={"rows": 3},
        permission_set={"read": True},
        mission_control={"focus": {"issues": True}},
    )

    assert (made["name"], made["description"], made["color"]) == ("Orchard", "Trees and their dates.", "#00aa55")
    assert (made["environmentIds"], made["defaultEnvironmentId"]) == ([shed], shed)
    assert made["metadata"] == {"rows": 3}
    assert client.projects.get(made["id"]) == made


def test_a_project_tells_of_its_computers_and_threads(client: ComputerAgentsClient) -> None:
    orchard = client.projects.create("Orchard")["id"]
    shed = client.environments.create("Shed", project_id=orchard)["id"]
    thread = client.threads.create(shed, project_id=orchard)["id"]

    detail = client.projects.get_by_id(orchard, view="full")

    assert detail["project"]["id"] == orchard
    assert [row["id"] for row in detail["environments"]] == [shed]
    assert [row["id"] for row in detail["recentThreads"]] == [thread]
    assert detail["summary"]["threadsCount"] == 1


def test_projects_are_listed_and_found_by_their_names(client: ComputerAgentsClient) -> None:
    orchard, meadow = (client.projects.create(name)["id"] for name in ("Orchard", "Meadow"))

    every = client.projects.list(view="summary")
    found = client.projects.list(q="orch")
    limited = client.projects.list(limit=1)

    assert ([row["id"] for row in every["data"]], every["total"]) == ([orchard, meadow], 2)
    assert [row["id"] for row in found["data"]] == [orchard]
    assert (len(limited["data"]), limited["hasMore"]) == (1, True)
    kind: Any = every["data"][0]
    assert client.projects.list(type=kind["type"])["total"] == 2


def test_the_only_project_is_found_without_its_id(client: ComputerAgentsClient) -> None:
    orchard = client.projects.create("Orchard")

    assert client.projects.get()["id"] == orchard["id"]
    assert client.projects.update(name="Meadow")["name"] == "Meadow"


def test_a_project_changes_in_what_an_update_names(client: ComputerAgentsClient) -> None:
    made: Any = client.projects.create("Orchard", description="Trees.")

    changed: Any = client.projects.update_by_id(made["id"], name="Meadow", color="#ffffff", metadata={"a": 1})

    assert (changed["name"], changed["description"]) == ("Meadow", "Trees.")
    assert (changed["color"], changed["metadata"]) == ("#ffffff", {"a": 1})
    assert client.projects.get(made["id"]) == changed


def test_a_deleted_project_is_gone_and_its_threads_stay(client: ComputerAgentsClient) -> None:
    orchard = client.projects.create("Orchard")["id"]
    thread = client.threads.create(project_id=orchard)["id"]

    assert client.projects.delete_by_id(orchard) == {"deleted": True}

    with pytest.raises(ApiClientError) as refused:
        client.projects.get(orchard)
    assert refused.value.status == 404
    assert client.threads.get(thread)["projectId"] == orchard


def test_the_server_says_that_it_is_well(client: ComputerAgentsClient) -> None:
    health = client.health()

    assert health["status"] == "healthy"
    assert health["uptime"] >= 0
