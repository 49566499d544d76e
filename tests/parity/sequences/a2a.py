"""Talks with assistants as agents of A2A: turns, questions and their answers, failures, data, files."""

from __future__ import annotations

from dataclasses import replace

from tests.parity.rpc import JSON, STREAM, a2a, call, data, rpc, send, stream, task, told
from tests.parity.sequence import NOTHING, Ask, Json, ask, sequence

MADE = "88888888-8888-4888-8888-8888888888"
BYTES = {"kind": "file", "file": {"bytes": "aGk=", "mimeType": "image/png", "name": "dot.png"}}
ADDRESS = {"kind": "file", "file": {"uri": "https://example.com/a.pdf", "mimeType": "application/pdf"}}
THREAD = (ask("GET /threads/{context}"), ask("GET /threads/{context}/state"), ask("GET /threads/{context}/runs"))

GIVEN: dict[str, tuple[str, tuple[Json, ...]]] = {
    "agent is told hi": ("agent", ("hi",)),
    "agent is told boom": ("agent", ("boom",)),
    "agent is told ask": ("agent", ("ask",)),
    "agent is told two texts": ("agent", ("one", "two")),
    "agent is given data and a text": ("agent", (data(locale="x"), "hi")),
    "agent is given data": ("agent", (data(locale="x"),)),
    "agent is given messages as data": ("agent", (data(messages=[{"role": "user", "content": "as data"}]),)),
    "chat is told hi": ("chat", ("hi",)),
    "chat is given a file": ("chat", (BYTES,)),
    "chat is given a text, a file and data": ("chat", ("look at this", ADDRESS, data(locale="x"))),
    "steps is given a number": ("steps", (data(n=1),)),
    "steps is given data twice": ("steps", (data(n=1), data(log=["x"]))),
    "steps is to fail": ("steps", (data(n=1, mode="boom"),)),
    "steps is given a number that is none": ("steps", (data(n="x"),)),
    "custom is given a text": ("custom", (data(x="y"),)),
    "parent is given a text": ("parent", (data(v="x"),)),
    "parent is to ask": ("parent", (data(ask=True),)),
    "par is given nothing": ("par", (data(out=[]),)),
    "ctx is given a number": ("ctx", (data(k=1),)),
}
ANSWERS: dict[str, tuple[tuple[Json, ...], dict[str, Json]]] = {
    "a text": (("yes",), {}),
    "several texts": (("one", "two"), {}),
    "data": ((data(resume={"ok": True}),), {}),
    "data that say no": ((data(resume=False),), {}),
    "data and a text": ((data(resume="data"), "text"), {}),
    "a command": (("yes",), {"command": {"resume": "by command"}}),
    "a command that says no": (("yes",), {"command": {"resume": False}}),
    "a text in no context": (("yes",), {"contextId": None}),
}
SAID: dict[str, dict[str, Json]] = {
    "as an agent": {"role": "agent"},
    "in a role of v1": {"role": "ROLE_USER"},
    "as an agent of v1": {"role": "ROLE_AGENT"},
    "in an unknown role": {"role": "x"},
    "with metadata": {"metadata": {"a": 1}},
    "with extensions": {"extensions": ["https://example.com/x"]},
    "in a context of its own": {"contextId": f"{MADE}01"},
    "in an empty context": {"contextId": ""},
    "that refers to tasks": {"referenceTaskIds": ["x"]},
}
CONFIGURED: dict[str, Json] = {
    "no history": {"historyLength": 0},
    "one message of history": {"historyLength": 1},
    "the longest history": {"historyLength": 10},
    "the history of the task": {"historyScope": "task"},
    "the end of the history of the task": {"historyScope": "task", "historyLength": 1},
    "the history of the context": {"historyScope": "context"},
    "no blocking": {"blocking": False},
    "output modes": {"acceptedOutputModes": ["text/plain"]},
    "nothing": {},
    "null": None,
}


def second(*parts: Json, configuration: Json = NOTHING, **message: Json) -> Ask:
    """Send a second message in the context of the first."""
    whole = told(*parts, **{"messageId": "m2", "contextId": "{context}", **message})
    return a2a(
        "message/send", {"message": whole, **({} if configuration is NOTHING else {"configuration": configuration})}
    )


SEQUENCES = (
    *(sequence(f"a2a: {what}", send(*parts, graph=graph), *THREAD) for what, (graph, parts) in GIVEN.items()),
    *(sequence(f"a2a: {what}, streamed", stream(*parts, graph=graph)) for what, (graph, parts) in GIVEN.items()),
    *(
        sequence(f"a2a: a message {how}", send("hi", **said), *THREAD, task(), send("more", **said), *THREAD[1:2])
        for how, said in SAID.items()
    ),
    *(
        sequence(
            f"a2a: a question is answered with {what}",
            send("ask"),
            task(),
            second(*parts, taskId="{task}", **more),
            task(),
            *THREAD,
        )
        for what, (parts, more) in ANSWERS.items()
    ),
    *(
        sequence(f"a2a: two turns, {what} configured", send("one"), second("two", configuration=configuration))
        for what, configuration in CONFIGURED.items()
    ),
    sequence(
        "a2a: several turns in one context",
        send("one"),
        send("two", kept="second", messageId="m2", contextId="{context}"),
        task(),
        task("second"),
        task("second", historyScope="task"),
        send("boom", kept="third", messageId="m3", contextId="{context}"),
        task("third"),
        second("four", messageId="m4"),
        *THREAD,
    ),
    sequence("a2a: a message has the id of an earlier one", send("one"), second("two", messageId="m1"), *THREAD),
    sequence("a2a: a text beside an open question", send("ask"), second("no answer"), task(), *THREAD),
    sequence("a2a: data beside an open question", send("ask"), second(data(resume="x")), task(), THREAD[0]),
    sequence("a2a: two answers in one message", send("ask"), second(data(resume=1), data(resume=2), taskId="{task}")),
    sequence("a2a: data that answer nothing", send("ask"), second(data(locale="x"), taskId="{task}"), task(), *THREAD),
    sequence(
        "a2a: an answer to a question asked twice",
        send("ask"),
        second("ask", taskId="{task}"),
        second("again", taskId="{task}"),
        *THREAD,
    ),
    sequence("a2a: a message to a task that is over", send("hi"), second("more", taskId="{task}"), *THREAD),
    sequence("a2a: a message to a task that failed", send("boom"), second("more", taskId="{task}")),
    sequence("a2a: an answer to a task that is over", send("hi"), second(data(resume=1), taskId="{task}")),
    sequence("a2a: an answer to a task that there is not", send("ask"), second("yes", taskId=f"{MADE}02:{MADE}03")),
    sequence(
        "a2a: a question inside a subgraph is answered",
        send(data(ask=True), graph="parent"),
        task(),
        a2a(
            "message/send", {"message": told(data(resume="x"), contextId="{context}", taskId="{task}")}, graph="parent"
        ),
        *THREAD,
    ),
    sequence(
        "a2a: one of two questions is answered",
        send(data(out=[]), graph="par"),
        a2a("message/send", {"message": told(data(resume="x"), contextId="{context}", taskId="{task}")}, graph="par"),
        *THREAD,
    ),
    sequence(
        "a2a: a question is answered in a stream",
        send("ask"),
        stream("yes", messageId="m2", contextId="{context}", taskId="{task}"),
        task(),
        *THREAD,
    ),
    sequence(
        "a2a: a context for the graph",
        a2a("message/send", {"message": told(data(k=1)), "context": {"color": "red"}}, graph="ctx"),
        a2a("message/stream", {"message": told(data(k=1)), "context": {"color": "red"}}, graph="ctx", accept=STREAM),
    ),
    sequence(
        "a2a: the history of the task, asked for in a header",
        send("one"),
        replace(second("two"), headers={"accept": JSON, "LangGraph-A2A-History-Scope": "task"}),
        replace(second("three", messageId="m3"), headers={"accept": JSON, "LangGraph-A2A-History-Scope": "x"}),
    ),
    sequence(
        "a2a: another assistant's agent sees no task",
        send("hi"),
        a2a("tasks/get", {"id": "{task}"}, graph="steps"),
        a2a("tasks/cancel", {"id": "{task}"}, graph="steps"),
        a2a("message/send", {"message": told(data(n=1), contextId="{context}")}, graph="steps"),
        *THREAD,
    ),
    sequence(
        "a2a: an agent of one's own",
        ask(
            "POST /assistants", {"graph_id": "agent", "name": "My Own!", "description": "Mine"}, own="body/assistant_id"
        ),
        ask("GET /a2a/{own}"),
        rpc("/a2a/{own}", call("message/send", {"message": told("hi")})),
        rpc("/a2a/{own}", call("GetExtendedAgentCard", {})),
        ask("DELETE /assistants/{own}"),
        ask("GET /a2a/{own}"),
        rpc("/a2a/{own}", call("message/send", {"message": told("hi")})),
    ),
    sequence(
        "a2a v1: several turns, a question and its answer",
        send({"text": "one"}, method="SendMessage", role="ROLE_USER"),
        task(method="GetTask"),
        send({"text": "ask"}, method="SendMessage", role="ROLE_USER", messageId="m2", contextId="{context}"),
        task(method="GetTask"),
        send(
            {"text": "yes"},
            method="SendMessage",
            role="ROLE_USER",
            messageId="m3",
            contextId="{context}",
            taskId="{task}",
        ),
        task(method="GetTask", historyLength=1),
        task(method="CancelTask"),
        *THREAD,
    ),
    *(
        sequence(
            f"a2a v1: agent streams {text}", stream({"text": text}, method="SendStreamingMessage", role="ROLE_USER")
        )
        for text in ("hi", "boom", "ask")
    ),
    sequence(
        "a2a v1: data and a file",
        send({"data": {"n": 1}}, method="SendMessage", graph="steps"),
        send({"file": BYTES["file"]}, {"text": "x"}, method="SendMessage", graph="chat"),
    ),
)
