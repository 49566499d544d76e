"""Agents over HTTP: create, list, change, delete, which is the default, and which models there are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.computer_agents.making import agent, names, play
from understudy.state.agents import Agent
from understudy.state.clock import Clock
from understudy.state.world import World

if TYPE_CHECKING:
    from tests.conftest import Server

PATH = "/v1/agents"


def test_a_new_agent_has_what_is_usual_where_nothing_is_told(server: Server) -> None:
    server.begin(lambda: World(clock=Clock(datetime(2026, 1, 31, 8, tzinfo=UTC))))

    made = agent(server)

    assert made["id"].startswith("agent_")
    assert made == {
        "id": made["id"],
        "userId": "user_understudy",
        "name": "Almanac",
        "description": "",
        "model": "claude-sonnet-4-5",
        "instructions": "",
        "binary": "Claude Code CLI",
        "reasoningEffort": "medium",
        "enabledSkills": [],
        "deepResearchModel": "gemini-3-flash-preview",
        "isDefault": False,
        "isSystem": False,
        "isActive": True,
        "metadata": {},
        "createdAt": "2026-01-31T08:00:00.000Z",
        "updatedAt": "2026-01-31T08:00:00.000Z",
        "lastRunAt": None,
    }
    assert server.get(f"{PATH}/{made['id']}").json() == {"agent": made}


def test_an_agent_is_as_it_is_told(server: Server) -> None:
    given: dict[str, Any] = {
        "id": "almanac",
        "name": "Almanac",
        "model": "external:openai:gpt-5%2Fmini",
        "description": "Knows the seasons.",
        "instructions": "Answer in one sentence.",
        "binary": "Claude Code CLI",
        "executionEngine": "native-claude",
        "reasoningEffort": "low",
        "enabledSkills": ["web_search"],
        "deepResearchModel": "gemini-3-pro-preview",
        "permissionSet": {"read": True},
        "isSystem": True,
        "metadata": None,
        "voiceMode": "web",
        "voiceId": None,
    }

    assert given.items() <= agent(server, **given).items()


def test_an_id_can_be_chosen_once(server: Server) -> None:
    agent(server, id="almanac", name="First")

    refused = server.post(PATH, {"id": "almanac", "name": "Second", "model": "m"})

    assert refused.status_code == 409
    assert refused.json() == {"error": "Conflict", "message": "Agent almanac exists already"}
    assert server.get(f"{PATH}/almanac").json()["agent"]["name"] == "First"


def test_the_id_of_a_deleted_agent_is_free_again(server: Server) -> None:
    for hard in ("true", "false"):
        agent(server, id="almanac")

        answer = server.delete(f"{PATH}/almanac", params={"hard": hard})

        assert (answer.status_code, answer.json()) == (200, {"deleted": True})
        assert names(server, "agents") == ["Default agent"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "Almanac"}, "model"),
        ({"model": "m"}, "name"),
        ({"name": "", "model": "m"}, "name"),
        ({"name": "Almanac", "model": ""}, "model"),
        ({"name": "Almanac", "model": "m", "id": "a b"}, "id"),
        ({"name": "Almanac", "model": "m", "id": "x" * 129}, "id"),
        ({"name": "Almanac", "model": "m", "id": "models"}, "id"),
        ({"name": "Almanac", "model": "m", "reasoningEffort": "huge"}, "reasoningEffort"),
        ({"name": "Almanac", "model": "m", "mood": "good"}, "mood"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_field_that_does_not(server: Server, body: Any, field: str) -> None:
    refused = server.post(PATH, body)

    assert refused.status_code == 400
    assert [detail["field"] for detail in refused.json()["details"]] == [field]
    assert names(server, "agents") == ["Default agent"]


def test_agents_are_listed_in_the_order_in_which_they_were_made_50_of_them_on_a_page(server: Server) -> None:
    for number in range(1, 102):
        agent(server, id=f"a{number}", name=str(number))
    server.patch(f"{PATH}/a1", {"description": "Changed last."}).raise_for_status()

    page = server.get(PATH, params={"view": "passed over"}).json()

    everybody = ["Default agent", *map(str, range(1, 102))]
    assert [row["name"] for row in page["data"]] == everybody[:50]
    assert (page["object"], page["has_more"], page["total_count"]) == ("list", True, 102)
    assert names(server, "agents", limit=3, offset=100) == everybody[100:]
    assert names(server, "agents", limit=1000) == everybody[:100]
    assert names(server, "agents", limit=0) == everybody[:1]
    assert not server.get(PATH, params={"offset": 52}).json()["has_more"]


def test_a_query_that_does_not_fit_is_refused_with_its_parameter(server: Server) -> None:
    for name, value in {"limit": "many", "offset": "-1"}.items():
        refused = server.get(PATH, params={name: value})

        assert (refused.status_code, refused.json()["details"][0]["field"]) == (400, name)


def test_each_script_of_a_world_is_an_agent_from_the_start(server: Server) -> None:
    server.begin(lambda: World([Agent("weather", description="Knows the weather.")]))

    agents = {row["id"]: row for row in server.get(PATH).json()["data"]}

    assert list(agents) == ["agent_default", "weather"]
    assert (agents["weather"]["name"], agents["weather"]["description"]) == ("weather", "Knows the weather.")
    assert agents["agent_default"]["isDefault"]
    assert agents["agent_default"]["isSystem"]


def test_an_agent_of_a_scenario_is_there_from_the_start_too(server: Server) -> None:
    server.play("reference")

    assert {"agent_default", "agent"} <= {row["id"] for row in server.get(PATH).json()["data"]}


def test_a_script_that_a_scenario_brings_later_is_an_agent_from_then_on(server: Server) -> None:
    play(server, late={"say": "Hello"})

    assert server.get(f"{PATH}/late").json()["agent"]["name"] == "late"


def test_a_change_replaces_what_is_given_also_metadata(server: Server) -> None:
    clock = Clock(datetime(2026, 1, 31, 8, tzinfo=UTC))
    server.begin(lambda: World(clock=clock))
    made = agent(server, metadata={"team": "forecast"}, description="Old.")
    clock.advance(timedelta(minutes=1))

    answer = server.patch(f"{PATH}/{made['id']}", {"metadata": {"owner": "ada"}, "reasoningEffort": "high"})

    changed = answer.json()["agent"]
    assert changed == {
        **made,
        "metadata": {"owner": "ada"},
        "reasoningEffort": "high",
        "updatedAt": "2026-01-31T08:01:00.000Z",
    }
    assert server.get(f"{PATH}/{made['id']}").json()["agent"] == changed


def test_a_change_that_does_not_fit_changes_nothing(server: Server) -> None:
    made = agent(server)

    for body in ({"id": "other"}, {"name": ""}, {"isDefault": "yes"}):
        assert server.patch(f"{PATH}/{made['id']}", body).status_code == 400
    assert server.get(f"{PATH}/{made['id']}").json()["agent"] == made


def test_there_is_one_default_agent_at_most(server: Server) -> None:
    agent(server, id="first", isDefault=True)
    agent(server, id="second", isDefault=True)
    assert marked(server) == ["second"]

    server.patch(f"{PATH}/first", {"isDefault": True}).raise_for_status()

    assert marked(server) == ["first"]
    assert server.world.computer_agents.agents.default()["id"] == "first"


def test_agent_default_works_where_no_agent_is_marked_and_comes_to_be_again_where_it_is_needed(server: Server) -> None:
    agents = server.world.computer_agents.agents
    server.patch(f"{PATH}/agent_default", {"isDefault": False}).raise_for_status()
    assert marked(server) == []
    assert agents.default()["id"] == "agent_default"

    server.delete(f"{PATH}/agent_default").raise_for_status()

    assert server.get(f"{PATH}/agent_default").status_code == 404
    assert agents.default()["id"] == "agent_default"
    assert marked(server) == ["agent_default"]


def test_an_agent_that_never_was_is_not_found(server: Server) -> None:
    path = f"{PATH}/agent_x"

    for refused in (server.get(path), server.patch(path, {}), server.delete(path)):
        assert refused.status_code == 404
        assert refused.json() == {"error": "Not Found", "message": "Agent agent_x not found"}
    assert server.delete(path, params={"hard": "perhaps"}).status_code == 400


def test_the_models_are_the_one_that_is_built_in_and_those_of_agents(server: Server) -> None:
    agent(server, model="external:openai:gpt-5%2Fmini")
    agent(server, model="claude-opus-4-5")
    agent(server, model="claude-opus-4-5")

    catalog = server.get(f"{PATH}/models").json()

    models = catalog.pop("models")
    assert catalog == {"mode": "managed_catalog", "modelSelection": True, "tier": "pro"}
    assert [(model["id"], model["label"], model["source"], model["providerType"]) for model in models] == [
        ("claude-sonnet-4-5", "claude-sonnet-4-5", "managed", None),
        ("external:openai:gpt-5%2Fmini", "gpt-5/mini", "external", "openai"),
        ("claude-opus-4-5", "claude-opus-4-5", "managed", None),
    ]


def test_when_an_agent_worked_last_is_told(server: Server) -> None:
    server.begin(lambda: World(clock=Clock(datetime(2026, 1, 31, 8, tzinfo=UTC))))
    made = agent(server)

    for agent_id in (made["id"], "agent_gone"):
        server.world.computer_agents.agents.run(agent_id)

    assert server.get(f"{PATH}/{made['id']}").json()["agent"]["lastRunAt"] == "2026-01-31T08:00:00.000Z"


def marked(server: Server) -> list[str]:
    """Return the ids of the agents that are told to be the default one."""
    return [row["id"] for row in server.get(PATH).json()["data"] if row["isDefault"]]
