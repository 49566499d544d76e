"""Executions over HTTP: what is streamed and kept of them, how they end, and how they are asked for again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from tests.computer_agents.conversing import (
    ended,
    events,
    files,
    messages,
    perform,
    read_thread,
    said,
    say,
    step,
    steps,
    talk,
    thread,
    types,
)
from tests.computer_agents.making import agent

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.conftest import Server

SPOKEN = ["response.started", "response.item.completed", "response.completed", "stream.completed"]


@pytest.fixture
def coder(server: Server) -> dict[str, Any]:
    """A thread with an agent that writes files."""
    perform(server)
    return thread(server, agentId="coder")


def items(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [event["item"] for event in told if event["type"] == "response.item.completed"]


def begin(server: Server, told: dict[str, Any], content: str = "linger") -> None:
    """Say something in a thread and leave once the agent has said something."""
    with server.client.stream("POST", path(told, "messages"), json={"content": content}) as answer:
        for event in live(answer):
            if event["type"] == "response.item.completed":
                return


def live(answer: httpx.Response) -> Iterator[dict[str, Any]]:
    for line in answer.iter_lines():
        if line:
            yield orjson.loads(line.removeprefix("data: "))


def path(told: dict[str, Any], what: str) -> str:
    return f"/v1/threads/{told['id']}/{what}"


def cancel(server: Server, told: dict[str, Any]) -> httpx.Response:
    return server.post(path(told, "cancel"))


def test_an_agent_without_a_script_repeats_what_it_is_told(server: Server) -> None:
    made = thread(server)

    told = say(server, made, "hello")

    assert types(told) == SPOKEN
    assert told[2]["response"]["content"] == "echo hello"
    assert said(server, made) == [("user", "hello"), ("assistant", "echo hello")]


def test_events_are_lines_of_data_without_names(server: Server) -> None:
    answer = server.post(path(thread(server), "messages"), {"content": "hello"})

    assert answer.content.endswith(b"\n\n")
    assert all(line.startswith("data: {") for line in answer.text.split("\n") if line)
    assert b"\r" not in answer.content


def test_every_event_tells_its_thread_and_its_time(server: Server, coder: dict[str, Any]) -> None:
    told = say(server, coder, "hello")

    assert {event["threadId"] for event in told} == {coder["id"]}
    assert {event["timestamp"] for event in told} == {"2026-01-31T08:00:00.000Z"}


def test_the_ids_of_one_answer_belong_together(server: Server, coder: dict[str, Any]) -> None:
    started, *_, completed, end = say(server, coder, "hello")

    assert started["response"]["id"] == completed["response"]["id"]
    assert started["response"]["id"].startswith("resp_")
    assert end["run"]["id"].startswith("run_")
    assert completed["response"]["output"] == items([started, *_, completed])


def test_a_file_that_the_agent_writes_is_in_its_computer(server: Server, coder: dict[str, Any]) -> None:
    told = items(say(server, coder, "hello"))

    assert [(item["type"], item["content"]) for item in told] == [
        ("file_change", "hello"),
        ("message", "Written: hello"),
    ]
    assert (told[0]["path"], told[0]["kind"]) == ("src/hello.py", "added")
    assert files(server, coder["environmentId"]) == {"src/hello.py": "hello"}


def test_the_agent_can_remove_a_file(server: Server, coder: dict[str, Any]) -> None:
    say(server, coder, "hello")

    (item,) = items(say(server, coder, "undo"))

    assert item["kind"] == "deleted"
    assert files(server, coder["environmentId"]) == {}


def test_files_stay_as_they_are_where_changes_are_not_to_be_kept(server: Server, coder: dict[str, Any]) -> None:
    say(server, coder, "hello", persistFileChanges=False)

    assert files(server, coder["environmentId"]) == {}
    assert step(server, coder, "file_change")["snapshotAfterId"] is None


def test_what_an_agent_thinks_and_does_are_items_and_steps(server: Server, coder: dict[str, Any]) -> None:
    told = items(say(server, coder, "look"))

    assert [item["type"] for item in told] == ["reasoning", "tool_call", "message"]
    kinds = [row["stepKind"] for row in steps(server, coder)]
    assert kinds == ["user_message", "reasoning", "command_execution", "assistant_message", "turn_completed"]
    assert step(server, coder, "command_execution")["title"] == "ls src"


def test_a_call_of_a_tool_is_told_with_its_answer(server: Server) -> None:
    perform(server)
    made = thread(server, agentId="clerk")

    told = items(say(server, made, "pears"))

    assert [item["content"] for item in told] == ["I look it up.", "Three of them.", "There are three."]
    assert (told[1]["name"], told[1]["arguments"], told[1]["status"]) == ("find", {"text": "pears"}, "completed")
    assert step(server, made, "mcp_tool_call")["title"] == "find"
    assert said(server, made)[-1] == ("assistant", "I look it up.\n\nThere are three.")


def test_a_call_that_nobody_answers_is_told_at_the_end(server: Server) -> None:
    told = items(say(server, thread(server), '/understudy call find {"text": "pears"}'))

    assert [(item["type"], item["status"]) for item in told] == [("tool_call", "incomplete")]


def test_an_agent_without_a_conversation_is_told_the_message(server: Server) -> None:
    perform(server)

    told = say(server, thread(server, agentId="forgetful"), "pears")

    assert told[-2]["response"]["content"] == "pears?"


def test_the_agent_may_be_told_something_else_than_is_kept(server: Server) -> None:
    made = thread(server)

    say(server, made, "hello", executionContent="bonjour", messageMetadata={"from": "ada"})

    assert said(server, made) == [("user", "hello"), ("assistant", "echo bonjour")]
    assert messages(server, made)[0]["metadata"] == {"from": "ada"}


def test_tokens_are_those_that_the_script_tells(server: Server, coder: dict[str, Any]) -> None:
    first = say(server, coder, "hello")
    say(server, coder, "again")

    assert first[-1]["run"]["tokens"] == {"input": 12, "output": 3}
    assert first[-2]["response"]["usage"]["total_tokens"] == 15
    counted = read_thread(server, coder)
    assert (counted["inputTokens"], counted["outputTokens"], counted["totalTokens"]) == (24, 6, 30)


def test_without_a_script_tokens_are_words(server: Server) -> None:
    assert say(server, thread(server), "one two")[-1]["run"]["tokens"] == {"input": 2, "output": 3}


def test_a_finished_execution_leaves_its_marks_everywhere(server: Server, coder: dict[str, Any]) -> None:
    say(server, coder, "hello")

    left = read_thread(server, coder)
    assert (left["status"], left["duration"], left["messageCount"]) == ("completed", "0s", 2)
    status = server.get(path(coder, "status")).json()
    assert status == {
        "id": coder["id"],
        "threadId": coder["id"],
        "status": "completed",
        "startedAt": "2026-01-31T08:00:00.000Z",
        "completedAt": "2026-01-31T08:00:00.000Z",
        "duration": "0s",
        "updatedAt": "2026-01-31T08:00:00.000Z",
    }
    computer = server.get(f"/v1/environments/{coder['environmentId']}/status").json()
    assert (computer["status"], computer["executionCount"]) == ("running", 1)
    assert server.get("/v1/agents/coder").json()["agent"]["lastRunAt"] == "2026-01-31T08:00:00.000Z"
    answer = messages(server, coder)[-1]
    assert (answer["actionsCount"], answer["durationMs"], answer["outputTokens"]) == (1, 0, 3)


def test_an_agent_that_fails_ends_in_an_error(server: Server, coder: dict[str, Any]) -> None:
    told = say(server, coder, "leave")

    assert types(told) == ["response.started", "response.item.completed", "stream.error"]
    assert (told[-1]["message"], told[-1]["error"]) == ("the disk is full", "ValueError")
    assert read_thread(server, coder)["status"] == "failed"
    assert said(server, coder) == [("user", "leave")]
    assert files(server, coder["environmentId"]) == {"src/hello.py": "bonjour"}


def test_a_failed_thread_can_be_talked_in_again(server: Server, coder: dict[str, Any]) -> None:
    say(server, coder, "leave")

    say(server, coder, "hello")

    assert read_thread(server, coder)["status"] == "completed"


def test_an_agent_that_asks_goes_on_with_the_next_message(server: Server) -> None:
    perform(server)
    made = thread(server, agentId="careful")

    asked = say(server, made, "Sell the orchard")
    waiting = read_thread(server, made)["status"]
    answered = say(server, made, "yes", reasoningEffort="low")

    assert (asked[-2]["response"]["content"], waiting) == ("May I?", "permission_asked")
    assert answered[-2]["response"]["content"] == "You said yes, in low effort."
    assert read_thread(server, made)["status"] == "completed"


def test_a_question_that_is_taken_back_is_not_answered(server: Server) -> None:
    perform(server)
    made = talk(server, "Sell the orchard", agentId="careful")

    told = say(server, made, "Sell the barn", truncateAtMessageIndex=0)

    assert told[-2]["response"]["content"] == "May I?"


def test_an_agent_sees_all_that_was_said_and_nothing_that_was_taken_back(server: Server) -> None:
    made = talk(server, "/understudy raise-once no", "/understudy raise-once no")

    assert read_thread(server, made)["status"] == "completed"
    say(server, made, "/understudy raise-once no", truncateAtMessageIndex=0)
    assert read_thread(server, made)["status"] == "failed"


def test_a_message_can_be_said_anew_from_a_place(server: Server, coder: dict[str, Any]) -> None:
    say(server, coder, "first")
    say(server, coder, "second")

    say(server, coder, "third", truncateAtMessageIndex=2)

    assert [text for _, text in said(server, coder)] == ["first", "Written: first", "third", "Written: third"]
    assert {row["sourceMessageId"] for row in steps(server, coder)} == {row["id"] for row in messages(server, coder)}
    assert files(server, coder["environmentId"]) == {"src/hello.py": "third"}


def test_a_message_can_be_edited(server: Server, coder: dict[str, Any]) -> None:
    say(server, coder, "first")
    say(server, coder, "second")
    edited = messages(server, coder)[2]["id"]

    say(server, coder, "third", editMessageId=edited)

    assert [text for _, text in said(server, coder)] == ["first", "Written: first", "third", "Written: third"]


def test_a_message_that_is_not_there_cannot_be_edited(server: Server, coder: dict[str, Any]) -> None:
    answer = server.post(path(coder, "messages"), {"content": "hello", "editMessageId": "msg_1"})

    assert answer.status_code == 400
    assert answer.json()["details"] == [
        {"field": "editMessageId", "message": f"Thread {coder['id']} has no message msg_1"}
    ]
    assert said(server, coder) == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "content"),
        ({"content": 7}, "content"),
        ({"content": "hi", "truncateAtMessageIndex": -1}, "truncateAtMessageIndex"),
        ({"content": "hi", "reasoningEffort": "huge"}, "reasoningEffort"),
        ({"content": "hi", "colour": "red"}, "colour"),
    ],
)
def test_a_message_that_does_not_fit_is_refused(
    server: Server, coder: dict[str, Any], body: dict[str, Any], field: str
) -> None:
    answer = server.post(path(coder, "messages"), body)

    assert answer.status_code == 400
    assert answer.json()["details"][0]["field"] == field


def test_in_a_thread_that_is_not_there_nothing_is_said(server: Server) -> None:
    for what, body in (("messages", {"content": "hello"}), ("cancel", None), ("resume", None)):
        assert server.post(f"/v1/threads/thread_1/{what}", body).status_code == 404
    assert server.get("/v1/threads/thread_1/status").status_code == 404


def test_a_client_that_leaves_stops_nothing(server: Server, coder: dict[str, Any]) -> None:
    begin(server, coder)

    left = read_thread(server, coder)
    assert (left["status"], left["completedAt"], left["duration"]) == ("running", None, None)
    cancel(server, coder)


def test_a_thread_at_work_refuses_another_message(server: Server, coder: dict[str, Any]) -> None:
    begin(server, coder)

    answer = server.post(path(coder, "messages"), {"content": "hello", "truncateAtMessageIndex": 0})

    assert answer.status_code == 409
    assert answer.json()["error"] == "Conflict"
    assert said(server, coder) == [("user", "linger")]
    cancel(server, coder)


def test_cancelling_keeps_what_was_done_and_ends_the_stream(server: Server, coder: dict[str, Any]) -> None:
    told = []
    with server.client.stream("POST", path(coder, "messages"), json={"content": "linger"}) as answer:
        for event in live(answer):
            told.append(event)
            if event["type"] == "response.item.completed":
                assert cancel(server, coder).json() == {"success": True}

    assert types(told) == ["response.started", "response.item.completed", "stream.completed"]
    assert told[-1]["run"]["status"] == "cancelled"
    assert read_thread(server, coder)["status"] == "cancelled"
    assert said(server, coder) == [("user", "linger"), ("assistant", "I begin.")]


def test_after_cancelling_the_thread_answers_as_before(server: Server, coder: dict[str, Any]) -> None:
    begin(server, coder)
    cancel(server, coder)

    say(server, coder, "hello")

    assert said(server, coder)[-1] == ("assistant", "Written: hello")


def test_where_nothing_is_executed_there_is_nothing_to_cancel(server: Server, coder: dict[str, Any]) -> None:
    answer = cancel(server, coder)

    assert answer.status_code == 400
    assert answer.json()["error"] == "Bad Request"
    assert "no active execution" in answer.json()["message"]


def test_a_thread_that_is_told_to_run_can_be_cancelled(server: Server) -> None:
    made = thread(server)
    server.world.computer_agents.threads.update(made["id"], status="running")

    assert cancel(server, made).status_code == 200
    assert read_thread(server, made)["status"] == "cancelled"


@pytest.mark.parametrize(
    ("before", "after"),
    [("cancelled", "active"), ("failed", "active"), ("archived", "active"), ("completed", "completed")],
)
def test_a_thread_is_opened_again(server: Server, before: str, after: str) -> None:
    made = thread(server)
    server.patch(f"/v1/threads/{made['id']}", {"status": before}).raise_for_status()

    answer = server.post(path(made, "resume"))

    assert answer.json()["thread"]["status"] == after


def test_deleting_a_thread_cancels_what_goes_on_in_it(server: Server, coder: dict[str, Any]) -> None:
    with server.client.stream("POST", path(coder, "messages"), json={"content": "linger"}) as answer:
        told = []
        for event in live(answer):
            told.append(event)
            if event["type"] == "response.item.completed":
                server.delete(f"/v1/threads/{coder['id']}").raise_for_status()

    assert told[-1]["run"]["status"] == "cancelled"
    assert server.get(f"/v1/threads/{coder['id']}").status_code == 404


def test_a_message_with_the_same_key_is_said_once(server: Server, coder: dict[str, Any]) -> None:
    key = {"Idempotency-Key": "once"}

    first = server.post(path(coder, "messages"), {"content": "hello"}, headers=key)
    again = server.post(path(coder, "messages"), {"content": "hello"}, headers=key)

    assert again.content == first.content
    assert said(server, coder) == [("user", "hello"), ("assistant", "Written: hello")]


def test_a_key_is_one_of_its_thread_and_an_empty_one_is_none(server: Server, coder: dict[str, Any]) -> None:
    other = thread(server, agentId="coder")

    for made, key in ((coder, "once"), (other, "once"), (coder, ""), (coder, "")):
        server.post(path(made, "messages"), {"content": "hello"}, headers={"Idempotency-Key": key})

    assert len(said(server, coder)) == 6
    assert len(said(server, other)) == 2


def test_whoever_comes_again_with_the_key_follows_what_goes_on(server: Server, coder: dict[str, Any]) -> None:
    key = {"Idempotency-Key": "once"}
    with server.client.stream("POST", path(coder, "messages"), json={"content": "linger"}, headers=key) as answer:
        next(event for event in live(answer) if event["type"] == "response.item.completed")

    told = []
    with server.client.stream("POST", path(coder, "messages"), json={"content": "linger"}, headers=key) as answer:
        for event in live(answer):
            told.append(event)
            if event["type"] == "response.item.completed":
                cancel(server, coder)

    assert types(told) == ["response.started", "response.item.completed", "stream.completed"]


def test_what_takes_time_takes_that_of_the_world(server: Server, coder: dict[str, Any]) -> None:
    begin(server, coder)

    answer = server.post("/_understudy/clock/advance", {"seconds": 3600}).raise_for_status()

    assert answer.json()["settled"] is True
    left = read_thread(server, coder)
    assert (left["status"], left["duration"], left["environmentMinutes"]) == ("completed", "3600s", 60)
    assert said(server, coder)[-1] == ("assistant", "I begin.\n\nI have finished.")


def test_without_its_agent_a_thread_is_answered_by_the_default_one(server: Server) -> None:
    perform(server)
    gone = agent(server)
    made = thread(server, agentId=gone["id"])
    server.delete(f"/v1/agents/{gone['id']}").raise_for_status()

    told = say(server, made, "hello")

    assert told[-2]["response"]["content"] == "echo hello"
    assert read_thread(server, made)["agentName"] is None


def test_nothing_of_an_execution_shows_in_the_other_api(server: Server, coder: dict[str, Any]) -> None:
    say(server, coder, "hello")

    assert len(server.world.threads) == 0
    assert list(server.world.runs) == []


def test_a_world_that_ends_ends_what_goes_on_in_it(server: Server, coder: dict[str, Any]) -> None:
    told = []
    with server.client.stream("POST", path(coder, "messages"), json={"content": "linger"}) as answer:
        for event in live(answer):
            told.append(event)
            if event["type"] == "response.item.completed":
                perform(server)

    assert told[-1]["run"]["status"] == "cancelled"


def test_a_new_thread_streams_what_is_executed_in_it(server: Server) -> None:
    told = events(server.post("/v1/threads", {"content": "hello", "title": "Greeting"}))

    assert types(told) == ["thread.created", *SPOKEN]
    created = told[0]["thread"]
    assert (created["status"], created["title"]) == ("running", "Greeting")
    assert said(server, created) == [("user", "hello"), ("assistant", "echo hello")]


def test_a_new_thread_without_a_stream_is_executed_as_well(server: Server) -> None:
    made = thread(server, content="hello", stream=False)

    assert made["status"] == "running"
    assert ended(server, made)["status"] == "completed"
    assert said(server, made)[-1] == ("assistant", "echo hello")
