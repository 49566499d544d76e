"""Threads through the SDK: made, read, changed, found and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from computer_agents import ApiClientError

if TYPE_CHECKING:
    from computer_agents import ComputerAgentsClient

    from tests.conftest import Server


def test_a_thread_is_made_of_what_it_is_told_and_reads_the_same(client: ComputerAgentsClient) -> None:
    computer = client.environments.create("Shed")
    project = client.projects.create("Orchard")

    made: Any = client.threads.create(
        computer["id"],
        project_id=project["id"],
        agent_id="coder",
        title="Pruning",
        app_id="app_1",
        metadata={"season": "winter"},
    )

    assert made["id"].startswith("thread_")
    assert (made["title"], made["status"], made["appId"]) == ("Pruning", "active", "app_1")
    assert (made["environmentId"], made["environmentName"]) == (computer["id"], "Shed")
    assert (made["projectId"], made["agentId"]) == (project["id"], "coder")
    assert made["metadata"] == {"season": "winter"}
    read: Any = client.threads.get(made["id"])
    assert {**read, "queuedInBatch": False} == {**made, "messages": []}


def test_a_thread_gets_the_default_computer_and_agent(client: ComputerAgentsClient) -> None:
    made = client.threads.create()

    assert made["environmentId"] == client.environments.get_default()["id"]
    assert made["agentId"] == "agent_default"


def test_a_response_of_creating_tells_that_nothing_was_queued(client: ComputerAgentsClient) -> None:
    response = client.threads.create_with_response(title="Pruning")

    assert response["thread"]["title"] == "Pruning"
    assert response.get("queuedInBatch", False) is False


def test_a_key_that_was_used_makes_no_second_thread(client: ComputerAgentsClient) -> None:
    first = client.threads.create(title="Once", idempotency_key="k-1")
    again = client.threads.create(title="Once", idempotency_key="k-1")
    other = client.threads.create(title="Once", idempotency_key="k-2")

    assert again["id"] == first["id"]
    assert other["id"] != first["id"]


def test_messages_given_to_a_new_thread_are_its_conversation_and_are_answered(client: ComputerAgentsClient) -> None:
    told = [{"role": "system", "content": "Be short."}, {"role": "user", "content": "hello"}]

    made = client.threads.create(agent_id="coder", messages=told)

    while client.threads.get_status(made["id"])["status"] == "running":
        pass
    said = [(row["role"], row["content"]) for row in client.threads.get_messages(made["id"])["data"]]
    assert said == [("system", "Be short."), ("user", "hello"), ("assistant", "Written: hello")]


def test_a_thread_that_is_made_with_a_task_streams_what_is_done(client: ComputerAgentsClient) -> None:
    events = list(client.threads.create_stream(agent_id="coder", content="hello"))

    types = [event["type"] for event in events]
    assert (types[0], types[-1]) == ("thread.created", "stream.completed")
    assert {"response.started", "response.item.completed", "response.completed"} < set(types)
    assert client.threads.get(events[0]["thread"]["id"])["status"] == "completed"


def test_threads_are_listed_page_by_page(client: ComputerAgentsClient) -> None:
    ids = {client.threads.create(title=str(number))["id"] for number in range(3)}

    first = client.threads.list(limit=2)
    second = client.threads.list(limit=2, offset=2)

    assert (len(first["data"]), first["hasMore"], first["total"]) == (2, True, 3)
    assert (len(second["data"]), second["hasMore"], second["total"]) == (1, False, 3)
    assert {row["id"] for row in first["data"] + second["data"]} == ids


def test_threads_are_listed_by_what_they_belong_to(client: ComputerAgentsClient) -> None:
    shed = client.environments.create("Shed")["id"]
    orchard = client.projects.create("Orchard")["id"]
    wanted = client.threads.create(shed, project_id=orchard, agent_id="coder", app_id="app_1")["id"]
    client.threads.create()

    def listed(**query: Any) -> list[str]:
        return [row["id"] for row in client.threads.list(**query)["data"]]

    assert listed(environment_id=shed) == [wanted]
    assert listed(project_id=orchard) == [wanted]
    assert listed(agent_id="coder") == [wanted]
    assert listed(app_id="app_1") == [wanted]
    assert listed(status="running") == []
    assert listed(schedule_id="schedule_1") == []
    assert listed(created_after="2100-01-01T00:00:00Z") == []
    assert len(listed(status="active", created_after="2000-01-01T00:00:00Z")) == 2


def test_an_update_changes_what_it_names_and_nothing_else(client: ComputerAgentsClient, thread: Any) -> None:
    shed = client.environments.create("Shed")["id"]
    orchard = client.projects.create("Orchard")["id"]
    changed = {"title": "Farewells", "status": "archived", "metadata": {"a": 1}, "task": "Say it"}

    client.threads.update(
        thread["id"], **changed, agent_id="clerk", project_id=orchard, environment_id=shed, app_id="app_2"
    )

    read: Any = client.threads.get(thread["id"])
    assert {name: read[name] for name in changed} == changed
    moved = {"agentId": "clerk", "projectId": orchard, "environmentId": shed, "appId": "app_2"}
    assert {name: read[name] for name in moved} == moved
    assert read["messages"] == thread["messages"]
    assert read["createdAt"] == thread["createdAt"]


def test_a_deleted_thread_is_gone_from_reading_and_lists(client: ComputerAgentsClient, thread: Any) -> None:
    client.threads.delete(thread["id"])

    with pytest.raises(ApiClientError) as refused:
        client.threads.get(thread["id"])
    assert refused.value.status == 404
    assert client.threads.list()["data"] == []


def test_messages_come_in_pages_and_either_order(client: ComputerAgentsClient, thread: Any) -> None:
    def said(**query: Any) -> list[str]:
        return [row["content"] for row in client.threads.get_messages(thread["id"], **query)["data"]]

    conversation = ["first", "Written: first", "second", "Written: second"]
    assert said() == said(order="asc", compact=True) == conversation
    assert said(order="desc") == conversation[::-1]
    assert said(limit=2, offset=1) == conversation[1:3]
    page = client.threads.get_messages(thread["id"], limit=3)
    assert (page["hasMore"], page["total"]) == (True, 4)


def test_a_search_finds_titles_before_messages(client: ComputerAgentsClient, thread: Any) -> None:
    titled = client.threads.create(title="Written by hand")

    found: Any = client.threads.search("written", include_messages=True)

    assert [row["thread"]["id"] for row in found["results"]] == [titled["id"], thread["id"]]
    assert found["results"][0]["score"] > found["results"][1]["score"]
    matching = [row["content"] for row in found["results"][1]["matchingMessages"]]
    assert matching == ["Written: first", "Written: second"]
    assert (found["total"], found["hasMore"]) == (2, False)
    assert found["searchMetadata"]["query"] == "written"


def test_a_search_is_narrowed_and_paged(client: ComputerAgentsClient, thread: Any) -> None:
    shed = client.environments.create("Shed")["id"]
    there = client.threads.create(shed, title="Greetings from the shed")

    def found(**options: Any) -> list[str]:
        return [row["thread"]["id"] for row in client.threads.search("greetings", **options)["results"]]

    assert found(environment_id=shed) == [there["id"]]
    assert found(status="completed") == [thread["id"]]
    assert set(found(status="all")) == {thread["id"], there["id"]}
    assert found(limit=1) + found(limit=1, offset=1) == found()


def test_a_status_tells_when_the_last_execution_ended(client: ComputerAgentsClient, thread: Any) -> None:
    status = client.threads.get_status(thread["id"])

    assert (status["id"], status["threadId"], status["status"]) == (thread["id"], thread["id"], "completed")
    assert status["startedAt"] <= status["completedAt"] == thread["completedAt"]


def test_an_organization_changes_nothing(server: Server, client: ComputerAgentsClient, thread: Any) -> None:
    with client.with_organization("org_1") as other:
        assert other.api.organization_id == "org_1"
        assert other.threads.get(thread["id"]) == thread
