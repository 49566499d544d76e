"""The streaming protocol spoken over WebSockets."""

from __future__ import annotations

from typing import Any

from tests.parity.sequence import Connect, Leave, Read, Say, ask, sequence, thread

MISSING = "33333333-3333-4333-8333-333333333333"
NEW = "88888888-8888-4888-8888-888888888888"
SOCKET = "/threads/{thread}/stream/events"


def say(number: int, method: str, upto: int = 1, keep: dict[str, str] | None = None, **params: Any) -> Say:
    return Say("talk", {"id": number, "method": method, **({"params": params} if params else {})}, upto, keep or {})


def said(text: str) -> Any:
    return {"messages": [{"role": "user", "content": text}]}


SEQUENCES = (
    sequence(
        "a conversation about a question",
        thread(),
        Connect("talk", SOCKET),
        say(1, "subscription.subscribe", channels=["values", "lifecycle", "input", "custom"]),
        say(
            2,
            "run.start",
            6,
            {"asked": "frames/3/params/data/interrupt_id"},
            assistant_id="agent",
            input=said("ask"),
        ),
        say(3, "agent.getTree"),
        say(4, "input.respond", 5, interrupt_id="{asked}", namespace=[], response="ws yes"),
        say(5, "agent.getTree"),
        say(6, "subscription.subscribe", 3, {"late": "frames/2/result/subscription_id"}, channels=["values"], since=0),
        say(7, "subscription.reconnect", subscriptions=[], last_event_id="0"),
        say(8, "subscription.unsubscribe", subscription_id="{late}"),
        say(9, "nope"),
        Say("talk", "{bad"),
        Say("talk", "[1]"),
        Say("talk", {"method": "x"}),
        say(10, "run.start", 5, assistant_id="custom", input={"x": "a"}),
        Leave("talk"),
        ask("GET /threads/{thread}/runs"),
    ),
    sequence(
        "a conversation on a thread that does not exist",
        Connect("talk", f"/threads/{NEW}/stream/events"),
        say(1, "subscription.subscribe", channels=["values", "lifecycle"]),
        say(2, "run.start", 6, assistant_id="steps", input={"n": 1}),
        Leave("talk"),
        ask(f"DELETE /threads/{NEW}"),
    ),
    sequence("a conversation on a malformed thread", Connect("talk", "/threads/bad/stream/events"), Read("talk")),
    sequence(
        "conversations where none are had",
        thread(),
        *(
            Connect("talk", path)
            for path in (
                f"/threads/{{thread}}/runs/{MISSING}/protocol",
                "/threads/{thread}/stream",
                "/nope",
            )
        ),
    ),
)
