"""Programs that do what clients do, each its own things in its own order, and what they are answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    import httpx

ROWS: dict[str, Any] = {
    "agents": {
        "visitor": {
            "channels": {"seen": "append"},
            "nodes": {"look": {"write": {"seen": ["{{ visit }}"]}}},
            "edges": [["__start__", "look"], ["look", "__end__"]],
        }
    },
    "threads": [
        {
            "thread_id": "11111111-1111-4111-8111-111111111111",
            "metadata": {"user": "ada", "graph_id": "visitor"},
            "history": [
                {"next": ["__start__"]},
                {"values": {"seen": [0]}, "next": ["look"]},
                {"values": {"seen": [0, 1]}},
            ],
        },
        {"thread_id": "22222222-2222-4222-8222-222222222222", "ttl": {"ttl_minutes": 15}},
        {"metadata": {"user": "grace"}},
    ],
    "assistants": [{"assistant_id": "aaaaaaaa-0000-4000-8000-000000000001", "graph_id": "agent", "name": "Ada"}],
    "store": [
        {"namespace": ["users", "ada"], "key": "profile", "value": {"language": "en"}},
        {"namespace": ["users"], "key": "short", "value": {}, "ttl": 10},
    ],
    "crons": [{"assistant_id": "custom", "schedule": "*/10 * * * *"}],
}

KEPT_HEADERS = ("content-type", "content-location", "location", "x-pagination-total", "x-pagination-next")


@dataclass(frozen=True, slots=True)
class Ask:
    """A request."""

    method: str
    path: str
    body: Any = None


@dataclass(slots=True)
class Known:
    """What a program has learned from the answers that it got."""

    chance: Random
    threads: list[str] = field(
        default_factory=lambda: [row["thread_id"] for row in ROWS["threads"] if "thread_id" in row]
    )
    waiting: int = 0

    def thread(self) -> str:
        return self.chance.choice(self.threads)

    def word(self) -> str:
        return self.chance.choice(("red", "green", "blue"))


Asked: TypeAlias = "Generator[Ask, Any, None]"


def creates(known: Known) -> Asked:
    body: dict[str, Any] = {"metadata": {"colour": known.word()}}
    if known.chance.random() < 0.3:
        body["ttl"] = {"ttl": known.chance.randint(1, 20)}
    row = yield Ask("POST", "/threads", body)
    known.threads.append(row["thread_id"])


def copies(known: Known) -> Asked:
    row = yield Ask("POST", f"/threads/{known.thread()}/copy")
    if "thread_id" in row:
        known.threads.append(row["thread_id"])


def deletes(known: Known) -> Asked:
    yield Ask("DELETE", f"/threads/{known.thread()}")


def patches(known: Known) -> Asked:
    yield Ask("PATCH", f"/threads/{known.thread()}", {"metadata": {known.word(): known.word()}})


def searches(known: Known) -> Asked:
    yield Ask("POST", "/threads/search", {"limit": 50})
    yield Ask("POST", "/threads/search", {"metadata": {"colour": known.word()}, "sort_by": "created_at"})
    yield Ask("POST", "/assistants/search", {})


def runs(known: Known) -> Asked:
    agent, body = known.chance.choice(
        [
            ("agent", {"messages": [{"role": "user", "content": known.chance.choice(("hello", "ask", "boom"))}]}),
            ("steps", {"n": known.chance.randint(1, 9)}),
            ("chat", {"messages": []}),
            ("custom", {"x": known.word()}),
            ("visitor", {"seen": []}),
            ("parent", {"v": known.word(), "ask": known.chance.random() < 0.5}),
        ]
    )
    request: dict[str, Any] = {"assistant_id": agent, "input": body, "stream_resumable": True}
    if known.chance.random() < 0.5:
        yield Ask("POST", f"/threads/{known.thread()}/runs/wait", request)
    else:
        request["stream_mode"] = known.chance.sample(["values", "updates", "messages-tuple", "custom", "tasks"], 2)
        yield Ask("POST", f"/threads/{known.thread()}/runs/stream", request)


def resumes(known: Known) -> Asked:
    yield Ask("POST", f"/threads/{known.thread()}/runs/wait", {"assistant_id": "agent", "command": {"resume": "yes"}})


def delays(known: Known) -> Asked:
    known.waiting += 1
    body = {"assistant_id": "steps", "input": {"n": 1}, "after_seconds": known.waiting}
    yield Ask("POST", f"/threads/{known.thread()}/runs", body)


def looks(known: Known) -> Asked:
    thread = known.thread()
    yield Ask("GET", f"/threads/{thread}/state")
    yield Ask("GET", f"/threads/{thread}/history?limit=20")
    found = yield Ask("GET", f"/threads/{thread}/runs")
    for run in found[:1] if isinstance(found, list) else ():
        yield Ask("GET", f"/threads/{thread}/runs/{run['run_id']}")


def edits(known: Known) -> Asked:
    yield Ask("POST", f"/threads/{known.thread()}/state", {"values": {"x": known.word()}})


def configures(known: Known) -> Asked:
    yield Ask("PATCH", "/assistants/aaaaaaaa-0000-4000-8000-000000000001", {"metadata": {known.word(): 1}})
    yield Ask("POST", "/assistants/aaaaaaaa-0000-4000-8000-000000000001/versions", {})


def stores(known: Known) -> Asked:
    namespace = ["users", known.word()]
    yield Ask("PUT", "/store/items", {"namespace": namespace, "key": known.word(), "value": {"is": known.word()}})
    yield Ask("POST", "/store/items/search", {"namespace_prefix": ["users"], "limit": 50})
    yield Ask("DELETE", "/store/items", {"namespace": namespace, "key": known.word()})
    yield Ask("POST", "/store/namespaces", {})


def schedules(known: Known) -> Asked:
    found = yield Ask("POST", "/runs/crons/search", {})
    if len(found) > 1:
        yield Ask("DELETE", f"/runs/crons/{known.chance.choice(found)['cron_id']}")
    else:
        body = {"assistant_id": "steps", "schedule": "3-59/10 * * * *", "input": {"n": 1}}
        yield Ask("POST", f"/threads/{known.thread()}/runs/crons", body)


def waits(known: Known) -> Asked:
    yield Ask("POST", "/_understudy/clock/advance", {"seconds": known.chance.choice((60, 300, 600))})


OPERATIONS: tuple[Callable[[Known], Asked], ...] = (
    creates, copies, deletes, patches, searches, runs, runs, runs, resumes, delays, looks, looks, edits, configures,
    stores, schedules, waits,
)  # fmt: skip


def program(number: int, seed: int) -> Asked:
    """Ask for this and that for ever; the same number asks the same in a world that answers the same."""
    known = Known(Random(f"{seed} {number}"))
    while True:
        yield from known.chance.choice(OPERATIONS)(known)


class Play:
    """A program in a world, and the answers it has got."""

    def __init__(self, number: int, seed: int, name: str) -> None:
        self.name = name
        self.answers: list[tuple[Ask, int, dict[str, str], bytes]] = []
        self._program = program(number, seed)
        self._next = next(self._program)

    async def ask(self, client: httpx.AsyncClient) -> None:
        """Ask the next thing."""
        ask = self._next
        headers = {"X-Understudy-World": self.name}
        answer = await client.request(ask.method, ask.path, json=ask.body, headers=headers)
        told = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
        self.answers.append((ask, answer.status_code, told, answer.content))
        is_json = told.get("content-type", "").startswith("application/json")
        self._next = self._program.send(answer.json() if is_json else None)


def parting(play: Play, expected: Play) -> str | None:
    """Return where two plays of a program part; None where they do not. Answers may be long: only their ends differ."""
    for at, (got, wanted) in enumerate(zip(play.answers, expected.answers, strict=True)):
        if got != wanted:
            (ask, *heads, body), (other, *other_heads, other_body) = got, wanted
            same = next((at for at, (a, b) in enumerate(zip(body, other_body, strict=False)) if a != b), 0)
            ends = [str(text[max(same - 200, 0) : same + 200]) for text in (body, other_body)]
            return f"request {at} of {play.name}\n{ask} {heads} …{ends[0]}…\n{other} {other_heads} …{ends[1]}…"
    return None
