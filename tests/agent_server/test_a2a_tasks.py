"""Tasks of A2A: read, listed and cancelled while runs go on and after they are over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.agent_server.a2a_messages import MISSING, ask, data, error, message, send, texts
from understudy.state.ids import assistant_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Server

STEPS = assistant_of("steps")
AT_WORK: dict[str, Any] = {"assistant_id": "steps", "input": {"sleep": 60}}


@pytest.fixture
def at_work(server: Server) -> str:
    """The id of a task that is at work."""
    thread = server.create_thread()
    run = server.post(f"/threads/{thread}/runs", AT_WORK).json()["run_id"]
    while server.get(f"/threads/{thread}/runs/{run}").json()["status"] == "pending":
        pass
    return f"{thread}:{run}"


@pytest.fixture
def sending(server: Server) -> Iterator[Any]:
    """Send a message without waiting for what comes of it: the future of a task, or of an error."""
    with ThreadPoolExecutor(1) as pool, httpx.Client(base_url=server.url, timeout=30) as client:

        def post(*parts: Any, graph: str, **fields: Any) -> Any:
            request = {"jsonrpc": "2.0", "id": 1, "method": "message/send", "params": message(*parts, **fields)}
            path = f"/a2a/{assistant_of(graph)}"

            def answered() -> Any:
                answer = client.post(path, json=request, headers={"accept": "*/*"}).json()
                return answer.get("result") or answer["error"]

            return pool.submit(answered)

        yield post


def run_of(server: Server, thread: str) -> str:
    """Return the id of a thread's run once it is at work."""
    while True:
        runs = server.get(f"/threads/{thread}/runs").json()
        if isinstance(runs, list) and runs and runs[0]["status"] == "running":
            return str(runs[0]["run_id"])


def test_a_task_is_read_in_this_order(server: Server) -> None:
    task_id = send(server, "hi")["id"]

    task = ask(server, "tasks/get", {"id": task_id})

    assert list(task) == ["kind", "id", "contextId", "status", "history"]
    assert list(task["status"]) == ["state", "timestamp", "message"]
    assert list(task["status"]["message"]) == ["kind", "role", "parts", "messageId", "taskId"]
    assert texts([task["status"]["message"]]) == ["Task completed successfully"]


def test_any_run_is_a_task_of_its_assistant(server: Server, at_work: str) -> None:
    assert ask(server, "tasks/get", {"id": at_work}, graph="steps")["status"]["state"] == "working"
    assert ask(server, "tasks/get", {"id": at_work}) == error(-32001, f"Task not found: {at_work}")


def test_a_run_that_waits_for_its_turn_is_submitted(server: Server, at_work: str) -> None:
    thread = at_work.partition(":")[0]
    second = server.post(f"/threads/{thread}/runs", AT_WORK).json()["run_id"]

    assert ask(server, "GetTask", {"id": f"{thread}:{second}"}, graph="steps")["status"]["state"] == (
        "TASK_STATE_SUBMITTED"
    )


def test_a_task_is_found_by_its_run_if_its_context_is_told(server: Server) -> None:
    task = send(server, "hi")
    run = task["id"].partition(":")[2]

    assert ask(server, "tasks/get", {"id": run, "contextId": task["contextId"]})["id"] == run
    assert ask(server, "tasks/get", {"id": run}) == error(-32001, f"Task not found: {run}")


def test_a_task_is_not_found_in_another_context(server: Server) -> None:
    task = send(server, "hi")

    assert ask(server, "tasks/get", {"id": task["id"], "contextId": MISSING}) == error(
        -32001, f"Task not found: {task['id']} in context '{MISSING}'"
    )


def test_a_run_that_continues_a_task_is_no_task(server: Server) -> None:
    asked = send(server, "ask")
    send(server, "yes", messageId="m2", taskId=asked["id"])
    second = server.get(f"/threads/{asked['contextId']}/runs").json()[0]["run_id"]

    refused = ask(server, "tasks/get", {"id": f"{asked['contextId']}:{second}"})

    assert refused["code"] == -32001


def test_a_task_at_work_is_cancelled_and_its_run_with_it(server: Server, at_work: str) -> None:
    task = ask(server, "tasks/cancel", {"id": at_work}, graph="steps")

    assert (task["status"]["state"], texts([task["status"]["message"]])) == ("canceled", ["Task was canceled"])
    thread, _, run = at_work.partition(":")
    assert server.get(f"/threads/{thread}/runs/{run}").json()["status"] == "interrupted"
    assert ask(server, "tasks/get", {"id": at_work}, graph="steps")["status"]["state"] == "canceled"
    again = ask(server, "tasks/cancel", {"id": at_work}, graph="steps")
    assert again == error(-32002, "Task is not cancelable in its current state")


def test_a_run_that_waits_for_its_turn_is_cancelled_alone(server: Server, at_work: str) -> None:
    thread = at_work.partition(":")[0]
    second = f"{thread}:{server.post(f'/threads/{thread}/runs', AT_WORK).json()['run_id']}"

    assert ask(server, "tasks/cancel", {"id": second}, graph="steps")["status"]["state"] == "canceled"

    assert ask(server, "tasks/get", {"id": at_work}, graph="steps")["status"]["state"] == "working"


def test_whoever_waits_for_a_task_that_is_cancelled_gets_what_there_was(server: Server, sending: Any) -> None:
    waiting = sending(data(sleep=60), graph="steps", contextId=MISSING)
    task_id = f"{MISSING}:{run_of(server, MISSING)}"
    ask(server, "tasks/cancel", {"id": task_id}, graph="steps")

    task = waiting.result(10)

    assert (task["status"]["state"], task["history"]) == ("completed", [])
    assert texts(task["artifacts"]) == ["{'n': 0, 'log': [], 'sleep': 60, 'messages': []}"]


def test_a_message_to_a_task_at_work_is_its_next_run(server: Server, sending: Any) -> None:
    first = sending(data(sleep=0.2), graph="steps", contextId=MISSING)
    task_id = f"{MISSING}:{run_of(server, MISSING)}"

    second = send(server, data(sleep=0), graph="steps", taskId=task_id)

    assert second["id"] == task_id == first.result(10)["id"]
    assert texts(second["artifacts"]) == ["{'n': 4, 'log': ['a', 'b', 'a', 'b'], 'sleep': 0, 'messages': []}"]


def test_a_question_is_withdrawn_and_the_context_goes_on(server: Server) -> None:
    asked = send(server, "ask")

    assert ask(server, "tasks/cancel", {"id": asked["id"]})["status"]["state"] == "canceled"

    thread = server.get(f"/threads/{asked['contextId']}").json()
    assert (thread["status"], thread["interrupts"]) == ("idle", {})
    marker, first = server.get(f"/threads/{asked['contextId']}/runs").json()
    assert (marker["status"], marker["metadata"]["a2a"]["task_id"]) == ("interrupted", asked["id"])
    assert first["status"] == "success"
    other = send(server, "hello", messageId="m2", contextId=asked["contextId"])
    assert texts(other["history"]) == ["ask", "hello", "echo hello"]


def test_tasks_are_listed_with_the_latest_first(server: Server) -> None:
    first = send(server, "one")
    second = send(server, "two", messageId="m2", contextId=first["contextId"])
    third = send(server, "boom")
    send(server, data(n=1), graph="steps")

    listed = ask(server, "ListTasks")

    assert [task["id"] for task in listed["tasks"]] == [third["id"], second["id"], first["id"]]
    assert (listed["totalSize"], listed["pageSize"], listed["nextPageToken"]) == (3, 3, "")
    assert list(listed["tasks"][0]) == ["kind", "id", "contextId", "status", "artifacts", "history"]
    assert [task["status"]["state"] for task in listed["tasks"]] == ["TASK_STATE_FAILED", *["TASK_STATE_COMPLETED"] * 2]
    assert {each["role"] for each in listed["tasks"][1]["history"]} == {"ROLE_USER", "ROLE_AGENT"}


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"pageSize": 2}, (["boom", "two"], 3, "2")),
        ({"pageSize": 2, "pageToken": "2"}, (["one"], 3, "")),
        ({"pageToken": "9"}, ([], 3, "")),
        ({"status": "failed"}, (["boom"], 1, "")),
        ({"status": "TASK_STATE_COMPLETED"}, (["two", "one"], 2, "")),
        ({"statusTimestampAfter": "2099-01-01T00:00:00Z"}, ([], 0, "")),
        ({"contextId": MISSING}, (["one"], 1, "")),
        ({"contextId": "no such context"}, ([], 0, "")),
    ],
)
def test_a_list_is_as_it_is_asked_for(server: Server, params: Any, found: Any) -> None:
    send(server, "one", contextId=MISSING)
    send(server, "two")
    send(server, "boom")

    listed = ask(server, "ListTasks", params)

    said = [texts(task["history"])[0] for task in listed["tasks"]]
    assert (said, listed["totalSize"], listed["nextPageToken"]) == found


def test_a_list_leaves_out_what_is_not_asked_for(server: Server) -> None:
    send(server, "hi")

    (bare,) = ask(server, "ListTasks", {"historyLength": 0})["tasks"]
    (full,) = ask(server, "ListTasks", {"includeArtifacts": True})["tasks"]

    assert "history" not in bare
    assert bare["artifacts"] == []
    assert "artifacts" not in full
    assert texts(full["history"]) == ["hi", "echo hi"]


def test_a_task_that_was_answered_is_one_task(server: Server) -> None:
    asked = send(server, "ask")
    send(server, "yes", messageId="m2", taskId=asked["id"])

    (task,) = ask(server, "ListTasks")["tasks"]

    assert (task["id"], task["status"]["state"]) == (asked["id"], "TASK_STATE_COMPLETED")


def test_a_deleted_thread_takes_its_tasks_with_it(server: Server) -> None:
    task = send(server, "hi")

    server.delete(f"/threads/{task['contextId']}").raise_for_status()

    assert ask(server, "tasks/get", {"id": task["id"]})["code"] == -32001
    assert ask(server, "ListTasks")["tasks"] == []


def test_a_message_whose_run_is_deleted_has_failed(server: Server, sending: Any) -> None:
    answer = sending(data(sleep=60), graph="steps", contextId=MISSING)

    server.delete(f"/threads/{MISSING}/runs/{run_of(server, MISSING)}").raise_for_status()

    task = answer.result(10)
    assert task["status"]["state"] == "failed"
    assert texts([task["status"]["message"]]) == ["Error executing assistant: HTTPException"]


@pytest.mark.parametrize("end", [f"DELETE /threads/{MISSING}", "POST /_understudy/worlds/default/reset"])
def test_a_message_whose_thread_is_gone_leads_to_no_task(server: Server, sending: Any, end: str) -> None:
    answer = sending(data(sleep=60), graph="steps", contextId=MISSING)
    run_of(server, MISSING)

    server.client.request(*end.split()).raise_for_status()

    assert answer.result(10) == error(-32603, "Internal server error")
