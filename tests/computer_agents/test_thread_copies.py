"""Copies of threads over HTTP: every field of the request, every field of the answer, 200 and 201."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.computer_agents.conversing import (
    ended,
    files,
    messages,
    perform,
    read_thread,
    said,
    say,
    steps,
    talk,
    thread,
    write,
)
from tests.computer_agents.making import computer, names, project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Server

UNKNOWN = "env_000000000000000000000"

MEMBER = {"agentId": "coder", "agentName": "Coder", "claudeAgentName": "coder"}

TEAM = {
    "teamExecution": {
        "mode": "team",
        "teamAgentId": "agent_team",
        "teamAgentName": "Team",
        "orchestrator": MEMBER,
        "subagents": [MEMBER],
    },
    "subagentActivity": [
        {
            **MEMBER,
            "eventCount": 3,
            "lastActiveAt": "2026-01-31T08:00:00.000Z",
            "teamAgentId": "agent_team",
            "teamAgentName": "Team",
        }
    ],
}

STATUSES = {"active", "running", "completed", "failed", "cancelled"}

FIELDS: dict[str, type | tuple[type, ...]] = {
    "thread": dict,
    "thread.id": str,
    "thread.projectId": str,
    "thread.environmentId": str,
    "thread.agentId": str,
    "thread.title": str,
    "thread.task": str,
    "thread.appId": str,
    "thread.status": str,
    "thread.messageCount": int,
    "thread.lastMessageAt": str,
    "thread.lastMessagePreview": str,
    "thread.inputTokens": int,
    "thread.outputTokens": int,
    "thread.totalCost": (int, float),
    "thread.environmentMinutes": (int, float),
    "thread.metadata": dict,
    "thread.teamExecution": dict,
    "thread.teamExecution.mode": str,
    "thread.teamExecution.teamAgentId": str,
    "thread.teamExecution.teamAgentName": str,
    "thread.teamExecution.orchestrator": dict,
    "thread.teamExecution.orchestrator.agentId": str,
    "thread.teamExecution.orchestrator.agentName": str,
    "thread.teamExecution.orchestrator.claudeAgentName": str,
    "thread.teamExecution.subagents": list,
    "thread.teamExecution.subagents[].agentId": str,
    "thread.teamExecution.subagents[].agentName": str,
    "thread.teamExecution.subagents[].claudeAgentName": str,
    "thread.subagentActivity": list,
    "thread.subagentActivity[].agentId": str,
    "thread.subagentActivity[].agentName": str,
    "thread.subagentActivity[].claudeAgentName": str,
    "thread.subagentActivity[].eventCount": int,
    "thread.subagentActivity[].lastActiveAt": str,
    "thread.subagentActivity[].teamAgentId": str,
    "thread.subagentActivity[].teamAgentName": str,
    "thread.environmentName": str,
    "thread.agentName": str,
    "thread.createdAt": str,
    "thread.updatedAt": str,
    "environmentId": str,
    "environmentName": str,
    "snapshotId": str,
    "messagesCopied": int,
    "forkMode": str,
}
"""What the vendor's page lists of an answer, whatever its status."""


def copy(server: Server, source: dict[str, Any], status: int = 201, **body: Any) -> dict[str, Any]:
    answer = server.post(f"/v1/threads/{source['id']}/copy", body)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def refused(server: Server, source: dict[str, Any], **body: Any) -> list[dict[str, str]]:
    answer = server.post(f"/v1/threads/{source['id']}/copy", body)
    assert answer.status_code == 400
    assert answer.json()["code"] == "VALIDATION_FAILED"
    return list(answer.json()["details"])


def parts(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Yield everything in an answer with its place, as the vendor's page writes it."""
    if place:
        yield place, value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from parts(inner, f"{place}.{name}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, dict):
                for name, each in inner.items():
                    yield from parts(each, f"{place}[].{name}")


@pytest.fixture
def source(server: Server) -> dict[str, Any]:
    """A thread of a team, in which two messages were said, and a file was written for each."""
    perform(server)
    home = computer(server, name="Workshop")
    made = thread(
        server,
        title="Harvest",
        appId="almanac",
        agentId="coder",
        environmentId=home["id"],
        projectId=project(server)["id"],
        metadata={"owner": "ada"},
        task="first",
        stream=False,
    )
    # No request can say that a team works on a thread.
    server.world.computer_agents.threads.update(made["id"], **TEAM)
    ended(server, made)
    say(server, made, "second")
    return read_thread(server, made)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"title": "Second try", "environmentTarget": "new_forked_environment"}, 201),
        ({"title": "Second try"}, 200),
    ],
)
def test_every_field_of_the_answer_is_there_and_of_its_type(
    server: Server, source: dict[str, Any], body: dict[str, Any], status: int
) -> None:
    told = copy(server, source, status, **body)

    found = dict(parts(told))
    of_a_copy = {"snapshotId": type(None)} if status == 200 else {}
    wrong = {
        name: found.get(name) for name, kind in {**FIELDS, **of_a_copy}.items() if not isinstance(found.get(name), kind)
    }
    assert wrong == {}
    assert found["thread.status"] in STATUSES


def test_a_copy_without_a_body_is_a_200_and_has_all_that_was_said(server: Server, source: dict[str, Any]) -> None:
    answer = server.client.post(f"/v1/threads/{source['id']}/copy")

    assert answer.status_code == 200
    told = answer.json()
    assert said(server, told["thread"]) == said(server, source)
    assert told["messagesCopied"] == 4
    assert told["forkMode"] == "current_environment"
    assert told["snapshotId"] is None
    assert told["environmentId"] == source["environmentId"]
    assert told["environmentName"] == "Workshop"


def test_a_copy_inherits_who_works_on_what_and_starts_without_a_past(server: Server, source: dict[str, Any]) -> None:
    made = copy(server, source, 200)["thread"]

    assert made["id"] != source["id"]
    inherited = ("projectId", "environmentId", "agentId", "task", "appId", "metadata", "teamExecution")
    assert {name: made[name] for name in inherited} == {name: source[name] for name in inherited}
    assert made["title"] == "Harvest Copy"
    assert made["status"] == "completed"
    spent = ("inputTokens", "outputTokens", "totalTokens", "totalCost", "environmentMinutes")
    assert {made[name] for name in spent} == {0}
    assert source["inputTokens"] == 24
    assert (made["startedAt"], made["completedAt"], made["duration"]) == (None, None, None)
    assert (made["messageCount"], made["lastMessagePreview"]) == (4, "Written: second")
    assert steps(server, made) == []


def test_copied_messages_have_new_ids_and_keep_all_else(server: Server, source: dict[str, Any]) -> None:
    made = copy(server, source, 200)["thread"]

    old, new = messages(server, source), messages(server, made)
    assert {row["id"] for row in old}.isdisjoint(row["id"] for row in new)
    assert {row["threadId"] for row in new} == {made["id"]}
    apart = ("id", "threadId")
    assert [[value for name, value in row.items() if name not in apart] for row in new] == [
        [value for name, value in row.items() if name not in apart] for row in old
    ]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 200),
        ({"title": "Second try"}, 200),
        ({"truncateAtMessageIndex": 99}, 201),
        ({"environmentTarget": "existing_environment"}, 201),
        ({"environmentStrategy": "reuse_current"}, 201),
        ({"environmentStrategy": "forked_environment"}, 201),
        ({"environmentName": "Sandbox"}, 201),
        ({"fileCopyMode": "none"}, 201),
    ],
)
def test_it_is_a_fork_as_soon_as_more_than_a_title_is_told(
    server: Server, source: dict[str, Any], body: dict[str, Any], status: int
) -> None:
    copy(server, source, status, **body)


@pytest.mark.parametrize(("title", "expected"), [("Second try", "Second try"), ("", "")])
def test_a_title_that_is_told_is_taken(server: Server, source: dict[str, Any], title: str, expected: str) -> None:
    assert copy(server, source, 200, title=title)["thread"]["title"] == expected


def test_the_copy_of_a_thread_without_a_title_is_called_copy(server: Server) -> None:
    assert copy(server, thread(server), 200)["thread"]["title"] == "Copy"


@pytest.mark.parametrize(("index", "kept"), [(0, 0), (1, 1), (3, 3), (4, 4), (99, 4), (1.0, 1)])
def test_a_cut_keeps_the_messages_before_it(server: Server, source: dict[str, Any], index: float, kept: int) -> None:
    told = copy(server, source, truncateAtMessageIndex=index)

    assert said(server, told["thread"]) == said(server, source)[:kept]
    assert told["messagesCopied"] == told["thread"]["messageCount"] == kept
    assert (
        said(server, source)[kept:]
        == [
            ("user", "first"),
            ("assistant", "Written: first"),
            ("user", "second"),
            ("assistant", "Written: second"),
        ][kept:]
    )


def test_a_copy_of_nothing_has_no_last_message(server: Server, source: dict[str, Any]) -> None:
    made = copy(server, source, truncateAtMessageIndex=0)["thread"]

    assert (made["lastMessageAt"], made["lastMessagePreview"]) == (None, None)


def test_source_and_copy_go_their_own_ways(server: Server, source: dict[str, Any]) -> None:
    made = copy(server, source, environmentTarget="new_forked_environment")["thread"]

    say(server, made, "third")
    server.patch(f"/v1/threads/{made['id']}", {"metadata": {"owner": "grace"}}).raise_for_status()
    say(server, source, "fourth")

    assert said(server, source)[-2] == ("user", "fourth")
    assert said(server, made)[-2] == ("user", "third")
    assert read_thread(server, source)["metadata"] == {"owner": "ada"}
    assert files(server, source["environmentId"]) == {"src/hello.py": "fourth"}
    assert files(server, made["environmentId"]) == {"src/hello.py": "third"}


def test_a_copy_stays_when_its_source_is_deleted(server: Server, source: dict[str, Any]) -> None:
    made = copy(server, source, 200)["thread"]

    server.delete(f"/v1/threads/{source['id']}").raise_for_status()

    assert len(said(server, made)) == 4


def test_a_new_computer_is_a_real_one_with_the_files_of_the_source(server: Server, source: dict[str, Any]) -> None:
    told = copy(server, source, environmentTarget="new_forked_environment", environmentName="Sandbox")

    made = server.get(f"/v1/environments/{told['environmentId']}").json()["environment"]
    assert (made["name"], made["isDefault"]) == ("Sandbox", False)
    assert (told["environmentName"], told["thread"]["environmentName"]) == ("Sandbox", "Sandbox")
    assert names(server, "environments") == ["Workshop", "Sandbox"]
    assert told["forkMode"] == "latest"
    (snapshot,) = server.get(f"/v1/environments/{told['environmentId']}/snapshots").json()["data"]
    assert snapshot["id"] == told["snapshotId"]
    assert snapshot["sourceThreadId"] == source["id"]
    assert snapshot["changedPaths"] == ["src/hello.py"]
    assert files(server, told["environmentId"]) == {"src/hello.py": "second"}


@pytest.mark.parametrize("name", [{}, {"environmentName": ""}])
def test_a_new_computer_without_a_name_is_called_a_fork(
    server: Server, source: dict[str, Any], name: dict[str, Any]
) -> None:
    told = copy(server, source, environmentTarget="new_forked_environment", **name)

    assert told["environmentName"] == "Workshop Fork"


def test_a_cut_into_a_new_computer_is_historical(server: Server, source: dict[str, Any]) -> None:
    told = copy(server, source, environmentTarget="new_forked_environment", truncateAtMessageIndex=2)

    assert told["forkMode"] == "historical"
    assert files(server, told["environmentId"]) == {"src/hello.py": "second"}


def test_only_what_the_thread_changed_before_the_cut_is_copied(server: Server, source: dict[str, Any]) -> None:
    other = thread(server, agentId="coder", environmentId=source["environmentId"])
    say(server, other, "elsewhere")

    told = copy(
        server, source, environmentStrategy="forked_environment", fileCopyMode="thread_only", truncateAtMessageIndex=2
    )

    assert files(server, told["environmentId"]) == {"src/hello.py": "first"}
    assert told["snapshotId"] is not None


def test_a_new_computer_can_be_empty(server: Server, source: dict[str, Any]) -> None:
    told = copy(server, source, environmentTarget="new_forked_environment", fileCopyMode="none")

    assert told["snapshotId"] is None
    assert files(server, told["environmentId"]) == {}


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ({}, {"notes.md": "mine\n"}),
        ({"fileCopyMode": "none"}, {"notes.md": "mine\n"}),
        ({"fileCopyMode": "thread_only"}, {"notes.md": "mine\n", "src/hello.py": "second"}),
    ],
)
def test_another_computer_gets_what_is_asked_for_over_what_it_has(
    server: Server, source: dict[str, Any], mode: dict[str, Any], expected: dict[str, str]
) -> None:
    other = computer(server, name="Barn")
    write(server, other["id"], "notes.md", "mine\n")

    told = copy(server, source, environmentTarget="existing_environment", targetEnvironmentId=other["id"], **mode)

    assert (told["environmentId"], told["environmentName"]) == (other["id"], "Barn")
    assert told["forkMode"] == "existing_environment"
    assert told["snapshotId"] is None
    assert files(server, other["id"]) == expected
    assert files(server, source["environmentId"]) == {"src/hello.py": "second"}


def test_a_removed_file_is_removed_elsewhere_as_well(server: Server, source: dict[str, Any]) -> None:
    other = computer(server, name="Barn")
    write(server, other["id"], "src/hello.py", "mine\n")
    say(server, source, "undo")

    copy(server, source, targetEnvironmentId=other["id"], fileCopyMode="thread_only")

    assert files(server, other["id"]) == {}


def test_a_target_alone_means_a_computer_that_is_there(server: Server, source: dict[str, Any]) -> None:
    other = computer(server, name="Barn")

    assert copy(server, source, targetEnvironmentId=other["id"])["forkMode"] == "existing_environment"


def test_the_target_says_more_than_the_strategy(server: Server, source: dict[str, Any]) -> None:
    told = copy(server, source, environmentTarget="existing_environment", environmentStrategy="forked_environment")

    assert told["forkMode"] == "current_environment"


def test_with_a_new_computer_one_that_is_there_is_of_no_account(server: Server, source: dict[str, Any]) -> None:
    told = copy(server, source, environmentTarget="new_forked_environment", targetEnvironmentId=UNKNOWN)

    assert told["forkMode"] == "latest"


def test_in_its_own_computer_nothing_is_copied(server: Server, source: dict[str, Any]) -> None:
    snapshots = server.get(f"/v1/environments/{source['environmentId']}/snapshots").json()

    copy(server, source, fileCopyMode="thread_only", environmentName="Sandbox")

    assert server.get(f"/v1/environments/{source['environmentId']}/snapshots").json() == snapshots
    assert names(server, "environments") == ["Workshop"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"truncateAtMessageIndex": -1}, "truncateAtMessageIndex"),
        ({"truncateAtMessageIndex": "two"}, "truncateAtMessageIndex"),
        ({"truncateAtMessageIndex": 1.5}, "truncateAtMessageIndex"),
        ({"title": None}, "title"),
        ({"environmentTarget": "elsewhere"}, "environmentTarget"),
        ({"environmentStrategy": "elsewhere"}, "environmentStrategy"),
        ({"targetEnvironmentId": 7}, "targetEnvironmentId"),
        ({"environmentName": 7}, "environmentName"),
        ({"fileCopyMode": "most"}, "fileCopyMode"),
        ({"fileCopyMode": "all"}, "fileCopyMode"),
        ({"fileCopyMode": "all", "environmentTarget": "existing_environment"}, "fileCopyMode"),
        ({"fileMode": "all"}, "fileMode"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_field(
    server: Server, source: dict[str, Any], body: dict[str, Any], field: str
) -> None:
    assert [detail["field"] for detail in refused(server, source, **body)] == [field]


def test_a_body_that_is_no_json_is_refused(server: Server, source: dict[str, Any]) -> None:
    answer = server.client.post(f"/v1/threads/{source['id']}/copy", content=b"{")

    assert answer.status_code == 400
    assert answer.json()["details"][0]["field"] == "body"


def test_an_unknown_thread_and_an_unknown_computer_are_not_found(server: Server, source: dict[str, Any]) -> None:
    no_thread = server.post("/v1/threads/thread_1/copy", {})
    no_computer = server.post(f"/v1/threads/{source['id']}/copy", {"targetEnvironmentId": UNKNOWN})

    assert (no_thread.status_code, no_computer.status_code) == (404, 404)
    assert no_thread.json() == {"error": "Not Found", "message": "Thread thread_1 not found"}
    assert no_computer.json()["message"] == f"Environment {UNKNOWN} not found"


def test_without_a_key_nothing_is_copied(server: Server, source: dict[str, Any]) -> None:
    answer = server.post(f"/v1/threads/{source['id']}/copy", {}, headers={"Authorization": ""})

    assert answer.status_code == 401
    assert answer.json()["error"] == "Unauthorized"


def test_a_refused_fork_leaves_nothing_behind(server: Server, source: dict[str, Any]) -> None:
    before = server.get("/v1/threads").json()["total_count"]

    server.post(f"/v1/threads/{source['id']}/copy", {"targetEnvironmentId": UNKNOWN})

    assert server.get("/v1/threads").json()["total_count"] == before


def test_a_thread_whose_computer_is_deleted_can_still_be_copied(server: Server, source: dict[str, Any]) -> None:
    server.delete(f"/v1/environments/{source['environmentId']}").raise_for_status()

    same = copy(server, source, 200)
    new = copy(server, source, environmentTarget="new_forked_environment")

    assert same["environmentName"] is None
    assert same["thread"]["environmentName"] is None
    assert files(server, new["environmentId"]) == {"src/hello.py": "second"}


def test_of_a_computer_that_is_gone_for_good_no_other_is_made(server: Server, source: dict[str, Any]) -> None:
    server.delete(f"/v1/environments/{source['environmentId']}", params={"hard": "true"}).raise_for_status()

    answer = server.post(f"/v1/threads/{source['id']}/copy", {"environmentTarget": "new_forked_environment"})

    assert answer.status_code == 404


def test_a_thread_is_copied_while_something_is_executed_in_it(server: Server, source: dict[str, Any]) -> None:
    running = thread(server, agentId="coder", content="linger", stream=False)

    made = copy(server, running, 200)["thread"]

    assert made["status"] == "completed"
    assert said(server, made) == [("user", "linger")]
    server.post(f"/v1/threads/{running['id']}/cancel").raise_for_status()


def test_a_copy_can_be_copied_and_talked_in(server: Server) -> None:
    first = talk(server, "hello")

    second = copy(server, copy(server, first, 200)["thread"], 200)["thread"]
    say(server, second, "again")

    assert said(server, second) == [
        ("user", "hello"),
        ("assistant", "echo hello"),
        ("user", "again"),
        ("assistant", "echo again"),
    ]
    assert read_thread(server, second)["title"] == "Copy Copy"
