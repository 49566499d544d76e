"""The requests that are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from .load import request

if TYPE_CHECKING:
    from collections.abc import Iterable

RARE = 10
"""Threads that share one value of `metadata.ticket`, however many threads there are."""
PERCENT = 100
"""Values of `metadata.team`: each is that of one thread in a hundred."""
CHECKPOINTS = 5


def post(path: str, body: object) -> bytes:
    """Return the bytes of a POST request with a JSON body."""
    return request("POST", path, orjson.dumps(body))


def first_visits(worlds: int) -> tuple[bytes, ...]:
    """Return requests that name a world each."""
    asked = request("GET", "/ok").removesuffix(b"\r\n")
    return tuple(asked + b"x-understudy-world: w%d\r\n\r\n" % number for number in range(worlds))


def search(metadata: dict[str, str] | None = None, *, limit: int = 10) -> bytes:
    """Return a search for threads: any, or those with this metadata."""
    return post("/threads/search", {"limit": limit} | ({"metadata": metadata} if metadata else {}))


def ticket(number: int) -> dict[str, str]:
    """Return metadata that ten threads have."""
    return {"ticket": f"T-{number}"}


def team(number: int) -> dict[str, str]:
    """Return metadata that one thread in a hundred has."""
    return {"team": f"team-{number}"}


def seeds(threads: int) -> tuple[bytes, ...]:
    """Return the requests that create so many threads to search among."""
    return tuple(
        post("/threads", {"metadata": {"graph_id": "agent"} | ticket(n // RARE) | team(n % PERCENT)})
        for n in range(threads)
    )


def searches(filtered: str, threads: int) -> tuple[bytes, ...]:
    """Return searches among so many threads: for all, by a ticket or by a team."""
    tickets = threads // RARE
    return {
        "all": (search(),),
        "ticket": tuple(search(ticket(n)) for n in range(0, tickets, max(tickets // 100, 1))),
        "team": tuple(search(team(n)) for n in range(PERCENT)),
    }[filtered]


def reads(path: str, ids: Iterable[str]) -> tuple[bytes, ...]:
    """Return a GET for each id, which goes into the path."""
    return tuple(request("GET", path.format(thread_id)) for thread_id in ids)


def creations(count: int) -> tuple[bytes, ...]:
    """Return requests for so many plain threads."""
    return tuple(post("/threads", {"metadata": {"user": f"user-{n % 50}", "topic": "weather"}}) for n in range(count))


def histories(count: int) -> tuple[bytes, ...]:
    """Return requests for so many threads of five checkpoints, a short message each."""
    supersteps = [
        {"updates": [{"values": {"messages": [{"role": "user", "content": f"message {n}"}]}, "as_node": "agent"}]}
        for n in range(CHECKPOINTS)
    ]
    return (post("/threads", {"metadata": {"graph_id": "agent"}, "supersteps": supersteps}),) * count


def run(thread: str | None, operation: str, agent: str, **told: object) -> bytes:
    """Return a request that starts a run of an agent, on a thread or without one, and answers as it goes."""
    path = f"/threads/{thread}/runs/{operation}" if thread else f"/runs/{operation}"
    return post(path, {"assistant_id": agent, **told})


def wait(thread: str | None) -> bytes:
    """Return a request for what a run of three steps comes to."""
    return run(thread, "wait", "steps", input={"messages": [{"role": "user", "content": "Tea, please."}]})


def stream(agent: str, mode: str, numbers: int, **told: object) -> bytes:
    """Return a request for the events of a run that counts so far."""
    config = {"recursion_limit": numbers + 10}
    return run(None, "stream", agent, input={"n": numbers, **told}, stream_mode=mode, config=config)
