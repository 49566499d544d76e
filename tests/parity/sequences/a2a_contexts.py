"""Contexts of A2A that are threads to others too: made, changed, answered and deleted by other operations."""

from __future__ import annotations

from dataclasses import replace

from tests.parity.rpc import STREAM, a2a, agent, call, data, rpc, send, stream, task, told
from tests.parity.sequence import HOLD, Ask, Json, Read, ask, opened, sequence

MADE = "aaaaaaaa-9999-4999-8999-9999999999"
THREAD = (ask("GET /threads/{context}"), ask("GET /threads/{context}/state"), ask("GET /threads/{context}/runs"))
NEW = ask("POST /threads", {}, context="body/thread_id")
OLD: Json = [{"role": "user", "content": "old", "id": "o1"}, {"role": "assistant", "content": "older", "id": "o2"}]

CONFIGURED: dict[str, Json] = {
    "not to wait": {"blocking": False, "returnImmediately": True},
    "with somebody to notify": {"pushNotificationConfig": {"url": "https://example.com/hook", "token": "x"}},
    "with modes that the agent has not": {"acceptedOutputModes": ["image/png"]},
    "with a history of the task": {"historyLength": 2, "historyScope": "task"},
}
GONE = {"run": "DELETE /threads/{context}/runs/{run}", "thread": "DELETE /threads/{context}"}
TEXTS: tuple[Json, ...] = (None, 1, True, "", [], {"a": 1}, ["x", {"type": "text", "text": "y"}])
MESSAGE_IDS: tuple[Json, ...] = (1, True, ["x"], {"a": 1}, "x" * 300, "\u2028")
SPELLINGS = (f"{MADE}01".upper(), f"{{{MADE}02}}", f"{MADE}03".replace("-", ""), f" {MADE}04", f"urn:uuid:{MADE}05")


def next_turn(
    *parts: Json, graph: str = "agent", streamed: bool = False, configuration: Json = None, **more: Json
) -> Ask:
    """Send another message in the context."""
    whole = {"message": told(*parts, **{"messageId": "m2", "contextId": "{context}", **more})}
    params = {**whole, **({} if configuration is None else {"configuration": configuration})}
    if streamed:
        return a2a("message/stream", params, graph=graph, accept=STREAM)
    return a2a("message/send", params, graph=graph)


def run(text: str, **more: Json) -> Ask:
    """Play a run in the context, of which A2A knows nothing."""
    given = {"messages": [{"role": "user", "content": text}]}
    return ask("POST /threads/{context}/runs/wait", {"assistant_id": "agent", "input": given, **more})


def its_run() -> Ask:
    return ask("GET /threads/{context}/runs", run="body/0/run_id")


def held(number: str, **message: Json) -> Ask:
    """Stream what comes of a message that keeps its agent at work, in a context of ours."""
    whole = told(data(**HOLD), contextId=f"{MADE}{number}", **message)
    return rpc(agent("steps"), call("message/stream", {"message": whole}), accept=STREAM)


def at_work(number: str) -> Ask:
    """Wait until the first node of a run in a context of ours is at work."""
    playing = {"body/0/status": ("running",), "body/0/kwargs/config/metadata/run_attempt": (1,)}
    kept = {"run": "body/0/run_id", "context": "body/0/thread_id"}
    return Ask(f"GET /threads/{MADE}{number}/runs", until=playing, keep=kept)


def of_steps(method: str, **params: Json) -> Ask:
    return a2a(method, {"id": "{context}:{run}", **params}, graph="steps")


SEQUENCES = (
    sequence(
        "a2a: three messages at once",
        opened("first", held("11")),
        at_work("11"),
        opened("second", held("11", messageId="m2")),
        opened("third", held("11", messageId="m3")),
        Read("first"),
        Read("second"),
        Read("third"),
        ask("GET /threads/{context}/runs"),
        a2a("ListTasks", {"contextId": "{context}"}, graph="steps"),
    ),
    sequence(
        "a2a: a message while a run of others is at work",
        NEW,
        ask("POST /threads/{context}/runs", {"assistant_id": "steps", "input": dict(HOLD)}, run="body/run_id"),
        next_turn(data(n=1), graph="steps"),
        *THREAD,
    ),
    sequence(
        "a2a: a task that waits for its turn is looked at and cancelled",
        opened("first", held("12")),
        at_work("12"),
        opened("second", held("12", messageId="m2")),
        Ask("GET /threads/{context}/runs", until={"body/0/status": ("pending",)}, keep={"run": "body/0/run_id"}),
        of_steps("tasks/get"),
        a2a("ListTasks", {"contextId": "{context}", "status": "submitted"}, graph="steps"),
        of_steps("tasks/cancel"),
        Read("first"),
        Read("second"),
        of_steps("tasks/get"),
    ),
    *(
        sequence(
            f"a2a: the {what} of a task at work is deleted",
            opened("answer", held(number)),
            at_work(number),
            Read("answer", 1),
            ask(request),
            Read("answer"),
            of_steps("tasks/get"),
        )
        for number, (what, request) in zip(("13", "14"), GONE.items(), strict=True)
    ),
    sequence(
        "a2a: a thread that others made, with what was said in it",
        ask(
            "POST /threads",
            {
                "metadata": {"graph_id": "agent"},
                "supersteps": [{"updates": [{"values": {"messages": OLD}, "as_node": "__start__"}]}],
            },
            context="body/thread_id",
        ),
        next_turn("hi"),
        next_turn("more", messageId="m3"),
        *THREAD,
    ),
    sequence(
        "a2a: a thread of another graph",
        ask("POST /threads", {"metadata": {"graph_id": "steps"}}, context="body/thread_id"),
        next_turn("hi"),
        *THREAD,
    ),
    sequence(
        "a2a: something is said by others between two turns",
        send("hi"),
        ask(
            "POST /threads/{context}/state",
            {"values": {"messages": [{"role": "assistant", "content": "meanwhile", "id": "x1"}]}},
        ),
        next_turn("more"),
        task(),
        *THREAD,
    ),
    sequence(
        "a2a: a message is taken away between two turns",
        send("hi"),
        ask("POST /threads/{context}/state", {"values": {"messages": [{"type": "remove", "id": "m1", "content": ""}]}}),
        task(),
        next_turn("more"),
        task(),
    ),
    sequence(
        "a2a: a question of a run of others is answered",
        NEW,
        run("ask"),
        its_run(),
        a2a("tasks/get", {"id": "{context}:{run}"}),
        next_turn("yes", taskId="{context}:{run}"),
        a2a("tasks/get", {"id": "{context}:{run}"}),
        *THREAD,
    ),
    sequence(
        "a2a: a question is answered by a run of others",
        send("ask"),
        run("", input=None, command={"resume": "x"}),
        task(),
        next_turn("late", taskId="{task}"),
        a2a("ListTasks", {"contextId": "{context}"}),
        task(method="tasks/cancel"),
    ),
    sequence(
        "a2a: runs of others that say they are tasks",
        NEW,
        run("hi", metadata={"a2a": {"task_id": "mine"}}),
        its_run(),
        a2a("tasks/get", {"id": "{context}:{run}"}),
        a2a("tasks/get", {"id": "mine", "contextId": "{context}"}),
        run("hi", metadata={"a2a": "x"}),
        its_run(),
        a2a("tasks/get", {"id": "{context}:{run}"}),
        a2a("ListTasks", {"contextId": "{context}"}),
    ),
    sequence(
        "a2a: the run of a task that is over is deleted",
        send("hi"),
        its_run(),
        ask("DELETE /threads/{context}/runs/{run}"),
        task(),
        next_turn("more"),
        a2a("ListTasks", {"contextId": "{context}"}),
    ),
    sequence(
        "a2a: an assistant is deleted that has tasks",
        ask("POST /assistants", {"graph_id": "agent"}, own="body/assistant_id"),
        rpc("/a2a/{own}", call("message/send", {"message": told("hi")}), task="body/result/id"),
        ask("DELETE /assistants/{own}"),
        *(
            rpc("/a2a/{own}", call(method, {"id": "{task}"}))
            for method in ("tasks/get", "tasks/cancel", "ListTasks", "GetExtendedAgentCard")
        ),
    ),
    *(
        sequence(
            f"a2a: messages {how}",
            NEW,
            next_turn("hi", configuration=configuration),
            next_turn("ask", configuration=configuration, messageId="m3"),
            next_turn("hi", configuration=configuration, messageId="m4", streamed=True),
        )
        for how, configuration in CONFIGURED.items()
    ),
    sequence(
        "a2a: a task of another context",
        send("ask"),
        send("ask", kept="other"),
        next_turn("yes", taskId="{other}", contextId=f"{MADE}06"),
        next_turn("yes", taskId="{task}", contextId=None, messageId="m3"),
        next_turn("yes", taskId="{other}", messageId="m4"),
    ),
    sequence(
        "a2a: a task goes by the id of its run",
        send("ask"),
        its_run(),
        next_turn("yes", taskId="{run}"),
        a2a("tasks/get", {"id": "{run}", "contextId": "{context}"}),
        a2a("tasks/get", {"id": ":{run}", "contextId": "{context}"}),
        a2a("tasks/get", {"id": "{context}:{run}:x"}),
        *THREAD,
    ),
    sequence(
        "a2a: the history of many turns",
        send("one"),
        *(next_turn(f"turn {number}", messageId=f"m{number}") for number in range(2, 8)),
        task(),
        task(historyLength=3),
        task(historyLength=10, historyScope="task"),
        a2a("ListTasks", {"contextId": "{context}", "historyLength": 2}),
    ),
    sequence(
        "a2a: failures and successes in one context",
        send("boom"),
        next_turn("hi", streamed=True),
        next_turn("boom", messageId="m3", streamed=True),
        next_turn("yes", messageId="m4"),
        *THREAD,
    ),
    sequence(
        "a2a: contexts in other spellings",
        *(a2a("message/send", {"message": told("hi", contextId=each)}) for each in SPELLINGS),
        *(stream("hi", contextId=each) for each in SPELLINGS),
    ),
    sequence("a2a: texts that are none", *(a2a("message/send", {"message": told({"text": each})}) for each in TEXTS)),
    sequence(
        "a2a: messages with ids of each kind",
        *(a2a("message/send", {"message": told("hi", messageId=each)}) for each in MESSAGE_IDS),
    ),
    sequence(
        "a2a: headers that say more",
        *(
            replace(send("hi"), headers={"accept": "*/*", **headers})
            for headers in (
                {"a2a-version": "9.9"},
                {"a2a-extensions": "https://a/1, https://b/2,,https://a/1", "x-a2a-extensions": "https://c"},
                {"content-type": "application/xml"},
                {"origin": "https://elsewhere.example"},
            )
        ),
        ask("GET /threads/{context}/state"),
    ),
)
