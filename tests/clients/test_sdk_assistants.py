"""`client.assistants` of the langgraph-sdk: every method, with what it is documented to give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from langgraph_sdk.errors import ConflictError, NotFoundError, UnprocessableEntityError

if TYPE_CHECKING:
    from langgraph_sdk.client import SyncLangGraphClient

    from tests.conftest import Server

AGENT = "fe096781-5601-53d2-b2f6-0d3403f7e9ca"


def test_an_assistant_is_created_as_told_and_read_back(client: SyncLangGraphClient) -> None:
    made = client.assistants.create(
        "steps",
        {"tags": ["t"], "recursion_limit": 7},
        context={"color": "red"},
        metadata={"team": "a"},
        assistant_id="11111111-1111-4111-8111-111111111111",
        name="Stepper",
        description="counts",
    )

    assert made["assistant_id"] == "11111111-1111-4111-8111-111111111111"
    assert made["graph_id"] == "steps"
    assert made["config"] == {"tags": ["t"], "recursion_limit": 7, "configurable": {"color": "red"}}
    assert made["context"] == {"color": "red"}
    assert made["metadata"] == {"team": "a"}
    assert (made["name"], made["description"], made["version"]) == ("Stepper", "counts", 1)
    assert client.assistants.get(made["assistant_id"]) == made


def test_an_assistant_gets_an_id_and_a_name_of_its_own(client: SyncLangGraphClient) -> None:
    made = client.assistants.create("agent")

    assert UUID(made["assistant_id"]).version == 4
    assert made["name"] == "Untitled"


def test_an_id_can_be_had_once_or_with_do_nothing_again(client: SyncLangGraphClient) -> None:
    first = client.assistants.create("agent", name="first")

    with pytest.raises(ConflictError, match="already exists"):
        client.assistants.create("agent", assistant_id=first["assistant_id"])
    again = client.assistants.create("steps", assistant_id=first["assistant_id"], if_exists="do_nothing", name="second")

    assert again == first


def test_an_assistant_of_an_unknown_graph_is_not_found(client: SyncLangGraphClient) -> None:
    with pytest.raises(NotFoundError, match="Graph 'nope' not found"):
        client.assistants.create("nope")


def test_an_update_merges_metadata_and_replaces_the_rest(client: SyncLangGraphClient) -> None:
    made = client.assistants.create("agent", {"tags": ["a"]}, metadata={"a": 1, "b": {"c": 1}})

    updated = client.assistants.update(
        made["assistant_id"],
        graph_id="steps",
        config={"recursion_limit": 3},
        metadata={"b": {"d": 2}},
        name="new",
        description="words",
    )

    assert updated["version"] == 2
    assert updated["graph_id"] == "steps"
    assert updated["config"] == {"recursion_limit": 3}
    assert updated["metadata"] == {"a": 1, "b": {"d": 2}}
    assert (updated["name"], updated["description"]) == ("new", "words")
    assert client.assistants.get(made["assistant_id"]) == updated


def test_an_update_of_the_context_shows_in_the_config(client: SyncLangGraphClient) -> None:
    made = client.assistants.create("ctx")

    updated = client.assistants.update(made["assistant_id"], context={"color": "blue"})

    assert updated["context"] == {"color": "blue"}
    assert updated["config"]["configurable"] == {"color": "blue"}


def test_versions_are_listed_and_an_old_one_becomes_the_latest(client: SyncLangGraphClient) -> None:
    assistant_id = client.assistants.create("agent", name="one", metadata={"n": 1})["assistant_id"]
    client.assistants.update(assistant_id, name="two", metadata={"n": 2})
    client.assistants.update(assistant_id, name="three")

    def named(**options: Any) -> list[str]:
        return [version["name"] for version in client.assistants.get_versions(assistant_id, **options)]

    assert named() == ["three", "two", "one"]
    assert named(limit=1, offset=1) == ["two"]
    only = client.assistants.get_versions(assistant_id, metadata={"n": 1})
    assert [(version["version"], version["metadata"]) for version in only] == [(1, {"n": 1})]

    restored = client.assistants.set_latest(assistant_id, 1)

    assert (restored["name"], restored["version"], restored["metadata"]) == ("one", 1, {"n": 1})
    assert client.assistants.get(assistant_id)["name"] == "one"
    assert client.assistants.update(assistant_id)["version"] == 4
    with pytest.raises(NotFoundError, match="Version 99 not found"):
        client.assistants.set_latest(assistant_id, 99)


def test_assistants_are_found_by_each_of_their_features(client: SyncLangGraphClient) -> None:
    mine = client.assistants.create("agent", name="Needle in hay", metadata={"team": {"id": 7}})
    other = client.assistants.create("steps", name="hay", metadata={"team": {"id": 8}})

    assert client.assistants.search(metadata={"team": {"id": 7}}) == [mine]
    assert client.assistants.search(name="needle") == [mine]
    assert client.assistants.search(graph_id="steps", name="hay") == [other]
    by_name = client.assistants.search(name="hay", sort_by="name", sort_order="asc")
    assert [found["name"] for found in by_name] == ["hay", "Needle in hay"]
    assert client.assistants.count() == 10
    assert client.assistants.count(name="hay") == 2
    assert client.assistants.count(graph_id="steps", name="hay") == 1
    assert client.assistants.count(metadata={"team": {"id": 7}}) == 1


def test_a_search_shows_only_what_is_selected(client: SyncLangGraphClient) -> None:
    made = client.assistants.create("agent", name="chosen")

    found: list[Any] = client.assistants.search(name="chosen", select=["assistant_id", "name"])

    assert found == [{"assistant_id": made["assistant_id"], "name": "chosen"}]


def test_pages_of_a_search_tell_where_the_next_one_begins(client: SyncLangGraphClient) -> None:
    for number in range(5):
        client.assistants.create("agent", name=f"paged {number}")

    seen: list[str] = []
    following: str | None = "0"
    while following is not None:
        page = client.assistants.search(
            name="paged", limit=2, offset=int(following), sort_by="name", sort_order="asc", response_format="object"
        )
        seen += [assistant["name"] for assistant in page["assistants"]]
        following = page["next"]

    assert seen == [f"paged {number}" for number in range(5)]


def test_a_deleted_assistant_is_gone(client: SyncLangGraphClient) -> None:
    assistant_id = client.assistants.create("agent")["assistant_id"]

    client.assistants.delete(assistant_id)

    with pytest.raises(NotFoundError, match="Not Found"):
        client.assistants.get(assistant_id)
    with pytest.raises(NotFoundError, match=f"Assistant with ID {assistant_id} not found"):
        client.assistants.delete(assistant_id)


def test_an_assistant_takes_its_threads_with_it_where_that_is_asked(
    client: SyncLangGraphClient, server: Server
) -> None:
    assistant_id = client.assistants.create("agent")["assistant_id"]
    kept = client.threads.create()["thread_id"]
    ran = client.threads.create()
    server.load({"threads": [{**ran, "metadata": {"assistant_id": assistant_id}}]})

    client.assistants.delete(assistant_id, delete_threads=True)

    assert [thread["thread_id"] for thread in client.threads.search()] == [kept]


def test_the_graph_of_an_assistant_is_drawn(client: SyncLangGraphClient) -> None:
    drawing = client.assistants.get_graph(AGENT)

    assert [node["id"] for node in drawing["nodes"]] == ["__start__", "agent", "__end__"]
    assert [(edge["source"], edge["target"]) for edge in drawing["edges"]] == [
        ("__start__", "agent"),
        ("agent", "__end__"),
    ]


def test_the_drawing_looks_into_subgraphs_where_that_is_asked(client: SyncLangGraphClient) -> None:
    def nodes(xray: int | bool) -> list[str]:
        return [node["id"] for node in client.assistants.get_graph("parent", xray=xray)["nodes"]]

    assert "child" in nodes(False)
    assert "child:inner" in nodes(True)
    assert nodes(1) == nodes(True)
    with pytest.raises(UnprocessableEntityError, match="Invalid xray value"):
        nodes(-1)


def test_an_assistant_tells_its_schemas(client: SyncLangGraphClient) -> None:
    schemas = client.assistants.get_schemas(AGENT)

    assert schemas["graph_id"] == "agent"
    assert schemas["state_schema"] is not None
    assert set(schemas["state_schema"]["properties"]) == {"messages"}


def test_subgraphs_are_listed_and_found_by_namespace(client: SyncLangGraphClient) -> None:
    (parent,) = client.assistants.search(graph_id="parent")

    every = client.assistants.get_subgraphs(parent["assistant_id"])

    assert set(every) == {"child"}
    assert client.assistants.get_subgraphs(parent["assistant_id"], "child") == every
    assert client.assistants.get_subgraphs(parent["assistant_id"], "child", recurse=True) == every
    assert client.assistants.get_subgraphs(parent["assistant_id"], "nope") == {}
    assert client.assistants.get_subgraphs(AGENT, recurse=True) == {}
