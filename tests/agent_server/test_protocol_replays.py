"""What the reference server kept of runs and told of them, told again from the same events."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from understudy.agents.protocol.channels import CHANNELS, Subscription
from understudy.agents.protocol.session import Gap, Session
from understudy.state.feeds import END, Event
from understudy.state.world import World

Json = dict[str, Any]

RECORDINGS: list[Json] = json.loads(
    (Path(__file__).parents[1] / "recorded" / "agent_server" / "protocol" / "replays.json").read_text()
)


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording["name"])
def test_runs_are_told_as_by_the_reference(recording: Json) -> None:
    thread_id = recording["thread"]["thread_id"]
    told: list[Json] = []
    session = Session(world_of(recording), thread_id, told.append)
    session.subscribe("", Subscription(CHANNELS))

    for run in recording["runs"]:
        for event in run["events"]:
            session.take(Event(event["id"], run["run"]["run_id"], event["event"], event["data"]))
        session.take(Event("", run["run"]["run_id"], END, None))

    kept = {at for run in recording["runs"] for event in run["events"] if (at := timestamp(event["data"]))}
    assert timeless(told, kept) == timeless(recording["told"], kept)


def test_events_that_are_not_kept_any_more_leave_a_gap() -> None:
    recording = next(each for each in RECORDINGS if each["name"] == "a spoken message")
    (run,) = recording["runs"]
    told: list[Json] = []
    session = Session(world_of(recording), recording["thread"]["thread_id"], told.append, kept=3)
    for event in run["events"]:
        session.take(Event(event["id"], run["run"]["run_id"], event["event"], event["data"]))

    with pytest.raises(Gap, match="since=1 is older than min_available_seq=10"):
        session.subscribe("late", Subscription(CHANNELS), since=1)
    assert session.subscribe("in time", Subscription(CHANNELS), since=9) == 3
    assert [event["seq"] for event in told] == [10, 11, 12]


def world_of(recording: Json) -> World:
    """Return a world that has the thread and the runs of a recording."""
    world = World()
    times = {"created_at": "2026-01-01T00:00:00+00:00", "updated_at": "2026-01-01T00:00:00+00:00"}
    world.threads.restore({**recording["thread"], **times, "metadata": {}}, [])
    for told in recording["runs"]:
        run = dict(told["run"])
        graph_id = run.pop("graph_id")
        world.runs.add({**run, **times, "kwargs": {"config": {"configurable": {"graph_id": graph_id}}}})
    return world


def timestamp(told: Any) -> int | None:
    """Return the moment that an envelope names."""
    at: int | None = told.get("params", {}).get("timestamp") if isinstance(told, dict) else None
    return at


def timeless(events: list[Json], kept: set[int]) -> list[Json]:
    """Return events without the moments that are not among those kept, and with their NULs as they are sent."""
    sent: list[Json] = json.loads(json.dumps(events).replace("\\u0000", "\\ufffd"))
    for event in sent:
        if timestamp(event) not in kept:
            del event["params"]["timestamp"]
    return sent
