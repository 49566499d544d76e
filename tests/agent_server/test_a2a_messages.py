"""What becomes of messages that are sent by A2A: runs on threads, and tasks that tell of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.agent_server.a2a_messages import MISSING, ask, data, declare, error, message, post, send, texts

if TYPE_CHECKING:
    from tests.conftest import Server

AGENT = "fe096781-5601-53d2-b2f6-0d3403f7e9ca"

DESK: dict[str, Any] = {
    "nodes": {
        "model": [
            {"when": "answers", "do": {"say": "It is {{ answers[-1].content }}."}},
            {"do": {"say": {"tool_calls": [{"name": "look", "args": {}}]}}},
        ],
        "tools": [{"answer": {"look": "cold"}}],
    },
    "edges": [
        ["__start__", "model"],
        {"from": "model", "to": "tools", "when": "calls"},
        {"from": "model", "to": "__end__", "conditional": True},
        ["tools", "model"],
    ],
}
"""An agent that calls a tool before it answers."""


def said(server: Server, task: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the messages of a task's thread."""
    found: list[dict[str, Any]] = server.get(f"/threads/{task['contextId']}").json()["values"]["messages"]
    return found


def test_a_message_is_answered_by_a_task_in_this_order(server: Server) -> None:
    task = send(server, "hi")

    context, task_id = task["contextId"], task["id"]
    (run,) = server.get(f"/threads/{context}/runs").json()
    assert task_id == f"{context}:{run['run_id']}"
    assert list(task) == ["kind", "id", "contextId", "history", "status", "artifacts"]
    assert task["history"][0] == {
        "kind": "message",
        "role": "user",
        "parts": [{"kind": "text", "text": "hi"}],
        "messageId": "m1",
        "taskId": task_id,
        "contextId": context,
    }
    (artifact,) = task["artifacts"]
    assert artifact == {
        "artifactId": artifact["artifactId"],
        "name": "Assistant Response",
        "description": f"Response from assistant {AGENT}",
        "parts": [{"kind": "text", "text": "echo hi"}],
    }


def test_its_run_is_a_run_like_any_other(server: Server) -> None:
    task = send(server, "hi")

    thread = server.get(f"/threads/{task['contextId']}").json()
    (run,) = server.get(f"/threads/{task['contextId']}/runs").json()
    start = thread["metadata"]["a2a"]
    assert list(start) == ["task_start_id"]
    assert thread["metadata"] == {"graph_id": "agent", "assistant_id": AGENT, "a2a": start}
    assert run["metadata"] == {"created_by": "system", "a2a": start, "assistant_id": AGENT}
    assert run["kwargs"]["input"] == {
        "messages": [{"role": "human", "content": "hi", "id": "m1", "additional_kwargs": {"a2a": start}}]
    }
    assert (run["status"], run["kwargs"]["stream_mode"], run["multitask_strategy"]) == (
        "success",
        ["values"],
        "enqueue",
    )


def test_an_answer_to_a_question_continues_its_task_in_a_run_of_its_own(server: Server) -> None:
    asked = send(server, "ask")
    done = send(server, "yes", messageId="m2", taskId=asked["id"])

    runs = server.get(f"/threads/{asked['contextId']}/runs").json()
    assert [run["metadata"]["a2a"] for run in runs[:1]] == [{"task_id": asked["id"]}]
    assert runs[0]["kwargs"]["command"] == {"resume": "yes"}
    assert runs[0]["kwargs"]["input"] == {}
    assert texts(done["history"]) == ["ask", "answer yes"]
    assert len(runs) == 2


@pytest.mark.parametrize(
    ("parts", "command", "answer"),
    [
        (("one", "two"), None, "one\ntwo"),
        ((data(resume="x"), "y"), None, "x"),
        ((data(resume=False),), None, "False"),
        (("whatever",), {"resume": "z", "update": None}, "z"),
    ],
)
def test_a_question_can_be_answered_in_several_ways(server: Server, parts: Any, command: Any, answer: str) -> None:
    asked = send(server, "ask")
    fields = {"contextId": asked["contextId"], "taskId": asked["id"]} | ({"command": command} if command else {})

    done = send(server, *parts, **fields)

    assert texts(done["artifacts"]) == [f"answer {answer}"]


def test_another_turn_leaves_a_question_behind(server: Server) -> None:
    asked = send(server, "ask")

    other = send(server, "hello", messageId="m2", contextId=asked["contextId"])

    assert texts(other["artifacts"]) == ["echo hello"]
    refused = send(server, "yes", taskId=asked["id"])
    assert refused == error(-32004, "A terminal task cannot accept another message")


def test_data_that_answers_nothing_is_input(server: Server) -> None:
    asked = send(server, "ask")

    again = send(server, data(k=1), taskId=asked["id"])

    assert again["status"]["state"] == "input-required"


def test_an_answer_to_a_task_that_asks_nothing_is_refused(server: Server) -> None:
    held = server.post("/threads", {}).json()["thread_id"]
    body = {"assistant_id": "steps", "input": {"sleep": 60}}
    run = server.post(f"/threads/{held}/runs", body).json()["run_id"]

    refused = send(server, data(resume=1), graph="steps", taskId=f"{held}:{run}")

    assert refused == error(-32602, "Task is not awaiting input")


def test_all_questions_of_a_step_are_asked_at_once(server: Server) -> None:
    task = send(server, data(out=[]), graph="par")

    (artifact,) = task["artifacts"]
    assert artifact["name"] == "Interrupt"
    assert [part["data"]["value"] for part in artifact["parts"]] == ["one", "two"]


def test_data_without_text_is_answered_by_the_state(server: Server) -> None:
    task = send(server, data(n=1), data(mode="x"), graph="steps")

    assert texts(task["artifacts"]) == ["{'n': 3, 'log': ['a', 'b'], 'mode': 'x', 'messages': []}"]
    assert task["history"] == []


def test_messages_that_come_as_data_are_answered_by_what_the_run_adds(server: Server) -> None:
    task = send(server, data(messages=[{"role": "user", "content": "as data"}]))

    assert texts(task["artifacts"]) == ["echo as data"]
    assert texts(task["history"]) == ["as data", "echo as data"]


def test_a_run_that_fails_tells_what_kind_of_failure_it_was(server: Server) -> None:
    task = send(server, "boom")

    assert task["history"] == []
    assert task["status"]["state"] == "failed"
    assert texts([task["status"]["message"]]) == ["Error executing assistant: ValueError"]
    assert "artifacts" not in task
    assert "timestamp" not in task["status"]


def test_files_become_blocks_of_one_message_and_files_again(server: Server) -> None:
    picture = {"kind": "file", "file": {"bytes": "aGk", "mimeType": "image/png", "name": "dot.png"}}
    page = {"kind": "file", "file": {"uri": "https://example.com/a.pdf"}}

    task = send(server, "look", picture, page, graph="chat")

    assert said(server, task)[0]["content"] == [
        {"type": "text", "text": "look"},
        {"type": "image", "base64": "aGk", "mime_type": "image/png", "extras": {"filename": "dot.png"}},
        {"type": "file", "url": "https://example.com/a.pdf"},
    ]
    assert task["history"][0]["parts"] == [
        {"kind": "text", "text": "look"},
        {"kind": "file", "file": {"bytes": "aGk=", "mimeType": "image/png", "name": "dot.png"}},
        {"kind": "file", "file": {"uri": "https://example.com/a.pdf"}},
    ]


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ({"bytes": "!!"}, "Media content block 'base64' must contain valid base64 data."),
        ({"bytes": 5}, "Media content block 'base64' must be base64-encoded text or bytes."),
        ({"uri": ""}, "Media content block 'url' must be a non-empty string."),
        ({"bytes": "aGk=", "mimeType": 5}, "Media content block 'mime_type' must be a string."),
        ({"bytes": "aGk=", "name": 5}, "Media content block filename must be a string."),
    ],
)
def test_a_file_that_cannot_be_told_is_an_invalid_answer(server: Server, file: Any, why: str) -> None:
    assert send(server, {"kind": "file", "file": file}, graph="chat") == error(-32006, why)


def test_what_a_tool_answers_is_data_and_not_what_the_agent_says(server: Server) -> None:
    declare(server, "desk", DESK)

    task = send(server, "Oslo", graph="desk")

    asked, result, answer = task["history"]
    assert texts([asked, answer]) == ["Oslo", "It is cold."]
    (part,) = result["parts"]
    assert result["role"] == "agent"
    (told,) = part["data"]["tool_results"]
    assert (told["content"], told["name"], told["status"]) == ("cold", "look", "success")
    assert texts(task["artifacts"]) == ["It is cold."]


def test_a_message_remembers_its_metadata_and_the_extensions_of_the_client(server: Server) -> None:
    request = {"jsonrpc": "2.0", "id": 1, "method": "message/send", "params": message("hi", metadata={"k": 1})}
    headers = {"accept": "*/*", "a2a-extensions": "a, b", "x-a2a-extensions": "b,c"}

    task = server.post(f"/a2a/{AGENT}", request, headers=headers).json()["result"]

    known = said(server, task)[0]["additional_kwargs"]["a2a"]
    assert (known["metadata"], known["extensions"]) == ({"k": 1}, ["a", "b", "c"])


@pytest.mark.parametrize(
    ("role", "kept", "told"),
    [
        ("user", "human", "user"),
        ("ROLE_USER", "human", "user"),
        ("ROLE_AGENT", "ai", "agent"),
        ("anybody", "ai", "agent"),
    ],
)
def test_whoever_is_not_the_user_is_the_agent(server: Server, role: str, kept: str, told: str) -> None:
    task = send(server, "hi", role=role)

    assert said(server, task)[0]["type"] == kept
    assert task["history"][0]["role"] == told


def test_a_context_may_be_one_that_the_client_picks(server: Server) -> None:
    task = send(server, "hi", contextId=f"{{{MISSING.upper()}}}")

    assert task["contextId"] == MISSING
    assert server.get(f"/threads/{MISSING}").json()["status"] == "idle"


def test_a_message_with_a_known_id_takes_the_place_of_the_other(server: Server) -> None:
    first = send(server, "hi")

    second = send(server, "again", contextId=first["contextId"])

    assert texts(second["history"]) == ["again", "echo hi", "echo echo hi"]


def test_version_1_has_names_of_its_own_for_what_is_told(server: Server) -> None:
    task = ask(server, "SendMessage", message("hi", role="ROLE_USER"))["task"]

    assert task["status"]["state"] == "TASK_STATE_COMPLETED"
    assert [each["role"] for each in task["history"]] == ["ROLE_USER", "ROLE_AGENT"]


def test_the_history_of_a_task_leaves_out_other_tasks_if_asked(server: Server) -> None:
    first = send(server, "hi")
    second = send(server, "there", messageId="m2", contextId=first["contextId"])
    scope: dict[str, Any] = {"id": second["id"], "historyScope": "task"}

    assert texts(ask(server, "tasks/get", scope)["history"]) == ["there", "echo there"]
    assert texts(ask(server, "tasks/get", {"id": second["id"]})["history"]) == ["hi", "echo hi", "there", "echo there"]
    header = {"accept": "*/*", "langgraph-a2a-history-scope": "task"}
    request = {"jsonrpc": "2.0", "id": 1, "method": "tasks/get", "params": {"id": second["id"]}}
    assert texts(server.post(f"/a2a/{AGENT}", request, headers=header).json()["result"]["history"]) == [
        "there",
        "echo there",
    ]


def test_a_question_in_data_is_told_as_it_is_but_for_words_of_the_protocol(server: Server) -> None:
    declare(server, "odd", {"nodes": {"only": {"interrupt": {"role": "ROLE_USER", "state": ["TASK_STATE_WORKING"]}}}})

    (artifact,) = send(server, "hi", graph="odd")["artifacts"]

    assert artifact["parts"][0]["data"]["value"] == {"role": "user", "state": ["TASK_STATE_WORKING"]}


def test_it_is_answered_at_the_path_with_a_slash_too(server: Server) -> None:
    request = {"jsonrpc": "2.0", "id": "x", "method": "message/send", "params": message("hi")}

    answer = server.post(f"/a2a/{AGENT}/", request, headers={"accept": "*/*"})

    assert answer.json()["id"] == "x"
    assert texts(answer.json()["result"]["artifacts"]) == ["echo hi"]


def test_an_id_of_a_request_comes_back_as_it_was(server: Server) -> None:
    for asked_by in ("", 0, -1, 1.5, 2**53, "é\u2028", "a" * 1000):
        answer = post(server, {"jsonrpc": "2.0", "id": asked_by, "method": "ListTasks"})

        assert answer.json()["id"] == asked_by


@pytest.mark.parametrize("text", [1, True, {"a": 1}])
def test_a_text_that_is_none_is_for_the_agent_to_fail_with(server: Server, text: Any) -> None:
    task = send(server, {"kind": "text", "text": text})

    assert texts([task["status"]["message"]]) == ["Error executing assistant: ValidationError"]
