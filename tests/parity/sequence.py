"""The words in which a sequence of requests is written, so that two servers can be asked the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

Json = Any

OVER = ("success", "error", "interrupted", "timeout")
SETTLED = ("idle", "interrupted", "error")
HOLD: Mapping[str, Any] = {"n": 0, "sleep": 0.4}
"""Input that keeps the graph `steps` busy for 0.4 s in each of its two nodes: long enough to meet it at work."""


class _Nothing:
    """No body at all, which is another thing than null."""

    def __repr__(self) -> str:
        return "NOTHING"


NOTHING = _Nothing()


@dataclass(frozen=True, slots=True)
class Ask:
    """A request, and what of its answer is read. `{name}` in it stands for what an earlier step kept by that name.

    `keep` says where in the answer a name's value stands, as in `{"run": "body/run_id"}`. With `until` it is asked
    again until each of these places holds one of these values. `upto` ends the reading of a stream: after so many
    events, or after the first one of that name; a stream that ends by itself is read to its end without.
    The parts `unread` are left out: what stands there is chance on the reference server.
    """

    request: str
    body: Json = NOTHING
    raw: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    keep: Mapping[str, str] = field(default_factory=dict)
    until: Mapping[str, tuple[Json, ...]] = field(default_factory=dict)
    upto: int | str | None = None
    unread: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        words = [self.request, *(f"{name}: {value}" for name, value in self.headers.items())]
        if self.body is not NOTHING:
            words.append(json.dumps(self.body, ensure_ascii=False))
        if self.raw is not None:
            words.append(repr(self.raw))
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class Open:
    """A request whose answer has begun, and is left to be read by later steps under this name."""

    name: str
    ask: Ask

    @property
    def title(self) -> str:
        return f"open {self.name}: {self.ask.title}"


@dataclass(frozen=True, slots=True)
class Read:
    """What came of an opened answer, or in a WebSocket, since it was read last; to its end, unless `upto` says."""

    name: str
    upto: int | str | None = None
    keep: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return f"read {self.name}"


@dataclass(frozen=True, slots=True)
class Leave:
    """Hang up on an opened answer."""

    name: str

    @property
    def title(self) -> str:
        return f"leave {self.name}"


@dataclass(frozen=True, slots=True)
class Connect:
    """Open a WebSocket, which later steps know by this name."""

    name: str
    path: str

    @property
    def title(self) -> str:
        return f"connect {self.name}: {self.path}"


@dataclass(frozen=True, slots=True)
class Say:
    """Send a text, or anything else as JSON, into a WebSocket and hear the next `upto` frames."""

    name: str
    said: Json
    upto: int = 1
    keep: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return f"say {self.name}: {self.said if isinstance(self.said, str) else json.dumps(self.said)}"


Step: TypeAlias = Ask | Open | Read | Leave | Connect | Say


@dataclass(frozen=True, slots=True)
class Sequence:
    """Steps to take one after another. One that is `alone` needs a server that holds nothing but its agents."""

    name: str
    steps: tuple[Step, ...]
    alone: bool = False


def sequence(name: str, *steps: Step, alone: bool = False) -> Sequence:
    return Sequence(name, steps, alone)


def ask(request: str, body: Json = NOTHING, *, upto: int | str | None = None, **keep: str) -> Ask:
    """Any request; further words keep a part of its answer: `run="body/run_id"`."""
    return Ask(request, body, upto=upto, keep=keep)


def thread(name: str = "thread", **body: Json) -> Ask:
    """Create a thread and keep its id."""
    return Ask("POST /threads", body, keep={name: "body/thread_id"})


def create(graph: str, given: Json = NOTHING, *, run: str = "run", at: str = "thread", **body: Json) -> Ask:
    """Create a run in the background and keep its id."""
    return Ask(f"POST /threads/{{{at}}}/runs", _run(graph, given, body), keep={run: "body/run_id"})


def wait(graph: str, given: Json = NOTHING, *, at: str = "thread", **body: Json) -> Ask:
    """Create a run and wait for what comes of it."""
    return Ask(f"POST /threads/{{{at}}}/runs/wait", _run(graph, given, body))


def stream(
    graph: str,
    given: Json = NOTHING,
    mode: Json = NOTHING,
    *,
    at: str = "thread",
    upto: int | str | None = None,
    **body: Json,
) -> Ask:
    """Create a run, read its events and keep its id."""
    more = body if mode is NOTHING else {"stream_mode": mode, **body}
    return Ask(
        f"POST /threads/{{{at}}}/runs/stream", _run(graph, given, more), upto=upto, keep={"run": "events/0/data/run_id"}
    )


def refused(step: Ask) -> Ask:
    """The same request, of which nothing is kept: it starts no run."""
    return replace(step, keep={})


def opened(name: str, step: Ask) -> Open:
    return Open(name, step)


def joined(run: str = "run", *, last: str | None = None, query: str = "", upto: int | str | None = None) -> Ask:
    """Join the stream of a run, perhaps after a last event's id."""
    headers = {} if last is None else {"last-event-id": last}
    return Ask(f"GET /threads/{{thread}}/runs/{{{run}}}/stream{query}", headers=headers, upto=upto)


def begun(run: str = "run") -> Ask:
    """Wait until a run is being played, and its first node is at work."""
    at_work = {"body/status": ("running",), "body/kwargs/config/metadata/run_attempt": (1,)}
    return Ask(f"GET /threads/{{thread}}/runs/{{{run}}}", until=at_work)


def over(run: str = "run") -> Ask:
    """Wait until a run has ended, and see how."""
    return Ask(f"GET /threads/{{thread}}/runs/{{{run}}}", until={"body/status": OVER})


def settled(at: str = "thread") -> Ask:
    """Wait until no run is left on a thread, and see how it is."""
    return Ask(f"GET /threads/{{{at}}}", until={"body/status": SETTLED})


def latest() -> Ask:
    """Keep the id of the thread's latest run, however far that is."""
    return Ask("GET /threads/{thread}/runs", keep={"run": "body/0/run_id"}, unread=("body",))


def found(run: str = "run") -> Ask:
    return Ask(f"GET /threads/{{thread}}/runs/{{{run}}}")


def state(query: str = "", **keep: str) -> Ask:
    return Ask(f"GET /threads/{{thread}}/state{query}", keep=keep)


def history(**keep: str) -> Ask:
    return Ask("POST /threads/{thread}/history", {"limit": 20}, keep=keep)


def aftermath() -> tuple[Ask, ...]:
    """Thread, state and history after all runs."""
    return settled(), state(), history()


def _run(graph: str, given: Json, body: dict[str, Json]) -> dict[str, Json]:
    return {"assistant_id": graph, **({} if given is NOTHING else {"input": given}), **body}
