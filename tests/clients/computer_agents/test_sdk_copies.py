"""Copies and forks of threads through the SDK: which messages, which computer, which files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from computer_agents import ApiClientError

from tests.computer_agents.conversing import files

if TYPE_CHECKING:
    from computer_agents import ComputerAgentsClient

    from tests.conftest import Server

CONVERSATION = ["first", "Written: first", "second", "Written: second"]


def said(client: ComputerAgentsClient, thread: Any) -> list[str]:
    return [row["content"] for row in client.threads.get_messages(thread["id"])["data"]]


def test_a_copy_has_the_conversation_and_place_of_its_source(client: ComputerAgentsClient, thread: Any) -> None:
    copy: Any = client.threads.copy(thread["id"])

    assert copy["id"] != thread["id"]
    assert (copy["title"], copy["status"]) == ("Greetings Copy", "completed")
    assert (copy["environmentId"], copy["agentId"]) == (thread["environmentId"], "coder")
    assert said(client, copy) == CONVERSATION
    copied = {row["id"] for row in client.threads.get(copy["id"])["messages"]}
    assert copied.isdisjoint(row["id"] for row in thread["messages"])


def test_a_copy_has_the_title_that_it_is_given(client: ComputerAgentsClient, thread: Any) -> None:
    assert client.threads.copy(thread["id"], title="Second try")["title"] == "Second try"


def test_what_is_said_in_a_copy_does_not_show_in_its_source(client: ComputerAgentsClient, thread: Any) -> None:
    copy = client.threads.copy(thread["id"])

    client.threads.send_message(copy["id"], content="third")

    assert said(client, copy) == [*CONVERSATION, "third", "Written: third"]
    assert said(client, thread) == CONVERSATION


def test_a_copy_outlives_its_source(client: ComputerAgentsClient, thread: Any) -> None:
    copy = client.threads.copy(thread["id"])

    client.threads.delete(thread["id"])

    assert said(client, copy) == CONVERSATION


@pytest.mark.parametrize(("index", "kept"), [(0, 0), (1, 1), (2, 2), (4, 4), (99, 4)])
def test_a_cut_keeps_the_messages_before_it(client: ComputerAgentsClient, thread: Any, index: int, kept: int) -> None:
    response = client.threads.copy_with_response(thread["id"], truncate_at_message_index=index)

    assert response["messagesCopied"] == kept
    assert said(client, response["thread"]) == CONVERSATION[:kept]


def test_the_response_of_a_plain_copy_tells_its_computer(client: ComputerAgentsClient, thread: Any) -> None:
    response = client.threads.copy_with_response(thread["id"])

    assert response == {
        "thread": response["thread"],
        "environmentId": thread["environmentId"],
        "environmentName": thread["environmentName"],
        "snapshotId": None,
        "messagesCopied": 4,
        "forkMode": "current_environment",
    }
    assert {**response["thread"], "messages": []} == {**client.threads.get(response["thread"]["id"]), "messages": []}


@pytest.mark.parametrize(
    "place", [{"environment_target": "new_forked_environment"}, {"environment_strategy": "forked_environment"}]
)
def test_a_copy_can_get_a_new_computer_with_all_files(
    server: Server, client: ComputerAgentsClient, thread: Any, place: dict[str, str]
) -> None:
    response = client.threads.copy_with_response(thread["id"], environment_name="Annex", **place)

    assert response["environmentId"] == response["thread"]["environmentId"] != thread["environmentId"]
    assert (response["environmentName"], response["forkMode"]) == ("Annex", "latest")
    assert client.environments.get(response["environmentId"])["name"] == "Annex"
    snapshots: Any = client.environments.list_snapshots(response["environmentId"])
    assert [row["id"] for row in snapshots] == [response["snapshotId"]]
    assert files(server, response["environmentId"]) == {"src/hello.py": "second"}


def test_a_cut_copy_in_a_new_computer_is_historical(client: ComputerAgentsClient, thread: Any) -> None:
    response = client.threads.copy_with_response(
        thread["id"], truncate_at_message_index=2, environment_target="new_forked_environment"
    )

    assert response["forkMode"] == "historical"


@pytest.mark.parametrize(("mode", "expected"), [("all", ["src/hello.py"]), ("none", [])])
def test_the_mode_says_which_files_a_new_computer_gets(
    server: Server, client: ComputerAgentsClient, thread: Any, mode: str, expected: list[str]
) -> None:
    copy: Any = client.threads.copy(thread["id"], environment_target="new_forked_environment", file_copy_mode=mode)

    assert list(files(server, copy["environmentId"])) == expected


def test_a_copy_can_go_to_another_computer_with_the_files_of_its_thread(
    server: Server, client: ComputerAgentsClient, thread: Any
) -> None:
    shed = client.environments.create("Shed")["id"]

    copy: Any = client.threads.copy(
        thread["id"],
        title="Over there",
        environment_target="existing_environment",
        target_environment_id=shed,
        file_copy_mode="thread_only",
    )

    assert (copy["title"], copy["environmentId"], copy["environmentName"]) == ("Over there", shed, "Shed")
    assert files(server, shed) == {"src/hello.py": "second"}


def test_a_fork_from_a_message_ends_before_it(client: ComputerAgentsClient, thread: Any) -> None:
    fork = client.threads.fork_from_message(
        thread["id"], title="Otherwise", truncate_at_message_index=2, environment_strategy="reuse_current"
    )

    assert (fork["thread"]["title"], fork["messagesCopied"]) == ("Otherwise", 2)
    assert said(client, fork["thread"]) == CONVERSATION[:2]
    assert fork["environmentId"] == thread["environmentId"]


def test_a_fork_from_no_message_ends_before_the_last_of_the_user(client: ComputerAgentsClient, thread: Any) -> None:
    fork = client.threads.fork_from_message(thread["id"])

    assert said(client, fork["thread"]) == CONVERSATION[:2]


@pytest.mark.parametrize(("mode", "content"), [("historical", "first"), ("latest", "second")])
def test_a_fork_from_a_step_gets_the_files_of_then_or_now(
    server: Server, client: ComputerAgentsClient, thread: Any, mode: str, content: str
) -> None:
    steps: Any = client.threads.list_steps(thread["id"])

    fork = client.threads.fork_from_step(thread["id"], steps[1]["id"], mode=mode, environmentName="Annex")

    assert fork["environmentName"] == "Annex"
    assert said(client, fork["thread"]) == CONVERSATION[:1]
    assert files(server, fork["environmentId"]) == {"src/hello.py": content}


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"truncate_at_message_index": -1}, 400),
        ({"file_copy_mode": "some"}, 400),
        ({"file_copy_mode": "all"}, 400),
        ({"environment_target": "elsewhere"}, 400),
        ({"environment_target": "existing_environment", "target_environment_id": "env_none"}, 404),
    ],
)
def test_a_copy_that_cannot_be_is_refused_and_leaves_nothing(
    client: ComputerAgentsClient, thread: Any, options: dict[str, Any], status: int
) -> None:
    with pytest.raises(ApiClientError) as refused:
        client.threads.copy(thread["id"], **options)

    assert refused.value.status == status
    assert client.threads.list()["total"] == 1
    assert len(client.environments.list()) == 1
