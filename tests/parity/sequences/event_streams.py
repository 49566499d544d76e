"""Runs as the streaming protocol tells them: commands over HTTP, and what is sent about them."""

from __future__ import annotations

from typing import Any

from tests.parity.sequence import (
    HOLD,
    Ask,
    Json,
    Leave,
    Read,
    Sequence,
    Step,
    aftermath,
    ask,
    begun,
    opened,
    over,
    sequence,
    settled,
    state,
    thread,
    wait,
)

MISSING = "33333333-3333-4333-8333-333333333333"
MADE = "77777777-7777-4777-8777-777777777777"
ALL = ["values", "updates", "messages", "tools", "custom", "lifecycle", "input", "tasks"]
COMMANDS = "POST /threads/{thread}/commands"
EVENTS = "POST /threads/{thread}/stream/events"


def said(text: str) -> Json:
    return {"messages": [{"role": "user", "content": text}]}


def command(method: str, number: Any = 1, *, at: str = "{thread}", **params: Any) -> Ask:
    return ask(f"POST /threads/{at}/commands", {"id": number, "method": method, "params": params})


def start(graph: str, given: Json, number: int = 1, **params: Any) -> Ask:
    """Start a run by a command and keep its id."""
    asked = command("run.start", number, assistant_id=graph, input=given, **params)
    return Ask(asked.request, asked.body, keep={"run": "body/result/run_id"})


def follow(upto: int, channels: Json = ALL, **more: Any) -> tuple[Step, ...]:
    """Read so many events of a stream, which goes on, and leave it."""
    return opened("events", Ask(EVENTS, {"channels": channels, **more})), Read("events", upto), Leave("events")


def untold(channels: Json, **more: Any) -> tuple[Step, ...]:
    """See a stream begin in which nothing is told that has been."""
    return opened("events", Ask(EVENTS, {"channels": channels, **more})), Leave("events")


def told(name: str, graph: str, given: Json, upto: int) -> Sequence:
    """A run is told while it is played, and once more when it is over."""
    return sequence(name, thread(), start(graph, given), *follow(upto), over(), *follow(upto), settled())


def told_live(name: str, graph: str, given: Json, upto: int) -> Sequence:
    """A run is told to who has come before it, and why it failed; who comes later is not told why."""
    live = opened("events", Ask(EVENTS, {"channels": ALL}))
    steps = (start(graph, given), Read("events", upto), Leave("events"), over(), *follow(upto), settled(), state())
    return sequence(name, thread(), live, *steps)


QUESTION = {"asked": "body/tasks/0/interrupts/0/id"}
STATE = Ask("GET /threads/{thread}/state", keep=QUESTION)

NOWHERE: tuple[Json, ...] = (
    {},
    {"channels": []},
    {"channels": "values"},
    {"channels": ["nope"]},
    {"channels": ["values", 1]},
    {"channels": ["custom:"]},
    [],
)

SEQUENCES = (
    sequence(
        "a spoken run is told, and told again",
        thread(),
        start("agent", said("hi")),
        *follow(4),
        over(),
        *follow(4),
        *untold(["values"], since=4),
        *follow(2, ["lifecycle"]),
        ask("GET /threads/{thread}/runs"),
    ),
    told("a message is told as it is spoken", "chat", said("hi"), 13),
    told("steps are told", "steps", {"n": 1}, 5),
    told("custom data are not told", "custom", {"x": "a"}, 4),
    told("a subgraph is told", "parent", {"v": "x"}, 9),
    told_live("a failure is told", "agent", said("boom"), 3),
    told_live("a failure in the second step is told", "steps", {"n": 1, "mode": "boom"}, 4),
    told_live("steps are told live", "steps", {"n": 1}, 5),
    sequence(
        "a run started by a command is cancelled",
        thread(),
        start("steps", HOLD),
        begun(),
        ask("POST /threads/{thread}/runs/{run}/cancel"),
        over(),
        settled(),
    ),
    sequence(
        "a run started by a command fails on a thread that has run",
        thread(),
        start("steps", {"n": 1}),
        over(),
        settled(),
        start("steps", {"n": 1, "mode": "boom"}),
        over(),
        *aftermath(),
        wait("steps", None),
        *aftermath(),
    ),
    told("two questions are told", "par", {"out": []}, 7),
    told("a context is told", "ctx", {"k": 1}, 4),
    sequence(
        "a question is told and answered",
        thread(),
        start("agent", said("ask")),
        *follow(5),
        over(),
        settled(),
        STATE,
        command("input.respond", 2, interrupt_id="nope", response="x"),
        command("input.respond", 2),
        command("input.respond", 2, interrupt_id="{asked}", namespace="x", response="x"),
        command("input.respond", 3, interrupt_id="{asked}", namespace=[], response="yes"),
        *follow(9),
        Ask("GET /threads/{thread}", until={"body/status": ("idle",)}),
        *follow(9),
    ),
    sequence(
        "a question in a subgraph is told, and answered by input",
        thread(),
        start("parent", {"v": "x", "ask": True}),
        *follow(10),
        over(),
        settled(),
        start("parent", {"v": "new"}, 5),
        over(),
        Ask("GET /threads/{thread}", until={"body/status": ("idle",)}),
    ),
    sequence(
        "events are chosen by channel, namespace and depth",
        thread(),
        start("parent", {"v": "x"}),
        over(),
        *follow(5, ["values"]),
        *follow(2, ["values"], namespaces=[["child"]]),
        *follow(5, ["values"], depth=0),
        *follow(5, ["values", "updates", "tasks", "checkpoints", "custom:foo"]),
        *follow(2, ["values"], since=5),
        *untold(["checkpoints"]),
    ),
    sequence(
        "events of no channel",
        thread(),
        *(ask(EVENTS, body) for body in NOWHERE),
        Ask(EVENTS, raw="{bad"),
        Ask(EVENTS, raw="[]"),
        ask(EVENTS.replace("POST", "GET")),
    ),
    sequence("events of a malformed thread", ask("POST /threads/bad/stream/events", {"channels": ["values"]})),
    sequence(
        "events of a thread that does not exist",
        opened("events", Ask(f"POST /threads/{MISSING}/stream/events", {"channels": ["values"]})),
        Leave("events"),
        ask(f"GET /threads/{MISSING}"),
    ),
    sequence(
        "what is no command",
        thread(),
        *(ask(COMMANDS, body) for body in ({}, {"id": 1}, {"id": "1", "method": "run.start"}, {"method": "run.start"})),
        *(ask(COMMANDS, {"id": number, "method": "nope"}) for number in (1, True, -1, 1.5)),
        *(Ask(COMMANDS, raw=raw) for raw in ("{bad", "[1]")),
        ask(COMMANDS.replace("POST", "GET")),
    ),
    sequence(
        "commands that cannot be carried out",
        thread(),
        *(ask(COMMANDS, {"id": 1, "method": method}) for method in ("run.start", "agent.getTree", "state.get")),
        *(
            ask(COMMANDS, {"id": 1, "method": f"subscription.{method}"})
            for method in ("subscribe", "unsubscribe", "reconnect")
        ),
        command("run.start"),
        command("run.start", assistant_id="nope"),
        command("run.start", assistant_id=MISSING),
        command("run.start", assistant_id="agent", config={"configurable": {"checkpoint_id": "x"}}),
        command("run.start", assistant_id="agent", config={"configurable": {"checkpoint_id": 1}}),
        command("run.start", assistant_id="agent", langsmith_tracer=1),
        command("subscription.subscribe", channels=["values"]),
        command("subscription.subscribe", channels=["zz"]),
        command("subscription.subscribe"),
        command("subscription.unsubscribe", subscription_id="zz"),
        command("input.respond", interrupt_id="x", response=1),
        command("input.respond", responses=[]),
        command("run.start", at="bad", assistant_id="agent", input=said("x")),
        settled(),
    ),
    sequence(
        "a command makes its thread",
        command("run.start", at=MADE, assistant_id="steps", input={"n": 1, "sleep": 0.4}),
        ask(f"GET /threads/{MADE}"),
        command("run.start", 2, at=MADE, assistant_id="steps", input={"n": 1}, multitaskStrategy="reject"),
        Ask(f"GET /threads/{MADE}", until={"body/status": ("idle",)}),
        ask(f"GET /threads/{MADE}/runs"),
        ask(f"DELETE /threads/{MADE}"),
    ),
)
