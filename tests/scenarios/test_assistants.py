"""What an assistant leaves out is filled in as the server would."""

from __future__ import annotations

from typing import Any

from tests.scenarios.worlds import T1, world_of
from understudy.state.ids import assistant_of

AGENT = "agents: {bot: {nodes: [act]}}\n"


def assistant(text: str) -> dict[str, Any]:
    """Return the only assistant besides that of the agent itself."""
    (row,) = [row for row in world_of(AGENT + text).assistants if row["assistant_id"] != assistant_of("bot")]
    return row


def test_an_assistant_needs_no_more_than_a_graph() -> None:
    row = assistant("assistants: [{graph_id: bot}]")

    assert row.pop("assistant_id")
    assert row == {
        "graph_id": "bot",
        "config": {},
        "context": {},
        "metadata": {},
        "name": "Untitled",
        "created_at": "2026-01-01T12:00:00+00:00",
        "updated_at": "2026-01-01T12:00:00+00:00",
        "version": 1,
        "description": None,
    }


def test_of_config_and_context_the_one_that_is_told_says_what_the_other_says() -> None:
    by_context = assistant("assistants: [{graph_id: bot, context: {a: 1}}]")
    by_config = assistant("assistants: [{graph_id: bot, config: {tags: [x], configurable: {a: 1}}}]")
    both = assistant("assistants: [{graph_id: bot, config: {tags: [x]}, context: {a: 1}}]")

    assert (by_context["config"], by_context["context"]) == ({"configurable": {"a": 1}}, {"a": 1})
    assert (by_config["config"], by_config["context"]) == ({"tags": ["x"], "configurable": {"a": 1}}, {"a": 1})
    assert (both["config"], both["context"]) == ({"tags": ["x"]}, {"a": 1})


def test_it_may_have_other_versions() -> None:
    world = world_of(
        AGENT
        + f"""\
assistants:
- assistant_id: {T1}
  graph_id: bot
  name: New
  metadata: {{team: a}}
  created_at: 2026-01-01T00:00:00Z
  updated_at: 2026-01-03T00:00:00Z
  versions:
  - {{name: Old}}
  - {{name: Older but one, context: {{a: 1}}, created_at: 2026-01-02T00:00:00Z}}
"""
    )

    told = [
        (row["version"], row["name"], row["metadata"], row["context"], row["created_at"])
        for row in world.assistants.versions(T1)
    ]
    assert told == [
        (3, "New", {"team": "a"}, {}, "2026-01-03T00:00:00+00:00"),
        (2, "Older but one", {"team": "a"}, {"a": 1}, "2026-01-02T00:00:00+00:00"),
        (1, "Old", {"team": "a"}, {}, "2026-01-01T00:00:00+00:00"),
    ]
    assert world.assistants.get(T1)["version"] == 3


def test_it_may_stand_in_the_place_of_an_agents_own() -> None:
    world = world_of(AGENT + f"assistants: [{{graph_id: bot, assistant_id: {assistant_of('bot')}, name: Mine}}]")

    assert [row["name"] for row in world.assistants] == ["Mine"]
