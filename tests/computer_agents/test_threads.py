"""Threads over HTTP: create, list, get, change and delete them. Copies and executions have their own files."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.computer_agents.conversing import (
    MORNING,
    ended,
    events,
    perform,
    read_thread,
    said,
    say,
    steps,
    talk,
    thread,
    types,
)
from tests.computer_agents.making import agent, computer, names, project

if TYPE_CHECKING:
    from tests.conftest import Server

PATH = "/v1/threads"


def titles(server: Server, **query: Any) -> list[str]:
    answer = server.get(PATH, params=query).raise_for_status()
    return [row["title"] for row in answer.json()["data"]]


def change(server: Server, made: dict[str, Any], **body: Any) -> dict[str, Any]:
    return dict(server.patch(f"{PATH}/{made['id']}", body).raise_for_status().json()["thread"])


def test_a_new_thread_has_nothing_that_was_not_asked_for(server: Server) -> None:
    perform(server)

    made = thread(server)

    (home,) = server.get("/v1/environments").json()["data"]
    assert (home["name"], home["isDefault"]) == ("default", True)
    thread_id = made["id"]
    assert len(thread_id.removeprefix("thread_")) == 21
    assert made == {
        "id": thread_id,
        "environmentId": home["id"],
        "environmentName": "default",
        "agentId": "agent_default",
        "agentName": "Default agent",
        "title": "",
        "task": None,
        "appId": None,
        "status": "active",
        "messageCount": 0,
        "lastMessageAt": None,
        "lastMessagePreview": None,
        "inputTokens": 0,
        "outputTokens": 0,
        "totalTokens": 0,
        "totalCost": 0,
        "environmentMinutes": 0,
        "metadata": {},
        "startedAt": None,
        "completedAt": None,
        "duration": None,
        "createdAt": "2026-01-31T08:00:00.000Z",
        "updatedAt": "2026-01-31T08:00:00.000Z",
    }


def test_a_new_thread_has_what_was_told(server: Server) -> None:
    home, worker, group = computer(server), agent(server), project(server)

    made = thread(
        server,
        title="Harvest",
        appId="almanac",
        environmentId=home["id"],
        agentId=worker["id"],
        projectId=group["id"],
        metadata={"owner": "ada"},
    )

    assert (made["title"], made["appId"], made["metadata"]) == ("Harvest", "almanac", {"owner": "ada"})
    assert (made["environmentName"], made["agentName"]) == (home["name"], worker["name"])
    assert made["projectId"] == group["id"]


@pytest.mark.parametrize("noun", ["agent", "environment", "project"])
def test_what_a_thread_names_has_to_be_there(server: Server, noun: str) -> None:
    made = thread(server)

    created = server.post(PATH, {f"{noun}Id": f"{noun}_1"})
    changed = server.patch(f"{PATH}/{made['id']}", {f"{noun}Id": f"{noun}_1"})

    assert (created.status_code, changed.status_code) == (404, 404)
    assert created.json()["message"] == f"{noun.title()} {noun}_1 not found"
    assert server.get(PATH).json()["total_count"] == 1


def test_what_is_said_with_a_new_thread_is_answered(server: Server) -> None:
    given = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello"}]

    told = events(server.post(PATH, {"messages": given, "messageMetadata": {"from": "ada"}}))

    made = read_thread(server, told[0]["thread"])
    assert said(server, made) == [("system", "Be kind."), ("user", "Hello"), ("assistant", "echo Hello")]
    assert [message["metadata"] for message in made["messages"]] == [{}, {"from": "ada"}, {}]


@pytest.mark.parametrize("name", ["content", "task"])
def test_content_is_said_after_the_messages(server: Server, name: str) -> None:
    body = {"messages": [{"role": "user", "content": "Hello"}], name: "Are you there?", "stream": False}

    made = ended(server, thread(server, **body))

    assert said(server, made)[1:] == [("user", "Are you there?"), ("assistant", "echo Are you there?")]
    assert made["task"] == body.get("task")


@pytest.mark.parametrize("body", [{}, {"stream": True}, {"messages": []}, {"content": ""}])
def test_without_anything_said_nothing_is_executed(server: Server, body: dict[str, Any]) -> None:
    made = thread(server, **body)

    assert (made["status"], made["messageCount"]) == ("active", 0)


def test_what_is_said_for_later_is_kept(server: Server) -> None:
    made = thread(server, content="hello", schedule={"cron": "0 8 * * *"})

    assert (made["status"], said(server, made)) == ("active", [("user", "hello")])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": 7}, "title"),
        ({"messages": [{"role": "robot", "content": "hi"}]}, "messages[0].role"),
        ({"messages": [{"role": "user"}]}, "messages[0].content"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_thread_that_does_not_fit_is_refused(server: Server, body: dict[str, Any], field: str) -> None:
    answer = server.post(PATH, body)

    assert answer.status_code == 400
    assert answer.json()["details"][0]["field"] == field
    assert server.get(PATH).json()["total_count"] == 0


def test_a_thread_with_the_same_key_is_made_once(server: Server) -> None:
    key = {"Idempotency-Key": "once"}

    first, again = (server.post(PATH, {"title": "Harvest"}, headers=key) for _ in range(2))
    other = server.post(PATH, {}, headers={"Idempotency-Key": "twice"})

    assert first.json() == again.json()
    assert other.json()["thread"]["id"] != first.json()["thread"]["id"]


def test_a_stream_with_the_same_key_is_told_again(server: Server) -> None:
    key = {"Idempotency-Key": "once"}

    first, again = (server.post(PATH, {"content": "hello"}, headers=key) for _ in range(2))

    assert first.content == again.content
    assert types(events(first))[0] == "thread.created"
    assert server.get(PATH).json()["total_count"] == 1


def test_a_key_of_a_deleted_thread_makes_another(server: Server) -> None:
    key = {"Idempotency-Key": "once"}
    first = server.post(PATH, {}, headers=key).json()["thread"]
    server.delete(f"{PATH}/{first['id']}").raise_for_status()

    again = server.post(PATH, {}, headers=key).json()["thread"]

    assert again["id"] != first["id"]


def test_the_thread_that_was_changed_last_comes_first(server: Server) -> None:
    first, _ = thread(server, title="first"), thread(server, title="second")

    change(server, first, metadata={"owner": "ada"})

    assert titles(server) == ["first", "second"]


@pytest.mark.parametrize(
    ("query", "expected", "more"),
    [
        ({}, ["c", "b", "a"], False),
        ({"limit": 2}, ["c", "b"], True),
        ({"limit": 2, "offset": 2}, ["a"], False),
        ({"limit": 0}, ["c"], True),
        ({"limit": -7}, ["c"], True),
        ({"limit": 1000}, ["c", "b", "a"], False),
        ({"offset": 3}, [], False),
    ],
)
def test_a_page_of_threads(server: Server, query: dict[str, Any], expected: list[str], more: bool) -> None:
    for title in "abc":
        thread(server, title=title)

    answer = server.get(PATH, params=query).json()

    assert [row["title"] for row in answer["data"]] == expected
    assert (answer["object"], answer["has_more"], answer["total_count"]) == ("list", more, 3)


def test_threads_are_found_by_what_they_belong_to(server: Server) -> None:
    home, worker, group = computer(server), agent(server), project(server)
    one = {
        "environmentId": home["id"],
        "agentId": worker["id"],
        "projectId": group["id"],
        "appId": "almanac",
    }
    thread(server, title="mine", **one)
    thread(server, title="other")

    for name, value in one.items():
        assert titles(server, **{name: value}) == ["mine"]
    assert titles(server, **one) == ["mine"]
    assert titles(server, appId="almanac", agentId="agent_default") == []
    assert titles(server, scheduleId="schedule_1") == []


def test_threads_are_found_by_their_status(server: Server) -> None:
    thread(server, title="new")
    talk(server, "hello", title="done")

    assert (titles(server, status="active"), titles(server, status="completed")) == (["new"], ["done"])
    assert titles(server, status="deleted") == []


def test_threads_are_found_by_their_age(server: Server) -> None:
    perform(server)
    thread(server, title="old")
    server.world.clock.advance(timedelta(minutes=1))
    thread(server, title="new")

    assert titles(server, createdAfter=MORNING.isoformat()) == ["new"]
    assert titles(server, createdAfter="2026-01-31T07:59:59.999Z") == ["new", "old"]
    assert titles(server, createdAfter="2026-01-31T08:00:00") == ["new"]


@pytest.mark.parametrize(
    "query", [{"createdAfter": "yesterday"}, {"status": "tired"}, {"limit": "many"}, {"offset": "-1"}]
)
def test_a_search_that_does_not_fit_is_refused(server: Server, query: dict[str, str]) -> None:
    answer = server.get(PATH, params=query)

    assert answer.status_code == 400
    assert answer.json()["details"][0]["field"] == next(iter(query))


def test_a_thread_is_read_with_its_messages(server: Server) -> None:
    made = talk(server, "hello")

    assert [message["content"] for message in made["messages"]] == ["hello", "echo hello"]
    assert (made["messageCount"], made["lastMessagePreview"]) == (2, "echo hello")
    assert made["lastMessageAt"] == made["messages"][-1]["createdAt"]


def test_the_preview_of_a_message_is_its_beginning(server: Server) -> None:
    made = talk(server, "x" * 300)

    assert made["lastMessagePreview"] == "echo " + "x" * 195


def test_what_is_changed_stays_changed_and_all_else_stays(server: Server) -> None:
    made = thread(server, title="Harvest", metadata={"owner": "ada"}, appId="almanac")

    told = change(server, made, title="Sowing", metadata={"kind": "plan"}, status="archived", task="sow")

    assert (told["title"], told["metadata"], told["status"], told["task"]) == (
        "Sowing",
        {"kind": "plan"},
        "archived",
        "sow",
    )
    assert told["appId"] == "almanac"
    assert {name: value for name, value in read_thread(server, made).items() if name != "messages"} == told


def test_a_thread_moves_to_another_computer_agent_and_project(server: Server) -> None:
    home, worker, group = computer(server), agent(server), project(server)
    made = thread(server)

    told = change(server, made, environmentId=home["id"], agentId=worker["id"], projectId=group["id"])
    back = change(server, made, agentId=None, projectId=None, appId=None, metadata=None)

    assert (told["environmentId"], told["agentId"], told["projectId"]) == (home["id"], worker["id"], group["id"])
    assert back["agentId"] == "agent_default"
    assert "projectId" not in back


def test_a_change_of_nothing_is_fine(server: Server) -> None:
    made = thread(server, title="Harvest")

    assert server.client.patch(f"{PATH}/{made['id']}").status_code == 200
    assert change(server, made)["title"] == "Harvest"


@pytest.mark.parametrize("body", [{"status": "running"}, {"status": "deleted"}, {"title": None}, {"colour": "red"}])
def test_a_change_that_does_not_fit_is_refused(server: Server, body: dict[str, Any]) -> None:
    made = thread(server)

    answer = server.patch(f"{PATH}/{made['id']}", body)

    assert answer.status_code == 400
    assert answer.json()["details"][0]["field"] == next(iter(body))


def test_names_are_those_that_computer_and_agent_have_now(server: Server) -> None:
    home, worker = computer(server), agent(server)
    made = thread(server, environmentId=home["id"], agentId=worker["id"])

    server.patch(f"/v1/environments/{home['id']}", {"name": "Barn"}).raise_for_status()
    server.delete(f"/v1/agents/{worker['id']}").raise_for_status()

    told = read_thread(server, made)
    assert (told["environmentName"], told["agentName"]) == ("Barn", None)


def test_a_deleted_thread_is_gone_from_everywhere(server: Server) -> None:
    made = talk(server, "hello", title="Harvest")

    answer = server.delete(f"{PATH}/{made['id']}")

    assert answer.json() == {"deleted": True}
    assert titles(server) == []
    assert server.post(f"{PATH}/search", {"query": "hello"}).json()["total"] == 0
    for what in ("", "/messages", "/steps", "/status"):
        assert server.get(f"{PATH}/{made['id']}{what}").status_code == 404
    assert server.delete(f"{PATH}/{made['id']}").status_code == 404


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_thread_that_never_was_is_not_found(server: Server, method: str) -> None:
    answer = server.client.request(method, f"{PATH}/thread_1", json={} if method == "PATCH" else None)

    assert answer.status_code == 404
    assert answer.json() == {"error": "Not Found", "message": "Thread thread_1 not found"}


def test_threads_without_a_version_in_the_path_are_the_same(server: Server) -> None:
    made = thread(server, title="Harvest")

    assert server.get(f"/threads/{made['id']}").json()["thread"]["title"] == "Harvest"


def test_a_project_tells_of_its_threads(server: Server) -> None:
    group = project(server)
    thread(server, projectId=group["id"], title="Harvest")

    told = server.get(f"/v1/projects/{group['id']}").raise_for_status().json()

    assert [row["title"] for row in told["recentThreads"]] == ["Harvest"]


def test_a_copy_of_a_world_begins_with_its_threads_and_goes_its_own_way(server: Server) -> None:
    made = talk(server, "hello")
    world = server.world.copy(server.world.clock, same_ids=False)
    kept = steps(server, made)

    server.begin(lambda: world)

    assert said(server, made) == [("user", "hello"), ("assistant", "echo hello")]
    assert steps(server, made) == kept
    say(server, made, "again")
    assert len(said(server, made)) == 4
    assert names(server, "environments") == ["default"]
