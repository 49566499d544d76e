"""Streams of made-up runs, read within bounds and held to the schema of their events and to their grammar."""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from tests.conformance.campaign import API
from tests.conformance.ground import STARTED
from understudy.conformance.streams import (
    Broken,
    check_end,
    check_protocol,
    check_run,
    check_thread,
    is_over,
    read,
)
from understudy.contract.documents import load_contract
from understudy.contract.events import MEDIA_TYPE, EventSchema, SentEvent
from understudy.contract.operations import operations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MODES = ("values", "updates", "messages", "messages-tuple", "custom", "tasks", "checkpoints", "debug", "events")

CHANNELS = ("values", "updates", "messages", "tools", "lifecycle", "input", "custom", "tasks", "checkpoints")

NODES = ("agent", "a", "b", "model", "writer", "pre", "child", "inner", "q1", "q2", "nowhere")

nodes = st.just("*") | st.lists(st.sampled_from(NODES), max_size=2, unique=True)

modes = st.sampled_from(MODES) | st.lists(st.sampled_from(MODES), unique=True, max_size=4) | st.just(list(MODES))

anything = st.none() | st.text(max_size=3) | st.lists(st.integers(), max_size=2) | st.dictionaries(st.text(), st.none())

configs = st.fixed_dictionaries(
    {},
    optional={
        "recursion_limit": st.integers(-1, 3),
        "tags": st.lists(st.text(max_size=3), max_size=2),
        "metadata": st.dictionaries(st.text(max_size=3), anything, max_size=2),
    },
)

runs = st.builds(
    lambda started, given, options: {**started, **given, **options},
    st.sampled_from(STARTED),
    st.just({}) | st.just({}) | st.fixed_dictionaries({"input": anything}),
    st.fixed_dictionaries(
        {"stream_mode": modes},
        optional={
            "stream_subgraphs": st.booleans(),
            "stream_resumable": st.booleans(),
            "durability": st.sampled_from(["sync", "async", "exit"]),
            "interrupt_before": nodes,
            "interrupt_after": nodes,
            "config": configs,
            "context": st.fixed_dictionaries({"color": anything}),
            "metadata": st.dictionaries(st.text(max_size=3), anything, max_size=2),
            "command": st.fixed_dictionaries(
                {},
                optional={
                    "goto": st.sampled_from(NODES),
                    "update": st.none() | st.dictionaries(st.sampled_from(["n", "v", "messages", "x"]), anything),
                },
            ),
            "feedback_keys": st.lists(st.text(max_size=3), max_size=1),
        },
    ),
)
"""Bodies of runs that can be played: any agent, any input it takes and some that it does not, any way to watch it."""

commands = st.builds(
    lambda started, channels: (started, channels),
    st.sampled_from(STARTED),
    st.lists(st.sampled_from(CHANNELS), min_size=1, unique=True),
)
"""Runs of the thread protocol, and the channels on which they are watched."""


class Follower:
    """A client that starts runs on a server and reads all of their streams. Whatever is wrong with one is Broken."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=10)

    def close(self) -> None:
        """Leave."""
        self._client.close()

    def follow_run(self, body: dict[str, Any]) -> list[SentEvent]:
        """Return the events of a run that is read from its start, and again from every place if it can be."""
        path = f"/threads/{self.thread()}/runs"
        with self._opened("POST", f"{path}/stream", "POST /threads/{thread_id}/runs/stream", json=body) as opened:
            response, schema = opened
            events, ended = read(response, schema)
        run_id = response.headers["content-location"].rpartition("/")[2]
        self._check(events, run_id, body, ended=ended)
        check_end(events, self._client.get(f"{path}/{run_id}").raise_for_status().json())
        # Of the events of a resumable run, all are kept but the error.
        kept = [event for event in events if event.name != "error"] if body.get("stream_resumable") else []
        for place in {-1, 0, len(kept) // 2, len(kept) - 1}:
            after = str(kept[place].id) if kept and place >= 0 else "-1"
            if self._joined(f"{path}/{run_id}", after) != (kept[place + 1 :] if kept else []):
                raise Broken(f"what is read after the event {after} is not what followed it")
        return events

    def follow_stateless_run(self, body: dict[str, Any]) -> list[SentEvent]:
        """Return the events of a run without a thread."""
        with self._opened("POST", "/runs/stream", "POST /runs/stream", json=body) as (response, schema):
            events, ended = read(response, schema)
        self._check(events, response.headers["content-location"].rpartition("/")[2], body, ended=ended)
        return events

    def follow_thread(self, *bodies: dict[str, Any]) -> list[SentEvent]:
        """Return the events of a thread on which runs take place one after the other."""
        thread_id = self.thread()
        with self._opened("GET", f"/threads/{thread_id}/stream", "GET /threads/{thread_id}/stream") as opened:
            response, schema = opened
            run_id = ""
            for body in bodies:
                run_id = self._post(f"/threads/{thread_id}/runs", body)["run_id"]
            events, ended = read(response, schema, until=is_over(run_id))
        if ended or not is_over(run_id)(events[-1]):
            raise Broken(f"the stream of a thread ends with {events[-1:]} before the last run is over")
        check_thread(events)
        return events

    def follow_protocol(self, started: dict[str, Any], channels: list[str]) -> list[SentEvent]:
        """Return the events of a run of the thread protocol, as far as the end of its graph."""
        thread_id = self.thread()
        wanted = {"channels": sorted({*channels, "lifecycle"})}
        with self._opened(
            "POST", f"/threads/{thread_id}/stream/events", "POST /threads/{thread_id}/stream/events", json=wanted
        ) as (response, schema):
            command = {"id": 1, "method": "run.start", "params": started}
            answer = self._post(f"/threads/{thread_id}/commands", command)
            if answer["type"] != "success":
                raise Broken(f"a run of the protocol does not start: {answer}")
            events, ended = read(response, schema, until=_is_last)
        if ended or not _is_last(events[-1]):
            raise Broken(f"the events of a thread end with {events[-1:]} before its graph has")
        check_protocol(events)
        return events

    def thread(self) -> str:
        """Return the id of a new thread."""
        return str(self._post("/threads", {})["thread_id"])

    def _check(self, events: list[SentEvent], run_id: str, body: dict[str, Any], *, ended: bool) -> None:
        if not ended:
            raise Broken(f"the stream of a run does not end: {events[-1:]}")
        told = body["stream_mode"] or ["values"]
        check_run(
            events,
            run_id,
            modes=[told] if isinstance(told, str) else told,
            subgraphs=body.get("stream_subgraphs", False),
            resumable=body.get("stream_resumable", False),
        )

    def _joined(self, path: str, last_event_id: str) -> list[SentEvent]:
        """Return what is read of a run that is over, after an event."""
        headers = {"last-event-id": last_event_id}
        operation = "GET /threads/{thread_id}/runs/{run_id}/stream"
        with self._opened("GET", f"{path}/stream", operation, headers=headers) as (response, schema):
            events, ended = read(response, schema)
        if not ended:
            raise Broken("the stream of a run that is over does not end")
        return events

    @contextmanager
    def _opened(
        self, method: str, path: str, operation: str, **options: Any
    ) -> Iterator[tuple[httpx.Response, EventSchema]]:
        with self._client.stream(method, path, **options) as response:
            if not response.is_success:
                raise Broken(f"{response.status_code} to {operation}: {response.read().decode()}")
            yield response, schemas()[operation]

    def _post(self, path: str, body: Any) -> Any:
        answer = self._client.post(path, json=body)
        if not answer.is_success:
            raise Broken(f"{answer.status_code} to POST {path}: {answer.text}")
        return answer.json()


@cache
def schemas() -> dict[str, EventSchema]:
    """Return the schemas of events of the operations that stream, by operation."""
    document = load_contract(API).observed
    return {
        str(each): EventSchema(document, response["content"][MEDIA_TYPE]["schema"])
        for each in operations(document)
        for response in each.responses.values()
        if MEDIA_TYPE in response.get("content", {})
    }


def _is_last(event: SentEvent) -> bool:
    params = event.data["params"]
    return event.name == "lifecycle" and params["namespace"] == [] and params["data"]["event"] != "running"


Check: TypeAlias = "tuple[st.SearchStrategy[Any], Callable[[Follower, Any], object]]"

CHECKS: dict[str, Check] = {
    "runs": (runs, lambda follower, body: follower.follow_run(body)),
    "stateless runs": (runs, lambda follower, body: follower.follow_stateless_run(body)),
    "threads": (
        st.lists(runs, min_size=1, max_size=3),
        lambda follower, bodies: follower.follow_thread(*bodies),
    ),
    "the thread protocol": (commands, lambda follower, told: follower.follow_protocol(*told)),
}
"""What is followed: made-up requests for it, and how."""


def follow_all(follower: Follower, check: Check, *, examples: int, seed: int) -> None:
    """Follow the streams of so many made-up requests; what is wrong is raised with the smallest that shows it."""
    made_up, follow = check

    @seeded(seed)
    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(made_up)
    def each(request: Any) -> None:
        try:
            follow(follower, request)
        except (Broken, httpx.HTTPError) as broken:
            broken.add_note(f"asked for: {json.dumps(request)}")
            raise

    each()
