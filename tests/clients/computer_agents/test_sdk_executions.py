"""Executions through the SDK: what is said, streamed, gone through step by step, cancelled and put back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from computer_agents import ApiClientError, ComputerAgentsClient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Server


@pytest.fixture
def newcomer(server: Server) -> Iterator[ComputerAgentsClient]:
    """A client that has not asked for anything yet: it remembers the computer that it found first."""
    with ComputerAgentsClient("tb_test", base_url=server.url) as client:
        yield client


def steps(client: ComputerAgentsClient, thread: Any, **query: Any) -> Any:
    """Return the steps of a thread; of their type the SDK's annotations say nothing that holds."""
    return client.threads.list_steps(thread["id"], **query)


@pytest.fixture
def change(client: ComputerAgentsClient, thread: Any) -> Any:
    """The step of the first file change."""
    return next(row for row in steps(client, thread) if row["stepKind"] == "file_change")


def test_a_run_makes_computer_and_thread_and_streams_to_the_end(newcomer: ComputerAgentsClient) -> None:
    events: list[Any] = []

    result = newcomer.run("hello", agent_id="coder", on_event=events.append)

    assert result.content == "Written: hello"
    assert result.run
    assert (result.run["status"], result.run["tokens"]) == ("success", {"input": 12, "output": 3})
    assert [event["type"] for event in events] == [
        "response.started",
        "response.item.completed",
        "response.item.completed",
        "response.completed",
        "stream.completed",
    ]
    thread = newcomer.threads.get(result.thread_id)
    assert (thread["status"], thread["agentId"]) == ("completed", "coder")
    assert newcomer.environments.list(is_default=True)[0]["id"] == thread["environmentId"]


def test_a_run_goes_on_in_the_thread_that_it_is_told(client: ComputerAgentsClient, thread: Any) -> None:
    result = client.run("third", thread["environmentId"], thread_id=thread["id"])

    assert result.thread_id == thread["id"]
    assert client.threads.get_messages(thread["id"])["total"] == 6


def test_runs_without_a_computer_share_one(newcomer: ComputerAgentsClient) -> None:
    threads = [newcomer.threads.get(newcomer.run("hello").thread_id) for _ in range(2)]

    assert threads[0]["environmentId"] == threads[1]["environmentId"]
    assert len(newcomer.environments.list()) == 1


def test_a_run_takes_every_option_of_a_turn(client: ComputerAgentsClient) -> None:
    shed = client.computers.create("Shed")["id"]

    result = client.run(
        "hello",
        computer_id=shed,
        agent_id="coder",
        reasoning_effort="high",
        queue_when_capacity_unavailable=True,
        knowledge_context={"libraries": []},
        idempotency_key="k-1",
        timeout=10,
    )

    assert result.content == "Written: hello"
    assert client.threads.get(result.thread_id)["environmentId"] == shed


def test_a_message_is_streamed_with_its_items(client: ComputerAgentsClient) -> None:
    thread = client.threads.create(agent_id="coder")

    result = client.threads.send_message(thread["id"], content="look")

    items = [event["item"] for event in result.events if event["type"] == "response.item.completed"]
    assert [item["type"] for item in items] == ["reasoning", "tool_call", "message"]
    assert (items[1]["name"], items[1]["command"]) == ("bash", "ls src")
    assert result.content == "It is there."
    assert (result.queued_in_batch, result.batch_job_id, result.admission_reason) == (False, None, None)


def test_a_message_takes_every_option_of_the_sdk(client: ComputerAgentsClient) -> None:
    thread = client.threads.create(agent_id="careful")

    result = client.threads.send_message(
        thread["id"],
        content="hello",
        task="hello",
        execution_content="hello, in full",
        mcp_servers=[{"name": "weather", "type": "http", "url": "http://localhost/mcp"}],
        env_vars={"LANG": "en"},
        attachments=[{"id": "a1", "filename": "pear.png", "mimeType": "image/png", "size": 3, "type": "image"}],
        github_repo={"repoFullName": "orchard/pears", "repoName": "pears", "branch": "main"},
        quoted_selection={"text": "pears", "sourceType": "working_log"},
        message_metadata={"from": "a test"},
        research_mode_enabled=False,
        enabled_skills=["pdf"],
        persist_file_changes=True,
        reasoning_effort="low",
        queue_when_capacity_unavailable=False,
        knowledge_context={"libraries": []},
        idempotency_key="k-1",
        timeout=10,
    )

    assert result.run
    assert result.run["status"] == "success"
    message = client.threads.get_messages(thread["id"])["data"][0]
    assert (message["content"], message["metadata"]) == ("hello", {"from": "a test"})


def test_a_message_said_again_with_its_key_is_not_executed_again(client: ComputerAgentsClient, thread: Any) -> None:
    first = client.threads.send_message(thread["id"], content="third", idempotency_key="k-1")
    again = client.threads.send_message(thread["id"], content="third", idempotency_key="k-1")

    assert again == first
    assert client.threads.get_messages(thread["id"])["total"] == 6


@pytest.mark.parametrize("by", ["index", "id"])
def test_a_message_can_be_said_anew(client: ComputerAgentsClient, thread: Any, by: str) -> None:
    edited = {"truncate_at_message_index": 2} if by == "index" else {"edit_message_id": thread["messages"][2]["id"]}

    client.threads.send_message(thread["id"], content="third", **edited)

    said = [row["content"] for row in client.threads.get_messages(thread["id"])["data"]]
    assert said == ["first", "Written: first", "third", "Written: third"]


def test_an_execution_that_fails_raises_what_the_stream_tells(client: ComputerAgentsClient) -> None:
    thread = client.threads.create(agent_id="coder")
    events: list[Any] = []

    with pytest.raises(Exception, match="the disk is full") as failed:
        client.threads.send_message(thread["id"], content="leave", on_event=events.append)

    assert not isinstance(failed.value, ApiClientError)
    assert events[-1]["type"] == "stream.error"
    assert client.threads.get_status(thread["id"])["status"] == "failed"


def test_a_cancelled_execution_ends_its_stream_with_a_cancelled_run(client: ComputerAgentsClient) -> None:
    thread = client.threads.create(agent_id="coder")

    def cancel(event: dict[str, Any]) -> None:
        if event["type"] == "response.item.completed":
            client.threads.cancel(thread["id"])

    result = client.threads.send_message(thread["id"], content="linger", on_event=cancel)

    assert result.run
    assert result.run["status"] == "cancelled"
    assert client.threads.get_status(thread["id"])["status"] == "cancelled"


def test_a_thread_that_is_being_executed_refuses_another_message(client: ComputerAgentsClient) -> None:
    thread = client.threads.create(agent_id="coder", content="linger")

    with pytest.raises(ApiClientError) as refused:
        client.threads.send_message(thread["id"], content="hello")

    assert refused.value.status == 409
    client.threads.cancel(thread["id"])


def test_nothing_can_be_cancelled_where_nothing_is_executed(client: ComputerAgentsClient, thread: Any) -> None:
    with pytest.raises(ApiClientError, match="no active execution") as refused:
        client.threads.cancel(thread["id"])

    assert refused.value.status == 400


def test_steps_come_in_pages(client: ComputerAgentsClient, thread: Any) -> None:
    kinds = [row["stepKind"] for row in steps(client, thread)]

    assert kinds == ["user_message", "file_change", "assistant_message", "turn_completed"] * 2
    page = steps(client, thread, limit=2, offset=1, compact=True)
    assert [row["stepKind"] for row in page] == kinds[1:3]


def test_a_step_tells_what_it_changed(client: ComputerAgentsClient, thread: Any, change: Any) -> None:
    diff = client.threads.get_step_diff(thread["id"], change["id"])

    assert (diff["stepId"], diff["changedPaths"]) == (change["id"], ["src/hello.py"])
    assert (diff["additions"], diff["deletions"]) == (1, 0)
    assert "+first" in diff["diff"]
    assert client.threads.get_step_diff(thread["id"], change["id"], path="other.py")["diff"] == ""


def test_files_are_read_as_they_were_after_a_step(client: ComputerAgentsClient, thread: Any, change: Any) -> None:
    folder: Any = client.threads.list_step_files(thread["id"], change["id"])
    files: Any = client.threads.list_step_files(thread["id"], change["id"], prefix="src")
    file = client.threads.get_step_file(thread["id"], change["id"], path="src/hello.py")
    raw = client.threads.download_step_file(thread["id"], change["id"], path="src/hello.py")

    assert [(row["path"], row["type"]) for row in folder] == [("src", "directory")]
    assert [(row["path"], row["type"], row["size"]) for row in files] == [("src/hello.py", "file", 5)]
    assert (file["path"], file["content"]) == ("src/hello.py", "first")
    assert raw == b"first"


def test_files_are_put_back_to_a_step(client: ComputerAgentsClient, thread: Any, change: Any) -> None:
    reverted = client.threads.revert_to_step(
        thread["id"], change["id"], historyActionType="revert", revertedFilePath="src/hello.py"
    )

    assert (reverted["thread"]["id"], reverted["environmentId"]) == (thread["id"], thread["environmentId"])
    assert reverted["revertedToStepId"] == change["id"]
    assert steps(client, thread)[-1]["id"] == reverted["revertStepId"]
    now = client.threads.get_step_file(thread["id"], reverted["revertStepId"], path="src/hello.py")
    assert now["content"] == "first"
