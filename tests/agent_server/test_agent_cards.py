"""Agent cards: where they are, what they say, and of whom there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.agent_server.a2a_messages import MISSING, ask
from understudy.state.ids import assistant_of

if TYPE_CHECKING:
    from tests.conftest import Server

AGENT = assistant_of("agent")

PLACES = (
    "/a2a/{}",
    "/a2a/{}/",
    "/a2a/{}/.well-known/agent-card.json",
    "/a2a/{}/.well-known/agent.json",
    "/.well-known/agent-card.json?assistant_id={}",
)


def create(server: Server, **body: Any) -> str:
    """Return the id of a new assistant."""
    assistant_id: str = server.post("/assistants", {"graph_id": "agent", **body}).json()["assistant_id"]
    return assistant_id


@pytest.mark.parametrize("place", PLACES)
def test_a_card_is_the_same_wherever_it_is_looked_for(server: Server, place: str) -> None:
    card = server.get(place.format(AGENT)).raise_for_status().json()

    url = f"{server.url}/a2a/{AGENT}"
    assert card["url"] == url
    assert card["supportedInterfaces"] == [{"url": url, "protocolBinding": "JSONRPC", "protocolVersion": "1.0"}]
    assert card == ask(server, "GetExtendedAgentCard")


def test_a_card_tells_everything_in_this_order(server: Server) -> None:
    card = server.get(f"/a2a/{AGENT}").json()

    assert list(card) == [
        "name",
        "description",
        "url",
        "supportedInterfaces",
        "capabilities",
        "defaultInputModes",
        "defaultOutputModes",
        "skills",
        "version",
    ]
    assert card["skills"] == [
        {
            "id": f"{AGENT}-main",
            "name": "agent Capabilities",
            "description": "agent assistant",
            "tags": ["assistant", "langgraph"],
            "examples": [],
            "inputModes": ["application/json", "text/plain"],
            "outputModes": ["application/json", "text/plain"],
            "metadata": {
                "inputSchema": {"required": ["messages"], "properties": ["messages"], "supportsA2A": True},
            },
        }
    ]


def test_an_agent_without_messages_says_that_it_does_not_converse(server: Server) -> None:
    (skill,) = server.get(f"/a2a/{assistant_of('steps')}").json()["skills"]

    schema = skill["metadata"]["inputSchema"]
    assert schema["properties"] == ["log", "mode", "n", "sleep"]
    assert not schema["supportsA2A"]


def test_an_assistant_says_in_its_metadata_what_it_takes_and_gives(server: Server) -> None:
    modes = {"input_modes": [" text/plain "], "output_modes": ["image/png", "text/html"]}
    own = create(server, name="Ann", description="Says things", metadata={"a2a": modes})

    card = server.get(f"/a2a/{own}").json()

    assert (card["name"], card["description"]) == ("Ann", "Says things")
    assert card["defaultInputModes"] == card["skills"][0]["inputModes"] == ["text/plain"]
    assert card["defaultOutputModes"] == ["image/png", "text/html"]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (5, "Assistant metadata.a2a must be an object."),
        ({"input_modes": []}, "Assistant metadata.a2a.input_modes must be a non-empty array of strings."),
        ({"output_modes": [" "]}, "Assistant metadata.a2a.output_modes must be a non-empty array of strings."),
        ({"output_modes": "x"}, "Assistant metadata.a2a.output_modes must be a non-empty array of strings."),
    ],
)
def test_metadata_that_says_nonsense_leaves_no_card(server: Server, told: Any, why: str) -> None:
    own = create(server, metadata={"a2a": told})

    answer = server.get(f"/a2a/{own}")

    assert (answer.status_code, answer.json()) == (400, {"error": {"code": -32602, "message": why}})


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("assistant_id", "why"),
    [
        (MISSING, f"Assistant '{MISSING}' not found"),
        ("agent", "Failed to get assistant 'agent': Invalid assistant ID: must be a UUID"),
    ],
)
def test_there_is_no_card_of_nobody(server: Server, place: str, assistant_id: str, why: str) -> None:
    answer = server.get(place.format(assistant_id))

    assert (answer.status_code, answer.json()) == (400, {"error": {"code": -32602, "message": why}})


@pytest.mark.parametrize("query", ["", "?assistant_id="])
def test_somebody_has_to_be_asked_for(server: Server, query: str) -> None:
    answer = server.get(f"/.well-known/agent-card.json{query}")

    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "Missing required query parameter: assistant_id"


@pytest.mark.parametrize("path", ["/.well-known/agent.json", f"/a2a/{AGENT}/other", "/a2a", "/a2a/"])
def test_there_are_no_cards_elsewhere(server: Server, path: str) -> None:
    assert server.get(path).status_code == 404


@pytest.mark.parametrize("slash", ["", "/"])
def test_there_is_no_session_to_end(server: Server, slash: str) -> None:
    answer = server.delete(f"/a2a/{AGENT}{slash}")

    assert (answer.status_code, answer.content) == (405, b"")
    assert "allow" not in answer.headers


@pytest.mark.parametrize(("place", "status"), [("", 405), ("/", 405), ("/.well-known/agent-card.json", 200)])
def test_head_is_refused_but_where_there_is_a_card_alone(server: Server, place: str, status: int) -> None:
    answer = server.client.head(f"/a2a/{AGENT}{place}")

    assert (answer.status_code, answer.content) == (status, b"")


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_wrong_method_is_told_which_there_are(server: Server, slash: str) -> None:
    answer = server.put(f"/a2a/{AGENT}{slash}", {})

    assert (answer.status_code, answer.json()) == (405, {"detail": "Method Not Allowed"})
    assert sorted(answer.headers["allow"].split(", ")) == ["DELETE", "GET", "HEAD", "POST"]
