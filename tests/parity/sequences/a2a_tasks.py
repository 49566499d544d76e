"""Tasks of A2A that are listed and cancelled, waiting, at work and over; streams that are left."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.parity.rpc import STREAM, a2a, agent, call, data, rpc, send, task, told
from tests.parity.sequence import HOLD, Ask, Json, Leave, Read, ask, opened, sequence

MADE = "99999999-9999-4999-8999-9999999999"
THREAD = (ask("GET /threads/{context}"), ask("GET /threads/{context}/state"), ask("GET /threads/{context}/runs"))
OVER = ("completed", "failed", "canceled", "input-required")

LISTED: tuple[Json, ...] = (
    {}, {"pageSize": 1}, {"pageSize": 1, "pageToken": "1"}, {"pageSize": 2, "pageToken": ""}, {"pageToken": "9"},
    {"pageToken": "-1"}, {"pageSize": 100}, {"status": "completed"}, {"status": "TASK_STATE_FAILED"},
    {"status": "input-required"}, {"status": "working"}, {"status": "TASK_STATE_CANCELED"}, {"historyLength": 0},
    {"historyLength": 1}, {"historyScope": "task"}, {"includeArtifacts": True}, {"includeArtifacts": "x"},
    {"statusTimestampAfter": "2020-01-01T00:00:00Z"}, {"statusTimestampAfter": "2999-01-01T00:00:00+00:00"},
    {"contextId": "{context}"}, {"contextId": "33333333-3333-4333-8333-333333333333"}, {"contextId": "x"},
    {"contextId": ""},
)  # fmt: skip
UNLISTED: tuple[Json, ...] = (
    {"pageSize": 0}, {"pageSize": 101}, {"pageSize": "1"}, {"pageSize": 1.0}, {"pageToken": 1}, {"pageToken": "x"},
    {"status": "x"}, {"status": 1}, {"historyLength": 11}, {"historyLength": -1}, {"historyScope": "x"},
    {"statusTimestampAfter": "x"}, {"statusTimestampAfter": 1}, {"contextId": 1},
)  # fmt: skip


def steps(name: str, **params: Any) -> Ask:
    """Look at a task of the agent `steps`, or do to it what the method says."""
    return a2a(name, {"id": "{context}:{run}", **params}, graph="steps")


def at_work(number: str) -> tuple[Ask, ...]:
    """Wait until the task in a context of ours is at work, and keep its run."""
    playing = {"body/0/status": ("running",), "body/0/kwargs/config/metadata/run_attempt": (1,)}
    return (
        Ask(
            f"GET /threads/{MADE}{number}/runs",
            until=playing,
            keep={"run": "body/0/run_id", "context": "body/0/thread_id"},
        ),
    )


def over() -> Ask:
    """Wait until a task of the agent `steps` is over."""
    return replace(steps("tasks/get"), until={"body/result/status/state": OVER})


def held(number: str, method: str) -> Ask:
    """Stream what comes of a message that keeps its agent at work, in a context of ours."""
    message = told(data(**HOLD), contextId=f"{MADE}{number}")
    return rpc(agent("steps"), call(method, {"message": message}), accept=STREAM)


SEQUENCES = (
    sequence(
        "a2a: a task at work is looked at and cancelled",
        opened("answer", held("01", "message/stream")),
        *at_work("01"),
        steps("tasks/get"),
        steps("tasks/cancel"),
        Read("answer"),
        over(),
        steps("tasks/cancel"),
        *THREAD,
    ),
    sequence(
        "a2a v1: a task at work is cancelled",
        opened("answer", held("03", "SendStreamingMessage")),
        *at_work("03"),
        steps("CancelTask"),
        Read("answer"),
        steps("GetTask"),
    ),
    sequence(
        "a2a: a message in a context that is at work",
        opened("answer", held("04", "message/stream")),
        *at_work("04"),
        a2a("message/send", {"message": told(data(n=1), messageId="m2", contextId="{context}")}, graph="steps"),
        Read("answer"),
        ask("GET /threads/{context}"),
    ),
    sequence(
        "a2a: a task at work, told of in its turn",
        opened("answer", held("05", "message/stream")),
        *at_work("05"),
        a2a(
            "message/send",
            {"message": told(data(n=1), messageId="m2", contextId="{context}", taskId="{context}:{run}")},
            graph="steps",
        ),
        Read("answer"),
    ),
    sequence(
        "a2a: a stream that is left",
        opened("answer", held("06", "message/stream")),
        *at_work("06"),
        Leave("answer"),
        over(),
        *THREAD,
    ),
    sequence(
        "a2a: a stream that is read to its end",
        opened("answer", held("07", "message/stream")),
        Read("answer", 1),
        *at_work("07"),
        Read("answer"),
        steps("tasks/get"),
    ),
    sequence(
        "a2a: a task that asks is cancelled",
        send("ask"),
        task(method="tasks/cancel"),
        task(),
        *THREAD,
        a2a("message/send", {"message": told("late", messageId="m2", contextId="{context}", taskId="{task}")}),
        send("new", kept="second", messageId="m3", contextId="{context}"),
        task("second"),
        task(),
    ),
    sequence(
        "a2a: a task that is over is cancelled", send("hi"), task(method="tasks/cancel"), task(method="CancelTask")
    ),
    sequence("a2a: a task that failed is cancelled", send("boom"), task(method="tasks/cancel")),
    sequence(
        "a2a: tasks are listed",
        send("hi"),
        send("boom"),
        send("ask"),
        send("one"),
        send("two", kept="second", messageId="m2", contextId="{context}"),
        *(a2a("ListTasks", each) for each in LISTED),
        a2a("ListTasks", {}, graph="chat"),
        a2a("ListTasks"),
        alone=True,
    ),
    sequence(
        "a2a: no tasks are listed", a2a("ListTasks", {}), *(a2a("ListTasks", each) for each in UNLISTED), alone=True
    ),
    sequence(
        "a2a: a run that no message made is a task",
        ask("POST /threads", {}, context="body/thread_id"),
        ask(
            "POST /threads/{context}/runs/wait",
            {"assistant_id": "agent", "input": {"messages": [{"role": "user", "content": "hi"}]}},
        ),
        ask("GET /threads/{context}/runs", run="body/0/run_id"),
        a2a("ListTasks", {"contextId": "{context}"}),
        a2a("tasks/get", {"id": "{context}:{run}"}),
        a2a("tasks/get", {"id": "{run}", "contextId": "{context}"}),
        a2a("message/send", {"message": told("more", messageId="m2", contextId="{context}")}),
        a2a("ListTasks", {"contextId": "{context}"}),
    ),
    sequence(
        "a2a: a run that no message made is cancelled as a task",
        ask("POST /threads", {}, context="body/thread_id"),
        ask("POST /threads/{context}/runs", {"assistant_id": "steps", "input": dict(HOLD)}, run="body/run_id"),
        Ask("GET /threads/{context}/runs/{run}", until={"body/kwargs/config/metadata/run_attempt": (1,)}),
        steps("tasks/cancel"),
        over(),
        *THREAD,
    ),
    sequence(
        "a2a: a thread that is gone takes its tasks with it",
        send("hi"),
        ask("DELETE /threads/{context}"),
        task(),
        task(method="tasks/cancel"),
        a2a("ListTasks", {"contextId": "{context}"}),
    ),
)
